from __future__ import annotations

import pytest

from nlp import read
from nlp.traits import find_traits
from nlp.unicode import plain


def traits(text: str) -> list[tuple[str, str, str]]:
    found = find_traits(plain(text), "text")
    assert all(text[each.start : each.end] == each.quote for each in found)
    return [(each.kind, each.value, each.quote) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Høyde 168 cm", [("height", "168", "168 cm")], id="cm"),
        pytest.param("1,65 m høy", [("height", "165", "1,65 m")], id="metres"),
        pytest.param("зріст 170 см", [("height", "170", "170 см")], id="uk"),
        pytest.param("Blondine", [("hair", "light", "Blondine")], id="hair"),
        pytest.param("med svart hår", [("hair", "dark", "svart hår")], id="hair-in-two-words"),
        pytest.param("rødhåret", [("hair", "red", "rødhåret")], id="red"),
        pytest.param("Polsk dame", [("origin", "PL", "Polsk dame")], id="adjective"),
        pytest.param("Beautiful Hungarian young lady", [("origin", "HU", "Hungarian young lady")], id="between"),
        pytest.param("Thaijente", [("origin", "TH", "Thaijente")], id="compound"),
        pytest.param("I am from Romania", [("origin", "RO", "from Romania")], id="from"),
        pytest.param("jeg er rumensk", [("origin", "RO", "rumensk")], id="self"),
        pytest.param("Молода українка", [("origin", "UA", "українка")], id="noun"),
    ],
)
def test_traits(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert traits(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thai massage and Swedish massage.", "Italian restaurant nearby.", "I speak Spanish.", "Jeg snakker polsk.",
        "jeg er norsk-talende", "Søker menn over 180 cm", "Seng 160 cm", "Flight from Romania", "hairdresser", "17 cm",
        "Black shoes, brown sofa", "Svensk massage for damer", "area 165 m²",
    ],
)  # fmt: skip
def test_no_traits(text: str) -> None:
    assert traits(text) == []


def test_job_ads_have_none() -> None:
    assert read(["Polsk dame"], kinds=["escort"])[0].traits
    assert not read(["Polsk dame"], kinds=["job"])[0].traits
