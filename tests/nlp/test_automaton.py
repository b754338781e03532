"""Phrase patterns, and the automaton that finds them."""

from __future__ import annotations

import pytest

from nlp.automaton import MOST_STATES, OTHER, Automaton, find_lone_words, find_pattern_words, group_words, parse_pattern
from tests.effort import assert_linear


def found(pattern: str, text: str) -> list[str]:
    automaton: Automaton[int] = Automaton()
    automaton.add(parse_pattern(pattern), 1, str)
    words = text.split()
    return [" ".join(words[first : last + 1]) for _, first, last in automaton.find(words)]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        pytest.param("hand [in|over to us] (your) passport", "hand over to us your passport", True, id="all"),
        pytest.param("hand [in|over to us] (your) passport", "hand in passport", True, id="without-what-may-lack"),
        pytest.param("hand [in|over to us] (your) passport", "hand over passport", False, id="half-an-option"),
        pytest.param("keep .. passport", "keep passport", True, id="gap-of-none"),
        pytest.param("keep .. passport", "keep all of your passport", True, id="gap-of-three"),
        pytest.param("keep .. passport", "keep one two three four passport", False, id="gap-too-wide"),
        pytest.param("keep .. passport", "keep it . passport", False, id="gap-over-a-sentence-end"),
        pytest.param("keep .. passport", f"keep {OTHER} passport", True, id="gap-of-unknown-words"),
        pytest.param("[a (b [c|d])] e", "a b d e", True, id="nested"),
        pytest.param("[a (b [c|d])] e", "a b e", False, id="nested-incomplete"),
    ],
)
def test_patterns(pattern: str, text: str, expected: bool) -> None:
    assert found(pattern, text) == ([text] if expected else [])


def test_the_longest_way_is_told_for_each_first_word() -> None:
    assert found("no experience (needed)", "no experience needed") == ["no experience needed"]
    assert found("a .. b", "a a b b") == ["a a b b", "a b b"]


def test_a_gap_holds_nothing_before_the_first_or_after_the_last_word() -> None:
    assert found("(calls) .. taken", "x y taken z") == ["taken"]
    assert found("work .. (sundays)", "work on and on") == ["work"]
    assert found("work .. (sundays)", "work on sundays") == ["work on sundays"]


def test_patterns_that_begin_alike_stay_apart() -> None:
    automaton: Automaton[str] = Automaton()
    for pattern in ("we keep it", "we keep (it) safe", "we .. safe"):
        automaton.add(parse_pattern(pattern), pattern, str)
    assert sorted(automaton.find(["we", "keep", "safe"])) == [("we .. safe", 0, 2), ("we keep (it) safe", 0, 2)]


@pytest.mark.parametrize("text", ["", "  ", "one. two", "[one", "one|two", "a: b", "(a)", ".. a", "a ..", "[a|]", "a)"])
def test_wrong_patterns(text: str) -> None:
    with pytest.raises(ValueError, match="one or more words"):
        parse_pattern(text)


def test_words_of_a_pattern() -> None:
    assert list(find_pattern_words(parse_pattern("Hand [in|over] .. (your) passport"))) == [
        "hand", "in", "over", "your", "passport",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "alone"),
    [("[kidney|two words] (now)", ["kidney"]), ("two words", []), ("one (more)", ["one"])],
    ids=["choice", "two", "may-lack"],
)
def test_lone_words(pattern: str, alone: list[str]) -> None:
    assert list(find_lone_words(parse_pattern(pattern))) == alone


def test_groups_that_share_a_word_are_one() -> None:
    assert group_words([{"b", "a"}, {"c", "b"}, {"d"}]) == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_hostile_texts_take_linear_time_and_bounded_memory() -> None:
    automaton: Automaton[int] = Automaton()
    letters = "abcdefgh"
    for first in letters:
        for second in letters:
            automaton.add(parse_pattern(f"{first} .. {second} .. a .. b .. z"), 1, str)
    words = [letters[(at * at + at // 7) % 8] for at in range(20_000)]

    list(automaton.find(words))  # the states are made once
    assert_linear(lambda some: list(automaton.find(some)), words[:10_000], words)
    assert len(automaton._states) <= MOST_STATES + 1
