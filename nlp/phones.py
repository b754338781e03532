"""Finds telephone numbers in one field of an ad, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from nlp.numerals import Numeral, has_digits
from nlp.phone_groups import (
    goes_on,
    is_enough,
    is_inside,
    is_tied,
    is_well_formed,
    runs,
    stands_alone,
    without_other_figures,
)
from nlp.phone_plan import international, is_mobile_form, national, possible
from nlp.reading import Phone, PhoneMethod
from nlp.tables import load_table
from nlp.unicode import LIMIT, Plain
from nlp.unicode import plain as plain_text

_TABLE: dict[str, Any] = load_table("phones")
_LEAST_FIGURES = 5
_LEAST_DIGITS = 8  # of those spelt in any way
_MOST_GROUPS = 18
_MOST_PHONES = 20  # of one field: beyond it stands a list or a row of repeated words, not ways to answer
_LEAST_SCORE = 0.45
_OVERRIDE = "\u202e"
_SHOWN_BACKWARDS = re.compile("\u202e+([^\u202c-\u202e\u2066-\u2069\n]+)")
_USUAL_SIGNS = set(" -.()+\n\u00a0")


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[\s.\-]*") for word in sorted(words, key=len, reverse=True))


_NOT_BEFORE = re.compile(rf"(?:(?:\b|_)(?:{_any_of(_TABLE['not_before'])})|[$€£@])[\s.:#(-]*$", re.IGNORECASE)
_NOT_AFTER = re.compile(rf"\s?(?:,-|[%€$£]|(?:{_any_of(_TABLE['not_after'])})\b)", re.IGNORECASE)
_CUE = re.compile(rf"\b(?:{_any_of(_TABLE['cues'])})\b", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$|\.[a-z]{2,6}/\S*$", re.IGNORECASE)
_CALL_ADDRESS = re.compile(r"(?:wa\.me/|whatsapp\S*[=/]|viber\S*=|tel:)\+?(?:%2B)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Candidate:
    first: int
    last: int
    """Positions of the first and last group."""
    start: int
    end: int
    e164: str
    score: float


def find_phones(plain: Plain, field: str) -> list[Phone]:
    """The first 20 numbers of one field, in the order of the text. A field `phones.N` is one number as a whole."""
    if field.startswith("phones."):
        return _whole_field(plain, field)
    phones = _phones(plain, field)
    return _read_backwards(plain, field, phones) if _OVERRIDE in plain.original else phones


def _read_backwards(plain: Plain, field: str, phones: list[Phone]) -> list[Phone]:
    """The numbers with those in text that is shown from right to left as a reader sees them."""
    for backwards in _SHOWN_BACKWARDS.finditer(plain.original[:LIMIT]):
        start, end = backwards.span(1)
        phones = [phone for phone in phones if phone.end <= start or phone.start >= end]
        shown = plain_text(plain.original[start:end][::-1])
        for phone in _phones(shown, field):
            place = end - phone.end, end - phone.start
            phones.append(
                replace(phone, start=place[0], end=place[1], quote=plain.original[slice(*place)], method="unicode")
            )
    return sorted(phones, key=lambda phone: phone.start)


def _phones(plain: Plain, field: str) -> list[Phone]:
    if not _may_hold_a_number(plain.text):
        return []
    dense = [run for run in runs(plain.text, 0, len(plain.text)) if is_enough(run)]
    text = without_other_figures(plain.text, dense)
    phones: list[Phone] = []
    for groups in (part for run in dense for part in runs(text, run[0].start, run[-1].end)):
        if is_enough(groups):
            phones += [_phone(plain, field, groups, one) for one in _best(_candidates(groups, text, plain.text))]
        if len(phones) >= _MOST_PHONES:
            break
    return phones[:_MOST_PHONES]


def _may_hold_a_number(text: str) -> bool:
    return sum(map(text.count, "0123456789")) >= _LEAST_FIGURES or has_digits(text, _LEAST_DIGITS)


def _whole_field(plain: Plain, field: str) -> list[Phone]:
    digits = re.sub(r"\D", "", plain.text[:64])
    has_code = plain.text.strip(" (").startswith(("+", "00"))
    e164 = international(digits.removeprefix("00")) if has_code else national(digits)
    e164 = e164 or (international(digits) if digits.startswith("47") else None)
    if e164 is None:
        e164 = next((one.e164 for one in find_phones(plain, "text")), None)
    if e164 is None:
        return []
    return [_span(plain, field, (0, len(plain.text)), e164=e164, method="field", confidence=0.99)]


def _candidates(groups: list[Numeral], text: str, shown: str) -> Iterator[_Candidate]:
    for first, group in enumerate(groups):
        if group.weak and group.kind == "words":
            continue
        plus = _plus_before(text, group.start)
        start = group.start if plus is None else plus
        ends = _totals(groups, first)
        found = _foreign(groups, ends, plus is not None) if plus is not None or _has_zeros(ends) else None
        found = found or _norwegian(groups, first, ends, text)
        if found is None:
            continue
        last, e164, score = found
        start, end = _bracketed(text, start, groups[last].end)
        score += _context(shown, start, end, groups, (first, last), text)
        if score >= _LEAST_SCORE:
            yield _Candidate(first, last, start, end, e164, min(score, 0.99))


def _totals(groups: list[Numeral], first: int) -> list[tuple[int, str]]:
    """(position of the last group, all digits so far) for every end a number could have."""
    totals: list[tuple[int, str]] = []
    digits = ""
    for last in range(first, min(len(groups), first + _MOST_GROUPS)):
        digits += groups[last].digits
        if len(digits) > 17:
            break
        totals.append((last, digits))
    return totals


def _plus_before(text: str, start: int) -> int | None:
    """Where the plus sign of an international number stands, with its bracket."""
    before = re.search(r"\(?\s?\+\s?\(?$", text[max(0, start - 4) : start])
    return start - len(before.group()) if before else None


def _has_zeros(ends: list[tuple[int, str]]) -> bool:
    return any(digits.startswith("00") for _, digits in ends)


def _foreign(groups: list[Numeral], ends: list[tuple[int, str]], plus: bool) -> tuple[int, str, float] | None:
    """The longest valid number with its country code; a merely possible one only after a plus sign."""
    for last, digits in reversed(ends):
        if groups[last].weak:
            continue
        number = digits if plus else digits[2:] if digits.startswith("00") else ""
        e164 = international(number)
        if e164:
            return last, e164, 0.99
    last, digits = ends[-1]
    known = plus and last == len(groups) - 1 and len(digits) >= 10 and possible(digits)
    return (last, known, 0.6) if known else None


def _norwegian(
    groups: list[Numeral], first: int, ends: list[tuple[int, str]], text: str
) -> tuple[int, str, float] | None:
    for last, digits in reversed(ends):
        if len(digits) not in {8, 10} or (groups[last].weak and groups[last].kind == "words"):
            continue
        if is_inside(groups, first, last, text):
            continue
        with_code = len(digits) == 10 and digits.startswith("47") and is_mobile_form(digits[2:])
        e164 = national(digits[2:] if with_code else digits)
        if e164 is None or (len(digits) == 10 and not with_code):
            continue
        parts = groups[first : last + 1]
        if is_well_formed(parts[1:] if with_code and parts[0].digits == "47" else parts, text):
            return last, e164, 0.85 if with_code else 0.95 if is_mobile_form(digits) else 0.8
    return None


def _context(shown: str, start: int, end: int, groups: list[Numeral], ends: tuple[int, int], text: str) -> float:
    """What the surroundings add to a candidate's score."""
    before = shown[max(0, start - 100) : start]
    if _CALL_ADDRESS.search(before):
        return 0.1
    label = text[max(0, start - 28) : start]  # prices are blanked out here: "2000 kr" names no number after it
    if _IN_ADDRESS.search(before) or _NOT_BEFORE.search(label) or _NOT_AFTER.match(shown[end : end + 16]):
        return -1.0
    first, last = ends
    parts = groups[first : last + 1]
    cue = bool(_CUE.search(before[-36:])) or "+" in shown[start : start + 3]
    score = 0.0 if cue else -0.05
    if not cue and not stands_alone(parts, text):
        score -= 1.0
    if first and goes_on(groups[first - 1], parts[0], text):
        score -= 0.3
    if last + 1 < len(groups) and goes_on(parts[-1], groups[last + 1], text):
        score -= 0.3
    if first and is_tied(groups[first - 1], parts[0], text):
        score -= 0.6
    if last + 1 < len(groups) and is_tied(groups[last + 1], parts[-1], text):
        score -= 0.6
    return score


def _bracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """A number's place with the brackets round its first and last group: (4)(2) …"""
    for opening, closing in ("()", "[]"):
        inside = text[start:end]
        closes_first = closing in inside.partition(opening)[0]
        start -= closes_first and text[start - 1 : start] == opening
        opened = text.count(opening, start, end) > text.count(closing, start, end)
        end += opened and text[end : end + 1] == closing
    return start, end


def _best(candidates: Iterator[_Candidate]) -> list[_Candidate]:
    """Candidates that share no group, the surest first, in the order of the text."""
    taken: list[_Candidate] = []
    used: set[int] = set()
    for one in sorted(candidates, key=lambda one: (-one.score, one.first)):
        places = range(one.first, one.last + 1)
        if used.isdisjoint(places):
            used.update(places)
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)


def _phone(plain: Plain, field: str, groups: list[Numeral], found: _Candidate) -> Phone:
    parts = groups[found.first : found.last + 1]
    place = (found.start, found.end)
    method = _method(plain, parts, place)
    return _span(plain, field, place, e164=found.e164, method=method, confidence=round(found.score, 2))


def _method(plain: Plain, parts: list[Numeral], place: tuple[int, int]) -> PhoneMethod:
    kinds = {part.kind for part in parts}
    if "words" in kinds:
        return "words"
    if "leet" in kinds:
        return "leet"
    gaps = [plain.text[a.end : b.start] for a, b in pairwise(parts)]
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


def _span(
    plain: Plain, field: str, place: tuple[int, int], *, e164: str, method: PhoneMethod, confidence: float
) -> Phone:
    start, end = plain.origin(*place)
    quote = plain.original[start:end]
    return Phone(field=field, start=start, end=end, quote=quote, e164=e164, method=method, confidence=confidence)
