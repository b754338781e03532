"""What an estimator says: a number, how far it may be off, what it rests on, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from crawler.errors import VardeError

LEVEL = 0.95
Z = 1.96  # as the published figures have it, not 1.959964


class NoEstimate(VardeError):
    """The method has no answer for these counts; the message says why, and what would help."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One way to say within what the size lies, at LEVEL; `high` is None where nothing bounds it."""

    name: str
    low: float
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What another model or pair of lists makes of the same counts. `chosen_by` names the searches that end here."""

    model: tuple[str, ...]
    estimate: float
    se: float
    low: float
    high: float
    aic: float | None = None
    bic: float | None = None
    chosen_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The size of a population in the unit of the counts (contacts, unless the table counts something else).

    `low` and `high` are None where no interval can be trusted; a warning then says why. `observed` is how many
    different ones were seen at all. `model` names the lists or terms that it rests on.
    """

    method: str
    estimate: float
    se: float | None
    low: float | None
    high: float | None
    observed: int
    model: tuple[str, ...] = ()
    aic: float | None = None
    intervals: tuple[Interval, ...] = ()
    spread: tuple[Alternative, ...] = ()
    averaged: Alternative | None = None
    warnings: tuple[str, ...] = ()


def normal(estimate: float, variance: float, z: float = Z) -> Interval:
    """The symmetric interval, which may reach below what was seen."""
    half = z * sqrt(variance)
    return Interval("normal", estimate - half, estimate + half)


def log_normal(estimate: float, variance: float, seen: int, z: float = Z) -> tuple[float, float]:
    """Low and high: the unseen part is taken as log-normal, so they stay above `seen` (Chao 1987, Biometrics 43:783).

    Both are `seen` where the estimate is no more.
    """
    unseen = estimate - seen
    if unseen <= 0:
        return float(seen), float(seen)
    spread = exp(z * sqrt(log(1 + variance / unseen**2)))
    return seen + unseen / spread, seen + unseen * spread
