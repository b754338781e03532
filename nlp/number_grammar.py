"""Which number words in a row make one number: forty two, to og førti, cuarenta y dos, quatre-vingt-six."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from nlp.number_words import FRENCH, Role

_SILENT = frozenset({"and", "repeat", "plural", "hundred"})  # no number by themselves
_MOST_WORDS = 5
_TIMES = frozenset({"2", "3", "4"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A number word in a row; `close` when only a space or a dash parts it from the one before."""

    digits: str
    role: Role
    tongues: int
    weak: bool = False
    close: bool = False


def spoken_number(row: Sequence[Spoken], at: int) -> tuple[int, str]:
    """How many words of `row` from `at` on make one number, and its digits ("" for none)."""
    words = _close_words(row, at)
    one = words[0]
    for grammar in (_repeated, _hundreds, _french, _two_digits):
        size, digits = grammar(words)
        if size:
            return size, digits
    return 1, "" if one.role in _SILENT else one.digits


def _close_words(row: Sequence[Spoken], at: int) -> Sequence[Spoken]:
    end = at + 1
    while end < min(len(row), at + _MOST_WORDS) and row[end].close:
        end += 1
    return row[at:end]


def _repeated(words: Sequence[Spoken]) -> tuple[int, str]:
    """ "dobbel fem", "triple 0", "three fours"."""
    if len(words) < 2 or len(words[1].digits) != 1:
        return 0, ""
    if words[0].role == "repeat" or (words[1].role == "plural" and words[0].digits in _TIMES):
        return 2, words[1].digits * int(words[0].digits)
    return 0, ""


def _hundreds(words: Sequence[Spoken]) -> tuple[int, str]:
    """ "nine hundred [and] forty two", "czterysta trzydzieści dwa": three digits."""
    if words[0].role == "hundreds":
        size = 1
    elif len(words) > 1 and words[0].role == "unit" and words[1].role == "hundred":
        size = 2
    else:
        return 0, ""
    rest = words[size:]
    skipped = 1 if rest and rest[0].role == "and" else 0
    more, digits = _two_digits(rest[skipped:]) if rest[skipped:] else (0, "")
    if not more and rest[skipped:] and rest[skipped].role in {"tens", "number"} and len(rest[skipped].digits) == 2:
        more, digits = 1, rest[skipped].digits
    return size + (skipped + more if more else 0), words[0].digits[0] + (digits or "00")


def _two_digits(words: Sequence[Spoken]) -> tuple[int, str]:
    """ "forty two", "cuarenta y dos", "to og førti", "zweiundvierzig": two digits."""
    one, two, three = (*words[:3], None, None, None)[:3]
    if one is None or two is None:
        return 0, ""
    if one.role == "tens" and _is_last_digit(two):
        return 2, one.digits[0] + two.digits
    if two.role != "and" or three is None:
        return 0, ""
    if one.role == "tens" and _is_last_digit(three):
        return 3, one.digits[0] + three.digits
    if one.role == "unit" and three.role == "tens":
        return 3, three.digits[0] + one.digits
    return 0, ""


def _is_last_digit(word: Spoken) -> bool:
    return word.role == "unit" and word.digits != "0" and not word.weak


def _french(words: Sequence[Spoken]) -> tuple[int, str]:
    """ "soixante-douze" (72), "quatre-vingt-dix-sept" (97), "dix-sept" (17); never a figure and a word: "60 for"."""
    words = list(takewhile(lambda word: word.role != "digits" and word.tongues & FRENCH, words))
    if len(words) < 2:
        return 0, ""
    size, value = 1, 0
    if (words[0].digits, words[1].digits, words[1].role) == ("4", "20", "tens"):
        size, value = 2, 80
    elif words[0].digits == "60":
        value = 60
    elif words[0].digits != "10":
        return 0, ""
    rest = words[size:] if value else words
    skipped = 1 if value and rest and rest[0].role == "and" else 0
    more, last = _below_twenty(rest[skipped:])
    used = (size if value else 0) + (skipped + more if more else 0)
    return (used, str(value + last)) if used > 1 else (0, "")


def _below_twenty(words: Sequence[Spoken]) -> tuple[int, int]:
    if len(words) > 1 and words[0].digits == "10" and words[1].role == "unit" and words[1].digits in "789":
        return 2, 10 + int(words[1].digits)
    if words and words[0].role in {"unit", "number"} and words[0].digits not in {"0", ""}:
        return 1, int(words[0].digits)
    return 0, 0
