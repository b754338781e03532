"""The one-inflated Poisson: against the maximum of its likelihood, and on drawn counts of those who stay away."""

from __future__ import annotations

from math import exp, expm1, lgamma, log

import numpy as np
import pytest
from scipy.optimize import minimize

from alerts.population.estimates import NoEstimate
from alerts.population.histories import Frequencies
from alerts.population.repeats import chao, one_inflated, zero_truncated_poisson
from tests.alerts.population.published import CARCASSES, MIGRANTS


def drawn(chance: np.random.Generator, size: int, rate: float, shy: float) -> Frequencies:
    """How often each was seen, where a share `shy` of those seen stays away after the first time."""
    times = chance.poisson(rate, size)
    times = np.where(chance.random(size) < shy, np.minimum(times, 1), times)
    values, counts = np.unique(times[times > 0], return_counts=True)
    return Frequencies({int(value): int(count) for value, count in zip(values, counts, strict=True)})


@pytest.mark.parametrize("counts", [MIGRANTS, CARCASSES])
def test_it_is_where_the_likelihood_is_greatest(counts: Frequencies) -> None:
    def minus(place: np.ndarray) -> float:
        rate, excess = exp(place[0]), 1 / (1 + exp(-place[1]))
        shares = {
            times: (1 - excess) * exp(times * log(rate) - lgamma(times + 1)) / expm1(rate) for times in counts.counts
        }
        shares[1] += excess
        return -sum(count * log(shares[times]) for times, count in counts.counts.items())

    found = minimize(minus, np.array([-0.5, -0.5]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9})
    rate = exp(found.x[0])
    ours = one_inflated(counts)
    assert ours.estimate == pytest.approx(counts.observed / -expm1(-rate), rel=1e-5)
    plain = minus(np.array([log(_plain_rate(counts)), -40.0]))
    assert f"likelihood is {2 * (plain - found.fun):.1f}" in ours.warnings[1]


def _plain_rate(counts: Frequencies) -> float:
    return -log(1 - counts.observed / zero_truncated_poisson(counts).estimate)


def test_those_who_stay_away_mislead_chao_and_not_this() -> None:
    chance = np.random.default_rng(11)
    sizes, errors, held, bound = [], [], 0, []
    for _ in range(300):
        counts = drawn(chance, 3000, 0.9, 0.4)
        found = one_inflated(counts)
        assert found.se is not None
        assert found.low is not None
        assert found.high is not None
        sizes.append(found.estimate)
        errors.append(found.se)
        held += found.low <= 3000 <= found.high
        bound.append(chao(counts).estimate)
    assert np.mean(sizes) == pytest.approx(3000, rel=0.03)
    assert np.mean(errors) == pytest.approx(np.std(sizes), rel=0.15)
    assert 0.91 <= held / 300 <= 0.99
    assert np.median(bound) > 3600


def test_without_an_excess_it_is_the_plain_one() -> None:
    few = Frequencies({1: 100, 2: 90, 3: 50, 4: 20})
    found = one_inflated(few)
    assert found.estimate == zero_truncated_poisson(few).estimate
    assert found.warnings[0] == "no more were seen once than one rate allows"


def test_an_excess_that_may_be_chance_is_said_to_be_that() -> None:
    counts = Frequencies({1: 68, 2: 29, 3: 10, 4: 2})  # at rate 1 one expects 59 : 29 : 10 : 2
    assert "may be chance" in one_inflated(counts).warnings[1]


def test_none_seen_three_times_is_refused() -> None:
    for few in ({1: 9, 2: 4}, {1: 9}, {2: 5}):
        with pytest.raises(NoEstimate, match="one-inflated: none was seen more than twice"):
            one_inflated(Frequencies(few))
