"""Regular expressions of catalogue entries, on an engine that takes linear time whatever the text is (RE2).

A pattern that RE2 cannot run in linear time (look-around, back-references) is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from nlp.parts import Parts, Sign, quote

LONGEST = 4000  # characters of one pattern
_MEMORY = 16 << 20  # bytes that one pattern's automaton may take
_MOST = 20  # places of one pattern in one field that are given


class PatternError(ValueError):
    """A pattern cannot be run in linear time, or is none; the message says why."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of a catalogue: one look at a text says which of them are in it."""

    together: Any
    each: Sequence[tuple[str, Any]]
    """By place in `together`: the indicator, and its pattern."""


def check_pattern(pattern: str) -> None:
    """Raises PatternError for what is no pattern of RE2, is too large, or matches the empty text."""
    if len(pattern) > LONGEST:
        raise PatternError(f"pattern of {len(pattern):,} characters; at most {LONGEST:,} are taken")
    try:
        compiled = re2.compile(pattern, _options())
    except re2.error as error:
        raise PatternError(f"pattern {pattern!r}: {_reason(error)}") from error
    if compiled.search(""):
        raise PatternError(f"pattern {pattern!r} matches the empty text; it must name at least one character")


def build_patterns(patterns: Mapping[str, Iterable[str]]) -> Patterns | None:
    """The patterns by indicator, ready to search; None where there are none."""
    options = _options()
    together = re2.Set.SearchSet(options)
    each = [(id, pattern) for id, group in patterns.items() for pattern in group]
    if not each:
        return None
    for _, pattern in each:
        together.Add(pattern)
    together.Compile()
    return Patterns(together, [(id, re2.compile(pattern, options)) for id, pattern in each])


def find_patterns(ad: Parts, patterns: Patterns) -> Iterator[tuple[str, Sign]]:
    """The (indicator, sign) of each place where a pattern stands in a field of the ad."""
    for field, plain in ad.fields.items():
        for number in patterns.together.Match(plain.text) or ():
            id, pattern = patterns.each[number]
            for count, match in enumerate(pattern.finditer(plain.text)):
                if count >= _MOST:
                    break
                yield id, Sign(quote(field, plain, *match.span()))


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


def _reason(error: Exception) -> str:
    told = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
    if "invalid perl operator" in told:
        told += " (look-around cannot be run in linear time; say what stands there as part of the pattern)"
    elif "invalid escape sequence" in told:
        told += " (a back-reference cannot be run in linear time)"
    return told
