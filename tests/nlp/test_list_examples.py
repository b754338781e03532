"""Each phrase list of the catalogue has examples of its own, and one that has none is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp.catalog_file import OWN_FOLDER, catalogue
from nlp.indicators import matcher
from nlp.list_examples import find_gaps

LANTERN = """\
[[indicator]]
id = "ID"
title = "Lanterns"
groups = ["lantern"]
applies_to = ["job"]
weight = 1
grade = "expert"
source = "none"
benign = "none"
within = 4
[indicator.phrases]
en = ["bring [lanterns|torches]"]
nb = ["ta med lykter"]
th = ["เอา [โคมไฟ|ตะเกียง] มาด้วย"]
[indicator.parts.thing]
en = ["glowworms"]
[indicator.parts.place]
en = ["in the cellar"]
[indicator.contrary]
en = ["torches stay at home"]
[indicator.unless]
en = ["festival"]
nb = ["lykteløp"]
[indicator.hits]
en = ["Bring lanterns.", "Glowworms live in the cellar."]
nb = ["Ta med lykter."]
th = ["เอาโคมไฟมาด้วย"]
[indicator.misses]
en = ["Torches stay at home.", "Bring lanterns to the festival.", "We sell glowworms.", "The cellar is dry."]
nb = ["Ta med lykter på lykteløp."]
th = ["โคมไฟสวย"]
"""

# What is put in the place of a sound line, and the list that then has no example of its own, with what it lacks.
BROKEN = {
    "a hit": ('"Bring lanterns.", "Gl', '"Gl', "phrases.en: no hit"),
    "a hit of a part": ('"Glowworms live in the cellar."', '"Bring torches."', "parts.place.en: no hit"),
    "a near miss": ('"We sell glowworms."', '"We sell lamps."', "parts.thing.en: no miss that comes near"),
    "a near miss in Thai": ('"โคมไฟสวย"', '"โคมสวย"', "phrases.th: no miss that comes near"),
    "the opposite": ('"Torches stay at home.", ', "", "contrary.en: no miss that says the opposite"),
    "another meaning": ("to the festival", "to no one", "unless.en: no miss that only it"),
    "another language": ("på lykteløp", "aldri", "unless.nb: no miss that only it"),
    "a phrase that is misspelt": ('"ta med lykter"', '"tamed lykter"', "phrases.nb: no hit"),
    "a word that never stands there": ('["festival"]', '["carnival"]', "unless.en: no miss that only it"),
    "a hit in one language alone": ('nb = ["Ta med lykter."]\n', "", "phrases.nb: no hit"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is the user's own catalogue as soon as something asks for the catalogue in use."""
    monkeypatch.setenv(OWN_FOLDER, str(tmp_path))
    _forget()
    yield tmp_path
    monkeypatch.delenv(OWN_FOLDER)
    _forget()


def _forget() -> None:
    for made_once in (catalogue, matcher):
        made_once.cache_clear()


def _gaps(ids: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {id: [] for id in ids}
    for gap in find_gaps({id: catalogue()[id] for id in ids}):
        found[gap.id].append(str(gap))
    return found


def test_each_list_of_the_catalogue_has_examples_of_its_own() -> None:
    assert [str(gap) for gap in find_gaps(catalogue())] == []


def test_a_list_without_an_example_of_its_own_is_named(folder: Path) -> None:
    ids = {name: f"Z{at:02}" for at, name in enumerate(BROKEN, start=1)}
    (folder / "sound.toml").write_text(LANTERN.replace("ID", "Z00"), encoding="utf-8")
    for name, (sound, broken, _) in BROKEN.items():
        assert LANTERN.count(sound) == 1, name
        text = LANTERN.replace(sound, broken).replace("ID", ids[name])
        (folder / f"{ids[name]}.toml").write_text(text, encoding="utf-8")
    found = _gaps({"Z00", *ids.values()})
    assert found["Z00"] == []
    for name, (_, _, lacks) in BROKEN.items():
        assert any(gap.startswith(f"{ids[name]}.toml: {ids[name]}: {lacks}") for gap in found[ids[name]]), (
            name,
            found[ids[name]],
        )


def test_an_example_of_no_one_language_counts_for_any(folder: Path) -> None:
    text = LANTERN.replace("ID", "Z00").replace('nb = ["Ta med lykter."]', 'und = ["Ta med lykter."]')
    (folder / "own.toml").write_text(text, encoding="utf-8")
    assert _gaps({"Z00"}) == {"Z00": []}


def test_an_indicator_that_is_switched_off_needs_none(folder: Path) -> None:
    text = LANTERN.replace("ID", "Z00").replace('["job"]', "[]").replace('"Bring lanterns.", "Gl', '"Gl')
    (folder / "own.toml").write_text(text, encoding="utf-8")
    assert _gaps({"Z00"}) == {"Z00": []}
