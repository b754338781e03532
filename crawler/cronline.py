"""Cron lines, time zones and blackout windows of site files: what they mean, and what is wrong with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

MAX_JITTER = 6 * 3600  # seconds
_EXAMPLE = 'as in "15 3 * * *" (03:15 every day) or "0 */6 * * 1-5" (every six hours, Monday to Friday)'
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PART = re.compile(r"(?:(?P<all>\*)|(?P<low>\w+)(?:-(?P<high>\w+))?)(?:/(?P<step>\d{1,4}))?", re.ASCII)
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron line spelled out. Weekdays count from 0, Sunday, as cron does (7 is Sunday too).

    `either`: both day fields are restricted, and a day that fits one of them will do, as crontab(5) has it.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day, from `start` to before `end`; over midnight where `end` is the earlier."""

    start: time
    end: time

    def holds(self, moment: time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: Mapping[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of the month", 1, 31, {}),
    _Field("month", 1, 12, {name: i for i, name in enumerate(_MONTHS, 1)}),
    _Field("day of the week", 0, 7, {name: i for i, name in enumerate(WEEKDAYS)}),
)


def parse_cron(line: str) -> Cron:
    """The meaning of a cron line of five fields. Raises ValueError, whose text says what would have worked."""
    texts = line.lower().split()
    if len(texts) != len(_FIELDS):
        raise ValueError(f"it takes five fields (minute, hour, day, month, weekday), {_EXAMPLE}, not {len(texts)}")
    minutes, hours, days, months, weekdays = map(_values, _FIELDS, texts)
    either = not (texts[2].startswith("*") or texts[4].startswith("*"))
    if not either and min(days) > max(_MONTH_DAYS[month - 1] for month in months):
        raise ValueError(f"day {min(days)} never comes in the months it names")
    sundays_once = tuple(sorted({day % 7 for day in weekdays}))
    return Cron(minutes, hours, days, months, sundays_once, either)


def parse_window(text: str) -> Window:
    """The hours "HH:MM-HH:MM". Raises ValueError, whose text says what would have worked."""
    match = _WINDOW.fullmatch(text.strip())
    try:
        start_hour, start_minute, end_hour, end_minute = map(int, match.groups() if match else ())
        window = Window(time(start_hour, start_minute), time(end_hour, end_minute))
    except ValueError as error:
        raise ValueError(f'{text!r} is no span of the day; write "22:00-06:00"') from error
    if window.start == window.end:
        raise ValueError(f"{text!r} is empty, or the whole day; its two times must differ")
    return window


def schedule_complaints(schedule: str, timezone: str, jitter: int, blackout: Sequence[str]) -> Iterable[str]:
    """What is wrong with these keys of a site file, each as a sentence that names the key and what would work."""
    try:
        if schedule.strip():
            parse_cron(schedule)
    except ValueError as error:
        yield f"schedule is {schedule!r}: {error}"
    if not is_timezone(timezone):
        yield f"timezone is {timezone!r}; it takes a name of the IANA list, such as {_like(timezone)}"
    if not 0 <= jitter <= MAX_JITTER:
        yield f"jitter is {jitter}; it takes 0 to {MAX_JITTER} seconds"
    yield from _blackout_complaints(blackout)


def is_timezone(name: str) -> bool:
    try:
        return bool(name) and datetime.now(ZoneInfo(name)).tzinfo is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "Europe" is a folder of the list
        return False


def _blackout_complaints(blackout: Sequence[str]) -> Iterable[str]:
    windows = []
    for text in blackout:
        try:
            windows.append(parse_window(text))
        except ValueError as error:
            yield f"blackout: {error}"
    minutes = [time(minute // 60, minute % 60) for minute in range(24 * 60)]
    if windows and all(any(window.holds(minute) for window in windows) for minute in minutes):
        yield "blackout covers the whole day; leave at least a minute in which a crawl may start"


def _like(timezone: str) -> str:
    """The zones that a misspelt name is nearest to, or a well-known one."""
    known = {name.lower(): name for name in available_timezones()}
    near = difflib.get_close_matches(timezone.lower(), known, n=2, cutoff=0.7)
    return " or ".join(f'"{known[name]}"' for name in near) or '"Europe/Oslo" or "UTC"'


def _values(field: _Field, text: str) -> tuple[int, ...]:
    """The numbers that a field's text stands for, in order."""
    return tuple(sorted({value for part in text.split(",") for value in _part(field, part)}))


def _part(field: _Field, text: str) -> range:
    match = _PART.fullmatch(text)
    if match is None:
        raise _wrong(field, text)
    step = int(match["step"] or 1)
    low = field.low if match["all"] else _number(field, match["low"], text)
    high = _number(field, match["high"], text) if match["high"] else low
    if match["all"] or (match["step"] and not match["high"]):  # "5/15" is 5, 20, 35 …
        high = field.high
    if high < low or not step:
        raise _wrong(field, text)
    return range(low, high + 1, step)


def _number(field: _Field, text: str, part: str) -> int:
    value = field.names.get(text, int(text) if text.isdecimal() and len(text) < 4 else -1)
    if not field.low <= value <= field.high:
        raise _wrong(field, part)
    return value


def _wrong(field: _Field, text: str) -> ValueError:
    names = f" or {next(iter(field.names))} …" if field.names else ""
    return ValueError(
        f"{field.name} {text!r} is no number {field.low}-{field.high}{names}, nor a list (1,4), a rising range (1-4)"
        f" or a step (*/2) of them; {_EXAMPLE}"
    )
