"""The words of the reports: every language says all that the others say, of things that there are."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from alerts.cases import Verdict
from alerts.reports.charts import TILES
from alerts.reports.common import COUNTIES, catalogue_languages
from alerts.reports.exhibits import Said
from alerts.reports.grouping import groupings
from alerts.reports.words import LANGUAGES, load_words
from nlp.catalog_file import catalogue
from nlp.gazetteer import gazetteer


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_each_language_has_the_same_keys_and_fills_in_the_same() -> None:
    first, *others = (load_words(language).texts for language in LANGUAGES)
    for other in others:
        assert set(first) == set(other)
        assert {key: fields(text) for key, text in first.items()} == {key: fields(text) for key, text in other.items()}
        assert not [key for key, text in first.items() if len(text) > 40 and text == other[key]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_a_report_may_have_is_in_words(language: str) -> None:
    words = load_words(language)
    grades = {one.grade for one in catalogue().values()}
    keys = [
        *(f"language-{code}" for code in (*catalogue_languages(), "und")), *(f"grade-{grade}" for grade in grades),
        *(f"verdict-{verdict}" for verdict in Verdict),
        *(f"form-{one.name}" for one in groupings()["forms"]), *(f"means-{one.name}" for one in groupings()["means"]),
    ]  # fmt: skip
    assert all(words.cell(Said(key)) for key in keys)


def test_numbers_are_written_as_the_language_has_them() -> None:
    assert load_words("en").cell(12345) == "12,345"
    assert load_words("nb").cell(12345) == "12\u00a0345"
    assert load_words("nb").cell(0.667) == "67\u00a0%"


def test_forms_and_means_name_indicators_of_the_catalogue() -> None:
    for group in (one for groups in groupings().values() for one in groups):
        assert group.indicators, group.name
        assert group.indicators <= set(catalogue()), group.name
        assert not any(name.startswith("F") for name in group.indicators - {"F04"}), group.name


def test_the_map_has_a_square_of_its_own_for_each_county() -> None:
    assert set(TILES) == set(COUNTIES) == {place.county for place in gazetteer().municipalities.values()}
    assert len(set(TILES.values())) == len(TILES)


def test_no_word_speaks_of_victims_but_to_say_that_there_are_none() -> None:
    for language, word in (("en", "victim"), ("nb", "(offer|ofre)")):
        told = [key for key, text in load_words(language).texts.items() if re.search(rf"\b{word}", text.lower())]
        assert [key for key in told if key.split(".")[0] != "value"] == ["page.limit"]
