"""Finds telephone numbers in one field of an ad, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nlp.numerals import Numeral, has_digits
from nlp.phone_context import (
    is_address_to_call,
    is_announced_backwards,
    is_backwards,
    is_cued,
    is_in_path,
    is_labelled_otherwise,
)
from nlp.phone_groups import (
    LEAST_PHONE,
    dense_runs,
    goes_on,
    is_enough,
    is_inside,
    is_tied,
    runs,
    without_other_figures,
    without_word_after,
)
from nlp.phone_plan import Region, international, is_mobile_form, lengths, national, neighbouring, possible
from nlp.phone_shape import gaps_of, is_grouped_abroad, is_well_formed, method_of, stands_alone
from nlp.phone_text import opened
from nlp.reading import Phone, PhoneMethod
from nlp.unicode import LIMIT, Plain
from nlp.unicode import plain as plain_text

_LEAST_FIGURES = 5
_LEAST_DIGITS = 5  # of those spelt in any way, without misspellings
_MOST_GROUPS = 18
_MOST_PHONES = 20  # of one field: beyond it stands a list or a row of repeated words, not ways to answer
_LEAST_SCORE = 0.45
_BESIDE = 64  # characters beside digits in which it may be said that they are to be read from their end
_OVERRIDE = "\u202e"
_SHOWN_BACKWARDS = re.compile("\u202e+([^\u202c-\u202e\u2066-\u2069\n]+)")


@dataclass(frozen=True, slots=True)
class _Page:
    """One text: as matchers see it, opened up, and the same with other figures blanked out."""

    plain: Plain
    shown: str
    opened: str
    text: str
    region: Region


@dataclass(frozen=True, slots=True)
class _Candidate:
    first: int
    last: int
    """Positions of the first and last group."""
    start: int
    end: int
    e164: str
    score: float
    backwards: bool = False


def find_phones(plain: Plain, field: str, *, region: Region = "NO") -> list[Phone]:
    """The first 20 numbers of one field, in the order of the text. A field `phones.N` is one number as a whole.

    `region` is the country that numbers without a country code are dialled in.
    """
    if field.startswith("phones."):
        return _whole_field(plain, field, region)
    phones = _phones(plain, field, region)
    return _read_as_shown(plain, field, phones, region) if _OVERRIDE in plain.original else phones


def _read_as_shown(plain: Plain, field: str, phones: list[Phone], region: Region) -> list[Phone]:
    """The numbers with those in text that is shown from right to left as a reader sees them."""
    for backwards in _SHOWN_BACKWARDS.finditer(plain.original[:LIMIT]):
        start, end = backwards.span(1)
        phones = [phone for phone in phones if phone.end <= start or phone.start >= end]
        shown = plain_text(plain.original[start:end][::-1])
        for phone in _phones(shown, field, region):
            place = end - phone.end, end - phone.start
            phones.append(
                replace(phone, start=place[0], end=place[1], quote=plain.original[slice(*place)], method="unicode")
            )
    return sorted(phones, key=lambda phone: phone.start)


def _phones(plain: Plain, field: str, region: Region) -> list[Phone]:
    if not _may_hold_a_number(plain.text):
        return []
    text = opened(plain.text)
    dense = list(dense_runs(text))
    if not dense:
        return []
    page = _Page(plain, plain.text, text, without_other_figures(text, dense), region)
    phones: list[Phone] = []
    for groups in (part for run in dense for part in _left(run, page)):
        if is_enough(groups):
            phones += [_phone(page, field, groups, one) for one in _best(_candidates(groups, page))]
        if len(phones) >= _MOST_PHONES:
            break
    return phones[:_MOST_PHONES]


def _left(run: list[Numeral], page: _Page) -> Iterator[list[Numeral]]:
    """What is left of a run where other figures are blanked out."""
    place = slice(run[0].start, run[-1].end)
    if page.text[place] == page.opened[place]:
        yield run
    else:
        yield from runs(page.text, place.start, place.stop)


def _may_hold_a_number(text: str) -> bool:
    return sum(map(text.count, "0123456789")) >= _LEAST_FIGURES or has_digits(text, _LEAST_DIGITS)


def _whole_field(plain: Plain, field: str, region: Region) -> list[Phone]:
    digits = re.sub(r"\D", "", plain.text[:64])
    has_code = plain.text.strip(" (").startswith(("+", "00"))
    e164 = international(digits.removeprefix("00")) if has_code else national(digits, region) or neighbouring(digits)
    e164 = e164 or (international(digits) if digits.startswith("47") else None)
    if e164 is None:
        e164 = next((one.e164 for one in find_phones(plain, "text", region=region)), None)
    if e164 is None:
        return []
    return [_span(plain, field, (0, len(plain.text)), e164=e164, method="field", confidence=0.99)]


def _candidates(groups: list[Numeral], page: _Page) -> Iterator[_Candidate]:
    around = page.opened[max(0, groups[0].start - _BESIDE) : groups[-1].end + _BESIDE]
    backwards = is_backwards(around)
    unread = False  # an international number that nobody can have: what follows its code is no number either
    left = sum(len(group.digits) for group in groups)
    for first, group in enumerate(groups):
        if left < LEAST_PHONE:
            return
        left -= len(group.digits)
        plus = _plus_before(groups, first, page.text)
        if unread and plus is None and len(groups[first].digits) < 8:
            continue
        start = groups[first].start if plus is None else plus
        ends = _totals(groups, first)
        found = _turned_round(groups, first, ends, page) if backwards else None
        found = found or _read(groups, first, ends, page, start=start, plus=plus is not None)
        unread = found is None and (plus is not None or unread)
        if found is None:
            continue
        last, e164, score, is_turned = found
        start, end = _bracketed(page.text, start, groups[last].end)
        score += _context(page, start, end, groups, (first, last), backwards=is_turned)
        if score >= _LEAST_SCORE:
            yield _Candidate(first, last, start, end, e164, min(score, 0.99), is_turned)


_Found = tuple[int, str, float, bool]
"""Position of the last group, number, score, whether it is read from its end."""


def _read(
    groups: list[Numeral], first: int, ends: list[tuple[int, str]], page: _Page, *, start: int, plus: bool
) -> _Found | None:
    if not plus and len(groups[first].digits) > 8:
        plus = is_address_to_call(page.opened[max(0, start - 100) : start])
    found = _foreign(groups, ends, plus) if plus or _has_zeros(ends) else None
    if plus and len(groups[first].digits) < 8:
        return found
    return found or _national(groups, first, ends, page)


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


def _plus_before(groups: list[Numeral], first: int, text: str) -> int | None:
    """Where the plus sign of an international number stands, with its bracket; one between groups is none."""
    start = groups[first].start
    if "+" not in text[max(0, start - 4) : start]:
        return None
    before = re.search(r"(?:\(\s?)?\+\s?\(?$", text[max(0, start - 4) : start])
    if before is None or (first and len(groups[first - 1].digits) <= 3 and groups[first - 1].end + 1 >= start):
        return None
    return start - len(before.group())


def _has_zeros(ends: list[tuple[int, str]]) -> bool:
    return ends != [] and ends[-1][1].startswith("00")


def _foreign(groups: list[Numeral], ends: list[tuple[int, str]], plus: bool) -> _Found | None:
    """The longest valid number with its country code; a merely possible one only after a plus sign."""
    for last, digits in reversed(ends):
        if groups[last].weak:
            continue
        number = digits if plus else digits[2:] if digits.startswith("00") else ""
        e164 = international(number)
        if e164:
            return last, e164, 0.99, False
    stop = len(without_word_after(groups))
    ends = [end for end in ends if end[0] < stop]
    if not ends:
        return None
    last, digits = ends[-1]
    number = digits if plus else digits[2:] if digits.startswith("00") and len(ends) > 1 else ""
    known = last == stop - 1 and len(number) >= 10 and possible(number)
    return (last, known, 0.6 if plus else 0.5, False) if known else None


def _national(groups: list[Numeral], first: int, ends: list[tuple[int, str]], page: _Page) -> _Found | None:
    for last, digits in reversed(ends):
        abroad = page.region not in ("SE", "FI") and digits.startswith("0") and len(digits) in (10, 11)
        if not abroad and len(digits) not in lengths(page.region):
            continue
        parts = groups[first : last + 1]
        if _is_weak(parts, len(groups)) or is_inside(groups, first, last, page.text):
            continue
        e164 = neighbouring(digits) if abroad else national(digits, page.region)
        if e164 is None:
            continue
        cued = is_cued(page.shown, parts[0].start, parts[-1].end)
        score = _as_dialled_abroad(parts, page, cued) if abroad else _as_dialled_here(parts, digits, page, cued)
        if score:
            return last, e164, score - 0.15 * (parts[0].weak or parts[-1].weak), False
    return None


def _as_dialled_abroad(parts: list[Numeral], page: _Page, cued: bool) -> float:
    return 0.7 if (cued or len(parts) > 1) and is_grouped_abroad(parts, page.text) else 0.0


def _as_dialled_here(parts: list[Numeral], digits: str, page: _Page, cued: bool) -> float:
    with_code = page.region == "NO" and len(digits) == 10 and parts[0].digits == "47"
    if not is_well_formed(parts[1:] if with_code else parts, page.text, cued=cued, region=page.region):
        return 0.0
    return 0.95 if is_mobile_form(digits, page.region) else 0.85 if len(digits) == 10 else 0.8


def _is_weak(parts: list[Numeral], every: int) -> bool:
    """Whether an edge is a word that seldom means a number, unless the groups are all there are, in number words."""
    edges = [part for part in (parts[0], parts[-1]) if part.weak and part.kind == "words"]
    return edges != [] and (len(parts) < every or sum(part.kind == "words" and not part.weak for part in parts) < 5)


def _turned_round(groups: list[Numeral], first: int, ends: list[tuple[int, str]], page: _Page) -> _Found | None:
    """A number written from its end, where the text says so and it makes one that way."""
    for last, digits in reversed(ends):
        turned = digits[::-1]
        e164 = national(turned, page.region) or neighbouring(turned)
        e164 = e164 or (international(turned[2:]) if turned.startswith("00") else None)
        start, end = groups[first].start, groups[last].end
        is_sure = is_mobile_form(turned, page.region) or len(turned) > 8
        if e164 and is_sure and is_announced_backwards(page.shown, start, end):
            return last, e164, 0.85, True
    return None


def _context(
    page: _Page, start: int, end: int, groups: list[Numeral], ends: tuple[int, int], *, backwards: bool
) -> float:
    """What the surroundings add to a candidate's score."""
    before = page.opened[max(0, start - 100) : start]
    if is_address_to_call(before):
        return 0.1
    first, last = ends
    parts = groups[first : last + 1]
    beside = [(first - 1, parts[0]), (last + 1, parts[-1])]
    score = -sum(_pull(groups[place], edge, page.text) for place, edge in beside if 0 <= place < len(groups))
    cued = backwards or "+" in page.opened[start : start + 3] or is_cued(page.shown, start, end)
    if not cued:
        score -= 0.05 if _is_alone(groups, ends, page) else 1.0
    if score < -_LEAST_SCORE or is_in_path(before) or is_labelled_otherwise(page.text, page.shown, start, end):
        return -1.0
    return score


def _is_alone(groups: list[Numeral], ends: tuple[int, int], page: _Page) -> bool:
    """Whether groups make a number without a word that says so; other than mobile ones have no figures beside them."""
    first, last = ends
    parts = groups[first : last + 1]
    if not stands_alone(parts, page.text, page.region):
        return False
    digits = "".join(part.digits for part in parts)
    beside = gaps_of(groups[max(0, first - 1) : first + 1], page.text)
    beside += gaps_of(groups[last : last + 2], page.text)
    return is_mobile_form(digits, page.region) or len(digits) > 8 or all(gap.strip() for gap in beside)


def _pull(other: Numeral, edge: Numeral, text: str) -> float:
    """How much a neighbour looks like part of the same figure."""
    if other.digits == "0" and other.end < edge.start and len(edge.digits) > 2 and edge.start - other.end == 1:
        return 1.0  # dialled with a zero first, so not here
    one, two = (other, edge) if other.end <= edge.start else (edge, other)
    return 0.35 * goes_on(one, two, text) + 0.6 * is_tied(other, edge, text)


def _bracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """A number's place with the brackets round its first and last group: (4)(2) …"""
    for opening, closing in ("()", "[]"):
        inside = text[start:end]
        closes_first = closing in inside.partition(opening)[0]
        start -= closes_first and text[start - 1 : start] == opening
        was_opened = text.count(opening, start, end) > text.count(closing, start, end)
        end += was_opened and text[end : end + 1] == closing
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


def _phone(page: _Page, field: str, groups: list[Numeral], found: _Candidate) -> Phone:
    parts = groups[found.first : found.last + 1]
    place = (found.start, found.end)
    method = "reversed" if found.backwards else method_of(page.plain, parts, place)
    return _span(page.plain, field, place, e164=found.e164, method=method, confidence=round(found.score, 2))


def _span(
    plain: Plain, field: str, place: tuple[int, int], *, e164: str, method: PhoneMethod, confidence: float
) -> Phone:
    start, end = plain.origin(*place)
    quote = plain.original[start:end]
    return Phone(field=field, start=start, end=end, quote=quote, e164=e164, method=method, confidence=confidence)
