"""Tokens, normal forms, patterns and misspelt forms."""

from __future__ import annotations

import random

import pytest

from nlp.thai import has_thai
from nlp.words import TOKEN, WESTERN, find_misspelt, find_places, find_words, normal, stem
from tests.effort import assert_within


def test_words_and_sentence_ends() -> None:
    assert find_words("Hand in (your) passport. Now!") == ["Hand", "in", "your", "passport", ".", "Now", "!"]


def test_places_belong_to_words() -> None:
    chance = random.Random(3)
    drawn = ("".join(chance.choices("ab. \n•ตาก ิéå_1-;😀", k=60)) for _ in range(500))
    for text in ("Ett, to;\ntre •fire", *drawn):
        words = find_words(text)
        places = [place.span() for place in (TOKEN if has_thai(text) else WESTERN).finditer(text)]
        assert [(at, at + len(word)) for at, word in zip(find_places(text, words), words, strict=True)] == places


@pytest.mark.parametrize(
    "hostile",
    ["(" * 50_000, " " * 50_000, "a" * 50_000, ".a" * 25_000],
    ids=["open", "space", "word", "stop"],
)
def test_tokenising_is_linear(hostile: str) -> None:
    assert_within(0.5, lambda: find_words(hostile))


@pytest.mark.parametrize(
    ("word", "form"),
    [("Lønn", "lonn"), ("BEZPŁATNE", "bezplatne"), ("Жильё", "жилье"), ("straße", "strasse"), ("a" * 41, "")],
    ids=["nb", "pl", "ru", "de", "too-long"],
)
def test_normal(word: str, form: str) -> None:
    assert normal(word) == form


def test_thai_is_read_by_the_letter() -> None:
    assert find_words("สวย OK") == ["ส", "ว", "ย", "OK"]
    assert normal("ิ") == "ิ", "a sign is not lost as if it were a diacritic"


@pytest.mark.parametrize(
    ("family", "forms"),
    [
        pytest.param("north", "lønn lønna lønnen lønninger", id="nb"),
        pytest.param("north", "trekker trekkes", id="nb-verb"),
        pytest.param("north", "jobbar jobba jobben", id="sv"),
        pytest.param("en", "plans planned planning", id="en"),
        pytest.param("en", "deposit deposits", id="en-plural"),
        pytest.param("pl", "wypłata wypłaty wypłatę wypłat", id="pl"),
        pytest.param("pl", "potrącamy potrącany potrącone potrącenia", id="pl-verb"),
        pytest.param("ro", "taxă taxe taxei", id="ro"),
        pytest.param("ro", "salariu salariul salariului salarii", id="ro-article"),
        pytest.param("lt", "atlyginimas atlyginimo atlyginimą atlyginimų", id="lt"),
        pytest.param("uk", "зарплата зарплати зарплату зарплатою", id="uk"),
        pytest.param("ru", "вычитаем вычитается вычитают", id="ru"),
        pytest.param("es", "multa multas", id="es"),
        pytest.param("es", "descontado descontamos descontando", id="es-verb"),
    ],
)
def test_forms_share_a_stem(family: str, forms: str) -> None:
    assert len({stem(normal(form), family) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("family", "one", "other"),
    [("en", "offer", "of"), ("en", "fine", "find"), ("north", "hus", "husleie"), ("ru", "паспорт", "транспорт")],
    ids=["offer-of", "fine-find", "hus-husleie", "ru"],
)
def test_other_words_do_not(family: str, one: str, other: str) -> None:
    assert stem(one, family) != stem(other, family)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        pytest.param("pasport", "passport", id="missing-letter"),
        pytest.param("passporrt", "passport", id="doubled-letter"),
        pytest.param("accomodation", "accommodation", id="long-word"),
        pytest.param("transport", None, id="other-word"),
        pytest.param("bassport", None, id="other-initial"),
        pytest.param("passp0rt", None, id="no-letter"),
        pytest.param("pass", None, id="short"),
    ],
)
def test_misspelt(word: str, meant: str | None) -> None:
    found = find_misspelt([word], {"p": ("passport",), "a": ("accommodation",)})
    assert found.get(word) == meant


def test_misspelt_in_many_rows() -> None:
    crowd = [f"p{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676 % 26)}zzzz" for n in range(9_000)]
    assert find_misspelt([*crowd, "pasport"], {"p": ("passport",)}) == {"pasport": "passport"}
