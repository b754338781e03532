"""Every example text of the catalogue, the strict loader and the page made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp import catalogue, catalogue_version, read
from nlp.catalog_file import ANY, CatalogueError, Indicator, load_catalogue, load_indicators
from nlp.catalog_page import write_page

LABOUR = ("nb", "nn", "sv", "da", "en", "pl", "ro", "lt", "uk", "ru", "es")
DOCS = Path(__file__).parents[2] / "docs"

ENTRY = """\
[[indicator]]
id = "X01"
title = "Test"
groups = ["test"]
applies_to = ["job"]
weight = 1
grade = "expert"
source = "none"
benign = "none"
hits = ["blue moon"]
misses = ["red moon"]
[indicator.phrases]
en = ["blue moon"]
"""


def examples(name: str) -> list[object]:
    return [
        pytest.param(entry.id, entry.applies_to[0], language, text, id=f"{entry.id}-{text[:30]}")
        for entry in catalogue().values()
        for language, texts in getattr(entry, name).items()
        for text in texts
    ]


def present(text: str, kind: str, claimed: str | None = None) -> set[str]:
    (reading,) = read([text], kinds=[kind], languages=[None if claimed == ANY else claimed])
    return {finding.id for finding in reading.indicators if finding.state == "present"}


@pytest.mark.parametrize(("indicator", "kind", "language", "text"), examples("hit_texts"))
def test_hits(indicator: str, kind: str, language: str, text: str) -> None:
    assert indicator in present(text, kind, language)


@pytest.mark.parametrize(("indicator", "kind", "language", "text"), examples("miss_texts"))
def test_misses(indicator: str, kind: str, language: str, text: str) -> None:
    assert indicator not in present(text, kind, language)


@pytest.mark.parametrize(
    "entry", [entry for entry in catalogue().values() if entry.languages and entry.is_of_one_ad], ids=lambda e: e.id
)
def test_each_language_has_examples(entry: Indicator) -> None:
    assert [code for code in entry.languages if not entry.hit_texts.get(code)] == []
    assert [code for code in entry.languages if not entry.miss_texts.get(code)] == []


@pytest.mark.parametrize(
    "id", [id for id, entry in catalogue().items() if id[0] in "HI" and entry.languages] + ["F03", "F04"]
)
def test_cues_of_work_are_in_eleven_languages(id: str) -> None:
    entry = catalogue()[id]
    for lexicon in filter(None, (entry.phrases, *entry.parts.values())):
        assert set(LABOUR) <= lexicon.keys()


def test_the_whole_list_of_work_is_there() -> None:
    ids = {*(f"H{n:02}" for n in range(1, 30)), *(f"I{n:02}" for n in range(1, 6)), "A08", "F03", "F04"}
    assert ids <= catalogue().keys()
    assert {id for id in ids if not catalogue()[id].is_of_one_ad} == {"H28", "H29"}


def test_nationality_stands_alone_in_its_group() -> None:
    assert catalogue()["F01"].groups == ("nationality",)
    assert not [entry.id for entry in catalogue().values() if "nationality" in entry.groups and entry.id[0] != "F"]


def test_movement_speaks_against() -> None:
    assert catalogue()["C01"].weight < 0


def test_version_is_stable_and_short() -> None:
    assert catalogue_version() == catalogue_version()
    assert len(catalogue_version()) == 12


def test_page_is_up_to_date() -> None:
    page = (DOCS / "indicators.md").read_text(encoding="utf-8")
    assert page == write_page(catalogue().values()), "run: python -m nlp.catalog_page > docs/indicators.md"


def test_a_right_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(ENTRY)
    (entry,) = load_indicators(path)
    assert entry.phrases == {"en": ("blue moon",)}
    assert entry.languages == ("en",)
    assert entry.rule is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("weight = 1", "weigth = 1", "unknown key 'weigth'; known keys: id, title", id="unknown-key"),
        pytest.param('source = "none"\n', "", "key 'source' is missing", id="missing-key"),
        pytest.param('"expert"', '"sure"', "'grade' is 'sure'; known values: law, published+", id="grade"),
        pytest.param('["job"]', '["jobs"]', "'applies_to' is 'jobs'; known values: escort, job", id="kind"),
        pytest.param("hits =", 'rule = "magic"\nhits =', "'rule' is 'magic'; known values: cross-ad", id="rule"),
        pytest.param("weight = 1", 'weight = "1"', "'weight' must be a number", id="weight"),
        pytest.param('groups = ["test"]', 'groups = "test"', "'groups' must be a list of texts", id="groups"),
        pytest.param('title = "Test"', 'title = " "', "'title' must be a text", id="empty-title"),
        pytest.param('en = ["blue moon"]', 'en = ["blue [moon"]', "'phrases.en': phrase 'blue [moon'", id="bracket"),
        pytest.param('en = ["blue moon"]', 'en = ["blue. moon"]', "no sentence end", id="sentence-end"),
        pytest.param("hits =", "within = 4\nhits =", "'within' must be a number of words", id="within-without-parts"),
        pytest.param("hits =", "quoted = 1\nhits =", "'quoted' must be true or false", id="quoted"),
        pytest.param('en = ["blue moon"]', 'en = "blue moon"', "'phrases.en' must be a list", id="phrases"),
        pytest.param(
            '[indicator.phrases]\nen = ["blue moon"]',
            "",
            "needs one of the keys rule, phrases, patterns, parts",
            id="no-means",
        ),
        pytest.param('misses = ["red moon"]\n', "", "'hits' and 'misses' each need an ad text", id="no-misses"),
        pytest.param("[[indicator]]", "[[indicators]]", "unknown key 'indicators'; known keys: indicator", id="table"),
        pytest.param("weight = 1", "weight = ", "no TOML", id="toml"),
    ],
)
def test_loader_errors_name_file_and_cure(tmp_path: Path, before: str, after: str, said: str) -> None:
    path = tmp_path / "wrong.toml"
    assert before in ENTRY
    path.write_text(ENTRY.replace(before, after, 1))
    with pytest.raises(CatalogueError) as error:
        load_indicators(path)
    assert "wrong.toml" in str(error.value)
    assert said in str(error.value)


def test_examples_by_language(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    keyed = '[indicator.hits]\nen = ["blue moon"]\nund = ["a blue moon"]\n'
    path.write_text(ENTRY.replace('hits = ["blue moon"]\n', "") + keyed)
    (entry,) = load_indicators(path)
    assert entry.hit_texts == {"en": ("blue moon",), "und": ("a blue moon",)}
    assert entry.miss_texts == {"und": ("red moon",)}, "one list is of any language"
    assert entry.hits == ("blue moon", "a blue moon")


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(ENTRY)
    (tmp_path / "b.toml").write_text(ENTRY)
    with pytest.raises(CatalogueError, match=r"b\.toml: indicator X01: the id is taken"):
        load_catalogue(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no indicators"):
        load_catalogue(tmp_path)
