from __future__ import annotations

import pytest

from nlp.names import find_names
from nlp.unicode import plain


@pytest.mark.parametrize(
    ("stored", "value", "quote"),
    [
        ("Lina", "Lina", "Lina"),
        ("  Lina  M ", "Lina M", "Lina  M"),
        ("Ｌｉｎａ", "Lina", "Ｌｉｎａ"),
        ("Лина", "Лина", "Лина"),
    ],
)
def test_name_field(stored: str, value: str, quote: str) -> None:
    [name] = find_names(plain(stored), "name")
    assert (name.value, name.quote, stored[name.start : name.end]) == (value, quote, quote)


@pytest.mark.parametrize(
    ("stored", "field"), [("Lina", "text"), ("", "name"), ("24", "name"), ("a" * 81 + " b" * 81, "name")]
)
def test_no_name(stored: str, field: str) -> None:
    assert find_names(plain(stored), field) == []


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Lina 24 år i Bergen", ["Lina"]),
        ("Anna – Oslo", ["Anna"]),
        ("Julia i Stavanger", ["Julia"]),
        ("♥ Lena ♥", ["Lena"]),
        ("Ирина", ["Ирина"]),
        ("Lina & Mia i Oslo", ["Lina", "Mia"]),
        ("Massasje – Oslo", []),
        ("Anna i dag", []),
        ("Linda massasje", []),
        ("Anna's massage", []),
        ("Nye jenter med Anna", []),
        ("Sofie-Marie 22", []),
        ("anna – Oslo", []),
        ("", []),
    ],
)
def test_title(title: str, values: list[str]) -> None:
    names = find_names(plain(title), "title", "escort")
    assert [name.value for name in names] == values
    assert all(title[name.start : name.end] == name.quote for name in names)


@pytest.mark.parametrize("kind", ["job", "other", None])
def test_titles_of_other_ads_name_nobody(kind: str | None) -> None:
    assert find_names(plain("Anna – Oslo"), "title", kind) == []
