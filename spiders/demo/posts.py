"""What the sample market is made of: operators and the ads they posted, as frozen values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

Written = Literal["plain", "words", "leet", "unicode", "separated", "split", "field"]
Alert = Literal["L2", "L3"]
DISGUISED: frozenset[Written] = frozenset({"words", "leet", "unicode", "separated", "split"})
DATA = Path(__file__).parent / "data"

FIRST_DAY = date(2024, 10, 1)
LAST = 770  # days from FIRST_DAY to the newest ad, 2026-11-10

NORDLYS, FJORD, ARBEID = SITES = ("demo-nordlys", "demo-fjord", "demo-arbeid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A number and how the ad writes it: `shown` is the literal form, "field" means the site's phone box."""

    e164: str
    written: Written
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Whoever is behind some ads. `alert` is the level that all its ads together warrant, if any."""

    id: str
    kind: str
    alert: Alert | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One ad as its operator wrote it. `text` has a blank line between paragraphs; `posted_at` is a date.

    `indicators` are the catalogue ids planted in this ad or in its ties to others, in order.
    """

    site: str
    operator: Operator
    kind: Literal["escort", "job"]
    language: str
    title: str
    text: str
    city: str
    posted_at: str
    phone: Phone
    indicators: tuple[str, ...]
    ad_id: str = ""
    name: str = ""
    age: int | None = None
    price: str = ""
    handle: str = ""
    email: str = ""
    image: int = 0
    employer: str = ""
    org_number: str = ""
    wage: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The whole market: operators by id, posts by site and ad number."""

    operators: tuple[Operator, ...]
    posts: tuple[Post, ...]

    def on(self, site: str) -> tuple[Post, ...]:
        """The ads of one site, newest first, as its list pages show them."""
        return tuple(sorted((p for p in self.posts if p.site == site), key=lambda p: p.ad_id, reverse=True))


def load_data(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def planted(ids: set[str], phone: Phone, age: int | None) -> tuple[str, ...]:
    """`ids` and what follows from the number's disguise and the stated age."""
    more = {"D02"} if phone.written in DISGUISED else set()
    if age is not None and 18 <= age <= 22:
        more.add("A02")
    return tuple(sorted(ids | more))


def day(number: int) -> str:
    """The ISO date `number` days after the market opened."""
    return (FIRST_DAY + timedelta(days=number)).isoformat()
