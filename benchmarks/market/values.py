"""What a market is made of: advertisers, their ads, and each ad as it was seen from time to time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from benchmarks.market.phones import Wrote

OwnerKind = Literal[
    "independent", "household", "duo", "salon", "employer", "agency", "network", "recruiter", "spam", "listing"
]
FIRST_DAY = datetime(2026, 2, 1, tzinfo=UTC)
DAYS = 270  # how long the market is watched


@dataclass(frozen=True, slots=True)
class Owner:
    """One hand behind ads. `alert` is the least level that all its ads together warrant, or None."""

    id: str
    kind: OwnerKind
    alert: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    host: str
    footer: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """One persona in one town, from day to day of the market, both included."""

    place: str
    country: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An ad as one visit found it; `minute` counts from the market's first day."""

    minute: int
    title: str
    text: str
    location: str
    name: str = ""
    age: int | None = None
    price: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketAd:
    """One ad with its truth: `wrote` and `stays` are what its newest version and its whole history let one know.

    `others` are numbers that stand in the text and are not the advertiser's own.
    """

    owner: Owner
    site: Site
    kind: str
    language: str
    persona: str
    template: str
    history: tuple[Seen, ...]
    wrote: tuple[Wrote, ...] = ()
    others: tuple[str, ...] = ()
    stays: tuple[Stay, ...] = ()
    employer: str = ""
    org_number: str = ""
    mail: str = ""
    handle: str = ""
    images: tuple[str, ...] = ()


Ads = Iterator[MarketAd]


def moment(minute: int) -> str:
    return (FIRST_DAY + timedelta(minutes=minute)).isoformat()


def date(day: int) -> str:
    return (FIRST_DAY + timedelta(days=day)).date().isoformat()
