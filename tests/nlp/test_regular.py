"""Patterns of a catalogue: searched in linear time, or refused with the reason."""

from __future__ import annotations

import pytest

from nlp.parts import Parts
from nlp.regular import PatternError, build_patterns, check_pattern, find_patterns
from nlp.unicode import plain
from tests.effort import assert_within

REFUSED = {
    "look-ahead": ("(?=x)a", "linear time"),
    "look-behind": ("(?<=x)a", "linear time"),
    "back-reference": (r"(a)\1", "linear time"),
    "empty": ("a*", "matches the empty text"),
    "long": ("x" * 5000, "5,000 characters"),
    "broken": ("(a", "missing"),
    "huge": ("((a{900}){900}){900}", "repetition"),
}


@pytest.mark.parametrize(("pattern", "reason"), REFUSED.values(), ids=REFUSED)
def test_pattern_that_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        check_pattern(pattern)


def test_places_are_those_of_the_stored_text() -> None:
    stored = "Hånd\u200bpenger: ５００ kr, håndpenger 600"
    patterns = build_patterns({"X1": [r"håndpenger:? \d+"], "X2": ["never there"]})
    assert patterns
    found = list(find_patterns(Parts(fields={"text": plain(stored)}), patterns))
    assert [sign.span.quote for _, sign in found] == ["Hånd\u200bpenger: ５００", "håndpenger 600"]
    assert {id for id, _ in found} == {"X1"}
    assert all(stored[sign.span.start : sign.span.end] == sign.span.quote for _, sign in found)


def test_no_patterns_cost_nothing() -> None:
    assert build_patterns({"X1": []}) is None


def test_time_grows_with_the_text_alone() -> None:
    patterns = build_patterns({"X1": ["(a+)+b"], "X2": ["(a|a)*c"], "X3": ["(.*)(.*)(.*)d$"]})
    assert patterns
    text = plain("a" * 31 + " " + "ab " * 16_000)
    assert_within(2, lambda: list(find_patterns(Parts(fields={"text": text}), patterns)))  # backtracking would not end
