"""Log-linear models against published fits, against another program's, and on tables too thin for them."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from alerts.population.estimates import NoEstimate
from alerts.population.existence import Existence, why_not
from alerts.population.histories import Histories
from alerts.population.loglinear import Cells, Fit, Pairs, cells_of, design_of, fit, name_terms
from alerts.population.screening import all_pairs, screen
from alerts.population.search import SEARCHES, find_path
from tests.alerts.population.oracle import poisson_fit
from tests.alerts.population.published import published

# The path of domain knowledge and Silverman 2014: each term added by AIC, the size, and the deviance at the start
UK_PATH = {
    (): 12214, "PF:NCA": 13444, "LA:NG": 14218, "NG:GP": 13477, "LA:PF": 14325, "PF:GP": 13181, "GO:GP": 12350,
    "NG:GO": 11418, "LA:GP": 11282, "LA:NCA": 11252,
}  # fmt: skip


def sizes(cells: Cells, fits: tuple[Fit, ...]) -> list[int]:
    return [round(one.size(cells.observed)) for one in fits]


def limits(cells: Cells, one: Fit) -> tuple[int, int]:
    low, high = one.limits(cells.observed)
    return round(low), round(high)


def path_of(name: str, by: str) -> tuple[Cells, tuple[Fit, ...]]:
    cells = cells_of(published(name))
    return cells, find_path(cells, by, Existence(cells)).fits


def table(counts: dict[str, int]) -> Cells:
    lists = tuple("ABCDEFGHIJKL"[: len(next(iter(counts)))])
    return cells_of(Histories(lists, {tuple(map(int, key)): count for key, count in counts.items()}))


def test_uk_path_by_aic() -> None:
    cells, fits = path_of("UKdat", "aic")
    assert sizes(cells, fits) == list(UK_PATH.values())
    added = [name_terms(cells.lists, after.pairs - before.pairs)[-1] for before, after in pairwise(fits)]
    assert added == list(UK_PATH)[1:]
    assert round(fits[0].deviance, 2) == 179.35
    assert limits(cells, fits[0]) == (10989, 13621)
    assert limits(cells, fits[8]) == (9862, 12986)


def test_uk_five_lists_by_the_sparse_search() -> None:
    cells, fits = path_of("UKdat_5", "poisson")
    assert sizes(cells, fits)[-1] == 11313


def test_new_orleans_stays_independent_by_the_sparse_search() -> None:
    cells, fits = path_of("NewOrl_5", "poisson")
    assert sizes(cells, fits) == [1034]


def test_hares_without_those_caught_always() -> None:
    """Rcapture's documentation: 76.8 hares, standard error 3.9, AIC 146, once the cell of two hares is left out."""
    full = cells_of(published("rcapture_hare"))
    seldom = full.on.sum(axis=1) < 6
    one = fit(Cells(full.lists, full.on[seldom], full.counts[seldom]), frozenset())
    assert (round(one.size(full.observed), 1), round(one.se, 1)) == (76.8, 3.9)
    exact = 2 - 2 * np.log(2**2 * np.exp(-2) / 2)  # for them the cell is a term of its own, which fits its two exactly
    assert round(one.aic + exact) == 146


@pytest.mark.parametrize("name", ["UKdat", "UKdat_5", "NewOrl_5", "rcapture_hare", "rcapture_lesbian"])
@pytest.mark.parametrize("by", SEARCHES)
def test_fit_is_that_of_statsmodels(name: str, by: str) -> None:
    cells, fits = path_of(name, by)
    for one in fits:
        design = design_of(cells, one.pairs)
        theirs = poisson_fit(design.counts, design.matrix)
        assert one.unseen == pytest.approx(np.exp(theirs.params[0]), rel=1e-5)
        assert one.error == pytest.approx(theirs.bse[0], rel=1e-4)
        assert one.deviance == pytest.approx(theirs.deviance, rel=1e-6)
        assert one.aic == pytest.approx(theirs.aic + 2 * design.minus, rel=1e-8)


@pytest.mark.parametrize("name", ["UKdat", "NewOrl_5", "rcapture_hare"])
def test_screening_ranks_models_as_their_fits_do(name: str) -> None:
    cells, path = path_of(name, "aic")
    for now in (path[0], path[-1]):
        models = [now.pairs ^ {pair} for pair in all_pairs(cells)]
        aic, bic = screen(cells, models, now)
        fits = [fit(cells, model) for model in models]
        for screened, measured in ((aic, [one.aic for one in fits]), (bic, [one.bic for one in fits])):
            assert screened - screened.min() == pytest.approx(np.array(measured) - min(measured), abs=1e-3)


def test_settled_fit_is_one_that_exists() -> None:
    """What a fit shows by itself the linear program would find too; and mostly it does show it."""
    chance = np.random.default_rng(8)
    table = cells_of(published("UKdat_5"))
    settled = 0
    for _ in range(40):
        cells = table.with_counts(chance.multinomial(2744, table.counts / 2744).astype(float))
        for one in find_path(cells, "poisson", Existence(cells)).fits:
            assert why_not(cells, one.pairs) is None
            settled += one.settled
    assert settled > 40
    apart = cells_of(Histories(("A", "B", "C"), {(1, 0, 0): 20, (0, 1, 0): 30, (0, 0, 1): 25, (1, 1, 0): 6}))
    assert not fit(apart, frozenset({(0, 1)})).settled


def test_pair_that_never_overlaps_is_minus_infinity() -> None:
    cells = cells_of(published("UKdat"))
    pair = (cells.lists.index("LA"), cells.lists.index("GP"))
    design = design_of(cells, [pair])
    assert design.minus == 1
    assert len(design.counts) == 63 - 16
    one = fit(cells, frozenset({pair}))
    assert one.means[cells.both(pair)].sum() == 0
    assert one.means.sum() == pytest.approx(cells.observed)


def test_model_of_too_many_terms_has_many_answers() -> None:
    """Two lists and their pair: four unknowns, three cells."""
    cells = table({"10": 30, "01": 20, "11": 5})
    assert why_not(cells, frozenset()) is None
    assert "many estimates" in str(why_not(cells, frozenset({(0, 1)})))
    assert not fit(cells, frozenset({(0, 1)})).settled


def test_margins_that_allow_only_empty_cells_have_no_answer() -> None:
    """C meets neither A nor B: a term for A:B then takes what little bound the size."""
    cells = table({"100": 20, "010": 30, "001": 25, "110": 6})
    assert why_not(cells, frozenset()) is None
    assert "no finite estimate" in str(why_not(cells, frozenset({(0, 1)})))


def test_existence_is_what_the_fit_shows() -> None:
    """Where the program says that an estimate exists, a fit finds a finite one, and only there."""
    chance = np.random.default_rng(7)
    pairs = list(combinations(range(3), 2))
    seen = set()
    for _ in range(120):
        counts = chance.poisson([6, 6, 6, 0.6, 0.6, 0.6, 0.3]).astype(float)
        cells = table(dict.fromkeys(["100"], 1)).with_counts(counts)
        chosen: Pairs = frozenset(pair for pair in pairs if chance.random() < 0.4)
        design = design_of(cells, chosen)
        if np.linalg.matrix_rank(design.matrix) < design.matrix.shape[1] or not counts.sum():
            continue
        exists = why_not(cells, chosen) is None
        seen.add(exists)
        one = fit(cells, chosen)
        assert exists == bool((one.means[design.kept] > 1e-6).all()), (counts, chosen)
        assert exists or not one.settled, (counts, chosen)
    assert seen == {True, False}


def test_lists_that_never_meet_are_refused() -> None:
    cells = table({"100": 20, "010": 30, "001": 25})
    with pytest.raises(NoEstimate, match="not even independent lists"):
        find_path(cells, "aic", Existence(cells))


def test_too_many_lists_are_refused() -> None:
    many = Histories(tuple(f"s{place}" for place in range(1000)), {(1,) * 1000: 4})
    with pytest.raises(NoEstimate, match="1000 lists"):
        cells_of(many)


def test_search_by_criterion_takes_terms_back() -> None:
    """New Orleans by AIC: C:H comes first and goes again."""
    _, fits = path_of("NewOrl_5", "aic")
    lengths = [len(one.pairs) for one in fits]
    assert lengths != sorted(lengths)
    assert all(after.aic < before.aic for before, after in pairwise(fits))
