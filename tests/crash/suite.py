"""Many kills of several stores side by side, and what was wrong at the end of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.crash.lanes import crash_analyse, crash_crawl, crash_import

AT_ONCE = 2
_LONGEST = 40  # kills of one store: many more would only make its site larger


@dataclass(frozen=True, slots=True)
class Trial:
    """One store that was killed `kills` times over; `faults` is empty where nothing was lost."""

    what: str
    kills: int
    faults: tuple[str, ...]


def crash(folder: Path, *, kills: int, seed: int) -> Iterator[Trial]:
    """`kills` in all: three tenths of imports, one in twenty of analyses, the rest of crawls."""
    imports, analyses = kills * 3 // 10, max(1, kills // 20)
    plan = [
        *_parts("crawl", kills - imports - analyses), *_parts("import", imports), *_parts("analyse", analyses),
    ]  # fmt: skip
    folders = [folder / f"{number}" for number in range(len(plan))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(_trial, folders, plan, range(seed, seed + len(plan)))


_RUNS: dict[str, Callable[..., Iterator[str]]] = {
    "crawl": crash_crawl, "import": crash_import, "analyse": crash_analyse,
}  # fmt: skip


def _parts(what: str, kills: int) -> Iterator[tuple[str, int]]:
    count = max(AT_ONCE if kills > 8 else 1, -(-kills // _LONGEST))
    for part in range(count):
        yield what, kills // count + (part < kills % count)


def _trial(folder: Path, planned: tuple[str, int], seed: int) -> Trial:
    folder.mkdir()
    what, kills = planned
    return Trial(what, kills, tuple(_RUNS[what](folder, kills=kills, seed=seed)))
