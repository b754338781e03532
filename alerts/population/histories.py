"""Counts as estimators take them: capture histories, how often each was seen, occasions of catching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

History = tuple[int, ...]  # a 0 or 1 for each list


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two lists: how many are on the first, on the second, on both, and on one at least."""

    names: tuple[str, str]
    first: int
    second: int
    both: int

    @property
    def seen(self) -> int:
        return self.first + self.second - self.both


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many were seen once, twice … `counts` by the number of times, from 1."""

    counts: Mapping[int, int]

    def of(self, times: int) -> int:
        return self.counts.get(times, 0)

    @property
    def observed(self) -> int:
        return sum(self.counts.values())

    @property
    def sightings(self) -> int:
        return sum(times * count for times, count in self.counts.items())


@dataclass(frozen=True, slots=True)
class Described:
    """How often each was seen, with what is known of it: how many have these values, one a column, and this number of
    times. Values are as the file has them.
    """

    columns: tuple[str, ...]
    counts: Mapping[tuple[tuple[str, ...], int], int]

    @property
    def observed(self) -> int:
        return sum(self.counts.values())

    def frequencies(self) -> Frequencies:
        """How many were seen once, twice … whatever else is known of them."""
        times: Counter[int] = Counter()
        for (_, seen), count in self.counts.items():
            times[seen] += count
        return Frequencies(dict(sorted(times.items())))


@dataclass(frozen=True, slots=True)
class Occasions:
    """For each occasion in order: how many were seen, how many of them before, and how many were known by then."""

    caught: tuple[int, ...]
    recaptured: tuple[int, ...]
    marked: tuple[int, ...]

    @property
    def observed(self) -> int:
        return sum(self.caught) - sum(self.recaptured)


@dataclass(frozen=True, slots=True)
class Histories:
    """Who was on which of the `lists`: `counts` by history. Those on no list are not in it."""

    lists: tuple[str, ...]
    counts: Mapping[History, int]

    @property
    def observed(self) -> int:
        return sum(self.counts.values())

    def frequencies(self) -> Frequencies:
        """How many were on one list, on two …"""
        times: Counter[int] = Counter()
        for history, count in self.counts.items():
            times[sum(history)] += count
        return Frequencies(dict(sorted((+times).items())))

    def occasions(self) -> Occasions:
        """The lists taken as occasions, in their order."""
        caught, recaptured, new = ([0] * len(self.lists) for _ in range(3))
        for history, count in self.counts.items():
            on = [place for place, is_on in enumerate(history) if is_on]
            new[on[0]] += count
            for place in on:
                caught[place] += count
            for place in on[1:]:
                recaptured[place] += count
        marked = [sum(new[:place]) for place in range(len(new))]
        return Occasions(tuple(caught), tuple(recaptured), tuple(marked))

    def overlap(self, first: int, second: int) -> Overlap:
        """The two lists at these places."""
        one, two, both = (self._on(*places) for places in ((first,), (second,), (first, second)))
        return Overlap((self.lists[first], self.lists[second]), one, two, both)

    def overlaps(self) -> list[Overlap]:
        """Every pair of lists, in the order of the lists; the work grows with the square of their number."""
        on = np.array(list(self.counts), dtype=float)
        shared = (on.T @ (on * np.array(list(self.counts.values()))[:, None])).round().astype(int).tolist()
        return [
            Overlap((self.lists[i], self.lists[j]), shared[i][i], shared[j][j], shared[i][j])
            for i, j in combinations(range(len(self.lists)), 2)
        ]

    def _on(self, *places: int) -> int:
        return sum(count for history, count in self.counts.items() if all(history[place] for place in places))
