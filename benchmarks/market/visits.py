"""When an ad is seen, what changes from one visit to the next, and where the person is on that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import Voice, load_world
from benchmarks.market.values import DAYS, FIRST_DAY, Stay

MEAN_VISITS = 4.0  # before the market's last day cuts some off; about 3.3 remain
DAY = 24 * 60  # minutes
Town = tuple[str, str]  # name and country


def visit_minutes(dice: Dice, posted: int) -> list[int]:
    """The minutes at which an ad of that day was seen: twice a week at most, for as long as it is up."""
    day, found = posted, []
    for _ in range(dice.geometric(MEAN_VISITS)):
        if day >= DAYS:
            break
        found.append(day * DAY + dice.below(DAY))
        day += dice.between(3, 24)
    return found


def all_towns() -> tuple[Town, ...]:
    return tuple((town, country) for country, towns in load_world()["towns"].items() for town in towns)


def home_towns(language: str) -> tuple[Town, ...]:
    """The towns of the country that a language's advertisers mostly live in, the large ones more often."""
    country = load_world()["home"][language]
    towns = [(town, country) for town in load_world()["towns"][country]]
    return tuple(towns[:4] * 4 + towns[4:8] * 2 + towns[8:])


class Route:
    """Towns in turn, so many days in each; `shift` is how many stops ahead of the first this persona is."""

    __slots__ = ("_days", "_shift", "_start", "_towns")

    def __init__(self, towns: Sequence[Town], *, start: int, days: int, shift: int = 0) -> None:
        self._towns, self._start, self._days, self._shift = towns, start, days, shift

    def stay(self, day: int, *, ahead: int = 0) -> Stay:
        """Where the persona is on that day, or `ahead` stops later."""
        stop = (day - self._start) // self._days + ahead
        town, country = self._towns[(stop + self._shift) % len(self._towns)]
        first = self._start + stop * self._days
        return Stay(town, country, first, first + self._days - 1)


def say_tour(stays: Sequence[Stay], voice: Voice) -> str:
    """Stays as an ad lists them: "Oslo 3. mai - 7. mai, Bergen 8. mai - 12. mai"."""
    return ", ".join(f"{s.place} {_day(s.first, voice)} - {_day(s.last, voice)}" for s in stays)


def _day(number: int, voice: Voice) -> str:
    day = FIRST_DAY + timedelta(days=number)
    return voice.day.format(day=day.day, month=voice.months[day.month - 1])
