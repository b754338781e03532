"""Rules on working time, against the Working Environment Act chapter 10, and on au pair placements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from nlp.hours import Worktime
from nlp.law import AU_PAIR, WORKING_TIME
from nlp.offers import Offer, is_in_norway, offer_of
from nlp.parts import LOOK_BACK, Parts, Rule, Sign, quote

MOST_A_DAY, MOST_A_WEEK = WORKING_TIME["hours_a_day"], WORKING_TIME["all_hours_a_week"]
EVERY_DAY = 7
LONG_SHIFT = 12  # of "8-12 hours" the upper number counts from here on; "8-10" may stay lawful
LONG_BY_THE_CLOCK = 10  # breaks are in it
# Weeks on and weeks off: long shifts by lawful agreement.
ROTATION = re.compile(
    r"\b(?:rotation|rotasjon\w*|rotacj\w*|turnus\w*|weeks?\soff|days?\soff|off\s?shore|uker?\sfri|dager\sfri|"
    r"veckor\sledig\w*|tygodni\w*\swoln\w*|вахт\w*|вихідн\w*)\b|\d\s?/\s?\d",
    re.IGNORECASE,
)
BY_SHIFT = re.compile(r"shift|day|skift|vakt|dager|pass|dagar", re.IGNORECASE)
# Times of several shifts, shared among staff.
SHARED = re.compile(r"skift|turnus|vakt|shift|rota|zmian|ture\b|schimb|pamain|змін|смен", re.IGNORECASE)
ROUND_THE_CLOCK = re.compile(
    r"\b24[\s-]?(?:hours?|h|t|timer|timmar|timar|godz\w*|val\w*|ore|час\w*|год\w*|horas)\b[^.!?\n]{0,25}\Z",
    re.IGNORECASE,
)
# Many write "8 am to 12 am" and mean noon.
NOON_OR_MIDNIGHT = re.compile(r"\b12(?:[:.]00)?\s?a\.?m\b", re.IGNORECASE)
AU_PAIRS = re.compile(r"\bau[\s-]?pair", re.IGNORECASE)


def long_hours(ad: Parts) -> Iterator[Sign]:
    """More than 9 hours a day or 48 a week; of a range the lower number decides, or the upper from 12 hours a day."""
    offer = offer_of(ad)
    week = offer.stated("week")
    # Long shifts that make a lawful week are averaged.
    is_averaged = (
        week is not None and week.high <= MOST_A_WEEK and any(SHARED.search(p.text) for p in ad.fields.values())
    )
    for time in offer.hours:
        limit = _limit_passed(ad, time, is_averaged=is_averaged)
        if limit:
            yield Sign(time, f"possible breach: above {limit}; averaged shifts and leading posts are exempt")
    yield from _long_weeks(offer)


def _limit_passed(ad: Parts, time: Worktime, *, is_averaged: bool) -> str | None:
    if time.measure == "week":
        return f"{MOST_A_WEEK} hours a week" if time.low > MOST_A_WEEK else None
    if time.measure != "day":
        return None
    text = ad.fields[time.field].original
    if time.clock:
        is_long = time.low > LONG_BY_THE_CLOCK and not SHARED.search(text) and not NOON_OR_MIDNIGHT.search(time.quote)
        return f"{MOST_A_DAY} hours a day, breaks counted" if is_long else None
    is_long = time.low > MOST_A_DAY or (time.low < time.high and time.high >= LONG_SHIFT)
    return f"{MOST_A_DAY} hours a day" if is_long and not (_is_rotation(text, time) or is_averaged) else None


def _is_rotation(text: str, time: Worktime) -> bool:
    near = (max(0, time.start - LOOK_BACK), time.end + LOOK_BACK)
    return BY_SHIFT.search(time.quote) is not None and ROTATION.search(text, *near) is not None


def _long_weeks(offer: Offer) -> Iterator[Sign]:
    """Lawful days that make too long a week: 9 hours on six days."""
    day, days = offer.stated("day"), offer.stated("days")
    if day and days and day.clock is None and not offer.stated("week") and day.low <= MOST_A_DAY:
        week = day.low * days.low
        if week > MOST_A_WEEK:
            reckoned = f"{day.low:g} hours on {days.low:g} days (“{days.quote}”) make {week:g} a week"
            yield Sign(day, f"possible breach: {reckoned}, above {MOST_A_WEEK}")


def no_days_off(ad: Parts) -> Iterator[Sign]:
    """Work on all seven days of the week, or no days off."""
    for time in offer_of(ad).hours:
        if time.measure == "none_off":
            yield Sign(time, "no days off")
        elif (
            time.measure == "days"
            and time.low == EVERY_DAY
            and not _is_of_service(ad.fields[time.field].original, time)
        ):
            yield Sign(time, "seven days a week")


def _is_of_service(text: str, time: Worktime) -> bool:
    """Whether staff share the days: shifts are named, or the service never closes ("24 hours a day, 7 days a week")."""
    lead = text[max(0, time.start - LOOK_BACK) : time.start]
    return SHARED.search(text) is not None or ROUND_THE_CLOCK.search(lead) is not None


def au_pair(ad: Parts) -> Iterator[Sign]:
    """An au pair in Norway: from outside the EEA after the scheme was closed, or above 30 hours a week."""
    found = [
        quote(name, plain, *match.span()) for name, plain in ad.fields.items() if (match := AU_PAIRS.search(plain.text))
    ]
    if not found:
        return
    offer = offer_of(ad)
    if not is_in_norway(ad, offer) and ad.language not in {"nb", "nn"}:
        return
    week = _week(offer)
    if week and week[1] > AU_PAIR["hours_a_week"]:
        yield Sign(week[0], f"possible: {week[1]:g} hours a week, above {AU_PAIR['hours_a_week']} for au pairs")
    if (ad.posted or date.today()) < AU_PAIR["closed"]:
        return
    if offer.says("outside_eea"):
        yield Sign(
            found[0], f"possible: first permits from outside the EEA ended {AU_PAIR['closed']} ({AU_PAIR['source']})"
        )
    elif week is None:
        yield Sign(found[0], "neither origin nor hours of the au pair told", "not_computable")


def _week(offer: Offer) -> tuple[Worktime, float] | None:
    """Stated hours a week, or those of a day times five or the stated days."""
    if week := offer.stated("week"):
        return week, week.low
    day, days = offer.stated("day"), offer.stated("days")
    return (day, day.low * (days.low if days else 5)) if day else None


RULES: tuple[Rule, ...] = (long_hours, no_days_off, au_pair)
