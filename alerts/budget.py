"""The daily budget: which alerts have a place in the queue, and since which day."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import groupby

from alerts.levels import Budget, load_levels
from crawler.errors import VardeError

Pressing = tuple[int, float, str]  # rank of its rule, score with the sign turned, cluster: the lowest first


class BadBudget(VardeError):
    """VARDE_ALERTS_A_DAY is no number of alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One alert that wants a place: `at` is when it was opened or last woken, `decided` the day it was decided, or "".

    One that is `always` shown does not wait; `urgent` ones have places of their own when the others are given.
    """

    alert: int
    at: str
    sites: tuple[str, ...]
    pressing: Pressing
    urgent: bool
    always: bool
    decided: str = ""


def load_budget() -> Budget:
    """levels.toml, unless VARDE_ALERTS_A_DAY says another number. Raises BadBudget."""
    budget, asked = load_levels().budget, os.environ.get("VARDE_ALERTS_A_DAY", "")
    if not asked:
        return budget
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked) <= 1_000_000):
        raise BadBudget(f"VARDE_ALERTS_A_DAY={asked}: give a number from 1 to 1000000, or unset it for {budget.a_day}")
    return replace(budget, a_day=int(asked))


def give_places(candidates: Iterable[Candidate], *, today: str, budget: Budget) -> dict[int, str]:
    """Alert -> the day whose place it has; who is not named waits.

    At the start of a day, and whenever alerts arrive, what is left of the day's places goes to those that wait, the
    most pressing first; but no site gets more than its share of a day. A place once given is kept: what comes later,
    however much, displaces nothing, and deciding an alert does not call up the next.
    """
    wanting = [c if c.at[:10] <= today else replace(c, at=today) for c in candidates]
    places = {c.alert: c.at[:10] for c in wanting if c.always}
    waiting = [c for c in wanting if not c.always]
    queues, day = _Queues(), _Day("", budget)
    for at, wave in groupby(sorted(waiting, key=lambda c: c.at), key=lambda c: c.at):
        for new in _days(day, at[:10], queues):
            day = new
            places |= dict.fromkeys(day.give(queues), day.name)
        queues.add(list(wave))
        places |= dict.fromkeys(day.give(queues), day.name)
    for new in _days(day, today, queues) if waiting else ():
        places |= dict.fromkeys(new.give(queues), new.name)
    return places


@dataclass(slots=True)
class _Queues:
    """Those that wait, by the site whose share they take, the most pressing of each site first.

    Of its sites an alert takes the share of that from which the fewest have come, so that a flood draws none in.
    """

    by_site: dict[str, list[tuple[Pressing, int, Candidate]]] = field(default_factory=dict)
    came: Counter[str] = field(default_factory=Counter)

    def add(self, wave: Sequence[Candidate]) -> None:
        self.came.update(site for candidate in wave for site in candidate.sites)
        for candidate in wave:
            home = min(candidate.sites, key=lambda site: (self.came[site], site), default="")
            heappush(self.by_site.setdefault(home, []), (candidate.pressing, candidate.alert, candidate))

    def pop(self, sites: Mapping[str, int], *, most: int, day: str, urgent: bool) -> tuple[str, int] | None:
        """The most pressing of the sites that have had fewer than `most`; those decided before `day` leave unheard."""
        while True:
            heads = [(queue[0], site) for site, queue in self.by_site.items() if queue and sites.get(site, 0) < most]
            heads = [head for head in heads if head[0][2].urgent or not urgent]
            if not heads:
                return None
            (_, alert, candidate), site = min(heads, key=lambda head: head[0][:2])
            heappop(self.by_site[site])
            if not candidate.decided or candidate.decided >= day:
                return site, alert

    def __bool__(self) -> bool:
        return any(self.by_site.values())


@dataclass(slots=True)
class _Day:
    """The places of one day, and how many each site has had of them."""

    name: str
    budget: Budget
    given: Counter[str] = field(default_factory=Counter)
    urgent: Counter[str] = field(default_factory=Counter)

    def give(self, queues: _Queues) -> list[int]:
        """The alerts that get what is left; they leave their queues."""
        return [
            *self._take(queues, self.given, self.budget.a_day, urgent=False),
            *self._take(queues, self.urgent, self.budget.urgent_a_day, urgent=True),
        ]

    def _take(self, queues: _Queues, given: Counter[str], most: int, *, urgent: bool) -> Iterator[int]:
        share = max(1, int(most * self.budget.site_share)) if len(queues.by_site) > 1 else most
        while given.total() < most:
            found = queues.pop(given, most=share, day=self.name, urgent=urgent)
            if found is None:
                return
            given[found[0]] += 1
            yield found[1]


def _days(last: _Day, upto: str, queues: _Queues) -> Iterator[_Day]:
    """The days after `last` that give places to what waits, and `upto`."""
    name = _next_day(last.name) if last.name else upto
    while name < upto and queues:
        yield _Day(name, last.budget)
        name = _next_day(name)
    if upto > last.name:
        yield _Day(upto, last.budget)


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
