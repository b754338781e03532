"""Models of unlike catchability, against what Rcapture prints and against another program's fits."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.population.catchability import MODELS, Model, fit_models, heterogeneity
from alerts.population.estimates import NoEstimate
from alerts.population.histories import Histories
from alerts.population.loglinear import cells_of
from tests.alerts.population.oracle import poisson_fit
from tests.alerts.population.published import published

# Rcapture 1.3 (tests/Examples/Rcapture-Ex.Rout.save): closedp.t(hare), abundance, standard error, deviance, df, AIC
HARES = {
    "M0": (75.4, 3.5, 68.516, 61, 154.707),
    "Mt": (75.1, 3.4, 58.314, 56, 154.505),
    "Mh Chao": (79.8, 6.4, 58.023, 58, 150.214),
    "Mh Poisson2": (81.5, 5.7, 59.107, 60, 147.298),
    "Mh Darroch": (90.4, 11.6, 61.600, 60, 149.791),
    "Mh Gamma3.5": (100.6, 21.7, 62.771, 60, 150.961),
    "Mth Chao": (79.6, 6.3, 47.115, 52, 151.305),
    "Mth Poisson2": (81.1, 5.6, 48.137, 55, 146.327),
    "Mth Darroch": (90.5, 11.7, 50.706, 55, 148.896),
    "Mth Gamma3.5": (101.6, 22.4, 51.956, 55, 150.147),
    "Mb": (81.1, 8.3, 67.027, 60, 155.217),
    "Mbh": (74.2, 14.6, 63.257, 59, 153.447),
}
WRONG_ERROR = "Mbh"  # Rcapture's slope of N by the last term leaves a factor out; ours is held against differences


def fitted(name: str) -> dict[str, Model]:
    return {one.name: one for one in fit_models(cells_of(published(name)))}


def test_hares_are_as_rcapture_prints_them() -> None:
    found = fitted("rcapture_hare")
    assert list(found) == list(HARES)
    for name, (size, error, deviance, freedom, aic) in HARES.items():
        one = found[name]
        assert round(one.size, 1) == size, name
        assert round(one.solution.deviance, 3) == deviance, name
        assert 63 - one.terms == freedom, name
        assert round(one.aic, 3) == aic, name
        if name != WRONG_ERROR:
            assert round(one.variance**0.5, 1) == error, name


def test_error_of_capture_response_is_that_of_differences() -> None:
    one = fitted("rcapture_hare")["Mbh"]

    def size(weights: np.ndarray) -> float:
        start, late, before, again = np.exp(weights)
        return float(start * (1 + again) ** 5 * (1 + late * before / (1 + again - before)))

    weights = one.solution.weights
    slope = np.array([(size(weights + step) - size(weights - step)) / 2e-6 for step in np.eye(4) * 1e-6])
    assert size(weights) == pytest.approx(one.size)
    assert one.variance == pytest.approx(slope @ one.solution.covariance @ slope - one.size, rel=1e-5)


def test_chosen_is_the_model_that_rcapture_recommends() -> None:
    """Rcapture's pages: Mth Poisson2 for the hares; Mth Darroch, by BIC, for the readers of four periodicals."""
    hares = heterogeneity(published("rcapture_hare"))
    assert hares.model == ("Mth Poisson2",)
    assert (round(hares.estimate, 1), round(hares.se or 0, 1), round(hares.aic or 0)) == (81.1, 5.6, 146)
    readers = heterogeneity(published("rcapture_lesbian"))
    assert min(readers.spread, key=lambda one: one.bic or 0).model == ("Mth Darroch",)
    assert any("cannot tell them apart" in warning for warning in readers.warnings)


@pytest.mark.parametrize("name", ["rcapture_lesbian", "UKdat", "NewOrl_5"])
def test_fit_is_that_of_statsmodels(name: str) -> None:
    cells = cells_of(published(name))
    for one in fit_models(cells):
        matrix = MODELS[one.name](cells.on)
        theirs = poisson_fit(cells.counts, matrix)
        if "Chao" in one.name:  # its terms for three times and more may not be below 0
            first = 2 if "Mh" in one.name else 1 + len(cells.lists)
            assert (theirs.params[first:] < 0).any() == (one.terms < matrix.shape[1])
            continue
        assert one.solution.weights == pytest.approx(theirs.params, rel=1e-4, abs=1e-5)
        assert one.solution.deviance == pytest.approx(theirs.deviance, rel=1e-6)
        assert one.aic == pytest.approx(theirs.aic, rel=1e-8)


def test_size_is_found_where_rates_differ_as_the_model_says() -> None:
    """Expected counts of Darroch's model, not drawn ones: what went in comes out, and Mt alone is too low."""
    cells = cells_of(published("rcapture_hare"))
    times = cells.on.sum(axis=1)
    drawn = cells.with_counts(1000 * np.exp(-1.2 * times + 0.5 * times**2 / 2))
    found = {one.name: one for one in fit_models(drawn)}
    assert found["Mh Darroch"].size == pytest.approx(drawn.observed + 1000, rel=1e-6)
    assert found["Mt"].size < found["Mh Chao"].size < found["Mh Darroch"].size < found["Mh Gamma3.5"].size


def test_lists_that_cannot_show_it_are_refused() -> None:
    with pytest.raises(NoEstimate, match="2 lists cannot show it"):
        heterogeneity(Histories(("A", "B"), {(1, 0): 9, (0, 1): 9, (1, 1): 3}))
    with pytest.raises(NoEstimate, match="overlap too little"):
        heterogeneity(Histories(("A", "B", "C"), {(1, 0, 0): 9, (0, 1, 0): 9, (0, 0, 1): 3}))
