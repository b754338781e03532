"""Multiple systems estimation: the log-linear model that a search ends at, beside all others that were fitted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from alerts.population.bootstrap import Progress, Resampled, resample
from alerts.population.estimates import Alternative, Estimate, Interval, log_normal
from alerts.population.existence import Existence
from alerts.population.histories import Histories
from alerts.population.loglinear import Cells, Fit, cells_of, name_terms
from alerts.population.search import SEARCHES, Path, find_path

_FAR = 1.1  # the largest estimate over the smallest: above it the choice of model matters
_NEGLIGIBLE = 10  # AIC above the least: such a model has next to no weight


def quiet(done: int, total: int) -> None:
    """Progress told to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to choose the model: one of SEARCHES; how often to resample, 0 for not at all; seed and processes for it."""

    by: str = SEARCHES[0]
    resamples: int = 0
    seed: int = 1
    workers: int = 2
    progress: Progress = quiet


def multiple_systems(histories: Histories, plan: Plan) -> Estimate:
    """Poisson log-linear models with a term for each list and for pairs of lists (Fienberg 1972; Bishop et al. 1975).

    The estimate is of the model at which the search of the plan ends. Beside it stand all models that any search went
    through, with their mean weighted by AIC. Raises NoEstimate if no model can be fitted, or for too many lists.
    """
    cells = cells_of(histories)
    existence = Existence(cells)
    paths = {by: find_path(cells, by, existence) for by in SEARCHES}
    chosen = paths[plan.by].end
    spread = _spread(cells, paths.values())
    straight = Interval("model held for true", *chosen.limits(cells.observed))
    again = None
    if plan.resamples:
        again = resample(cells, plan.by, times=plan.resamples, seed=plan.seed, workers=plan.workers,
                         progress=plan.progress)  # fmt: skip
    size, error = chosen.size(cells.observed), again.se if again else chosen.se
    first = Interval("BCa over the search", again.low, again.high) if again else straight
    return Estimate(
        method="loglinear", estimate=size, se=error, low=first.low, high=first.high, observed=histories.observed,
        model=name_terms(cells.lists, chosen.pairs), aic=chosen.aic,
        intervals=(first, straight) if again else (straight,), spread=spread,
        averaged=average(spread, histories.observed),
        warnings=(*_thin(cells, chosen), *_disagreement(spread), *_of_interval(again)),
    )  # fmt: skip


def _spread(cells: Cells, paths: Iterable[Path]) -> tuple[Alternative, ...]:
    """Every model that a search went through, once, from the least AIC on."""
    fits: dict[frozenset[tuple[int, int]], Fit] = {}
    ends: dict[frozenset[tuple[int, int]], list[str]] = {}
    for path in paths:
        fits |= {one.pairs: one for one in path.fits}
        ends.setdefault(path.end.pairs, []).append(path.by)
    ordered = sorted(fits.values(), key=lambda one: one.aic)
    return tuple(_alternative(cells, one, ends.get(one.pairs, ())) for one in ordered)


def _alternative(cells: Cells, one: Fit, ends: Iterable[str]) -> Alternative:
    low, high = one.limits(cells.observed)
    return Alternative(
        model=name_terms(cells.lists, one.pairs), estimate=one.size(cells.observed), se=one.se, low=low,
        high=high, aic=one.aic, bic=one.bic, chosen_by=tuple(ends),
    )  # fmt: skip


def average(models: Sequence[Alternative], seen: int) -> Alternative:
    """The mean of the models by their Akaike weights, e^(-Δ/2); the error holds how far they lie apart.

    Buckland, Burnham & Augustin 1997, Biometrics 53:603-618, equation 9; the interval is log-normal.
    """
    criteria = [model.aic or 0.0 for model in models]
    raw = [exp(-(one - min(criteria)) / 2) for one in criteria]
    weights = [one / sum(raw) for one in raw]
    size = sum(weight * model.estimate for weight, model in zip(weights, models, strict=True))
    error = sum(
        weight * sqrt(model.se**2 + (model.estimate - size) ** 2) for weight, model in zip(weights, models, strict=True)
    )
    low, high = log_normal(size, error**2, seen)
    return Alternative(model=(f"mean of {len(models)} models by AIC",), estimate=size, se=error, low=low, high=high)


def _thin(cells: Cells, chosen: Fit) -> list[str]:
    lists = cells.lists
    apart = [f"{lists[i]}:{lists[j]}" for i, j in sorted(chosen.pairs) if not cells.counts[cells.both((i, j))].any()]
    found = []
    if apart:
        found.append(f"nobody is on both lists of {', '.join(apart)}: these terms are minus infinity, not estimated")
    if len(lists) == 2:
        found.append("two lists cannot show whether being on one makes being on the other likelier; three or more can")
    return found


def _disagreement(spread: Sequence[Alternative]) -> list[str]:
    sizes = [model.estimate for model in spread if (model.aic or 0) <= (spread[0].aic or 0) + _NEGLIGIBLE]
    every = [model.estimate for model in spread]
    found = []
    if max(every) > _FAR * min(every):
        found.append(
            f"the choice of model alone moves the estimate: {len(every)} models that were fitted give "
            f"{min(every):,.0f} to {max(every):,.0f}, the {len(sizes)} that fit nearly as well as the best "
            f"{min(sizes):,.0f} to {max(sizes):,.0f}"
        )
    ends = {f"{model.estimate:,.0f}": ", ".join(model.chosen_by) for model in spread if model.chosen_by}
    if len(ends) > 1:
        found.append("the searches end apart: " + "; ".join(f"{who} at {size}" for size, who in ends.items()))
    return found


def _of_interval(again: Resampled | None) -> list[str]:
    if again is None:
        return ["the interval holds the chosen model for true; --resamples 1000 lets it be chosen anew and is wider"]
    if again.failed:
        return [
            f"{again.failed} of {again.tried} resamples have no finite estimate; they count as beyond the upper end"
        ]
    return []
