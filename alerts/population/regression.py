"""Zero-truncated Poisson regression: how often each was seen, where the rate hangs on what is known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist

import numpy as np
from scipy.special import gammaln, pdtrc

from alerts.population.estimates import LEVEL, Alternative, Estimate, Interval, NoEstimate, log_normal, normal
from alerts.population.histories import Described

MOST_VALUES = 50  # of a column of words: with more it names contacts rather than kinds of them
_EXACT_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)  # the published figures of this method are not of 1.96
_STEPS = 100
_STILL = 1e-9  # of the logarithm of a rate
_NONE = 1e-9  # a rate that falls below it falls for ever: all who are alike so were seen once
_HALVINGS = 20
_SURPRISE = 0.02  # of seeing so many so often
_OFTEN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Those alike in all columns: `matrix` (groups × terms, the first of 1), `size` and `sightings` of each group.

    `constant` is what the likelihood holds beside them, `terms` how a person writes the columns of the matrix.
    """

    terms: tuple[str, ...]
    matrix: np.ndarray
    size: np.ndarray
    sightings: np.ndarray
    constant: float


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """`weights` of the terms with their `covariance`; the rate of each group."""

    weights: np.ndarray
    covariance: np.ndarray
    rates: np.ndarray
    likelihood: float

    @property
    def aic(self) -> float:
        return 2 * len(self.weights) - 2 * self.likelihood


def zero_truncated_regression(counts: Described) -> Estimate:
    """Each is seen at a rate e^(xb), counted if at least once: N is the sum of 1/(1 - e^-rate) over those seen.

    The variance is that of being seen, sum of e^-rate/(1 - e^-rate)², and that of b (van der Heijden, Cruyff & van
    Houwelingen 2003, Statistical Modelling 3:305-322). A column of numbers is one term, one of words a term for each
    word but the commonest. Beside the estimate stand the model without columns and those with one. Raises NoEstimate
    where a term has no finite weight, as where all that share a word were seen once.
    """
    every = groups_of(counts, counts.columns)
    found = fit(every)
    size, variance = _size(every, found)
    interval = Interval("log-normal", *log_normal(size, variance, counts.observed, _EXACT_Z))
    return Estimate(
        method="ztpoisson-regression", estimate=size, se=sqrt(variance), low=interval.low, high=interval.high,
        observed=counts.observed, model=counts.columns, aic=found.aic,
        intervals=(interval, normal(size, variance, _EXACT_Z)), spread=tuple(_beside(counts)),
        warnings=tuple(_warnings(counts, every, found)),
    )  # fmt: skip


def groups_of(counts: Described, columns: Sequence[str]) -> Groups:
    """Those seen, by what these columns say of them. Raises NoEstimate for a column that names too many words."""
    places = [counts.columns.index(name) for name in columns]
    sizes: Counter[tuple[str, ...]] = Counter()
    sightings: Counter[tuple[str, ...]] = Counter()
    for (values, times), count in counts.counts.items():
        key = tuple(values[place] for place in places)
        sizes[key] += count
        sightings[key] += count * times
    keys = sorted(sizes)
    terms, matrix = [], [np.ones(len(keys))]
    for place, name in enumerate(columns):
        for term, column in _columns(name, [key[place] for key in keys], [sizes[key] for key in keys]):
            terms.append(term)
            matrix.append(column)
    constant = -sum(count * float(gammaln(times + 1)) for (_, times), count in counts.counts.items())
    return Groups(
        tuple(terms), np.column_stack(matrix), np.array([float(sizes[key]) for key in keys]),
        np.array([float(sightings[key]) for key in keys]), constant,
    )  # fmt: skip


def _columns(name: str, values: Sequence[str], sizes: Sequence[int]) -> Iterator[tuple[str, np.ndarray]]:
    """A column of the file as columns of the matrix, each with its term."""
    numbers = _numbers(values)
    if numbers is not None:
        yield name, numbers
        return
    often: Counter[str] = Counter()
    for value, size in zip(values, sizes, strict=True):
        often[value] += size
    if len(often) > MOST_VALUES:
        raise NoEstimate(
            f"ztpoisson-regression: column {name} has {len(often)} different words; {MOST_VALUES} at most, so join "
            "those that are alike"
        )
    for word in sorted(often, key=lambda one: (-often[one], one))[1:]:
        yield f"{name}={word}", np.array([float(value == word) for value in values])


def _numbers(values: Sequence[str]) -> np.ndarray | None:
    try:
        found = np.array([float(value) for value in values])
    except ValueError:
        return None
    return found if np.isfinite(found).all() else None


def fit(groups: Groups) -> Fit:
    """Maximum likelihood by Newton's method. Raises NoEstimate where no single finite answer is."""
    matrix, size = groups.matrix, groups.size
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        raise NoEstimate(
            "ztpoisson-regression: the columns say the same twice over, so that no single answer fits; leave one out"
        )
    weights = np.zeros(matrix.shape[1])
    for _ in range(_STEPS):
        rates = np.exp(matrix @ weights)
        if rates.min() < _NONE:
            raise NoEstimate(_unbounded(groups, int(rates.argmin())))
        means = rates / -np.expm1(-rates)
        covariance = np.linalg.inv(matrix.T @ (matrix * (size * means * (1 + rates - means))[:, None]))
        step = covariance @ (matrix.T @ (groups.sightings - size * means))
        if np.abs(matrix @ step).max() < _STILL:
            return Fit(weights, covariance, rates, _likelihood(groups, rates))
        weights = _moved(groups, weights, step)
    raise NoEstimate("ztpoisson-regression: the fit does not settle; leave out the column with the widest numbers")


def _likelihood(groups: Groups, rates: np.ndarray) -> float:
    kernel = groups.sightings * np.log(rates) - groups.size * (rates + np.log(-np.expm1(-rates)))
    return float(kernel.sum()) + groups.constant


def _moved(groups: Groups, weights: np.ndarray, step: np.ndarray) -> np.ndarray:
    """As much of the step as makes the fit better; at most as much as multiplies a rate by e²."""
    step = step * min(1.0, 2 / float(np.abs(groups.matrix @ step).max()))
    now = _likelihood(groups, np.exp(groups.matrix @ weights))
    for _ in range(_HALVINGS):
        if _likelihood(groups, np.exp(groups.matrix @ (weights + step))) >= now:
            break
        step = step / 2
    moved: np.ndarray = weights + step
    return moved


def _unbounded(groups: Groups, lone: int) -> str:
    words = [term for term, value in zip(groups.terms, groups.matrix[lone, 1:], strict=True) if value]
    return (
        f"ztpoisson-regression: too few of those with {', '.join(words) or 'these values'} were seen twice, so nothing "
        "bounds how many there are; join words that are alike, or leave the column out"
    )


def _size(groups: Groups, found: Fit) -> tuple[float, float]:
    """The estimate and its variance."""
    seen = -np.expm1(-found.rates)
    slope = groups.matrix.T @ (-groups.size * np.exp(-found.rates) * found.rates / seen**2)
    chance = float((groups.size * (1 - seen) / seen**2).sum())
    return float((groups.size / seen).sum()), chance + float(slope @ found.covariance @ slope)


def _beside(counts: Described) -> Iterator[Alternative]:
    """The model without columns, and each with one of them where there are several and it can be fitted."""
    for columns in ((), *((name,) for name in counts.columns if len(counts.columns) > 1)):
        try:
            groups = groups_of(counts, columns)
            found = fit(groups)
        except NoEstimate:
            continue
        size, variance = _size(groups, found)
        low, high = log_normal(size, variance, counts.observed, _EXACT_Z)
        yield Alternative(
            model=columns or ("one rate",), estimate=size, se=sqrt(variance), low=low, high=high, aic=found.aic,
            bic=len(found.weights) * log(counts.observed) - 2 * found.likelihood,
        )  # fmt: skip


def _warnings(counts: Described, groups: Groups, found: Fit) -> Iterator[str]:
    yield "supposes that all who are alike in the columns are seen at one rate; where rates differ it is too low"
    often = sum(count for (_, times), count in counts.counts.items() if times >= _OFTEN)
    seen = -np.expm1(-found.rates)
    expected = float((groups.size * pdtrc(_OFTEN - 1, found.rates) / seen).sum())
    if often and float(pdtrc(often - 1, expected)) < _SURPRISE:
        yield (
            f"{often} were seen {_OFTEN} times or more where the model expects {expected:.0f}: rates differ by more "
            "than the columns tell, and the estimate is too low"
        )
    thin = [
        term for term, column in zip(groups.terms, groups.matrix[:, 1:].T, strict=True)
        if set(column) <= {0, 1} and ((groups.sightings - groups.size) * column).sum() < 5
    ]  # fmt: skip
    if thin:
        yield f"fewer than five repeats with {', '.join(thin)}: one more would change the estimate much"
