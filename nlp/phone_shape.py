"""How telephone numbers are grouped and parted, told from dates, prices, sizes and lists that have as many digits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nlp.numerals import Numeral
from nlp.phone_groups import BREAKS, MONEY, counts_off, has_other_words, has_words, sign
from nlp.phone_plan import Region, is_mobile_form
from nlp.reading import PhoneMethod
from nlp.unicode import Plain

_USUAL_GROUPS = {(8,), (2, 2, 2, 2), (3, 2, 3), (4, 4), (3, 5), (5, 3), (2, 3, 3), (3, 3, 2), (2, 6), (6, 2),
                 (2, 2, 4), (4, 2, 2), (1, 7), (1,) * 8, (7,), (3, 4)}  # fmt: skip
_PARTED_BY_ANYTHING = {(2, 2, 2, 2), (1,) * 8, (3, 2, 3)}
_OF_A_NEIGHBOUR = {(10,), (11,), (3, 7), (3, 3, 2, 2), (3, 3, 4), (4, 6), (3, 2, 2, 3), (4, 2, 2, 2), (5, 6), (5, 3, 3)}
_CENTURIES = ("19", "20", "25")  # 25: the Thai calendar
_USUAL_SIGNS = set(" -.()+\n\u00a0")
_COUNTED, _COUNTED_DOWN = "0123456789101112", "121110987654321"


def sizes_of(parts: Sequence[Numeral]) -> tuple[int, ...]:
    return tuple(len(part.digits) for part in parts)


def gaps_of(parts: Sequence[Numeral], text: str) -> list[str]:
    return [text[a.end : b.start] for a, b in pairwise(parts)]


def is_well_formed(parts: list[Numeral], text: str, *, cued: bool, region: Region = "NO") -> bool:
    """Whether groups and the signs between them look like one number and not like several figures."""
    sizes, gaps = sizes_of(parts), gaps_of(parts, text)
    mobile = is_mobile_form(_digits(parts), region)
    signs = set(map(sign, gaps))
    spelt = any(part.kind != "digits" for part in parts)
    if any(not BREAKS.isdisjoint(gap) or has_other_words(gap) for gap in gaps):
        return _is_parted_alike(parts, text, mobile=mobile)
    cued = cued or (mobile and any(map(counts_off, gaps)) and not _are_amounts(parts))
    if max(sizes) > 2 and not cued and not spelt and any(map(has_words, gaps)):
        return False
    small = max(sizes) <= 2
    if any("," in gap or gap.startswith(". ") for gap in gaps) and not (cued and all(map(counts_off, gaps))):
        return (len(signs) == 1 and (small or spelt)) or (mobile and signs <= {",", ""} and (spelt or (cued and small)))
    if spelt:
        return len(signs) <= 3 and _is_spelt_on_purpose(parts)
    if sizes == (2, 2, 2, 2) and _is_mixed(gaps) and mobile:
        return True
    return _is_grouped(sizes, signs, mobile=mobile, cued=cued)


def _are_amounts(parts: Sequence[Numeral]) -> bool:
    """Whether each group can be a sum or a year: no zero before it, four figures, round or of our time."""
    return all(len(part.digits) >= 3 and part.digits[0] != "0" for part in parts) and any(
        part.digits.endswith(("00", "50")) or part.digits[:2] in _CENTURIES for part in parts
    )


def _is_grouped(sizes: tuple[int, ...], signs: set[str], *, mobile: bool, cued: bool) -> bool:
    if len(signs - {""}) > 1 or (len(signs) > 1 and not signs <= {"", "-", "."}):
        return False
    if sizes in _USUAL_GROUPS or sizes == (10,) or max(sizes) <= 2:
        return True
    if cued and mobile and (max(sizes) <= 4 or len(sizes) <= 3):
        return True
    return len(signs) == 1 and signs != {""} and max(sizes) <= 4


def _is_parted_alike(parts: Sequence[Numeral], text: str, *, mobile: bool) -> bool:
    """Groups with the same sign or word between all of them, and not beside them: 42#00#00#17, 42:00:00:17."""
    gaps = gaps_of(parts, text)
    bare = {"".join(gap.lower().split()) for gap in gaps}
    if len(bare) != 1 or not mobile or sizes_of(parts) not in _PARTED_BY_ANYTHING:
        return False
    [between] = bare
    after = text[parts[-1].end : parts[-1].end + 24].lower().split()
    follows = "".join(after[:2])
    return MONEY.isdisjoint(between) and not (follows.startswith(between) and follows[len(between) :] != "")


def is_grouped_abroad(parts: Sequence[Numeral], text: str) -> bool:
    """Whether a number with its zero, as dialled in a neighbouring country, is grouped as people do there."""
    signs = set(map(sign, gaps_of(parts, text)))
    spelt = any(part.kind != "digits" for part in parts)
    return signs <= {"", "-", ".", "/"} and (spelt or max(sizes_of(parts)) <= 2 or sizes_of(parts) in _OF_A_NEIGHBOUR)


def _digits(parts: Sequence[Numeral]) -> str:
    return "".join(part.digits for part in parts)


def _is_mixed(gaps: list[str]) -> bool:
    """Points and dashes in no order, as in 42.00.00-17 (they alternate between sums), or a sign in the middle."""
    return (set(gaps) == {".", "-"} and gaps[0] != gaps[2]) or (gaps[0] == gaps[2] == " " and gaps[1] != "-")


def _is_spelt_on_purpose(parts: list[Numeral]) -> bool:
    """Number words that say more than the "to" of "100 to 220", and letters that stand for figures."""
    words = [part for part in parts if part.kind == "words"]
    if words and len(words) < len(parts) and all(part.common for part in words):
        return all(len(part.digits) <= 2 for part in parts)
    return words != [] or any(not part.weak for part in parts if part.kind == "leet") or _has_figures(parts)


def _has_figures(parts: list[Numeral]) -> bool:
    """Whether a third of the groups are figures and not the letters O and l alone."""
    return sum(part.kind != "leet" for part in parts) * 3 >= len(parts)


def stands_alone(parts: list[Numeral], text: str, region: Region = "NO") -> bool:
    """Whether groups are a telephone number even where no word beside them says so."""
    digits = _digits(parts)
    if digits in _COUNTED or digits in _COUNTED_DOWN or len(set(digits)) == 1:
        return False
    if all(part.kind == "digits" for part in parts) and _is_a_figure(parts, text):
        return False
    if len(digits) != 8 or is_mobile_form(digits, region):
        return True
    # Other than mobile numbers resemble laws, types and sizes: only the usual way of writing them will do.
    gaps = "".join(gaps_of(parts, text))
    return gaps.strip() == "" and all(part.kind == parts[0].kind != "leet" for part in parts)


def _is_a_figure(parts: Sequence[Numeral], text: str) -> bool:
    """Dates, prices, sizes and thousands that happen to have eight digits."""
    digits, sizes = [part.digits for part in parts], sizes_of(parts)
    if sizes == (8,):
        return _is_date(digits[0])
    if sizes == (4, 4):
        return all(part.endswith("00") for part in digits) or digits[1][:2] in {digits[0][:2], *_CENTURIES}
    if sizes == (2, 2, 4) and digits[0] <= "31" and digits[1] <= "12":
        return True
    gaps = set(gaps_of(parts, text))
    if (sizes == (2, 3, 3) and gaps <= {" ", "."}) or (sizes in {(2, 6), (1, 7), (3, 5)} and gaps == {"."}):
        return True  # thousands, and places on the map
    steps = {int(b) - int(a) for a, b in pairwise(digits)}
    return len(digits) == 4 and len(steps) == 1 and steps <= {1, 2, 3, 5, 10}


def _is_date(digits: str) -> bool:
    day, month, year = digits[:2], digits[2:4], digits[4:6]
    return "01" <= day <= "31" and "01" <= month <= "12" and year in {"19", "20"}


def method_of(plain: Plain, parts: list[Numeral], place: tuple[int, int]) -> PhoneMethod:
    """How groups that stand at `place` of the readable text are written in the stored one."""
    kinds = {part.kind for part in parts}
    if "words" in kinds:
        return "words"
    if "leet" in kinds:
        return "leet"
    gaps = gaps_of(parts, plain.text)
    if any("\n" in gap or any(map(str.isalpha, gap)) for gap in gaps):
        return "split"
    start, end = plain.origin(*place)
    stored = plain.original[start:end]
    if any(char.isdigit() and not char.isascii() for char in stored) or "\u20e3" in stored:
        return "unicode"
    if any(start <= at < end for at, _ in plain.odd):
        return "unicode"
    unusual = any(not set(gap) <= _USUAL_SIGNS or ")(" in gap for gap in gaps)
    lone = sum(len(part.digits) == 1 for part in parts) >= 5
    return "separated" if unusual or lone else "plain"
