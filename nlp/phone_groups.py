"""Groups of digits: which of them can be parts of one telephone number, and which are other figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from nlp.numerals import Numeral, find_numerals
from nlp.phone_plan import is_mobile_form
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("phones")
_JOINERS = frozenset(_TABLE["joiners"])
_LEAST_PHONE = 7  # digits
_MARGIN = 12  # characters beside a number that say what it is: " kroner"
_LONGEST_GAP = 16  # characters between two groups of one number: " og deretter "

# Figures that are read as something else before numbers are looked for: hours, dates, prices, postcodes.
_OTHER_FIGURES = re.compile(
    r"""
    24/7 | (?<![\d.])\d{1,2}:\d\d(?!\d)(?!:\d)
  | (?<![\d./-])(?:[12]?\d|3[01]|0[1-9])(?P<dot>[./-])(?:1[0-2]|0?[1-9])(?P=dot)
      (?:19|20)?\d\d(?![\d./*_-]|[ ]\d)
  | (?<![\d./-])(?:19|20)\d\d-(?:1[0-2]|0[1-9])-(?:[0-2]\d|3[01])(?![\d-])
  | \bkl\.?\s?\d{1,2}(?:[.:]?\d\d)?(?:\s?[-–]\s?\d{1,2}(?:[.:]?\d\d)?)?(?!\d)
  | (?<![\d.,/*_+-])(?<!\d[ ])(?:[01]?\d|2[0-4])(?:[.:][0-5]\d)?
      -(?:[01]?\d|2[0-4])(?:[.:][0-5]\d)?(?![\d*/_-]|\.\d)
  | (?:\bkr\.?|\bnok|[€$£])\s?(?:\d{1,3}(?:[ .]000)+|\d{1,6}(?![\d]))(?:,\d\d)?
  | (?<![\d])(?<!\d[ ])\d{1,6}(?:,-|\s?(?:kr|nok|sek|eur|€|%|cm|kg|min|km|år|timer?)\b)
  | (?<![\d])(?<!\d[ ./*_-])\d{4}\s(?=(?:Oslo|Bergen|Trondheim|Stavanger)\b)
  | \b[A-Z]{2}\d\d(?:\s?[0-9A-Z]{4}){2,7}(?:\s?[0-9A-Z]{1,3})?\b
    """,
    re.VERBOSE,
)

_USUAL_GROUPS = {(8,), (2, 2, 2, 2), (3, 2, 3), (4, 4), (3, 5), (5, 3), (2, 3, 3), (3, 3, 2), (2, 6), (6, 2),
                 (2, 2, 4), (4, 2, 2), (1, 7), (1,) * 8}  # fmt: skip
_CENTURIES = ("19", "20", "25")  # 25: the Thai calendar
_COUNTED, _COUNTED_DOWN = "0123456789101112", "121110987654321"
_BREAKS = set(':;=%$€£#@<>¤&?!"+')


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
    return sum(len(numeral.digits) for numeral in run) >= _LEAST_PHONE


def runs(text: str, start: int, end: int) -> Iterator[list[Numeral]]:
    """Numerals of `text[start:end]` that stand close enough together to be groups of one number."""
    run: list[Numeral] = []
    for numeral in find_numerals(text, start, end):
        if run and not _can_join(text[run[-1].end : numeral.start]):
            yield run
            run = []
        run.append(numeral)
    if run:
        yield run


def _can_join(gap: str) -> bool:
    if len(gap) > _LONGEST_GAP or not _BREAKS.isdisjoint(gap) or gap.count("\n") > 1:
        return False
    words = re.findall(r"[^\W_]+", gap)
    return len(words) <= 2 and all(word.lower() in _JOINERS for word in words)


def is_inside(groups: list[Numeral], first: int, last: int, text: str) -> bool:
    """Whether groups are the middle of a longer row of the same kind."""
    if first == 0 or last + 1 == len(groups):
        return False
    return goes_on(groups[first - 1], groups[first], text) and goes_on(groups[last], groups[last + 1], text)


def is_well_formed(parts: list[Numeral], text: str) -> bool:
    """Whether groups and the signs between them look like one number and not like several figures."""
    sizes = tuple(len(part.digits) for part in parts)
    gaps = [text[a.end : b.start] for a, b in pairwise(parts)]
    signs = {sign for sign in map(_sign, gaps) if not sign.isalpha()}
    spelt = any(part.kind != "digits" for part in parts)
    small = max(sizes) <= 2
    if any("," in gap or gap.startswith(". ") for gap in gaps):
        return len(signs) == 1 and (small or spelt)
    if spelt:
        return len(signs) <= 3 and _is_spelt_on_purpose(parts)
    if sizes == (2, 2, 2, 2) and _is_mixed(gaps) and is_mobile_form("".join(part.digits for part in parts)):
        return True
    if len(signs - {""}) > 1 or (len(signs) > 1 and not signs <= {"", "-", "."}):
        return False
    return sizes in _USUAL_GROUPS or sizes == (10,) or small or (len(signs) == 1 and signs != {""} and max(sizes) <= 4)


def _is_mixed(gaps: list[str]) -> bool:
    """Points and dashes in no order, as in 42.00.00-17; between two figures of money they alternate."""
    return set(gaps) == {".", "-"} and gaps[0] != gaps[2]


def _is_spelt_on_purpose(parts: list[Numeral]) -> bool:
    """Number words that say more than the "to" of "100 to 220", and letters that stand for figures."""
    words = [part for part in parts if part.kind == "words"]
    if words and len(words) < len(parts) and all(part.common for part in words):
        return all(len(part.digits) <= 2 for part in parts)
    return words != [] or any(not part.weak for part in parts if part.kind == "leet") or _has_figures(parts)


def _has_figures(parts: list[Numeral]) -> bool:
    """Whether a third of the groups are figures and not the letters O and l alone."""
    return sum(part.kind != "leet" for part in parts) * 3 >= len(parts)


def _sign(gap: str) -> str:
    """What stands between two groups, spaces and brackets aside; all symbols count as one."""
    bare = re.sub(r"[\s()\[\]{}]+", "", gap)
    return bare.lower() if bare.isascii() or bare.isalpha() else "☺"


def stands_alone(parts: list[Numeral], text: str) -> bool:
    """Whether groups are a telephone number even where no word beside them says so."""
    digits = "".join(part.digits for part in parts)
    if digits in _COUNTED or digits in _COUNTED_DOWN:
        return False
    if all(part.kind == "digits" for part in parts) and _is_a_figure([part.digits for part in parts]):
        return False
    if len(digits) != 8 or is_mobile_form(digits):
        return True
    # Other than mobile numbers resemble laws, types and sizes: only the usual way of writing them will do.
    gaps = "".join(text[a.end : b.start] for a, b in pairwise(parts))
    return gaps.strip() == "" and all(part.kind == parts[0].kind != "leet" for part in parts)


def goes_on(one: Numeral, two: Numeral, text: str) -> bool:
    """Whether two neighbouring groups look like parts of one longer figure."""
    if one.common or two.common or one.kind != two.kind or len(one.digits) >= 8:
        return False
    gap = text[one.end : two.start]
    return gap not in {", ", ". ", " / ", "\n"} and len(one.digits) == len(two.digits)


def is_tied(other: Numeral, edge: Numeral, text: str) -> bool:
    """Whether a neighbour is written together with the edge of a number: ISBN 82-495-…, 08-555 …, 8 (41) …"""
    if other.kind != "digits" or edge.kind != "digits" or len(other.digits) >= 8:
        return False
    gap = text[other.end : edge.start] if other.end <= edge.start else text[edge.end : other.start]
    area = gap.endswith("(") and text[edge.end : edge.end + 1] == ")" and len(edge.digits) > 1
    return area or (gap != "" and not any(map(str.isspace, gap)) and "(" not in gap)


def _is_a_figure(digits: list[str]) -> bool:
    """Dates, prices and sizes that happen to have eight digits."""
    if len(digits) == 1:
        day, month, year = digits[0][:2], digits[0][2:4], digits[0][4:6]
        return "01" <= day <= "31" and "01" <= month <= "12" and year in {"19", "20"} and len(digits[0]) == 8
    sizes = tuple(map(len, digits))
    if sizes == (4, 4):
        return all(part.endswith("00") for part in digits) or digits[1][:2] in {digits[0][:2], *_CENTURIES}
    if sizes == (2, 2, 4) and digits[0] <= "31" and digits[1] <= "12":
        return True
    if len(digits) == 3 and digits[1:] == ["000", "000"]:
        return True
    steps = {int(b) - int(a) for a, b in pairwise(digits)}
    return len(digits) == 4 and len(steps) == 1 and steps <= {1, 2, 3, 5, 10}
