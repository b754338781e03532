"""Which pairs of lists a log-linear model takes in: three searches that are known to differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scipy.special import pdtr, pdtrc

from alerts.population.estimates import NoEstimate
from alerts.population.existence import Existence
from alerts.population.loglinear import Cells, Fit, Pairs, fit
from alerts.population.screening import all_pairs, screen

SEARCHES = ("poisson", "aic", "bic")
P_LIMIT = 0.02  # Chan, Silverman & Vincent 2021: the threshold of their stepwise search
_BETTER = 1e-6  # an improvement below it is rounding

Step = Callable[[Cells, Fit, Existence], "Fit | None"]


@dataclass(frozen=True, slots=True)
class Path:
    """The models that a search went through, from independence to the one it ends at."""

    by: str
    fits: tuple[Fit, ...]

    @property
    def end(self) -> Fit:
        return self.fits[-1]


def find_path(cells: Cells, by: str, existence: Existence) -> Path:
    """Search from the model in which the lists are independent. Raises NoEstimate if not even that can be fitted."""
    found = [fit(cells, frozenset())]
    lacking = existence.lacks(cells, found[0])
    if lacking:
        raise NoEstimate(f"loglinear: not even independent lists can be fitted: {lacking}")
    step = _STEPS[by]
    while better := step(cells, found[-1], existence):
        found.append(better)
    return Path(by, tuple(found))


def _by_poisson(cells: Cells, now: Fit, existence: Existence) -> Fit | None:
    """Add the pair whose overlap the model expects least, if by less than P_LIMIT.

    The overlap is Poisson under the model; the p-value is that of the nearer tail (Chan, Silverman & Vincent 2021).
    """
    surprises = []
    for pair in all_pairs(cells):
        if pair not in now.pairs:
            both = cells.both(pair)
            surprises.append((_tail(float(cells.counts[both].sum()), float(now.means[both].sum())), pair))
    for surprise, pair in sorted(surprises):
        if surprise >= P_LIMIT:
            return None
        one = fit(cells, now.pairs | {pair}, now)
        if existence.lacks(cells, one) is None:
            return one
    return None


def _tail(count: float, mean: float) -> float:
    upper = float(pdtrc(count - 1, mean)) if count else 1.0
    return min(float(pdtr(count, mean)), upper)


def _by_criterion(which: int, measure: Callable[[Fit], float]) -> Step:
    """Add or drop the pair that lowers the measure most, as long as one does; `which` of the two of `screen` it is."""

    def step(cells: Cells, now: Fit, existence: Existence) -> Fit | None:
        models = list(_neighbours(cells, now.pairs))
        for place in screen(cells, models, now)[which].argsort(kind="stable"):
            one = fit(cells, models[place], now)
            if measure(one) >= measure(now) - _BETTER:
                return None
            if existence.lacks(cells, one) is None:
                return one
        return None

    return step


def _neighbours(cells: Cells, pairs: Pairs) -> Iterator[Pairs]:
    return (pairs ^ {pair} for pair in all_pairs(cells))


_STEPS: dict[str, Step] = {
    "poisson": _by_poisson,
    "aic": _by_criterion(0, lambda one: one.aic),
    "bic": _by_criterion(1, lambda one: one.bic),
}
