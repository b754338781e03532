"""Multiple systems estimation as a whole: the search, its resamples, and the spread that stands beside the figure."""

from __future__ import annotations

from math import inf
from statistics import NormalDist, mean

import numpy as np
import pytest

from alerts.population.bootstrap import bca, resample
from alerts.population.estimates import Alternative, NoEstimate
from alerts.population.histories import Histories
from alerts.population.loglinear import cells_of
from alerts.population.search import SEARCHES
from alerts.population.systems import Plan, average, multiple_systems, quiet
from tests.alerts.population.published import published


def test_spread_holds_every_model_and_says_who_chose_it() -> None:
    found = multiple_systems(published("UKdat"), Plan())
    assert round(found.estimate) == 11418
    sizes = {round(one.estimate): one.chosen_by for one in found.spread}
    assert sizes.keys() == {12214, 13444, 14218, 13477, 14325, 13181, 12350, 11418, 11282, 11252}
    assert (sizes[11252], sizes[11418], sizes[12350], sizes[14325]) == (("aic",), ("poisson",), ("bic",), ())
    assert any("11,252 to 14,325" in warning for warning in found.warnings)
    assert any("the searches end apart" in warning for warning in found.warnings)


def test_search_can_be_chosen() -> None:
    found = {by: multiple_systems(published("UKdat_5"), Plan(by=by)) for by in SEARCHES}
    assert {by: round(one.estimate) for by, one in found.items()} == {"poisson": 11313, "aic": 11175, "bic": 12262}


def test_terms_without_overlap_are_named() -> None:
    found = multiple_systems(published("UKdat"), Plan(by="aic"))
    assert any("LA:GP, LA:NCA: these terms are minus infinity" in warning for warning in found.warnings)


def test_interval_of_one_model_is_said_to_be_that() -> None:
    found = multiple_systems(published("UKdat"), Plan())
    assert [one.name for one in found.intervals] == ["model held for true"]
    assert any("--resamples" in warning for warning in found.warnings)


def test_average_lies_where_the_weight_is() -> None:
    two = [
        Alternative(model=("A",), estimate=size, se=30, low=0, high=0, aic=aic) for size, aic in ((900, 10), (1100, 10))
    ]
    found = average(two, 100)
    assert found.estimate == 1000
    assert found.se == pytest.approx((30**2 + 100**2) ** 0.5)
    assert found.low > 100
    far = [two[0], Alternative(model=("B",), estimate=9000, se=30, low=0, high=0, aic=60)]
    assert average(far, 100).estimate == pytest.approx(900, abs=1)


def test_bca_of_a_symmetric_law_is_that_law() -> None:
    """Of a normal sample the interval is the normal one: neither bias nor acceleration."""
    law = NormalDist(100, 10)
    drawn = [law.inv_cdf((place + 0.5) / 4000) for place in range(4000)]
    low, high = bca(100, drawn, [99, 101], [5, 5])
    assert low == pytest.approx(80.4, abs=0.1)
    assert high == pytest.approx(119.6, abs=0.1)


def test_bca_is_that_of_efron_for_a_skewed_mean() -> None:
    """Against scipy's, for the mean of a skewed sample."""
    from_scipy = pytest.importorskip("scipy.stats").bootstrap
    values = np.array([1.0, 1.5, 2, 2, 3, 3, 4, 5, 8, 13, 21, 34])
    theirs = from_scipy((values,), np.mean, n_resamples=9999, method="BCa", rng=np.random.default_rng(3))
    drawn = sorted(theirs.bootstrap_distribution)
    left = [mean(np.delete(values, place)) for place in range(len(values))]
    low, high = bca(float(values.mean()), drawn, left, [1] * len(values))
    assert low == pytest.approx(theirs.confidence_interval.low, rel=0.01)
    assert high == pytest.approx(theirs.confidence_interval.high, rel=0.01)


def test_what_cannot_be_estimated_counts_as_beyond_all() -> None:
    drawn = [float(size) for size in range(100, 195)] + [inf] * 5
    low, high = bca(150, drawn, [149, 151], [1, 1])
    assert high == inf
    assert low < 110


def test_resamples_are_the_same_for_any_number_of_processes() -> None:
    cells = cells_of(published("NewOrl_5"))
    told: list[tuple[int, int]] = []
    one, two = (
        resample(cells, "poisson", times=100, seed=4, workers=workers, progress=lambda *at: told.append(at))
        for workers in (1, 2)
    )
    assert one == two
    assert one != resample(cells, "poisson", times=100, seed=5, workers=1, progress=quiet)
    assert told[-1] == (114, 114)
    assert one.low < 1034 < (one.high or 0)


def test_uk_interval_is_near_the_published() -> None:
    """SparseMSE gives 8,922 to 15,653; two runs of 200 resamples differ by chance, so it is held to a tenth."""
    found = resample(cells_of(published("UKdat_5")), "poisson", times=200, seed=2, workers=2, progress=quiet)
    assert found.low == pytest.approx(8922, rel=0.1)
    assert found.high == pytest.approx(15653, rel=0.1)
    assert found.failed == 0


def test_thin_table_is_refused_rather_than_resampled() -> None:
    """Lists of one contact each: most resamples leave one of them empty."""
    counts = {(1, 0, 0, 0): 9, (0, 1, 0, 0): 9, (1, 1, 0, 0): 4, (0, 0, 1, 0): 1, (0, 0, 0, 1): 1}
    thin = Histories(("A", "B", "C", "D"), counts)
    with pytest.raises(NoEstimate, match="resamples have no estimate"):
        multiple_systems(thin, Plan(resamples=100, workers=1))
