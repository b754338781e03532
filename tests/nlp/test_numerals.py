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
        ("three fours", ["444"]),
        ("halvtreds toogfirs", ["50", "82"]),
        ("zweiundvierzig dreizehn", ["42", "13"]),
        ("czterysta trzydzieści dwa", ["432"]),
        ("cuarenta y dos", ["42"]),
        ("patruzeci și doi", ["42"]),
        ("quatre-vingt-dix-sept soixante-douze dix-huit", ["97", "72", "18"]),
        ("quarantadue ottantotto", ["42", "88"]),
        ("neljäkymmentäkaksi nelkytkaks", ["42", "42"]),
        ("firehundreogtrettito", ["432"]),
        ("n i t r e s e k s", ["936"]),
        ("สี่สองหนึ่ง", ["4", "2", "1"]),
        ("四二一三", ["4213"]),
        ("tres uno cinco", ["3", "1", "5"]),
        ("tres og firs og enogtres", ["60", "80", "61"]),
        ("the hat is on the pet", []),
        ("bir iki üç dört", ["1", "2", "3", "4"]),
        ("f0ur 7even nuII thr33", ["4", "7", "0", "3"]),
        ("fiiire treee", ["4", "3"]),
        ("four two sevn one eigth", ["4", "2", "7", "1", "8"]),
        ("there is a nice seat", []),
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
