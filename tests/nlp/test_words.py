"""Tokens, normal forms, patterns and misspelt forms."""

from __future__ import annotations

import time

import pytest

from nlp.words import find_misspelt, find_places, find_words, normal, parse_phrase, spell_out


def test_words_and_sentence_ends() -> None:
    assert find_words("Hand in (your) passport. Now!") == ["Hand", "in", "your", "passport", ".", "Now", "!"]


def test_places_belong_to_words() -> None:
    text = "Ett, to;\ntre •fire"
    assert [text[start:end] for start, end in find_places(text)] == find_words(text)


@pytest.mark.parametrize(
    "hostile",
    ["(" * 50_000, " " * 50_000, "a" * 50_000, ".a" * 25_000],
    ids=["open", "space", "word", "stop"],
)
def test_tokenising_is_linear(hostile: str) -> None:
    start = time.process_time()
    find_words(hostile)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("word", "form"),
    [("Lønn", "lonn"), ("BEZPŁATNE", "bezplatne"), ("Жильё", "жилье"), ("straße", "strasse"), ("a" * 41, "")],
    ids=["nb", "pl", "ru", "de", "too-long"],
)
def test_normal(word: str, form: str) -> None:
    assert normal(word) == form


def test_spell_out() -> None:
    spelt = {" ".join(phrase.split()) for phrase in spell_out("hand [in|over] (your) passport")}
    assert spelt == {
        "hand in passport",
        "hand over passport",
        "hand in your passport",
        "hand over your passport",
    }


@pytest.mark.parametrize("phrase", ["", "  ", "one. two", "[one", "one|two", "a: b"])
def test_wrong_phrases(phrase: str) -> None:
    with pytest.raises(ValueError, match="one or more words"):
        parse_phrase(phrase)


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
