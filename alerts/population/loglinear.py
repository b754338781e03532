"""Log-linear models of capture histories: the cells, a model's terms, and its fit by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import exp, log, sqrt

import numpy as np
from scipy.special import gammaln, xlogy

from alerts.population.estimates import NoEstimate, Z
from alerts.population.histories import Histories

Pair = tuple[int, int]  # places of two lists, the smaller first
Pairs = frozenset[Pair]
MAX_LISTS = 10
_STEPS = 50
_STILL = 1e-9  # of the deviance: what one more step changes
_START = 0.05  # the least mean to begin with: from nearer to none the steps would be huge
_FLOOR = 1e-12  # a mean below it counts as none
_LEAST_MEAN, _NEARLY = 1e-6, 1e-3
_FULL_RANK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Every history but the empty one, with how many have it: `on` is cells × lists of 0 and 1, `counts` is floats."""

    lists: tuple[str, ...]
    on: np.ndarray
    counts: np.ndarray

    @property
    def observed(self) -> float:
        return float(self.counts.sum())

    def with_counts(self, counts: np.ndarray) -> Cells:
        return Cells(self.lists, self.on, counts)

    def both(self, pair: Pair) -> np.ndarray:
        """Which cells are of those on both lists, as booleans."""
        found: np.ndarray = (self.on[:, pair[0]] * self.on[:, pair[1]]) > 0
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What a model fits: `matrix` (cells kept × terms) against the `counts` of the cells that are kept.

    A pair of the model that nobody is on both of has the estimate minus infinity: its cells are dropped and `minus`
    counts it (Chan, Silverman & Vincent 2021, JASA 116:1297-1306).
    """

    matrix: np.ndarray
    counts: np.ndarray
    kept: np.ndarray
    minus: int


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the terms of a design come to: their weights with the covariance, and the means of the cells kept."""

    weights: np.ndarray
    covariance: np.ndarray
    means: np.ndarray
    deviance: float
    likelihood: float


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model. `unseen` is how many are on no list, `error` the standard error of its logarithm.

    `means` are the expected counts of all cells; aic and bic count the terms that are minus infinity too. A `settled`
    fit shows that it is the only one: it has the margins of the counts and no empty cell.
    """

    pairs: Pairs
    unseen: float
    error: float
    deviance: float
    aic: float
    bic: float
    means: np.ndarray
    settled: bool

    @property
    def se(self) -> float:
        """Of the size, the model held for true: the unseen are a Poisson count too (Rivest & Lévesque 2001)."""
        return sqrt(self.unseen + (self.unseen * self.error) ** 2)

    def size(self, observed: float) -> float:
        return observed + self.unseen

    def limits(self, observed: float) -> tuple[float, float]:
        """The interval of the logarithm of the unseen, turned back; it holds the model for true."""
        spread = exp(min(Z * self.error, 700.0))
        return observed + self.unseen / spread, observed + self.unseen * spread


def cells_of(histories: Histories) -> Cells:
    """The table in full, with the cells that nobody is in. Raises NoEstimate for more than MAX_LISTS lists."""
    if len(histories.lists) > MAX_LISTS:
        raise NoEstimate(
            f"{len(histories.lists)} lists make 2^{len(histories.lists)} cells; log-linear models take up to "
            f"{MAX_LISTS} lists: join lists that are alike, or leave the smallest out"
        )
    every = [history for history in product((0, 1), repeat=len(histories.lists)) if any(history)]
    counts = np.array([float(histories.counts.get(history, 0)) for history in every])
    return Cells(histories.lists, np.array(every, dtype=float), counts)


def design_of(cells: Cells, pairs: Iterable[Pair]) -> Design:
    """The intercept, a term a list, and a term for each of the `pairs` that anybody is on both of."""
    kept = np.ones(len(cells.counts), dtype=bool)
    terms = [np.ones(len(cells.counts)), *cells.on.T]
    minus = 0
    for pair in sorted(pairs):
        both = cells.both(pair)
        if cells.counts[both].any():
            terms.append(both.astype(float))
        else:
            kept &= ~both
            minus += 1
    return Design(np.column_stack(terms)[kept], cells.counts[kept], kept, minus)


def fit(cells: Cells, pairs: Pairs, near: Fit | None = None) -> Fit:
    """The model with a term for each list and each of `pairs`: Poisson counts, logarithmic link, by Newton's method.

    Fienberg 1972, Biometrika 59:591-603: the size is what was observed and e to the intercept. Whether the fit exists
    is for `existence` to say: where it does not, what comes is where the steps ended. From the fit of a model that is
    `near` it takes fewer steps, to the same end.
    """
    design = design_of(cells, pairs)
    start = cells.counts + 0.5 if near is None else np.maximum(near.means, _START)
    found = solve(design, start[design.kept])
    means = np.zeros(len(cells.counts))
    means[design.kept] = found.means
    terms = design.matrix.shape[1] + design.minus
    unseen, variance = exp(min(float(found.weights[0]), 60.0)), float(found.covariance[0, 0])
    return Fit(
        pairs=pairs, unseen=unseen, error=sqrt(max(variance, 0.0)), deviance=found.deviance, means=means,
        aic=2 * terms - 2 * found.likelihood, bic=terms * log(cells.observed) - 2 * found.likelihood,
        settled=_is_settled(design, found.means),
    )  # fmt: skip


def _is_settled(design: Design, means: np.ndarray) -> bool:
    """Whether the margins are met so nearly that a table with no empty cell has them, and no two terms say the same."""
    off = float(np.abs(design.matrix.T @ (design.counts - means)).max())
    least = float(means.min())
    if least < _LEAST_MEAN or off > least * _NEARLY:
        return False
    known = np.linalg.eigvalsh(design.matrix.T @ (design.matrix * means[:, None]))
    return bool(known[0] > _FULL_RANK * known[-1])


def solve(design: Design, start: np.ndarray) -> Solution:
    """Maximum likelihood by weighted least squares done over until nothing changes, from the means `start`."""
    counts, matrix = design.counts, design.matrix
    line = np.log(start)
    weights = np.zeros(matrix.shape[1])
    before = deviance = float("inf")
    for _ in range(_STEPS):
        means = np.exp(line)
        root = np.sqrt(means)
        scaled = matrix * root[:, None]
        weights = _least_squares(scaled.T @ scaled, scaled.T @ ((line + (counts - means) / means) * root))
        line = np.clip(matrix @ weights, -60, 60)
        means = np.maximum(np.exp(line), _FLOOR)
        deviance = 2 * float((xlogy(counts, counts / means) - counts + means).sum())
        if abs(before - deviance) <= _STILL * (1 + deviance):
            break
        before = deviance
    fitted = np.exp(line)
    likelihood = float((xlogy(counts, np.maximum(fitted, _FLOOR)) - fitted - gammaln(counts + 1)).sum())
    covariance = _least_squares(matrix.T @ (matrix * fitted[:, None]), np.eye(matrix.shape[1]))
    return Solution(weights, covariance, fitted, deviance, likelihood)


def _least_squares(square: np.ndarray, right: np.ndarray) -> np.ndarray:
    """What solves the normal equations; the shortest of many where a term runs off to infinity and they go flat."""
    try:
        solved: np.ndarray = np.linalg.solve(square, right)
        if np.isfinite(solved).all():
            return solved
    except np.linalg.LinAlgError:
        pass  # flat: below
    shortest: np.ndarray = np.linalg.lstsq(square, right, rcond=None)[0]
    return shortest


def name_terms(lists: tuple[str, ...], pairs: Iterable[Pair]) -> tuple[str, ...]:
    """The lists and the pairs as people write a model: A, B, A:B."""
    return (*lists, *(f"{lists[first]}:{lists[second]}" for first, second in sorted(pairs)))
