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
