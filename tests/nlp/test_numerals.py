from __future__ import annotations

import pytest

from nlp.numerals import find_numerals, has_digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("42 000", ["42", "000"]),
        ("førtito", ["42"]),
        ("førti to", ["42"]),
        ("førti-to", ["42"]),
        ("to og førti", ["42"]),
        ("toogførti", ["42"]),
        ("fyrtiotvå", ["42"]),
        ("forty two", ["42"]),
        ("førti null", ["40", "0"]),
        ("nine hundred and forty two", ["942"]),
        ("ni hundre", ["900"]),
        ("dobbel fem", ["55"]),
        ("triple 0", ["000"]),
        ("FireNiSeksNiTreSju", ["496937"]),
        ("80two6seven", ["80267"]),
        ("4OO l2", ["400", "12"]),
        ("s3ven f0ur", ["7", "4"]),
        ("дев'ять", ["9"]),
        ("Toni har 10g og 2000kr", []),
        ("og and dobbel", []),
    ],
)
def test_numerals(text: str, digits: list[str]) -> None:
    assert [numeral.digits for numeral in find_numerals(text)] == digits


def test_places() -> None:
    text = "ring to og førti nå"
    [numeral] = find_numerals(text)
    assert text[numeral.start : numeral.end] == "to og førti"


@pytest.mark.parametrize(("text", "least", "enough"), [("en to tre", 3, True), ("en to", 3, False), ("1234", 4, True)])
def test_count(text: str, least: int, enough: bool) -> None:
    assert has_digits(text, least) is enough


def test_words_that_can_be_split_in_many_ways_are_read_at_once() -> None:
    assert list(find_numerals("tootoo" * 10 + "x")) == []
