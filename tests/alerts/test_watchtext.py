from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.watch.watchtext import any_holds, find_phrase, fold, holds, similarity, slotless, terms, windows
from nlp.unicode import plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Søte, BLÅ  øyne!", "sote bla oyne"),
        ("Æra STRASSE Straße", "aera strasse strasse"),
        ("café – 24/7", "cafe 24 7"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("pa\u00adss\u200bport", "passport"),
        ("\u0440assport", "passport"),  # the first letter is Cyrillic
        ("Ёлка", "елка"),
        ("นวดไทย 24", "นวดไทย 24"),
        ("…", ""),
    ],
    ids=["accents", "ligatures", "signs", "width", "hidden", "lookalike", "cyrillic", "thai", "empty"],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "phrase", "is_held"),
    [
        ("thaimassasje hele uka", "massasje", True),
        ("thaimassasje hele uka", "massasje hel", True),
        ("thaimassasje hele uka", "massasje uka", False),
        ("i dag og i morgen", "og i", True),
        ("blogg i dag", "og i", False),  # a short word is a whole word
        ("ring meg i", "meg i", True),
        ("ring meg innen ni", "meg i", False),
        ("บริการนวดไทย", "นวด", True),
    ],
)
def test_a_phrase_is_held(text: str, phrase: str, is_held: bool) -> None:
    assert holds(text, phrase) is is_held
    assert (find_phrase(text, phrase) is not None) is is_held


@pytest.mark.parametrize(
    ("text", "phrase", "is_held"),
    [
        ("Hun er NY i byen, ring", "ny i byen", True),
        ("Hun er ny\n i  byen", "ny i byen", True),  # not just so, but held
        ("Hun er sunny i byen", "ny i byen", False),
        ("ny i by\u00aden", "ny i byen", True),  # a hidden sign
        ("ny i byenе", "ny i byen", True),  # a Cyrillic letter after it
        ("Nу i byen", "ny i byen", True),  # and one in it
        (f"{'x ' * 25_000}ny i byen", "ny i byen", False),  # past what is read of a text
        ("кгеaaxен", "aax", False),  # Latin letters that stand for Cyrillic ones
        ("Sølvi er ny i byen", "solvi er ny", True),
    ],
)
def test_a_phrase_stands_in_a_text_as_it_is_written(text: str, phrase: str, is_held: bool) -> None:
    assert any_holds(["Ring", text], phrase) is holds(fold(text), phrase) is is_held


_SIGNS = st.one_of(st.sampled_from("aAiIıİkKKſßsnyøØ \n.\u00ad\u0307\u200bуеа1"), st.characters(codec="utf-8"))


@given(st.text(_SIGNS, max_size=40), st.integers(0, 39), st.integers(1, 12))
def test_that_a_phrase_stands_in_a_text_is_told_as_if_it_were_folded(text: str, start: int, size: int) -> None:
    for phrase in filter(None, (fold(text[start : start + size]), fold(text)[start : start + size].strip())):
        assert any_holds(["", text], phrase) is holds(fold(text), phrase)


def test_a_phrase_is_found_as_it_is_written() -> None:
    text = "Hei! En SØT,  jente\u200b her."
    span = find_phrase(text, "sot jente")
    assert span is not None
    assert text[slice(*span)].startswith("SØT,  jente")


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(0, 59), st.integers(3, 20))
def test_every_part_of_a_text_is_found_in_it(text: str, start: int, size: int) -> None:
    part = fold(plain(text).text[start : start + size])
    words = part.split()
    if words and min(len(words[0]), len(words[-1])) >= 3 and part in fold(text):
        assert holds(fold(text), part)
        span = find_phrase(text, part)
        assert span is not None
        assert 0 <= span[0] < span[1] <= len(text)


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_unspaced_scripts_are_cut_into_pairs() -> None:
    assert terms("abc นวด 按摩 x按y") == ["abc", "นว", "วด", "按摩", "x", "按", "y"]


def test_near_duplicates_are_told_from_others() -> None:
    text = "quiet apartment near the harbour appointments in the evening please write a message some hours before"
    one = slotless(fold(text + " 42 00 00 17"))
    assert similarity(one, slotless(fold(text.replace("write", "send") + " 43 00 00 18"))) > 90
    assert similarity(one, slotless(fold("relaxing massage with warm oil by a trained therapist, ninety minutes"))) == 0


def test_windows_leave_out_numbers_and_short_words() -> None:
    found = windows(slotless("quiet flat in the big apartment near harbour 42 00 and evening only"))
    assert found == [["quiet", "flat", "apartment", "near"]]
