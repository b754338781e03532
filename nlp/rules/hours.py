"""Rules on working time, against the Working Environment Act chapter 10."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.parts import HERE, LOOK_BACK, Parts, Rule, Sign, find_numbers

HOURS_A_DAY = range(10, 17)  # above 9 (Working Environment Act s. 10-4); 24 is a service's opening time
HOURS_A_WEEK = range(49, 113)  # above 48 with overtime (s. 10-6)

_SECOND = r"(?<!\d[-–—])(?<!\d\s[-–—])(?<!\d[-–—]\s)(?<!\d\s[-–—]\s)"  # not the upper end of a range
_NUMBER = rf"(?<![\w.,]){_SECOND}(\d{{1,3}})(?:\s?[-–—]\s?(\d{{1,3}}))?[\s-]?"
_HOUR = (
    r"(?:hours?|hrs?|h|timer|timar|timmar|godzin[ay]?|valand[uų]|valandas|ore|годин[иу]?|час(?:ов|а)?)"
    r"\s?(?:/|\b(?:a|per|each|every|om|i|pr\.?|na|pe|w|по|в|на|у)\b)?\s?"
)
_DAY = r"(?:day|daily|dag(?:en|lig)?|dziennie|dzień|dobę|dien[aą]|zi|день|добу|сутки)\b"
_WEEK = r"(?:week|uke[nr]?|uka|veckan?|ugen?|tygodniowo|tydzień|savaitę|săptămână|тиждень|неделю)\b"
DAILY = (HERE, re.compile(_NUMBER + _HOUR + _DAY, re.IGNORECASE))
# "12-hour shifts", "po 12 godzin", "по 12 часов": a day's work without the word for day.
_SHIFT = r"(?:hour|hr|h|timers?|timmars?)[\s-]?(?:working\s)?(?:shifts?|days?|skift|vakter|dager|pass|dagar)\b"
SHIFTS = (HERE, re.compile(_NUMBER + _SHIFT, re.IGNORECASE))
_EACH = (
    r"\b(?:prac\w+|dirb\w+|darbas|работ\w+|прац\w+|lucr\w+|смены|зміни)\s(?:\w+\s)?"
    r"(?:po|по|câte)\s\Z|(?:^|[.!\n]\s*)по\s\Z"
)
EACH = (
    re.compile(_EACH, re.IGNORECASE),
    re.compile(_NUMBER + r"(?:godzin|valandų|valandas|ore|годин|часов)\b", re.IGNORECASE),
)
WEEKLY = (HERE, re.compile(_NUMBER + _HOUR + _WEEK, re.IGNORECASE))
# "Open 12 hours a day", "never more than 60 hours a week": said of the shop, or denied.
NOT_WORKED = re.compile(
    r"\b(?:open|opening|support|åpen|åpent|öppet|öppen|åbent|czynne|czynny|otwarte|"
    r"not|never|no|ikke|aldri|inte|aldrig|nie|не)\b",
    re.IGNORECASE,
)
# Weeks on and weeks off: long shifts by lawful agreement.
ROTATION = re.compile(
    r"\b(?:rotation|rotasjon\w*|rotacj\w*|turnus\w*|weeks?\soff|days?\soff|off\s?shore|uker?\sfri|dager\sfri|"
    r"veckor\sledig\w*|tygodni\w*\swoln\w*|вахт\w*|вихідн\w*)\b|\d\s?/\s?\d",
    re.IGNORECASE,
)
A_DAY, A_WEEK = "9 hours a day", "48 hours a week"
HOURS = ((DAILY, HOURS_A_DAY, A_DAY), (SHIFTS, HOURS_A_DAY, A_DAY), (EACH, HOURS_A_DAY, A_DAY),
         (WEEKLY, HOURS_A_WEEK, A_WEEK))  # fmt: skip
LONG_SHIFT = 12  # of "8-12 hours" the upper number counts from here on; "8-10" may stay lawful

# From eight to eight: the hours of a worker's day, told by the clock.
CLOCK = (
    re.compile(
        r"\b(?:work\w*\sfrom|hours(?:\sare)?\sfrom|jobbe[rt]?\s(?:\w+\s){0,2}fra|arbeidstid(?:en)?(?:\ser)?\sfra|"
        r"arbet\w*\sfrån|prac\w+\sod|program\w*\s(?:este\s)?de\sla|lucr\w*\sde\sla|dirb\w*\snuo|darbas\snuo|графік\s(?:роботи\s)?[зі]|"
        r"прац\w+\sз|график\s(?:работы\s)?с|работ\w+\sс)\s(?:kl\.?\s|klokken\s|godziny\s|orele\s)?\Z",
        re.IGNORECASE,
    ),
    re.compile(
        r"(\d{1,2})(?:[:.]00)?\s?(?:am\s)?(?:-|–|to|til|till|do|la|iki|до)\s?(?:kl\.?\s)?(\d{1,2})(?![\d:.]\d)",
        re.IGNORECASE,
    ),
)
SHARED = re.compile(r"skift|turnus|vakt|shift|rota|zmian|ture\b|schimb|pamain|змін|смен", re.IGNORECASE)


def long_hours(ad: Parts) -> Iterator[Sign]:
    """More than 9 hours a day or 48 a week; of a range the lower number decides, or the upper from 12 hours a day."""
    for form, hours, limit in HOURS:
        for span, match in find_numbers(ad, [form]):
            if _is_long(match, hours) and not _is_excused(match, by_shift=form is SHIFTS):
                yield Sign(span, f"possible breach: above {limit}; averaged shifts and leading posts are exempt")
    for span, match in find_numbers(ad, [CLOCK]):
        if int(match[2]) - int(match[1]) > LONG_SHIFT - 2 and not SHARED.search(match.string):
            yield Sign(span, f"possible breach: above {A_DAY}, breaks counted")


def _is_long(match: re.Match[str], hours: range) -> bool:
    lower, upper = int(match[1]), int(match[2] or 0)
    return lower in hours or (hours is HOURS_A_DAY and lower < upper and LONG_SHIFT <= upper in hours)


def _is_excused(match: re.Match[str], *, by_shift: bool) -> bool:
    """Said of opening times, denied, or part of a rotation."""
    start, end = match.span()
    if NOT_WORKED.search(match.string[max(0, start - LOOK_BACK) : start]):
        return True
    return by_shift and ROTATION.search(match.string[max(0, start - LOOK_BACK) : end + LOOK_BACK]) is not None


RULES: tuple[Rule, ...] = (long_hours,)
