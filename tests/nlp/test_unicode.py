from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.ages import find_ages
from nlp.contacts import find_contacts
from nlp.language import identify
from nlp.names import find_names
from nlp.pay import find_pay
from nlp.phones import find_phones
from nlp.unicode import LIMIT, MAX_RUN, _one_script, _unmix, plain

FIELDS = ["text", "title", "phones.0", "age", "price", "salary", "name"]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        pytest.param("Ring 42", "Ring 42", id="ascii"),
        pytest.param("Søker hjelp på gård", "Søker hjelp på gård", id="norwegian"),
        pytest.param("４２", "42", id="full-width"),
        pytest.param("④②", "42", id="circled"),
        pytest.param("4\ufe0f\u20e32\ufe0f\u20e3", "42", id="keycap"),
        pytest.param("𝟒𝟐", "42", id="mathematical"),
        pytest.param("⁴²", "42", id="superscript"),
        pytest.param("٤٢ ๔๒", "42 42", id="arabic and thai digits"),
        pytest.param("4\u200b2", "42", id="zero-width"),
        pytest.param("\u202e42\u202c", "42", id="bidi control"),
        pytest.param("ga\u030ard", "gård", id="letter and mark"),
        pytest.param("4\u0336\u03162", "42", id="struck digits"),
        pytest.param("рrivаt", "privat", id="cyrillic look-alikes"),
        pytest.param("Москвa", "Москва", id="latin in a russian word"),
        pytest.param("SMSка", "SMSка", id="acronym with a russian ending"),
        pytest.param("commerceΚαι", "commerceΚαι", id="two words that lost their space"),
        pytest.param("привет", "привет", id="russian"),
        pytest.param("1½ time", "1½ time", id="fractions stay"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone surrogate"),
        pytest.param("don’t – “ja”", 'don\'t - "ja"', id="typeset marks"),
        pytest.param("a\u00a0b", "a b", id="no-break space"),
    ],
)
def test_readable_form(stored: str, read: str) -> None:
    assert plain(stored).text == read


@pytest.mark.parametrize(
    ("stored", "odd"),
    [
        pytest.param("ring 4\u200b2", ((6, 7),), id="zero-width in a number"),
        pytest.param("x \u202e42", ((2, 3),), id="override"),
        pytest.param("ny рrivat her", ((3, 9),), id="mixed scripts"),
        pytest.param("4\u00ad2", ((1, 2),), id="soft hyphen in a number"),
        pytest.param("ar\u00adbeid", (), id="soft hyphen in a word"),
        pytest.param("hei\u200b der", (), id="zero-width at the end of a word"),
        pytest.param("👩‍👩‍👧 ❤️", (), id="emoji"),
        pytest.param("\ufeffHei", (), id="byte order mark"),
        pytest.param("می‌خواهم", (), id="joiner in persian"),
        pytest.param("Wi-Fi и дом", (), id="two scripts in two words"),
        pytest.param("🏴\U000e0067\U000e0062\U000e007f", (), id="flag in tag characters"),
        pytest.param("hei\U000e0067\U000e0062", ((3, 4), (4, 5)), id="hidden tag characters"),
    ],
)
def test_hidden_places(stored: str, odd: tuple[tuple[int, int], ...]) -> None:
    found = plain(stored)
    assert (found.odd, found.hidden) == (odd, bool(odd))


def test_plain_text_needs_no_map() -> None:
    assert plain("Søker hjelp på gård").at is None


def test_origin_of_characters_that_vanish_and_multiply() -> None:
    text = plain("x\u200b…4\ufe0f\u20e32")
    assert text.text == "x...42"
    assert [text.original[slice(*text.origin(i, i + 1))] for i in range(6)] == [
        "x\u200b",
        "…",
        "…",
        "…",
        "4\ufe0f\u20e3",
        "2",
    ]


def test_long_text_is_cut_and_says_so() -> None:
    text = plain("ab " * LIMIT)
    assert (len(text.text), text.truncated, plain("ab").truncated) == (LIMIT, True, False)


def test_long_runs_are_shortened() -> None:
    text = plain("a" + "(" * 1000 + "b")
    assert text.text == "a" + "(" * MAX_RUN + "b"
    assert text.origin(MAX_RUN + 1, MAX_RUN + 2) == (1001, 1002)


PIECES = st.one_of(
    st.sampled_from(["4", "2", "0", "42 00 00 17", "+47", "fire ", "to ", "null", "OO", "l7", "④", "４", "½", "…"]),
    st.sampled_from([" ", "\n", "\u200b", "\u202e", "\u202c", "\u0301", "\ufe0f\u20e3", "\ud800", "\U000e0041"]),
    st.sampled_from(["24 år", "født 2001", "kr", "1 time ", "/t", "(", ")", "-", "{", '"', "❤", "а", "р", "กำ", "ش"]),
    st.sampled_from(["@", "mail", ".example", "(at)", " dot ", "telegram: ", "t.me/", "www."]),
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=30).map("".join),
    st.text(st.characters(codec=None, categories=None), max_size=60),
    st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=20).map("".join),
)


@settings(max_examples=2000, deadline=None)
@given(TEXTS, st.sampled_from(FIELDS))
def test_every_span_quotes_the_stored_text(stored: str, field: str) -> None:
    text = plain(stored)
    readers = (find_phones, find_contacts, find_ages, find_pay, find_names)
    for span in (span for reader in readers for span in reader(text, field)):
        assert span.field == field
        assert 0 <= span.start < span.end <= len(stored)
        assert stored[span.start : span.end] == span.quote
    assert all(0 <= start < end <= len(stored) for start, end in text.odd)
    assert identify([stored])


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_reading_the_readable_text_changes_nothing(stored: str) -> None:
    once = plain(stored).text
    assert plain(once).text == once


@settings(max_examples=2000, deadline=None)
@given(st.text(st.sampled_from("aSpoÉ×ɐаѕорПλΟაא1 _-'.\u0301"), max_size=12))
def test_every_word_of_two_scripts_is_found(text: str) -> None:
    words = list(re.finditer(r"[^\W\d_]+", text))
    mixed = [word.span() for word in words if _one_script(word.group()) != word.group()]
    assert _unmix(text)[1] == mixed
