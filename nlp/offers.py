"""What a job ad offers: facts on the worker and the hours it states, and its pay as NOK an hour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.exchange import SOURCE, nok_per_unit
from nlp.hours import Worktime, find_hours
from nlp.law import NET_SHARE, WORKING_TIME, YOUNG, fold, says
from nlp.parts import Parts
from nlp.reading import Pay
from nlp.wages import find_industries

_WEEKS_A_YEAR = 52
_USUAL_DAYS = 5
_TITLES = ("title", "extra")
_YEARS = r"(?:års?|years?|yrs?|lata?|rok|metų|metai|ani|an|років|роки|рік|лет|года?|años?)"
_EXPERIENCE = re.compile(
    rf" (?:[1-9]|1\d|20) {_YEARS} (?:\w+ ){{0,3}}(?:erfar|experien|doświadcz|praktyk|patirt|досвід|опыт)"
    r"| (?:erfaring|erfarenhet|experience|doświadczenie|patirtis|experiență|досвід|опыт|experiencia) "
    rf"(?:\w+ ){{0,4}}[1-9] {_YEARS} "
)
_SEASON = re.compile(r" ([3-6]) (?:måned|månad|mnd|month|miesi|luni|mėnes|місяц|месяц|meses)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an ad states of a job. `facts` are those that classes of workers ask for, see rates.toml."""

    folded: str
    hours: Sequence[Worktime]
    facts: frozenset[str]

    def says(self, fact: str) -> bool:
        return says(self.folded, fact)

    def stated(self, measure: str) -> Worktime | None:
        return next((time for time in self.hours if time.measure == measure), None)


@dataclass(frozen=True, slots=True)
class Hourly:
    """Pay as NOK an hour, by which reckoning, and whether an exchange rate is in it. No amount: `how` says why."""

    amount: float | None
    how: str = ""
    is_foreign: bool = False


# The offer of the last ad: its rules run one after the other and all ask for it. One tuple, so threads see whole ones.
_last: list[tuple[Parts, Offer]] = []


def offer_of(ad: Parts) -> Offer:
    """What the ad states of a job."""
    for last, offer in _last:
        if last is ad:
            return offer
    folded = fold("\n".join(plain.text for plain in ad.fields.values()))
    hours = tuple(time for name, plain in ad.fields.items() for time in find_hours(plain, name))
    offer = Offer(folded=folded, hours=hours, facts=_facts(ad, folded))
    _last[:] = [(ad, offer)]
    return offer


def _facts(ad: Parts, folded: str) -> frozenset[str]:
    facts = {name for name in ("permanent",) if says(folded, name)}
    if says(folded, "skilled") and not (says(folded, "unskilled") or says(folded, "no_experience")):
        facts.add("skilled")
    if _EXPERIENCE.search(folded) and not says(folded, "no_experience"):
        facts.add("experienced")
    if _SEASON.search(folded):
        facts.add("long-season")
    # Pay is offered to everyone the ad seeks, so the oldest of them decides the class.
    oldest = max((age.value for age in ad.ages), default=None)
    if oldest is not None and oldest < YOUNG["adult"]:
        facts |= {"under-18", "age-17" if oldest == 17 else "under-17"}
    elif oldest == YOUNG["adult"]:
        facts.add("age-18")
    return frozenset(facts)


def industries_of(ad: Parts) -> tuple[str, ...]:
    """The industries that the title names, else the category, else the text."""
    for name in _TITLES:
        if name in ad.fields and (found := find_industries(ad.fields[name].text)):
            return found
    return find_industries("\n".join(plain.text for plain in ad.fields.values()))


def is_in_norway(ad: Parts, offer: Offer) -> bool:
    """Whether words, places or money of the ad say that the work is in Norway; not where places are abroad too."""
    if any(pay.currency == "NOK" for pay in ad.pay):
        return True
    countries = {place.country for place in ad.places}
    return countries == {"NO"} if countries else offer.says("norway")


def hourly(pay: Pay, ad: Parts, offer: Offer, *, most: bool = False) -> Hourly:
    """Pay as NOK an hour. What the ad leaves open is taken so that the wage comes out highest, or lowest for `most`
    hours."""
    hours = _hours_of(pay, offer, most=most)
    if hours.amount is None:
        return hours
    amount, how = pay.amount / hours.amount, [hours.how] if hours.how else []
    if pay.basis == "net" and not most:
        amount /= NET_SHARE
        how.append(f"told net, at most {1 - NET_SHARE:.0%} tax added")
    if pay.currency == "NOK":
        return Hourly(amount, "; ".join(how))
    worth = nok_per_unit(pay.currency, ad.posted)
    if worth is None:
        return Hourly(None, f"no exchange rate known for {pay.currency}")
    how.append(f"{worth[0]:g} NOK a {pay.currency} in {worth[1]}, {SOURCE}")
    return Hourly(amount * worth[0], "; ".join(how), is_foreign=True)


def _hours_of(pay: Pay, offer: Offer, *, most: bool) -> Hourly:
    """How many hours an amount is for."""
    if pay.per == "hour":
        return Hourly(1.0)
    if pay.per in {"day", "shift"}:
        return _day(offer, most=most)
    if pay.per not in {"week", "month", "year"}:
        return Hourly(None, "paid by the piece" if pay.per == "piece" else "no period told")
    week = _week(offer, most=most)
    if week.amount is None:
        return week
    weeks = {"week": 1.0, "month": _WEEKS_A_YEAR / 12, "year": float(_WEEKS_A_YEAR)}[pay.per]
    return Hourly(week.amount * weeks, f"{week.how}, {week.amount * weeks:.1f} a {pay.per}")


def _day(offer: Offer, *, most: bool) -> Hourly:
    day = offer.stated("day")
    if day is None:
        usual = 8.0 if most else float(WORKING_TIME["usual_day"])
        return Hourly(usual, f"{usual:g} hours a day assumed")
    hours = day.high if most else day.low
    return Hourly(hours, f"{hours:g} hours a day stated")


def _week(offer: Offer, *, most: bool) -> Hourly:
    week, day = offer.stated("week"), offer.stated("day")
    if week is not None:
        hours = week.high if most else week.low
        return Hourly(hours, f"{hours:g} hours a week stated")
    if offer.says("part_time"):
        return Hourly(None, "part-time work without its hours")
    if day is not None:
        days = offer.stated("days")
        hours = _day(offer, most=most).amount or 0
        count = days.low if days else float(_USUAL_DAYS)
        return Hourly(
            hours * count, f"{hours:g} hours a day stated, {count:g} days a week {'stated' if days else 'assumed'}"
        )
    usual = float(WORKING_TIME["full_week" if most else "usual_week"])
    return Hourly(usual, f"{usual:g} hours a week assumed")
