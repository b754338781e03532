"""Capture histories from sightings: on which lists each unit was."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alerts.export import CannotWrite
from alerts.lists.frame import MOST_LISTS, Frame, NoLists
from alerts.lists.sighted import Sighted
from alerts.population.histories import Histories


@dataclass(frozen=True, slots=True)
class Lists:
    """The histories of a frame, and how many units each list has. Lists that nobody is on are in `empty` alone."""

    histories: Histories
    units: dict[str, int]
    empty: tuple[str, ...]


def build_lists(sighted: Sighted, frame: Frame) -> Lists:
    """The lists in the order of time, then of sites. Raises NoLists if fewer than two have anybody, or for too many."""
    frame.check_lists()
    names, places = _lists_of(sighted, frame)
    kept = (sighted.confidences >= frame.confidence) & (sighted.days < frame.used_days)
    pairs = np.unique(np.stack([sighted.numbers(frame.strength)[kept], places[kept]]), axis=1)
    sizes = dict(zip(names, np.bincount(pairs[1], minlength=len(names)).tolist(), strict=True))
    filled = [name for name in names if sizes[name]]
    if len(filled) < 2:
        only = f"only {filled[0]} has" if filled else "no list has"
        raise NoLists(
            f"{only} any {frame.noun(many=False)}: what was not seen shows only between two lists or more; take more "
            "sites, a longer period, or lists by period"
        )
    if len(filled) > MOST_LISTS:
        raise NoLists(
            f"{len(filled)} lists are too many to count between, {MOST_LISTS} can be; longer windows or fewer sites"
        )
    empty = tuple(name for name in names if not sizes[name])
    return Lists(Histories(tuple(filled), _count(pairs, names, filled)), {name: sizes[name] for name in filled}, empty)


def _lists_of(sighted: Sighted, frame: Frame) -> tuple[list[str], np.ndarray]:
    """The names of all lists that can be, and the place among them that each sighting belongs to."""
    windows = sighted.days // frame.window_days
    order = np.argsort(np.array(sighted.names)) if sighted.names else np.empty(0, dtype=np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    sites = [sighted.names[place] for place in order]
    if frame.by == "site":
        return sites, rank[sighted.sites]
    if frame.by == "period":
        return [frame.name("", window) for window in range(frame.windows)], windows
    names = [frame.name(site, window) for window in range(frame.windows) for site in sites]
    return names, windows * len(sites) + rank[sighted.sites]


def _count(pairs: np.ndarray, names: Sequence[str], filled: Sequence[str]) -> dict[tuple[int, ...], int]:
    """How many units were on exactly the same lists. `pairs` are units and places, sorted."""
    place = {names.index(name): at for at, name in enumerate(filled)}
    at = np.array([place.get(number, -1) for number in range(len(names))], dtype=np.int32)[pairs[1]]
    starts = np.flatnonzero(np.diff(pairs[0], prepend=-1))
    ends = np.append(starts[1:], len(at))
    counts = Counter(at[start:end].tobytes() for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    return {_history(key, len(filled)): count for key, count in counts.items()}


def _history(key: bytes, width: int) -> tuple[int, ...]:
    history = np.zeros(width, dtype=np.int64)
    history[np.frombuffer(key, dtype=np.int32)] = 1
    return tuple(history.tolist())


def write_lists(histories: Histories, path: Path) -> None:
    """As `varde market estimate --counts` reads it: a column of 0 and 1 a list, and `count`. Raises CannotWrite."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow([*histories.lists, "count"])
            rows.writerows([*history, count] for history, count in sorted(histories.counts.items(), reverse=True))
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error.strerror})") from error
