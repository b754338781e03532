"""How far chance moves an estimate when the model is chosen anew each time: resamples, and the interval they give."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from math import inf, isfinite
from multiprocessing import get_context
from statistics import NormalDist

import numpy as np

from alerts.population.estimates import LEVEL, NoEstimate
from alerts.population.existence import Existence
from alerts.population.loglinear import Cells
from alerts.population.search import find_path

LEAST = 100  # resamples; with fewer the ends of the interval are a matter of luck
_BATCH = 25  # a batch has a seed of its own, so that the result does not depend on who works it off

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Resampled:
    """The BCa interval at LEVEL of `tried` resamples. `failed` had no finite estimate and count as beyond all others.

    `high` is None where so many failed that nothing bounds the size from above. `se` is half of what the middle 68 % of
    the resamples take up: a few of them are far off, and the standard deviation would speak of those alone.
    """

    low: float
    high: float | None
    se: float
    tried: int
    failed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    cells: Cells
    by: str
    tables: list[np.ndarray]


def resample(cells: Cells, by: str, *, times: int, seed: int, workers: int, progress: Progress) -> Resampled:
    """Draw those observed anew `times` over, search a model each time, and once without each of them.

    Bias-corrected and accelerated: DiCiccio & Efron 1996, Statistical Science 11:189-228; over the selection too: Chan,
    Silverman & Vincent 2021. `progress` is told how many searches of how many are done. Raises NoEstimate if too many
    resamples have none.
    """
    given = find_path(cells, by, Existence(cells)).end.size(cells.observed)
    without = [place for place, count in enumerate(cells.counts) if count]
    tables = [*_drawn(cells, times, seed), *(_one_less(cells, place) for place in without)]
    sizes = _all_sizes(cells, by, tables, workers, progress)
    drawn, left = sizes[:times], sizes[times:]
    finite = [size for size in drawn if isfinite(size)]
    if len(finite) < times / 2:
        raise NoEstimate(f"loglinear: {times - len(finite)} of {times} resamples have no estimate; the table is thin")
    low, high = bca(given, drawn, left, [int(cells.counts[place]) for place in without])
    return Resampled(low, high if isfinite(high) else None, _half_middle(finite), times, times - len(finite))


def _half_middle(sizes: list[float]) -> float:
    low, high = np.quantile(sizes, [0.1587, 0.8413])
    return float(high - low) / 2


def bca(given: float, drawn: Sequence[float], left: Sequence[float], weights: Sequence[int]) -> tuple[float, float]:
    """The interval at LEVEL from the estimates of the resamples and of the table without one of each kind.

    `left` has an estimate for each kind of unit, of which there are `weights` (DiCiccio & Efron 1996, 2.3, 6.6). What
    cannot be estimated is inf: it counts as beyond all others, and in the acceleration as no change.
    """
    law = NormalDist()
    below = (sum(size < given for size in drawn) + sum(size == given for size in drawn) / 2) / len(drawn)
    bias = law.inv_cdf(min(max(below, 0.5 / len(drawn)), 1 - 0.5 / len(drawn)))
    kept = [(size, weight) for size, weight in zip(left, weights, strict=True) if isfinite(size)]
    mean = sum(size * weight for size, weight in kept) / max(1, sum(weight for _, weight in kept))
    square = sum(weight * (mean - size) ** 2 for size, weight in kept)
    speed = sum(weight * (mean - size) ** 3 for size, weight in kept) / (6 * square**1.5) if square else 0.0
    ordered = sorted(drawn)

    def end(tail: float) -> float:
        shift = bias + law.inv_cdf(tail)
        share = law.cdf(bias + shift / (1 - speed * shift))
        return ordered[min(max(round(share * (len(ordered) + 1)) - 1, 0), len(ordered) - 1)]

    return end((1 - LEVEL) / 2), end((1 + LEVEL) / 2)


def _drawn(cells: Cells, times: int, seed: int) -> Iterator[np.ndarray]:
    chance = np.random.default_rng(seed)
    shares = cells.counts / cells.observed
    return (chance.multinomial(int(cells.observed), shares).astype(float) for _ in range(times))


def _one_less(cells: Cells, place: int) -> np.ndarray:
    counts = cells.counts.copy()
    counts[place] -= 1
    return counts


def _all_sizes(cells: Cells, by: str, tables: list[np.ndarray], workers: int, progress: Progress) -> list[float]:
    batches = [_Batch(cells, by, tables[at : at + _BATCH]) for at in range(0, len(tables), _BATCH)]
    done: list[list[float]] = []
    if workers == 1:
        taken: Iterator[list[float]] = map(_sizes, batches)
        _collect(taken, done, len(tables), progress)
    else:
        # Ctrl-C reaches the workers too; the one who started them is to end them, without a traceback of each
        quiet = (signal.SIGINT, signal.SIG_IGN)
        with ProcessPoolExecutor(workers, get_context("spawn"), initializer=signal.signal, initargs=quiet) as pool:
            try:
                _collect(pool.map(_sizes, batches), done, len(tables), progress)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    return list(chain.from_iterable(done))


def _collect(taken: Iterator[list[float]], done: list[list[float]], total: int, progress: Progress) -> None:
    count = 0
    for sizes in taken:
        done.append(sizes)
        count += len(sizes)
        progress(count, total)


def _sizes(batch: _Batch) -> list[float]:
    """What the search makes of each table; inf where nothing can be fitted."""
    existence = _known(batch.cells)
    return [_size(batch.cells.with_counts(counts), batch.by, existence) for counts in batch.tables]


def _size(cells: Cells, by: str, existence: Existence) -> float:
    try:
        return find_path(cells, by, existence).end.size(cells.observed)
    except NoEstimate:
        return inf


_EXISTENCES: dict[bytes, Existence] = {}


def _known(cells: Cells) -> Existence:
    """A process works off many batches of one table: what it found of its zeros serves them all."""
    return _EXISTENCES.setdefault(cells.on.tobytes(), Existence(cells))
