"""Rules on pay, against the generally applied minimum wages, and on what is deducted for lodging."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from nlp.exchange import MARGIN
from nlp.law import FAR_ABOVE, FAR_ABOVE_SILENT, LODGING_INDUSTRY, LODGING_REGULATION, lodging_cap
from nlp.offers import Hourly, Offer, hourly, industries_of, is_in_norway, offer_of
from nlp.parts import LOOK_BACK, Parts, Rule, Sign
from nlp.reading import Pay
from nlp.wages import Rate, find_rate

# A supplement of 30 NOK an hour is no wage.
SUPPLEMENT = re.compile(
    r"tillegg|tillägg|tillæg|supplement|extra|ekstra|bonus|provisjon|provision|dodatek|premi|tips|deposit|доплат|надбавк",
    re.IGNORECASE,
)
WAGES = frozenset({"hour", "day", "shift", "week", "month", "year"})
LEAST = 15  # NOK an hour: less than this is a figure read wrongly
UNSKILLED = ("construction", "cleaning", "hotel-restaurant", "agriculture", "electrical", "road-freight", "coach")


def low_pay(ad: Parts) -> Iterator[Sign]:
    """Pay below the generally applied minimum wage of the industry; of several industries, below that of each."""
    pays = [pay for pay in ad.pay if _is_wage(ad, pay)]
    if not pays:
        return
    offer = offer_of(ad)
    if not is_in_norway(ad, offer):
        return
    if offer.says("apprentice"):
        yield Sign(pays[0], "no rate known: apprentices, trainees and volunteers have other rates", "not_computable")
        return
    if " au pair" in offer.folded:
        yield Sign(pays[0], "no rate known: au pair placements have pocket money", "not_computable")
        return
    reckoned = [(pay, hourly(pay, ad, offer)) for pay in pays]
    known = [(pay, wage) for pay, wage in reckoned if wage.amount is not None and wage.amount >= LEAST]
    if not known:
        yield Sign(
            pays[0], f"hourly pay not known: {reckoned[0][1].how or 'the amount is too small'}", "not_computable"
        )
        return
    pay, wage = min(known, key=lambda item: item[1].amount or 0)
    yield from _compare(ad, offer, pay, wage)


def _compare(ad: Parts, offer: Offer, pay: Pay, wage: Hourly) -> Iterator[Sign]:
    industries = industries_of(ad)
    rates = [find_rate(industry, ad.posted, offer.facts) for industry in industries]
    known = [rate for rate in rates if rate is not None]
    below = [rate for rate in known if _is_below(wage, rate)]
    if industries and len(below) == len(industries):
        lowest = min(below, key=lambda rate: rate.amount)
        yield Sign(pay, _low(pay, wage, lowest, industries) + _deducted(ad, offer))
    elif len(known) < len(industries) or not industries or below:
        which = " or ".join(industries) or "no industry with a generally applied wage recognised"
        yield Sign(pay, f"no rate known: {which}{_when(ad)}", "not_computable")


def _is_below(wage: Hourly, rate: Rate) -> bool:
    """Exchange rates are approximate, so foreign pay must be further off."""
    return (wage.amount or 0) * (1 + MARGIN if wage.is_foreign else 1) < rate.amount


def _low(pay: Pay, wage: Hourly, rate: Rate, industries: Sequence[str]) -> str:
    lowest = f", the lowest of {' and '.join(industries)}" if len(industries) > 1 else ""
    row = f"{rate.amount:.2f}, {rate.title}{lowest}, in force from {rate.valid_from} ({rate.regulation})"
    return f"possible: “{pay.quote}” is {_reckoned(wage)} below {row}"


def _reckoned(wage: Hourly) -> str:
    how = f" ({wage.how})" if wage.how else ""
    return f"{wage.amount:.2f} NOK an hour{how},"


def _deducted(ad: Parts, offer: Offer) -> str:
    rents = [pay for pay in ad.pay if pay.role == "rent"]
    return f"; “{rents[0].quote}” for lodging comes off it" if rents and offer.says("deducted") else ""


def _when(ad: Parts) -> str:
    return f" on {ad.posted}" if ad.posted else ""


def _is_wage(ad: Parts, pay: Pay) -> bool:
    if pay.role != "pay" or (pay.per not in WAGES and pay.per != "piece"):
        return False
    plain = ad.fields.get(pay.field)
    near = (max(0, pay.start - LOOK_BACK), pay.end + LOOK_BACK // 2)
    return plain is None or pay.per != "hour" or pay.amount >= 100 or not SUPPLEMENT.search(plain.original, *near)


def high_pay(ad: Parts) -> Iterator[Sign]:
    """Pay far above the rate of an unskilled worker of the industry where no experience is asked.

    Outside the industries with a rate, and abroad, it is compared with the highest unskilled one. An ad that does not
    say that no experience is needed, but asks for nothing either, must be further above.
    """
    pays = [pay for pay in ad.pay if pay.role == "pay" and pay.per in WAGES]
    if not pays:
        return
    offer = offer_of(ad)
    is_told = offer.says("no_experience")
    if not is_told and offer.says("asks"):
        return
    # Where nothing is said of experience, a high price of one hour is what a customer pays.
    reckoned = [(pay, hourly(pay, ad, offer, most=True)) for pay in pays if is_told or pay.per != "hour"]
    if not reckoned:
        return
    known = [(pay, wage) for pay, wage in reckoned if wage.amount is not None]
    rate = _norm(ad)
    if not known or rate is None:
        yield Sign(pays[0], "no rate known to compare with", "not_computable")
        return
    pay, wage = max(known, key=lambda item: item[1].amount or 0)
    times = (wage.amount or 0) / rate.amount
    if times > (FAR_ABOVE if is_told else FAR_ABOVE_SILENT) * (1 + MARGIN if wage.is_foreign else 1):
        asked = "no experience needed" if is_told else "no experience asked"
        row = f"{times:.1f} times {rate.amount:.2f}, {rate.title}, in force from {rate.valid_from}"
        yield Sign(pay, f"possible: “{pay.quote}” is {_reckoned(wage)} {row}; {asked}")


def _norm(ad: Parts) -> Rate | None:
    """The rate of unskilled adults."""
    return _highest_rate(industries_of(ad), ad.posted) or _highest_rate(UNSKILLED, ad.posted)


@lru_cache(maxsize=1024)
def _highest_rate(industries: tuple[str, ...], day: date | None) -> Rate | None:
    rates = [rate for industry in industries if (rate := find_rate(industry, day)) is not None]
    return max(rates, key=lambda rate: rate.amount, default=None)


def shared_or_deducted_housing(ad: Parts) -> Iterator[Sign]:
    """A deduction for lodging above the cap of hotels and restaurants, the only one with a known cap."""
    rents = [pay for pay in ad.pay if pay.role == "rent" and pay.currency == "NOK"]
    if not rents:
        return
    offer = offer_of(ad)
    if not offer.says("deducted"):
        return
    rent, cap = rents[0], lodging_cap(ad.posted)
    month = {"month": 1.0, "week": 52 / 12, "day": 365 / 12, "once": 1.0}.get(rent.per)
    if industries_of(ad) != (LODGING_INDUSTRY,) or cap is None or month is None:
        yield Sign(rent, "no cap known for lodging deducted from pay in this industry or period", "not_computable")
        return
    kind, most = ("a shared room", cap.double) if offer.says("shared_room") else ("a room of one's own", cap.single)
    if rent.amount * month > most:
        row = f"{most:.2f} a month (unit unverified) for {kind}, in force from {cap.valid_from} ({LODGING_REGULATION})"
        yield Sign(rent, f"possible: {rent.amount * month:.2f} NOK a month deducted for lodging is above {row}")


RULES: tuple[Rule, ...] = (low_pay, high_pay, shared_or_deducted_housing)
