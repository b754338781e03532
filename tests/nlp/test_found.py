"""The words of a text, and where whole ones stand."""

from __future__ import annotations

import pytest

from nlp.found import any_of, by_longest_word, find_whole, lowered, words_of


@pytest.mark.parametrize(
    ("text", "word", "places"),
    [
        ("A line, online, lines LINE", "line", [(2, 6), (22, 26)]),
        ("we chat", "we chat", [(0, 7)]),
        ("ไลน์ไอดี", "ไลน์", [(0, 4)]),
        ("", "line", []),
    ],
)
def test_find_whole(text: str, word: str, places: list[tuple[int, int]]) -> None:
    assert list(find_whole(text, [word])) == places


def test_lower_case_keeps_places() -> None:
    assert lowered("İA") == "İa"
    assert words_of("A b, B") == {"a", "b"}


def test_tables_of_words() -> None:
    assert any_of(["a b", "abc"]) in {r"a\s{1,3}b|abc", r"abc|a\s{1,3}b"}
    assert by_longest_word(["my name", "name is"], str) == {"name": ["my name", "name is"]}
