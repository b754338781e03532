from __future__ import annotations

import pytest

from nlp.ages import find_ages
from nlp.unicode import plain
from tests.effort import assert_within


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("24 år", [24]),
        ("Hilsen Maria, 27 år", [27]),
        ("I am 24 years, 165cm", [24]),
        ("24 years old", [24]),
        ("24-year-old", [24]),
        ("24yo", [24]),
        ("24-åring", [24]),
        ("165cm, alder 24", [24]),
        ("Age: 24", [24]),
        ("I'm 24, from Riga", [24]),
        ("jeg er 24 og bor her", [24]),
        ("født 2001", [25]),
        ("born in 1999", [27]),
        ("søker jenter 18-25 år", [18, 25]),
        ("24 lat", [24]),
        ("24 de ani", [24]),
        ("24 metų", [24]),
        ("мне 24 года", [24]),
        ("Maria 24 år og Lina 26 år", [24, 26]),
        ("２４ år", [24]),
        ("Lina 14 år", [14]),
        ("Jeg er 14 år", [14]),
        ("Ny her, 14 år", [14]),
        ("lina 17 år", [17]),
        ("17yo", [17]),
        ("Man 24 metai", [24]),
        ("Jeg har 24 år", [24]),
        ("dame på 45 år", [45]),
        ("tjuefire år", [24]),
        ("Lina, tjuefire år gammel", [24]),
        ("twenty-four years old", [24]),
        ("I am twenty four years old", [24]),
        ("sytten år", [17]),
        ("I turn 18 next month", [17]),
        ("Jeg fyller 40 neste måned", [39]),
    ],
)
def test_stated_ages(text: str, ages: list[int]) -> None:
    assert [age.value for age in find_ages(plain(text), "text", year=2026)] == ages


@pytest.mark.parametrize(
    "text",
    [
        "menn over 30",
        "kun menn 30-50 år",
        "herrer over 25 år",
        "for gentlemen aged 35",
        "2 år garanti",
        "20 år garanti",
        "5 års erfaring",
        "15 års erfaring",
        "25 years experience",
        "over 20 år i bransjen",
        "for 20 år siden",
        "in 20 years",
        "må være over 18 år",
        "aldersgrense 18 år",
        "alder 18+",
        "I am 24 cm",
        "37,5 t/uke",
        "5 år",
        "på 10 år",
        "på 16 år",
        "10 years in the business",
        "open since 17 years",
        "The salon is 16 years old",
        "Salongen fyller 15 neste måned",
        "jeg har drevet salong 16 år",
        "16 years of trust",
        "ten years in business",
        "jeg har jobbet tjue år",
        "fixed for fifteen years",
        "Dyplom, 16 lat doświadczenia",
        "Diplomas, 10 metų patirtis",
        "Класичний масаж, 12 років практики",
        "стаж 16 лет",
        "Masaj, 16 ani de activitate",
        "jeg har jobbet 12 år med massasje",
        "the firm has 10 years behind it",
        "your work is seen by millions of 16-24 year-old eyes",
        "a channel for 19 year-old viewers",
        "100 år",
    ],
)
def test_other_numbers_are_no_ages(text: str) -> None:
    assert find_ages(plain(text), "text", year=2026) == []


@pytest.mark.parametrize(
    ("value", "ages"), [("24", [24]), (" 24 år", [24]), ("", []), ("ukjent", []), ("240", []), ("5", [])]
)
def test_age_field(value: str, ages: list[int]) -> None:
    assert [age.value for age in find_ages(plain(value), "age")] == ages


def test_quote() -> None:
    [age] = find_ages(plain("Hei, 24\u200b år gammel"), "title")
    assert (age.quote, age.start, age.end) == ("24\u200b år gammel", 5, 18)


@pytest.mark.parametrize("unit", ["24 ", "24-", "menn ", "jeg er ", "24 år ", "født ", " "])
def test_hostile_text_is_read_in_time(unit: str) -> None:
    text = plain(unit * (50_000 // len(unit)))
    assert_within(2, lambda: find_ages(text, "text"))
