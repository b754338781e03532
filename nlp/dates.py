"""Finds the dates of a stay in a text: "12.-15. mai", "28 April to 2 May", "12-15/5", "mandag til fredag", "uke 20"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from nlp.tables import load_table

LONGEST = 92  # days; what is longer is no stay of a tour
_LATE = timedelta(days=60)  # how long an ad may stand after the dates it states
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Dates:
    """Where dates stand in a text, and the first and the last day; None where it is open."""

    start: int
    end: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class _Words:
    months: dict[str, int]
    weekdays: dict[str, int]
    open: frozenset[str]
    next_week: tuple[str, ...]
    telling: frozenset[str]


def find_dates(text: str, start: int, end: int, anchor: date) -> list[Dates]:
    """The dates in `text[start:end]`, which is in small letters, as an ad of the day `anchor` means them."""
    written = _WORD.findall(text[start:end])
    if not _words().telling.isdisjoint(written):
        pattern = _pattern()
    elif _NUMBERS.search(text, start, end):
        pattern = _in_numbers()
    else:
        return []
    found = [each for match in pattern.finditer(text, start, end) if (each := _resolve(text, match, anchor))]
    return [each for each in found if _is_a_stay(each)]


def _is_a_stay(dates: Dates) -> bool:
    if dates.first is None or dates.last is None:
        return True
    return timedelta(0) <= dates.last - dates.first <= timedelta(days=LONGEST)


def _resolve(text: str, match: re.Match[str], anchor: date) -> Dates | None:
    kind = str(match.lastgroup)
    first, last = _KINDS[kind](text, match, anchor)
    return Dates(match.start(), match.end(), first, last) if first or last else None


_Days = tuple[date | None, date | None]


def _iso(_: str, match: re.Match[str], __: date) -> _Days:
    return _exact(match["i1"]), _exact(match["i2"])


def _exact(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _by_name(_: str, match: re.Match[str], anchor: date) -> _Days:
    """ "12.-15. mai", "28. april - 2. mai 2027"."""
    month = _words().months[match["n_m2"]]
    earlier = _words().months[match["n_m1"]] if match["n_m1"] else month
    return _span((int(match["n_d1"]), earlier), (int(match["n_d2"]), month), match["n_y"], anchor)


def _name_first(_: str, match: re.Match[str], anchor: date) -> _Days:
    """ "May 12-15", "May 28 - June 2"."""
    month = _words().months[match["e_m1"]]
    later = _words().months[match["e_m2"]] if match["e_m2"] else month
    return _span((int(match["e_d1"]), month), (int(match["e_d2"]), later), match["e_y"], anchor)


def _by_number(_: str, match: re.Match[str], anchor: date) -> _Days:
    """ "12-15/5", "12/5-15/5", "28.04.-02.05.2027"."""
    month = int(match["s_m2"])
    earlier = int(match["s_m1"]) if match["s_m1"] else month
    return _span((int(match["s_d1"]), earlier), (int(match["s_d2"]), month), match["s_y"], anchor)


def _one_day(_: str, match: re.Match[str], anchor: date) -> _Days:
    """ "12. mai"; with "fra" before it open to the end, with "til" open at its beginning."""
    if match["o_m"]:
        day, month = int(match["o_d"]), _words().months[match["o_m"]]
    else:
        day, month = int(match["o_d2"]), _words().months[match["o_m2"]]
    found, _same = _span((day, month), (day, month), match["o_y"], anchor)
    return (None if match["o_until"] else found), (None if match["o_from"] else found)


def _weekdays(text: str, match: re.Match[str], anchor: date) -> _Days:
    """ "fra mandag til fredag": those of this week while it lasts, then of the next one."""
    if _is_habit(text, match):
        return None, None
    first, last = _words().weekdays[match["w_1"]], _words().weekdays[match["w_2"]]
    begin = anchor - timedelta(days=anchor.isoweekday() - first)
    end = begin + timedelta(days=(last - first) % 7)
    later = _WEEK if end < anchor or _says_next_week(text, match) else timedelta(0)
    return begin + later, end + later


def _until_weekday(text: str, match: re.Match[str], anchor: date) -> _Days:
    """ "i Oslo til søndag": there already."""
    if _is_habit(text, match):
        return None, None
    return anchor, anchor + timedelta(days=(_words().weekdays[match["u_1"]] - anchor.isoweekday()) % 7)


def _week(_: str, match: re.Match[str], anchor: date) -> _Days:
    """ "uke 20", "vecka 20-21"."""
    begin = _monday(int(match["k_1"]), anchor)
    end = _monday(int(match["k_2"]), anchor) if match["k_2"] else begin
    return (begin, end + timedelta(days=6)) if begin and end else (None, None)


def _monday(week: int, anchor: date) -> date | None:
    for year in (anchor.year - 1, anchor.year, anchor.year + 1):
        try:
            monday = date.fromisocalendar(year, week, 1)
        except ValueError:  # week 53 of a year that has 52
            continue
        if monday + timedelta(days=6) >= anchor - _LATE:
            return monday
    return None


_KINDS = {
    "iso": _iso, "name": _by_name, "english": _name_first, "slash": _by_number, "one": _one_day,
    "weekdays": _weekdays, "until": _until_weekday, "week": _week,
}  # fmt: skip


def _span(first: tuple[int, int], last: tuple[int, int], year: str | None, anchor: date) -> _Days:
    """Days and months as dates: of the year stated, or of the first that is not long past."""
    years = [2000 + int(year) % 100] if year else [anchor.year - 1, anchor.year, anchor.year + 1]
    for number in years:
        end = _day(number, last)
        begin = _day(number - 1 if first[1] > last[1] else number, first)
        if begin and end and (year or end >= anchor - _LATE):
            return begin, end
    return None, None


def _day(year: int, day: tuple[int, int]) -> date | None:
    try:
        return date(year, day[1], day[0])
    except ValueError:
        return None


def _is_habit(text: str, match: re.Match[str]) -> bool:
    """Whether days of the week are opening hours: a time by the clock follows, or the clause says so."""
    if _CLOCK.match(text, match.end()):
        return True
    clause = re.split(r"[.!?\n;]", text[max(0, match.start() - 40) : match.start()])[-1]
    return not _words().open.isdisjoint(re.findall(r"[^\W\d_]+", clause))


def _says_next_week(text: str, match: re.Match[str]) -> bool:
    beside = text[max(0, match.start() - 30) : match.end() + 30]
    return any(words in beside for words in _words().next_week)


_WORD = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"\d[/.]\s?\d|20\d\d-")
_CLOCK = re.compile(r"[\s,:(]*(?:kl\.?\s?|between\s|mellom\s)?\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|-|til|till|to|do)")


@cache
def _words() -> _Words:
    table = load_table("tours")
    words = table["words"]
    months = {word: int(number) for number, line in table["months"].items() for word in line.split()}
    weekdays = {word: int(number) for number, line in table["weekdays"].items() for word in line.split()}
    return _Words(
        months=months,
        weekdays=weekdays,
        open=frozenset(words["open"].split()),
        next_week=tuple(phrase.replace("_", " ") for phrase in words["next_week"].split()),
        telling=frozenset(
            part
            for word in (*months, *weekdays, *words["week"].replace("_", " ").split())
            for part in _WORD.findall(word)
        ),
    )


def any_of(line: str) -> str:
    """The words of a line, "_" for a space between two, the longest first."""
    words = (re.escape(word.replace("_", " ")) for word in line.split())
    return "|".join(sorted(set(words), key=lambda word: (-len(word), word)))


def _in_numbers() -> re.Pattern[str]:
    """The forms that need no word: most texts have none, and these are quick to refuse."""
    return _patterns()[1]


def _pattern() -> re.Pattern[str]:
    """All forms at once; the group that ends last, and holds the others, says which it is."""
    return _patterns()[0]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table: dict[str, Any] = load_table("tours")
    words = table["words"]
    month, day = (any_of(" ".join(table[name].values())) for name in ("months", "weekdays"))
    to = rf"(?:\s?-\s?|\s(?:{any_of(words['to'])})\s(?:den\s|the\s)?)"
    d = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    nth = r"(?:\.|st|nd|rd|th|er|ºo)?"
    of = r"\s?(?:of\s|de\s)?"
    full_year = r"(?:,?\s(?P<{}>20\d\d))?"
    m = r"(?:0?[1-9]|1[0-2])(?!\d)"
    end = r"(?![^\W\d_])"
    forms = (
        rf"(?P<iso>(?P<i1>20\d\d-\d\d-\d\d)(?:{to}|/)(?P<i2>20\d\d-\d\d-\d\d))",
        rf"(?P<name>(?P<n_d1>{d}){nth}(?:{of}(?P<n_m1>{month})\.?{end}{full_year.format('n_y1')})?{to}"
        rf"(?P<n_d2>{d}){nth}{of}(?P<n_m2>{month}){end}{full_year.format('n_y')})",
        rf"(?P<slash>(?P<s_d1>{d})(?:[./]\s?(?P<s_m1>{m})(?:[./]20\d\d)?)?\.?{to}"
        rf"(?P<s_d2>{d})(?:/|\.\s?)(?P<s_m2>{m})(?:[./](?P<s_y>20\d\d|\d\d(?!\d)))?(?![\d:/%]|,\d|\s?(?:kr|nok|sek|dkk|eur|€|timer|hours|h\b)))",
        rf"(?P<one>(?:(?P<o_from>(?:{any_of(words['from'])})\s(?:den\s|the\s)?)|(?P<o_until>(?:{any_of(words['until'])})\s(?:den\s|the\s)?))?"
        rf"(?:(?P<o_d>{d}){nth}{of}(?P<o_m>{month}){end}|(?P<o_m2>{month})\.?\s(?P<o_d2>{d}){nth}(?![\d:]|[.,]\d)){full_year.format('o_y')})",
        rf"(?P<weekdays>(?P<w_1>{day})\.?{to}(?P<w_2>{day}){end})",
        rf"(?P<until>(?:{any_of(words['until'])})\s(?P<u_1>{day}){end})",
        rf"(?P<week>(?:{any_of(words['week'])})\.?\s?(?P<k_1>[1-5]?\d)(?!\d)(?:\s?-\s?(?P<k_2>[1-5]?\d)(?!\d))?)",
    )
    english = (
        rf"(?P<english>(?P<e_m1>{month})\.?\s(?P<e_d1>{d}){nth}{to}(?:(?P<e_m2>{month})\.?\s)?"
        rf"(?P<e_d2>{d}){nth}(?![\d:]|[.,]\d){full_year.format('e_y')})"
    )
    whole = "|".join((forms[0], forms[1], english, *forms[2:]))
    alone = r"(?<![\w/.:+-])"
    return re.compile(f"{alone}(?:{whole})"), re.compile(rf"{alone}(?=\d)(?:{forms[0]}|{forms[2]})")
