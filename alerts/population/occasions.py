"""Many occasions: Schnabel and Schumacher-Eschmeyer."""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy.special import pdtr, stdtrit

from alerts.population.estimates import LEVEL, Alternative, Estimate, Interval, NoEstimate
from alerts.population.histories import Occasions

FEW_RECAPTURED = 50  # Krebs, Ecological Methodology, 2.2: up to so many the limits are Poisson's, above them normal
_EXACTLY = 1e-12  # of what is summed: less is rounding
_CLOSED = "supposes that nobody came or left between the first and the last occasion; turnover makes it too high"


def schnabel(counts: Occasions) -> Estimate:
    """ΣCM / ΣR (Schnabel 1938); beside it ΣCM / (ΣR + 1) (Chapman 1952). Var(1/N) = ΣR/(ΣCM)².

    Limits as in Krebs, Ecological Methodology, 2.2. Raises NoEstimate if nobody was seen again.
    """
    again, met = _sums("schnabel", counts)
    size = met / again
    exact = [Interval(name, met / high, met / low) for name, low, high in _poisson_limits(again)]
    straight = _inverted(1 / size, sqrt(again) / met, 1.96, "normal")
    chosen = straight if again > FEW_RECAPTURED else exact[0]
    modified = Alternative(
        model=("Chapman's +1",), estimate=met / (again + 1), se=met / (again + 1) / sqrt(again), low=chosen.low,
        high=chosen.high or size,
    )  # fmt: skip
    return Estimate(
        method="schnabel", estimate=size, se=size / sqrt(again), low=chosen.low, high=chosen.high,
        observed=counts.observed, model=(f"{len(counts.caught)} occasions",), intervals=(*exact, straight),
        spread=(modified,), warnings=(_CLOSED,),
    )  # fmt: skip


def schumacher_eschmeyer(counts: Occasions) -> Estimate:
    """ΣCM² / ΣRM; var(1/N) = (ΣR²/C - (ΣRM)²/ΣCM²) / ((s - 2) ΣCM²), Student's t with s - 2 degrees of freedom.

    Schumacher & Eschmeyer 1943; Krebs, Ecological Methodology, 2.2. Raises NoEstimate if nobody was seen again, or with
    fewer than three occasions.
    """
    _sums("schumacher-eschmeyer", counts)
    kept = [row for row in zip(counts.caught, counts.recaptured, counts.marked, strict=True) if row[0]]
    if len(kept) < 3:
        raise NoEstimate("schumacher-eschmeyer: it needs three occasions or more to tell how far off it may be")
    weight = sum(caught * marked**2 for caught, _, marked in kept)
    shared = sum(again * marked for _, again, marked in kept)
    rest = sum(again**2 / caught for caught, again, _ in kept) - shared**2 / weight
    freedom = len(kept) - 2
    error = sqrt(max(rest, 0.0) / freedom / weight)
    size = weight / shared
    if not rest > _EXACTLY * shared:
        return Estimate(
            method="schumacher-eschmeyer", estimate=size, se=None, low=None, high=None, observed=counts.observed,
            model=(f"{len(kept)} occasions",),
            warnings=(_CLOSED, "the counts lie on one line: the formula gives no error, which is no certainty"),
        )  # fmt: skip
    around = _inverted(1 / size, error, float(stdtrit(freedom, (1 + LEVEL) / 2)), f"Student's t, {freedom} df")
    open_end = ("the counts scatter so much that nothing bounds the size from above",) if around.high is None else ()
    return Estimate(
        method="schumacher-eschmeyer", estimate=size, se=size**2 * error, low=around.low, high=around.high,
        observed=counts.observed, model=(f"{len(kept)} occasions",), intervals=(around,), warnings=(_CLOSED, *open_end),
    )  # fmt: skip


def _sums(method: str, counts: Occasions) -> tuple[int, int]:
    again = sum(counts.recaptured)
    if not again:
        raise NoEstimate(f"{method}: nobody was seen a second time, so the size has no upper bound")
    return again, sum(caught * marked for caught, marked in zip(counts.caught, counts.marked, strict=True))


def _inverted(share: float, error: float, times: float, name: str) -> Interval:
    """The interval of 1/N turned round; it has no upper end where that of 1/N reaches 0."""
    low, high = share - times * error, share + times * error
    return Interval(name, 1 / high, 1 / low if low > 0 else None)


def _poisson_limits(count: int) -> list[tuple[str, float, float]]:
    """The mean of a Poisson variable seen to be `count`; none above FEW_RECAPTURED, where the normal serves."""
    return [("Poisson (Crow & Gardner)", *crow_gardner(count))] if count <= FEW_RECAPTURED else []


def crow_gardner(count: int) -> tuple[float, float]:
    """The shortest 95 % limits for a Poisson mean (Crow & Gardner 1959, Biometrika 46:441-453), to three decimals.

    For each mean they take the fewest values in a row that hold 95 %, and of those the highest; the limits are the
    outermost means that take `count` in.
    """
    reach = 5 * sqrt(count + 1)
    coarse = np.arange(max(0.001, count - reach), count + reach, 0.02)
    held = coarse[_takes_in(count, coarse)]
    low_side = np.arange(max(0.001, held[0] - 0.02), held[0] + 0.001, 0.001)
    high_side = np.arange(held[-1], held[-1] + 0.02, 0.001)
    return float(low_side[_takes_in(count, low_side)][0]), float(high_side[_takes_in(count, high_side)][-1])


def _takes_in(count: int, means: np.ndarray) -> np.ndarray:
    """For each mean: whether `count` is among the values that it takes in."""
    most = int(means[-1] + 6 * sqrt(means[-1]) + 10)
    below = np.vstack([np.zeros(len(means)), pdtr(np.arange(most)[:, None], means)])
    first = np.full(len(means), -1)
    length = np.zeros(len(means), dtype=int)
    for values in range(1, most):
        enough = below[values:] - below[:-values] >= LEVEL
        newly = enough.any(axis=0) & (first < 0)
        first[newly] = len(enough) - 1 - enough[::-1, newly].argmax(axis=0)
        length[newly] = values
    inside: np.ndarray = (first <= count) & (count < first + length)
    return inside
