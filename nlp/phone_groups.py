"""Groups of digits: which of them stand close enough to be parts of one telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from nlp.numerals import Numeral, find_figures, find_numerals
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("phones")
_JOINERS = frozenset(_TABLE["joiners"])
_SEQUENCE = frozenset(_TABLE["sequence"])
_UNITS = frozenset(_TABLE["not_after"])
LEAST_PHONE = 7  # digits
_MARGIN = 12  # characters beside a number that say what it is: " kroner"
_LONGEST_GAP = 24  # characters between two groups of one number: ", og så til slutt "
_LONGEST_SIGN = 12
_MOST_WORDS = 3
_USUAL_GAPS = frozenset({"", " ", "-", ".", "/", "\u00a0", " - ", "  "})

# Figures that are read as something else before numbers are looked for: hours, dates, prices, postcodes.
_OTHER_FIGURES = re.compile(
    r"""
    (?=[\dknA-Z€$£]) (?:
    24/7 | (?<![\d.:])\d{1,2}:[0-5]\d(?!\d)(?!:\d)
  | (?<![\d./-])(?:[12]?\d|3[01]|0[1-9])(?P<dot>[./-])(?:1[0-2]|0?[1-9])(?P=dot)
      (?:19|20)?\d\d(?![\d./*_-]|[ ]\d)
  | (?<![\d./-])(?:19|20)\d\d-(?:1[0-2]|0[1-9])-(?:[0-2]\d|3[01])(?![\d-])
  | \bkl\.?\s?\d{1,2}(?:[.:]?\d\d)?(?:\s?[-–]\s?\d{1,2}(?:[.:]?\d\d)?)?(?!\d)
  | (?<![\d.,/*_+-])(?<!\d[ ])(?:[01]?\d|2[0-4])(?:[.:][0-5]\d)?
      -(?:[01]?\d|2[0-4])(?:[.:][0-5]\d)?(?![\d*/_-]|\.\d|(?:[ ]\d-\d){3})
  | (?:\bkr\.?|\bnok|[€$£])\s?(?:\d{1,3}(?:[ .]000)+|\d{1,6}(?![\d]))(?:,\d\d)?
  | (?<![\d])(?<!\d[ ])\d{1,6}(?:,-|\s?(?:kr|nok|sek|eur|€|%|cm|kg|min|km|år|timer?)\b)
  | (?<![\d])(?<!\d[ ./*_-])\d{4}\s(?=(?:Oslo|Bergen|Trondheim|Stavanger)\b)
  | \b[A-Z]{2}\d\d(?:\s?[0-9A-Z]{4}){2,7}(?:\s?[0-9A-Z]{1,3})?\b
    )
    """,
    re.VERBOSE,
)

BREAKS = set(':;=%$€£#@<>¤&?!"+')
"""Signs that end a number unless they stand between all its groups."""

MONEY = set("%$€£¤")
_WORD = re.compile(r"[^\W\d_]+")
_SET_APART = re.compile(r"[\s()\[\]{}\"]+")


def without_other_figures(text: str, dense: list[list[Numeral]]) -> str:
    """`text` with hours, dates, prices and postcodes blanked out wherever a number could be."""
    pieces: list[str] = []
    done = 0
    for run in dense:
        start, end = max(done, run[0].start - _MARGIN), min(len(text), run[-1].end + _MARGIN)
        pieces += [text[done:start], _OTHER_FIGURES.sub(_blanked, text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def _blanked(match: re.Match[str]) -> str:
    return "¤" * len(match.group())


def is_enough(run: list[Numeral]) -> bool:
    return sum(len(numeral.digits) for numeral in run) >= LEAST_PHONE


def without_word_after(groups: list[Numeral]) -> list[Numeral]:
    """`groups` without an everyday word that goes on after figures: "7587 for the address", "900123 to book"."""
    if len(groups) < 2 or groups[-1].kind != "words" or groups[-2].kind != "digits":
        return groups
    is_prose = groups[-1].weak or (groups[-1].common and len(groups[-2].digits) > 1)
    return groups[:-1] if is_prose else groups


def dense_runs(text: str) -> Iterator[list[Numeral]]:
    """The runs of a text that have digits enough for a number."""
    for start, end, most in _stretches(text):
        if most >= LEAST_PHONE:
            yield from filter(is_enough, runs(text, start, end))


def _stretches(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, the most digits they can have) of tokens that stand near enough to be of one run."""
    begun = last = digits = 0
    for start, end, most, between in find_figures(text):
        if start - last > _LONGEST_GAP or len(between) > _MOST_WORDS or not _may_join(between):
            yield begun, last, digits
            begun, digits = start, 0
        last = end
        digits += most
    yield begun, last, digits


def _may_join(words: list[str]) -> bool:
    return len(words) < 2 or all(word.lower() in _JOINERS for word in words)


def runs(text: str, start: int, end: int) -> Iterator[list[Numeral]]:
    """Numerals of `text[start:end]` that stand close enough together to be groups of one number."""
    numerals = _without_links(list(find_numerals(text, start, end)), text)
    gaps = [text[a.end : b.start] for a, b in pairwise(numerals)]
    begun = 0
    for at, gap in enumerate(gaps, 1):
        if not (_can_join(gap) or _is_regular(gaps, at - 1)):
            yield numerals[begun:at]
            begun = at
    if numerals:
        yield numerals[begun:]


def _without_links(numerals: list[Numeral], text: str) -> list[Numeral]:
    """Numerals without everyday words that stand between all figures: 42 et 13 et 57."""
    return [
        one
        for at, one in enumerate(numerals)
        if not (one.common and one.kind == "words" and _is_link(numerals, at, text))
    ]


def _is_link(numerals: list[Numeral], at: int, text: str) -> bool:
    word = text[numerals[at].start : numerals[at].end]
    beside = [numerals[place] for place in (at - 1, at + 1) if 0 <= place < len(numerals)]
    next_links = [numerals[place] for place in (at - 2, at + 2) if 0 <= place < len(numerals)]
    return (
        len(beside) == 2
        and all(one.kind == "digits" and len(one.digits) == 2 for one in beside)
        and any(text[one.start : one.end] == word for one in next_links)
    )


def _can_join(gap: str) -> bool:
    if gap in _USUAL_GAPS:
        return True
    if len(gap) > _LONGEST_GAP or not BREAKS.isdisjoint(gap) or _is_far(gap):
        return False
    words = _WORD.findall(gap)
    return len(words) <= _MOST_WORDS and all(word.lower() in _JOINERS for word in words)


def _is_far(gap: str) -> bool:
    return gap.count("\n") > 1


def _bare(gap: str) -> str:
    """What a gap holds but for its spaces; "" where it holds too much or nothing."""
    if len(gap) > _LONGEST_GAP or _is_far(gap):
        return ""
    bare = "".join(gap.lower().split())
    words = _WORD.findall(bare)
    return bare if len(bare) <= _LONGEST_SIGN and len(words) <= 1 and _UNITS.isdisjoint(words) else ""


def _is_regular(gaps: list[str], at: int) -> bool:
    """Whether a gap holds the same sign as the gap before it or after it, whatever that is."""
    bare = _bare(gaps[at])
    beside = gaps[max(0, at - 1) : at] + gaps[at + 1 : at + 2]
    return bare != "" and any(_bare(gap) == bare for gap in beside)


def sign(gap: str) -> str:
    """What stands between two groups but for spaces, brackets and words that join; all symbols count as one."""
    words = [word for word in _WORD.findall(gap) if word.lower() in _JOINERS]
    for word in words:
        gap = gap.replace(word, "", 1)
    bare = _SET_APART.sub("", gap)
    return bare.lower() if bare.isascii() or bare.isalpha() else "☺"


def has_words(gap: str) -> bool:
    return _WORD.search(gap) is not None


def counts_off(gap: str) -> bool:
    """Whether a gap says that the next group follows: "then", "og så"."""
    return any(word.lower() in _SEQUENCE for word in _WORD.findall(gap))


def has_other_words(gap: str) -> bool:
    return any(word.lower() not in _JOINERS for word in _WORD.findall(gap))


def goes_on(one: Numeral, two: Numeral, text: str) -> bool:
    """Whether two neighbouring groups look like parts of one longer figure."""
    if one.common or two.common or one.kind != two.kind or len(one.digits) >= 8:
        return False
    gap = text[one.end : two.start]
    return gap not in {", ", ". ", " / ", "\n"} and len(one.digits) == len(two.digits)


def is_inside(groups: list[Numeral], first: int, last: int, text: str) -> bool:
    """Whether groups are the middle of a longer row of the same kind."""
    if first == 0 or last + 1 == len(groups):
        return False
    return goes_on(groups[first - 1], groups[first], text) and goes_on(groups[last], groups[last + 1], text)


def is_tied(other: Numeral, edge: Numeral, text: str) -> bool:
    """Whether a neighbour is written together with the edge of a number: ISBN 82-495-…, 08-555 …, 8 (41) …"""
    if other.kind != "digits" or edge.kind != "digits" or len(other.digits) >= 8:
        return False
    gap = text[other.end : edge.start] if other.end <= edge.start else text[edge.end : other.start]
    area = gap.strip() == "(" and text[edge.end : edge.end + 1] == ")" and 1 < len(edge.digits) < 6
    return area or (gap != "" and not any(map(str.isspace, gap)) and "(" not in gap)
