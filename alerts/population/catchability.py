"""Closed populations in which some are likelier to be seen than others: the models of Rcapture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from alerts.population.estimates import Alternative, Estimate, Interval, NoEstimate, log_normal
from alerts.population.histories import Histories
from alerts.population.loglinear import Cells, Design, Solution, cells_of, solve
from alerts.population.systems import average

LEAST_LISTS = 3
_BASE, _GAMMA = 2.0, 3.5  # Rcapture's own: of how unlike the rates are the Poisson's is the least, the gamma's the most
_FULL_RANK = 1e-9
_FAR = 1.1
_LARGEST = 60.0  # logarithm of what is still a number of contacts


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted model: the size with its variance, and how well it fits by `terms`."""

    name: str
    size: float
    variance: float
    solution: Solution
    terms: int

    @property
    def aic(self) -> float:
        return 2 * self.terms - 2 * self.solution.likelihood


def heterogeneity(histories: Histories) -> Estimate:
    """M0, Mt, Mh, Mth, Mb and Mbh as log-linear models of the histories (Rivest & Baillargeon 2007, Biometrics 63:999).

    The estimate is that of the least AIC among those in which nobody is changed by being seen; all stand beside it.
    Models that fit alike may give sizes far apart: the counts cannot tell which is right (Link 2003, Biometrics
    59:1123-1130). Raises NoEstimate with fewer than three lists.
    """
    cells = cells_of(histories)
    if len(cells.lists) < LEAST_LISTS:
        raise NoEstimate(f"heterogeneity: {len(cells.lists)} lists cannot show it; three or more can")
    found = list(fit_models(cells))
    likely = [one for one in found if one.name not in _CHANGED]
    if not likely:
        raise NoEstimate("heterogeneity: no model has a finite answer; the lists overlap too little")
    chosen = min(likely, key=lambda one: one.aic)
    spread = tuple(_alternative(one, cells) for one in sorted(found, key=lambda one: one.aic))
    low, high = log_normal(chosen.size, chosen.variance, histories.observed)
    return Estimate(
        method="heterogeneity", estimate=chosen.size, se=sqrt(chosen.variance), low=low, high=high,
        observed=histories.observed, model=(chosen.name,), aic=chosen.aic,
        intervals=(Interval("log-normal, model held for true", low, high),), spread=spread,
        averaged=average([one for one in spread if one.model[0] not in _CHANGED], histories.observed),
        warnings=tuple(_warnings(chosen, likely)),
    )  # fmt: skip


def fit_models(cells: Cells) -> Iterator[Model]:
    """Every model that has a finite answer for these counts, in the order of MODELS."""
    for name, columns in MODELS.items():
        found = _fit(name, cells, columns(cells.on))
        if found is not None:
            yield found


def _fit(name: str, cells: Cells, matrix: np.ndarray) -> Model | None:
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        return None
    found = _solve(cells, matrix)
    if name.endswith("Chao"):
        matrix, found = _without_negative(name, cells, matrix, found)
    if not _is_finite(matrix, found):
        return None
    size = _after_capture(name, cells, found) if name in _CHANGED else _unseen(cells, found)
    return None if size is None else Model(name, *size, found, matrix.shape[1])


def _solve(cells: Cells, matrix: np.ndarray) -> Solution:
    every = np.ones(len(cells.counts), dtype=bool)
    return solve(Design(matrix, cells.counts, every, 0), cells.counts + 0.5)


def _without_negative(name: str, cells: Cells, matrix: np.ndarray, found: Solution) -> tuple[np.ndarray, Solution]:
    """Chao's lower bound takes no term below 0 for three times and more: the first that is goes, and so on."""
    first = 2 if name.startswith("Mh") else 1 + len(cells.lists)
    while (below := np.flatnonzero(found.weights[first:] < 0)).size:
        matrix = np.delete(matrix, first + below[0], axis=1)
        found = _solve(cells, matrix)
    return matrix, found


def _is_finite(matrix: np.ndarray, found: Solution) -> bool:
    """Whether the steps ended at an answer: where a term runs off to infinity, what is known of it goes flat."""
    known = np.linalg.eigvalsh(matrix.T @ (matrix * found.means[:, None]))
    return bool(known[0] > _FULL_RANK * max(1.0, known[-1]) / matrix.shape[1])


def _unseen(cells: Cells, found: Solution) -> tuple[float, float]:
    unseen = exp(min(float(found.weights[0]), _LARGEST))
    return cells.observed + unseen, unseen + unseen**2 * float(found.covariance[0, 0])


def _after_capture(name: str, cells: Cells, found: Solution) -> tuple[float, float] | None:
    """Size and variance where those seen are seen again at another rate; None where nobody would be left unseen.

    With a the intercept, v the term for a first time after the first list, q that for each list before it and r that
    for each time after it: N = e^a (1 + e^r)^(t-1) (1 + e^(v+q)/(1 + e^r - e^q)), as in Rcapture; v is 0 in Mb.
    """
    times = len(cells.lists)
    slots = [0, 1, 2] if name == "Mb" else [0, 1, 2, 3]
    start, *late, before, again = np.clip(found.weights, -_LARGEST, _LARGEST)[slots].tolist()
    left = 1 + exp(again) - exp(before)
    if left <= 0:
        return None
    later = exp(sum(late) + before) / left
    scale = exp(start) * (1 + exp(again)) ** (times - 1)
    slopes = [
        1 + later, *(later for _ in late), later + later * exp(before) / left,
        (1 + later) * (times - 1) * exp(again) / (1 + exp(again)) - later * exp(again) / left,
    ]  # fmt: skip
    slope = scale * np.array(slopes)
    size = scale * (1 + later)
    return size, max(float(slope @ found.covariance @ slope) - size, 0.0)


def _times(on: np.ndarray) -> np.ndarray:
    """On how many lists those of a cell are."""
    found: np.ndarray = on.sum(axis=1)
    return found


def _alike(on: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(on)), _times(on)])


def _by_list(on: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(on)), on])


def _chao(on: np.ndarray) -> np.ndarray:
    return np.column_stack([np.maximum(_times(on) - least, 0) for least in range(2, on.shape[1])])


def _poisson(on: np.ndarray) -> np.ndarray:
    found: np.ndarray = _BASE ** _times(on) - 1
    return found


def _darroch(on: np.ndarray) -> np.ndarray:
    found: np.ndarray = _times(on) ** 2 / 2
    return found


def _gamma(on: np.ndarray) -> np.ndarray:
    found: np.ndarray = log(_GAMMA) - np.log(_GAMMA + _times(on))
    return found


def _seen_before(on: np.ndarray) -> np.ndarray:
    """Intercept, lists before the first that one is on, and times after it."""
    return np.column_stack([np.ones(len(on)), on.argmax(axis=1), _times(on) - 1])


def _first_apart(on: np.ndarray) -> np.ndarray:
    """The same, with a term for those who are not on the first list."""
    return np.insert(_seen_before(on), 1, on[:, 0] == 0, axis=1)


_UNLIKE = {"Chao": _chao, "Poisson2": _poisson, "Darroch": _darroch, "Gamma3.5": _gamma}


def _joined(
    base: Callable[[np.ndarray], np.ndarray], more: Callable[[np.ndarray], np.ndarray]
) -> Callable[[np.ndarray], np.ndarray]:
    return lambda on: np.column_stack([base(on), more(on)])


_CHANGED: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {"Mb": _seen_before, "Mbh": _first_apart}
MODELS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "M0": _alike,
    "Mt": _by_list,
    **{f"Mh {name}": _joined(_alike, more) for name, more in _UNLIKE.items()},
    **{f"Mth {name}": _joined(_by_list, more) for name, more in _UNLIKE.items()},
    **_CHANGED,
}


def _alternative(one: Model, cells: Cells) -> Alternative:
    low, high = log_normal(one.size, one.variance, int(cells.observed))
    likelihood = one.solution.likelihood
    return Alternative(
        model=(one.name,), estimate=one.size, se=sqrt(one.variance), low=low, high=high, aic=one.aic,
        bic=one.terms * log(cells.observed) - 2 * likelihood,
    )  # fmt: skip


def _warnings(chosen: Model, likely: list[Model]) -> Iterator[str]:
    yield "supposes that being on one list does not lead to another; whom no list could show is in no model"
    sizes = [one.size for one in likely if one.aic <= chosen.aic + 2]
    if max(sizes) > _FAR * min(sizes):
        yield (
            f"{len(sizes)} models fit about as well and give {min(sizes):,.0f} to {max(sizes):,.0f}: the counts cannot "
            "tell them apart"
        )
