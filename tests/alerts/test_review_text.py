from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from alerts.cases import Mark
from alerts.review.fields import CUT_AT, HIDDEN_COST, field_view
from alerts.review.text import defang, moment, pieces, plain, visible
from alerts.review.views import find_ties
from tests.alerts.desk import link


def made(start: int, end: int) -> Mark:
    return Mark(field="text", start=start, end=end, what="D02", title="Obscured phone number")


def shape(text: str, *spans: tuple[int, int]) -> list[tuple[str, int, int]]:
    found = pieces(text, [made(*span) for span in spans])
    return [(piece.text, len(piece.marks), len(piece.ending)) for piece in found]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [("abcdef", 0, 0)]),
        ([(1, 3)], [("a", 0, 0), ("bc", 1, 1), ("def", 0, 0)]),
        ([(0, 6)], [("abcdef", 1, 1)]),
        ([(1, 4), (2, 5)], [("a", 0, 0), ("b", 1, 0), ("cd", 2, 1), ("e", 1, 1), ("f", 0, 0)]),
        ([(0, 6), (2, 3)], [("ab", 1, 0), ("c", 2, 1), ("def", 1, 1)]),
        ([(1, 3), (3, 5)], [("a", 0, 0), ("bc", 1, 1), ("de", 1, 1), ("f", 0, 0)]),
        ([(1, 3), (1, 3)], [("a", 0, 0), ("bc", 2, 2), ("def", 0, 0)]),
        ([(2, 2), (4, 3), (-1, 2), (4, 7)], [("abcdef", 0, 0)]),
    ],
    ids=["none", "one", "whole", "overlapping", "nested", "touching", "same", "impossible"],
)
def test_pieces(spans: list[tuple[int, int]], expected: list[tuple[str, int, int]]) -> None:
    assert shape("abcdef", *spans) == expected


def test_pieces_of_nothing() -> None:
    assert pieces("", [made(0, 1)]) == []


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-3, 65), st.integers(-3, 65)), max_size=8))
def test_pieces_are_the_whole_text(text: str, spans: list[tuple[int, int]]) -> None:
    found = pieces(text, [made(*span) for span in spans], cuts=[7])
    assert "".join(piece.text for piece in found) == text
    good = [(start, end) for start, end in spans if 0 <= start < end <= len(text)]
    assert sum(len(piece.ending) for piece in found) == len(good)
    assert sum(len(piece.text) * len(piece.marks) for piece in found) == sum(end - start for start, end in good)


@given(st.text(max_size=2_500), st.integers(0, 2_000))
def test_folded_field_is_the_whole_text(text: str, start: int) -> None:
    view = field_view("text", text, [made(start, start + 90)])
    assert "".join(piece.text for piece in view.open + view.folded) == text


def test_field_beyond_the_cut_says_how_much_is_left_out() -> None:
    view = field_view("text", "x" * (CUT_AT + 5), [])
    assert view.left_out == 5
    assert view.folded_length < CUT_AT


def test_thousands_of_marks_do_not_take_their_square() -> None:
    found = pieces("ab" * 20_000, [made(2 * n, 2 * n + 1) for n in range(20_000)])
    assert len(found) == 40_000
    assert max(len(piece.marks) for piece in found) == 1


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2067", "U+2067 RIGHT-TO-LEFT ISOLATE"),
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u00ad", "U+00AD SOFT HYPHEN"),
        ("\x00", "U+0000 unnamed control character"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("\u3164", "U+3164 HANGUL FILLER"),
        ("\ud800", "U+D800 unnamed control character"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
    ],
)
def test_hidden_characters_become_labelled_chips(char: str, name: str) -> None:
    shown = visible(f"a{char}b")
    assert char not in shown
    assert f'title="hidden: {name}"' in shown
    assert plain(f"a{char}b") == f"a⟨{name.split()[0]}⟩b"


def test_a_run_of_hidden_characters_is_one_chip() -> None:
    shown = visible("a" + "\u200b" * 4_000 + "b")
    assert shown.count("<span") == 1
    assert "U+200B × 4000" in shown


def test_a_chip_names_a_few_hidden_characters_and_counts_the_rest() -> None:
    shown = visible("\u200b\u200c\u200d\u2060\ufeff")
    assert ">U+200B U+200C U+200D +2</span>" in shown
    assert 'data-codes="200B*1 200C*1 200D*1 2060*1 FEFF*1"' in shown


def test_a_flood_of_hidden_characters_takes_no_more_room_than_text() -> None:
    view = field_view("text", "a\u200b" * 50_000, [])
    shown = sum(len(piece.text) for piece in view.open + view.folded)
    assert shown == 2 * CUT_AT // (HIDDEN_COST + 1) + 1
    assert view.left_out == 100_000 - shown


@pytest.mark.parametrize("text", ["blåbær i Tromsø", "שלום", "👩🏽", "tab\tand\nline", "é e\u0301", "<b>&\"'"])
def test_ordinary_text_has_no_chips(text: str) -> None:
    assert Selector(f"<p>{visible(text)}</p>").css("p").xpath("string()").get() == text
    assert "<span" not in visible(text)
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("https://north.example/a?b=c", "hxxps://north.example/a?b=c"),
        ("HTTP://north.example", "Hxxp://north.example".replace("Hxxp", "HxxP")),
        ("see ftp://north.example now", "see ftp[:]//north.example now"),
        ("tg://resolve?domain=x", "tg[:]//resolve?domain=x"),
        ("no address: 12://", "no address: 12://"),
    ],
)
def test_defang(text: str, dead: str) -> None:
    assert defang(text) == dead


@pytest.mark.parametrize(
    ("stamp", "shown"),
    [
        ("2026-11-20T03:12:44Z", "2026-11-20 03:12 UTC"),
        ("2026-11-20T03:12:44.5+00:00", "2026-11-20 03:12 UTC"),
        ("2026-11-20T03:12:44+01:00", "2026-11-20T03:12:44+01:00"),
        ("last week", "last week"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_moment(stamp: str | None, shown: str) -> None:
    assert moment(stamp) == shown


def test_ties_tell_each_key_once() -> None:
    links = [
        link(2, "phone", "+4742000017", 0.9),
        link(3, "phone", "+4742000017", 0.9),
        link(3, "phone", "+4742990000", 0.95, contested=True),
        link(2, "url", "u.example", 0.95),
    ]
    told = [(tie.kind, tie.ads, tie.contested) for tie in find_ties(links)]
    assert told == [("url", (1, 2), False), ("phone", (1, 2, 3), False), ("phone", (1, 3), True)]
