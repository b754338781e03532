"""What advertisers draw on: sites, numbers, names, prices and pictures, the same for all kinds of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import Voice, load_voice, load_world, say
from benchmarks.market.orgnumbers import OrgNumbers
from benchmarks.market.phones import DISGUISES, PhoneBook, Written
from benchmarks.market.values import DAYS, Owner, OwnerKind, Site

PLAIN: tuple[tuple[Written, float], ...] = (
    ("field", 0.34), ("spaced", 0.28), ("plain", 0.2), ("country", 0.1),
    ("separated", 0.03), ("unicode", 0.02), ("words", 0.02), ("leet", 0.01),
)  # fmt: skip
DISGUISED: tuple[tuple[Written, float], ...] = (
    ("field", 0.2), ("spaced", 0.2), ("plain", 0.1),
    *((written, 0.1) for written in DISGUISES),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """One advertiser's turn: their serial number in the market, their own dice, and the market's numbers."""

    seed: int
    serial: int
    dice: Dice
    book: PhoneBook
    firms: OrgNumbers

    def owner(self, kind: OwnerKind, *, alert: str | None = None, suffix: str = "") -> Owner:
        return Owner(f"{kind}-{self.serial}{suffix}", kind, alert)

    def voice(self, shares: Sequence[tuple[str, float]]) -> Voice:
        return load_voice(self.dice.weighted(shares))

    def sites(self, kind: str, count: int) -> list[Site]:
        return self.dice.several(sites_for(kind), count)

    def days(self, count: int, *, first: int = 0, last: int = DAYS - 1) -> list[int]:
        """The days on which so many ads are posted, in order."""
        return sorted(self.dice.between(first, last) for _ in range(count))

    def handle(self, name: str) -> str:
        own = self.dice.between(10, 99)  # two of a household may share a name
        return f"varde_{name.casefold()}_{self.serial}x{own}" if name.isascii() else f"varde_m_{self.serial}x{own}"

    def mail(self, name: str) -> str:
        own = self.dice.between(10, 99)
        return f"{name.casefold() if name.isascii() else 'post'}.{self.serial}.{own}@brev.example"

    def address(self) -> str:
        return f"{self.dice.pick(_STREETS)}{self.dice.pick(_WAYS)} {self.dice.between(1, 140)}"

    def picture(self, number: int) -> str:
        """The perceptual hash of this advertiser's picture with that number."""
        return picture(self.seed, self.serial, number)

    def firm(self, voice: Voice, city: str) -> str:
        return f"{say(voice.lines['firm'][0], self.dice)} {city} AS"


def trade(voice: Voice, dice: Dice) -> str:
    """What a job is, in the words of the language."""
    return say(voice.lines["trade"][0], dice)


_STREETS = (
    "Prøve", "Eksempel", "Mønster", "Liksom", "Skygge", "Tenkt", "Dikt", "Fabel", "Sagn", "Eventyr", "Drøm", "Gåte",
    "Påfunns", "Luftslott", "Fantasi", "Papir", "Kladd", "Skisse", "Utkast", "Modell", "Attrapp", "Kulisse", "Forsøks",
    "Øvings", "Lærings", "Regle", "Rim", "Vers", "Novelle", "Roman",
)  # fmt: skip
_WAYS = ("gata", "veien", "torget", "bakken", "stien", "svingen", "plassen", "alleen")


def picture(seed: int, serial: int, number: int) -> str:
    return hashlib.sha256(f"{seed}/picture/{serial}/{number}".encode()).hexdigest()


@cache
def sites_for(kind: str) -> tuple[Site, ...]:
    return tuple(
        Site(site["host"], site.get("footer", ""), site.get("phone", ""))
        for site in load_world()["site"]
        if kind in site["kinds"]
    )
