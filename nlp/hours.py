"""Finds working time in one field of an ad: hours a day and a week, times by the clock, days a week, days off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nlp.found import lowered, words_of
from nlp.reading import Span
from nlp.tables import load_table
from nlp.unicode import Plain
from nlp.unicode import plain as read_plain

Measure = Literal["day", "week", "days", "none_off"]

_TABLE: Mapping[str, Any] = load_table("hours")


def _words(table: str, key: str) -> frozenset[str]:
    return frozenset(read_plain(word).text for word in _TABLE[table][key])


_HOURS, _DAYS, _A_DAY, _A_WEEK = (_words("after", key) for key in ("hours", "days", "day", "week"))
_LEAD_DAY, _OPEN, _PREPOSITIONS = _words("before", "day"), _words("before", "open"), _words("prepositions", "words")
_WORK = tuple(_TABLE["before"]["work"])
_SPELT = {word: int(count) for count, words in _TABLE["numbers"].items() for word in words}
_SPELT_HOURS = {word: int(count) for count, words in _TABLE["hour_numbers"].items() for word in words}
_DAYS_OFF = [(phrase, int(count)) for count, phrases in _TABLE["days_off"].items() for phrase in phrases]
_FREE = tuple(_TABLE["days_off_stems"]["words"])
_MONDAY = _words("weekdays", "first")
_UP_TO = {word: int(day) for day, words in _TABLE["weekdays"].items() if day != "first" for word in words}

_DIGITS = re.compile(r"\d+")
_COUNT = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,2})?)(?:\s?(?:-|to|til|till|do|до|a)\s?(\d{1,3}(?:[.,]\d)?))?\+?[\s-]?"
    r"(ชั่วโมง|วัน|[^\W\d_]{1,12})\.?(?![^\W\d_])"
)
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.](\d\d))?\s?(am|pm)?\s?(?:-|to|til|till|do|до|a|la|iki)\s?(?:kl\.?\s?)?"
    r"(\d{1,2})(?:[:.](\d\d))?\s?(am|pm)?(?![\w%]|[:.,/-]\d|\s?(?:€|%)|\s?(?:kr|eur|nok|sek|dkk|zł|år|years|lat|kg|km|m2)(?!\w))",
    re.IGNORECASE,
)
_MAY_BE_CLOCK = re.compile(r"[:.]\d|\s?[ap]m|\s?(?:-|to|til|do|до|a|la|iki)")
_SHARE = re.compile(r"([5-7])/([0-2])(?![\d/])")
_NEXT = re.compile(r"\s?/?\s?([^\W\d_]+|ต่อ\s?วัน)")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[!?\n;]|(?<!kl)(?<!ca)(?<!max)(?<!min)(?<!godz)(?<!val)\.\s")
_TO_DAY = re.compile(r"\s?(?:-|to|til|till|do|la|până|pana|iki|по|до|a|through|t\.?o\.?m\.?|og med|ir)\s?(?:i\s|og\s)?")
_NEAR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktime(Span):
    """Hours a `day` or a `week`, working `days` a week, or `none_off`: no days off (both numbers 0).

    `low` and `high` differ where the ad states a range. `clock` holds the times, in hours, where it told those;
    breaks are in them.
    """

    measure: Measure
    low: float
    high: float
    clock: tuple[float, float] | None = None


_Found = tuple[int, int, Measure, float, float, tuple[float, float] | None]


def find_hours(plain: Plain, field: str) -> list[Worktime]:
    """Working time in the order of the text; opening hours and what is denied are left out."""
    lower = lowered(plain.text)
    found = [*_at_digits(lower), *_in_words(lower)]
    return [_worktime(plain, field, one) for one in sorted(set(found), key=lambda one: one[:4])]


def _worktime(plain: Plain, field: str, found: _Found) -> Worktime:
    start, end, measure, low, high, clock = found
    first, last = plain.origin(start, end)
    quote = plain.original[first:last]
    return Worktime(
        field=field, start=first, end=last, quote=quote, measure=measure, low=low, high=high, clock=clock
    )  # fmt: skip


def _at_digits(text: str) -> Iterator[_Found]:
    done = 0
    for digits in _DIGITS.finditer(text):
        start = digits.start()
        if start < done or len(digits.group()) > 3 or (start and text[start - 1] in ".,:/-+_"):
            continue
        found = _at_digit(text, start, digits.end())
        if found:
            done = found[1]
            yield found


def _at_digit(text: str, start: int, end: int) -> _Found | None:
    """What is told at a number. The next letters say which pattern is worth trying."""
    if text[end : end + 1] == "/":
        return _share(text, start)
    return _count(text, start) or (_clock(text, start) if _MAY_BE_CLOCK.match(text, end) else None)


def _count(text: str, start: int) -> _Found | None:
    """ "12 hours a day", "60 timer i uken", "6 dni w tygodniu"."""
    match = _COUNT.match(text, start)
    if match is None or (match[3] not in _HOURS and match[3] not in _DAYS):
        return None
    low = float(match[1].replace(",", "."))
    high = float(match[2].replace(",", ".")) if match[2] else low
    kind, end = _counted_for(text, match.end())
    if match[3] in _DAYS and kind == "week":
        return _days(text, start, end, low, high)
    if match[3] not in _HOURS:
        return None
    if kind is None and (lead := _lead_of_day(text, start)) is not None:
        start, kind, end = lead, "day", match.end()
    if kind is None or not _is_plausible(kind, low, high) or _is_open(text, start):
        return None
    return start, end, kind, low, max(low, high), None


def _is_plausible(kind: Measure, low: float, high: float) -> bool:
    return 1 <= low <= high <= (18 if kind == "day" else 112)


def _days(text: str, start: int, end: int, low: float, high: float) -> _Found | None:
    is_fine = 3 <= low <= high <= 7 and low.is_integer() and not _is_open(text, start)
    return (start, end, "days", low, high, None) if is_fine else None


def _counted_for(text: str, end: int) -> tuple[Measure | None, int]:
    """Whether hours are counted for a day or a week, and where the word for it ends."""
    for _ in range(3):
        match = _NEXT.match(text, end)
        if match is None:
            break
        end, word = match.end(), match[1]
        if word in _A_DAY or word.startswith("ต่อ"):
            return "day", end
        if word in _A_WEEK:
            return "week", end
        if word not in _PREPOSITIONS:
            break
    return None, end


def _lead_of_day(text: str, start: int) -> int | None:
    """Where "working day of", "по" or "วันละ" begins before a number of hours."""
    head = text[max(0, start - 24) : start].rstrip(" :-")
    if head.endswith("วันละ"):
        return start - 6 if text[start - 1] == " " else start - 5
    words = list(_WORD.finditer(head))[-2:]
    for first in range(len(words)):
        if " ".join(word.group() for word in words[first:]) in _LEAD_DAY:
            return max(0, start - 24) + words[first].start()
    return None


def _clock(text: str, start: int) -> _Found | None:
    """ "arbeidstid 07-19", "shift from 6 am to 8 pm", where the sentence speaks of work."""
    match = _CLOCK.match(text, start)
    if match is None:
        return None
    begin, end = _hour(match[1], match[2], match[3]), _hour(match[4], match[5], match[6])
    if begin is None or end is None or not 4 <= (length := (end - begin) % 24) <= 16:
        return None
    clause = _clause(text, start)
    if not any(word in clause for word in _WORK) or _is_open(text, start):
        return None
    return start, match.end(), "day", length, length, (begin, end)


def _hour(hours: str, minutes: str | None, half: str | None) -> float | None:
    value = int(hours) + int(minutes or 0) / 60
    if half:
        value = value % 12 + (12 if half == "pm" else 0)
    return value if value <= 24 and int(minutes or 0) < 60 else None


def _share(text: str, start: int) -> _Found | None:
    """ "графік 6/1": days of work and days off."""
    match = _SHARE.match(text, start)
    if match is None or int(match[1]) + int(match[2]) != 7 or not any(word in _clause(text, start) for word in _WORK):
        return None
    return start, match.end(), "days", float(match[1]), float(match[1]), None


def _clause(text: str, start: int) -> str:
    """What stands before `start` in its sentence, at most `_NEAR` characters."""
    head = text[max(0, start - _NEAR) : start]
    cut = 0
    for stop in _SENTENCE.finditer(head):
        cut = stop.end()
    return head[cut:]


def _is_open(text: str, start: int) -> bool:
    return not _OPEN.isdisjoint(_WORD.findall(_clause(text, start)))


def _in_words(text: str) -> Iterator[_Found]:
    """Days a week in number words, by their names, or by what is free."""
    if any(word in text for word in _FREE):
        yield from _days_off(text)
    words = words_of(text)
    if not _SPELT.keys().isdisjoint(words):
        yield from _spelt_days(text)
    if not _SPELT_HOURS.keys().isdisjoint(words):
        yield from _spelt_hours(text)
    if not _MONDAY.isdisjoint(words):
        yield from _weekdays(text)


def _days_off(text: str) -> Iterator[_Found]:
    for phrase, off in _DAYS_OFF:
        at = text.find(phrase)
        if at >= 0 and (off == 0 or not _is_open(text, at)):
            measure: Measure = "days" if off else "none_off"
            count = float(7 - off) if off else 0.0
            yield at, at + len(phrase), measure, count, count, None
            return


def _spelt_days(text: str) -> Iterator[_Found]:
    """ "seven days a week", "seks dage om ugen"."""
    for word in _WORD.finditer(text):
        match = _NEXT.match(text, word.end()) if word.group() in _SPELT else None
        if match and match[1] in _DAYS:
            kind, end = _counted_for(text, match.end())
            count = float(_SPELT[word.group()])
            if kind == "week" and (found := _days(text, word.start(), end, count, count)):
                yield found


def _spelt_hours(text: str) -> Iterator[_Found]:
    """ "seksten timar i døgnet", "twelve hours a day"."""
    for word in _WORD.finditer(text):
        match = _NEXT.match(text, word.end()) if word.group() in _SPELT_HOURS else None
        if match and match[1] in _HOURS:
            kind, end = _counted_for(text, match.end())
            count = float(_SPELT_HOURS[word.group()])
            if kind == "day" and not _is_open(text, word.start()):
                yield word.start(), end, "day", count, count, None


def _weekdays(text: str) -> Iterator[_Found]:
    """ "mandag til lørdag"."""
    for match in _WORD.finditer(text):
        to = _TO_DAY.match(text, match.end()) if match.group() in _MONDAY else None
        last = _WORD.match(text, to.end()) if to else None
        if last and last.group() in _UP_TO and not _is_open(text, match.start()):
            days = float(_UP_TO[last.group()])
            yield match.start(), last.end(), "days", days, days, None
