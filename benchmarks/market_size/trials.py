"""What each estimator makes of one market, and what all of them made of many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from zlib import crc32

import numpy as np

from alerts.population.estimates import Alternative, Estimate, NoEstimate
from alerts.population.histories import Histories
from alerts.population.methods import METHODS, Choice, estimate
from alerts.population.systems import Plan, multiple_systems
from alerts.population.turnover import jolly_seber, occasions_of
from benchmarks.market_size import advertised, drawn

ALONE = [name for name in METHODS if name not in {"loglinear", "ztpoisson-regression"}]
AVERAGED, JOLLY, RESAMPLED = "loglinear, mean by AIC", "jolly-seber, at the middle", "loglinear (poisson), BCa"
BY_SEARCH = {by: f"loglinear ({by})" for by in ("poisson", "aic", "bic")}
ROWS = (*ALONE, *BY_SEARCH.values(), AVERAGED, RESAMPLED, JOLLY)
RESAMPLES = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """One market of a scenario: which one of its runs, and whether the slow estimator is tried on it too."""

    scenario: str
    run: int
    resampled: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method said of a market, as shares of its size; None for no answer."""

    scenario: str
    method: str
    size: float | None
    low: float = 0.0
    high: float = inf


@dataclass(frozen=True, slots=True)
class Score:
    """Of many markets: how far off the middle answer is, how many intervals hold the size, how many have no answer.

    `error` and `held` are None where no market had an answer, or no answer an interval.
    """

    error: float | None
    held: float | None
    silent: float


def work_off(trial: Trial) -> list[Outcome]:
    """Draw the market of the trial and ask every method for its size."""
    market = _draw(trial)
    found = [*_alone(market.histories), *_systems(market.histories)]
    if trial.resampled:
        found.append(_resampled(market.histories, trial.run))
    told = [_outcome(trial.scenario, name, one, market.size) for name, one in found]
    return told if trial.scenario in advertised.WITHOUT_ORDER else [*told, _middle(trial.scenario, market)]


def _draw(trial: Trial) -> drawn.Market:
    if trial.scenario in advertised.SCENARIOS:
        return advertised.SCENARIOS[trial.scenario][1](advertised.sights(trial.run))
    chance = np.random.default_rng([crc32(trial.scenario.encode()), trial.run])
    return drawn.draw_market(drawn.SCENARIOS[trial.scenario].rules, chance)


def _alone(histories: Histories) -> Iterator[tuple[str, Estimate | None]]:
    for name in ALONE:
        try:
            yield name, estimate(name, histories, Choice())
        except NoEstimate:
            yield name, None


def _systems(histories: Histories) -> Iterator[tuple[str, Alternative | None]]:
    try:
        found = multiple_systems(histories, Plan())
    except NoEstimate:
        yield from ((name, None) for name in (*BY_SEARCH.values(), AVERAGED))
        return
    for by, name in BY_SEARCH.items():
        yield name, next(one for one in found.spread if by in one.chosen_by)
    yield AVERAGED, found.averaged


def _resampled(histories: Histories, seed: int) -> tuple[str, Estimate | None]:
    try:
        return RESAMPLED, multiple_systems(histories, Plan(resamples=RESAMPLES, seed=seed, workers=1))
    except NoEstimate:
        return RESAMPLED, None


def _outcome(scenario: str, name: str, found: Estimate | Alternative | None, truth: int) -> Outcome:
    if found is None:
        return Outcome(scenario, name, None)
    if found.low is None:
        return Outcome(scenario, name, found.estimate / truth, inf, inf)  # a figure without an interval holds nothing
    return Outcome(scenario, name, found.estimate / truth, found.low / truth, (found.high or inf) / truth)


def _middle(scenario: str, market: drawn.Market) -> Outcome:
    """Jolly and Seber's size at the middle list."""
    try:
        told = jolly_seber(occasions_of(market.histories))
    except NoEstimate:
        return Outcome(scenario, JOLLY, None)
    one = told[len(told) // 2]
    if one.estimate is None or one.low is None or one.high is None:
        return Outcome(scenario, JOLLY, None)
    return Outcome(scenario, JOLLY, one.estimate / market.then, one.low / market.then, one.high / market.then)


def score(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], Score]:
    """By method and scenario."""
    grouped: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        grouped[one.method, one.scenario].append(one)
    return {key: _score(told) for key, told in grouped.items()}


def _score(told: Sequence[Outcome]) -> Score:
    sizes = [one.size for one in told if one.size is not None]
    silent = 1 - len(sizes) / len(told)
    if not sizes:
        return Score(None, None, silent)
    held = sum(one.size is not None and one.low <= 1 <= one.high for one in told) / len(sizes)
    return Score(median(sizes) - 1, held, silent)
