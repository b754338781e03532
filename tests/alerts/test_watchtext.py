from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.watch.watchtext import (
    MAX_TEMPLATE,
    _fold,
    _slotless,
    find_phrase,
    fold,
    holds,
    outline,
    similarity,
    terms,
    windows,
)
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
        ("Hun er sunny i byen", "ny i byen", False),
        ("ny i by\u00aden", "ny i byen", True),  # a hidden sign
        ("N\u0443 i byen", "ny i byen", True),  # a Cyrillic letter
        (f"{'x ' * 25_000}ny i byen", "ny i byen", False),  # past what is read of a text
        (f"{'x' * 49_996} ny i byen", "ny i byen", False),
    ],
)
def test_a_phrase_stands_in_a_text_as_it_is_written(text: str, phrase: str, is_held: bool) -> None:
    assert holds(fold(text), phrase) is is_held


_SIGNS = st.one_of(
    st.sampled_from(
        "aAiIıİkKKſßsnyøØ 12\n\x1c\x85.\u00ad\u0301\u200b\u2028\u2800\u3164\u20e3\u0301\u0433\u0430\u03b1\u0e33\u10d0-_"
    ),
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf")),
)


@given(st.text(_SIGNS, max_size=80), st.integers(0, 31))
def test_a_text_is_folded_word_by_word_as_it_is_whole(text: str, more: int) -> None:
    text = text[:40] + "q" * more + text[40:]  # a word of 40 letters and more is not kept in memory
    whole = _fold(text).split()
    assert fold(text) == " ".join(whole)
    assert outline(text) == " ".join("0" if any(sign.isdecimal() for sign in word) else word for word in whole)


@given(st.text(_SIGNS, max_size=60), st.integers(0, 59), st.integers(3, 20))
def test_what_is_held_is_found_as_it_is_written(text: str, start: int, size: int) -> None:
    phrase = fold(text)[start : start + size].strip()
    span = find_phrase(text, phrase) if phrase else None
    assert (span is not None) is (bool(phrase) and holds(fold(text), phrase))
    if span is not None:
        assert phrase in fold(text[slice(*span)])


def test_long_words_are_not_kept_in_memory() -> None:
    word = "b" * 50_000
    kept = [each.cache_info().currsize for each in (_fold, _slotless)]
    assert outline(word) == word[:MAX_TEMPLATE]
    assert find_phrase(word, fold(word)) == (0, 50_000)
    assert [each.cache_info().currsize for each in (_fold, _slotless)] == kept


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
    assert terms("abc นวด 按摩 x按y") == ["abc", "นว", "วด", "按摩", "\u00a6x", "按", "\u00a6y"]


def test_near_duplicates_are_told_from_others() -> None:
    text = "quiet apartment near the harbour appointments in the evening please write a message some hours before"
    one = outline(text + " 42 00 00 17")
    assert similarity(one, outline(text.replace("write", "send") + " 43 00 00 18")) > 90
    assert similarity(one, outline("relaxing massage with warm oil by a trained therapist, ninety minutes")) == 0


def test_windows_leave_out_numbers_and_short_words() -> None:
    found = windows(outline("Quiet flat in the big apartment near harbour 42 00 and evening only"))
    assert found == [["quiet", "flat", "apartment", "near"]]
