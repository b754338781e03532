"""Designs of samples: simple, stratified, panel and capture occasions. The seed and the store settle who is drawn."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import floor

from alerts.lists.frame import Frame
from alerts.sampling.members import TRAITS, Member
from crawler.errors import VardeError

DESIGNS = ("simple", "stratified", "panel", "occasions")
ALLOCATIONS = ("proportional", "equal")
FEW = 5  # fewer units than this are given away in no cell
POOLED = "others"
ALL = "all"


class NoSample(VardeError):
    """The sample cannot be drawn, or not given away; the message says why, and what would work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How to draw. `size` None takes all. `strata` is one of TRAITS; `per_week` days are drawn of each week."""

    name: str
    seed: int
    size: int | None = None
    strata: str = TRAITS[0]
    allocation: str = ALLOCATIONS[0]
    per_week: int = 2


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the population: how many there are, and how many of them are drawn."""

    name: str
    population: int
    drawn: int

    @property
    def rounded(self) -> int:
        """The population to the nearest five: the exact figure, held against another extract's, could tell of one."""
        return max(self.drawn, FEW * round(self.population / FEW))

    @property
    def weight(self) -> float:
        """For how many of the population each of the drawn stands."""
        return round(self.rounded / self.drawn, 3)


@dataclass(frozen=True, slots=True)
class Sample:
    """Who was drawn, in the order of their labels; the stratum of each label; and the number of each moment, by day:
    of the window of a panel or of an occasion. No moments where all of the period is one.
    """

    members: tuple[Member, ...]
    stratum: Mapping[str, str]
    strata: tuple[Stratum, ...]
    moments: Mapping[int, int] = field(default_factory=dict)


def draw(members: Sequence[Member], design: Design, frame: Frame) -> Sample:
    """Draw by the design. Raises NoSample where there are too few."""
    if design.name == "stratified":
        return _stratified(members, design)
    moments: dict[int, int] = {}
    if design.name == "panel":
        if frame.windows < 2:
            raise NoSample(
                f"{frame.days} days are no two windows of {frame.window_days}; a longer period or less --window"
            )
        moments = {day: day // frame.window_days + 1 for day in range(frame.used_days)}
        members = [member for member in members if any(moments[seen.day] == 1 for seen in member.seen)]
    if design.name == "occasions":
        moments = _occasions(members, design, frame)
        cut = (replace(one, seen=tuple(seen for seen in one.seen if seen.day in moments)) for one in members)
        members = [member for member in cut if member.seen]
    chosen = _simple(members, design.size, design)
    return Sample(chosen, dict.fromkeys((one.label for one in chosen), ALL),
                  (Stratum(ALL, len(members), len(chosen)),), moments)  # fmt: skip


def _simple(members: Sequence[Member], size: int | None, design: Design, stratum: str = "") -> tuple[Member, ...]:
    size = len(members) if size is None else size
    if len(members) < FEW:
        raise NoSample(
            f"only {len(members)} are there to be drawn from: {FEW} or more, by a longer period or more sites"
        )
    if size > len(members):
        raise NoSample(f"{size} cannot be drawn from {len(members)}; --size {len(members)} at most")
    if size < FEW:
        raise NoSample(f"{size} are too few to be given away: {FEW} or more, from a longer period or more sites")
    dice = random.Random(f"{design.seed} {stratum}")
    return tuple(members[place] for place in sorted(dice.sample(range(len(members)), size)))


def _stratified(members: Sequence[Member], design: Design) -> Sample:
    groups: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        groups[member.usual(design.strata)].append(member)
    parts = _pooled(groups)
    sizes = _allocated({name: len(part) for name, part in parts.items()}, design)
    chosen = {name: _simple(parts[name], sizes[name], design, name) for name in parts}
    return Sample(
        tuple(sorted((one for part in chosen.values() for one in part), key=lambda one: one.label)),
        {one.label: name for name, part in chosen.items() for one in part},
        tuple(Stratum(name, len(parts[name]), len(chosen[name])) for name in parts),
    )


def _pooled(groups: Mapping[str, list[Member]]) -> dict[str, list[Member]]:
    """Strata of fewer than FEW become one; if that is of fewer still, the smallest of the others joins it."""
    ordered = sorted(groups, key=lambda name: (len(groups[name]), name))
    small = [name for name in ordered if len(groups[name]) < FEW]
    while small and sum(len(groups[name]) for name in small) < FEW and len(small) < len(ordered):
        small = ordered[: len(small) + 1]
    parts = {name: groups[name] for name in sorted(groups) if name not in small}
    if small:
        parts[POOLED] = sorted((one for name in small for one in groups[name]), key=lambda one: one.label)
    return parts


def _allocated(populations: Mapping[str, int], design: Design) -> dict[str, int]:
    """How many of each stratum: at least FEW and at most all, else in proportion or the same of each."""
    size, total = design.size or 0, sum(populations.values())
    if size > total:
        raise NoSample(f"{size} cannot be drawn from {total}; --size {total} at most")
    if size < FEW * len(populations):
        raise NoSample(
            f"{len(populations)} strata need {FEW} each, {FEW * len(populations)} in all: a larger --size, or coarser "
            "strata"
        )
    share = {name: count / total if design.allocation == "proportional" else 1 / len(populations)
             for name, count in populations.items()}  # fmt: skip
    sizes = {name: min(count, max(FEW, floor(size * share[name]))) for name, count in populations.items()}
    while (left := size - sum(sizes.values())) != 0:
        step = 1 if left > 0 else -1
        able = [name for name in sizes if (sizes[name] < populations[name] if step > 0 else sizes[name] > FEW)]
        sizes[max(able, key=lambda name: (step * (size * share[name] - sizes[name]), name))] += step
    return sizes


def _occasions(members: Sequence[Member], design: Design, frame: Frame) -> dict[int, int]:
    """So many days of each week, drawn from those on which anything was seen; their numbers in order of time."""
    weeks: dict[str, list[int]] = defaultdict(list)
    for day in sorted({seen.day for member in members for seen in member.seen}):
        weeks[week_of(frame, day)[0]].append(day)
    dice = random.Random(f"{design.seed} occasions")
    days = sorted(day for found in weeks.values() for day in dice.sample(found, min(design.per_week, len(found))))
    return {day: number for number, day in enumerate(days, start=1)}


def week_of(frame: Frame, day: int) -> tuple[str, str]:
    """The ISO week of a day of the period, as 2026-W23, and the month in which that week begins, as 2026-06."""
    moment: date = frame.first + timedelta(days=day)
    monday = moment - timedelta(days=moment.weekday())
    return f"{moment.isocalendar().year}-W{moment.isocalendar().week:02d}", f"{monday:%Y-%m}"
