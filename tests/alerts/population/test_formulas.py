"""The closed-form estimators against published figures, to the digits that were printed."""

from __future__ import annotations

import pytest

from alerts.population.estimates import Alternative, Estimate, Interval, NoEstimate
from alerts.population.histories import Frequencies, Histories, Occasions, Overlap
from alerts.population.occasions import crow_gardner, schnabel, schumacher_eschmeyer
from alerts.population.repeats import chao, one_inflated, zelterman, zero_truncated_poisson
from alerts.population.twolists import chapman, lincoln_petersen
from tests.alerts.population.published import CARCASSES, MIGRANTS, SUNFISH, published

PAIR = Overlap(("A", "B"), 200, 150, 30)
APART = Overlap(("A", "B"), 98, 90, 0)


def ends(found: Estimate | Alternative | Interval, digits: int) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return round(found.low, digits), round(found.high, digits)


def named(found: Estimate, name: str) -> Interval:
    return next(one for one in found.intervals if one.name.startswith(name))


def test_lincoln_petersen() -> None:
    found = lincoln_petersen(PAIR)
    assert found.estimate == 1000
    assert found.se == pytest.approx((200 * 150 * 170 * 120 / 30**3) ** 0.5)
    assert found.observed == 320


def test_chapman() -> None:
    found = chapman(PAIR)
    assert found.estimate == pytest.approx(978.065, abs=0.0006)
    assert round(found.se or 0, 3) == 141.894
    assert ends(named(found, "normal"), 2) == (699.95, 1256.18)
    assert ends(named(found, "log-normal"), 2) == ends(found, 2) == (753.32, 1319.38)


def test_lists_apart_have_no_size() -> None:
    with pytest.raises(NoEstimate, match="nobody is on both A and B"):
        lincoln_petersen(APART)
    found = chapman(APART)
    assert found.estimate == 9008
    assert (found.se, found.low, found.high) == (None, None, None)
    assert found.warnings[0].startswith("unusable: nobody is on both")


def test_list_within_another_is_no_certainty() -> None:
    found = chapman(Overlap(("A", "B"), 40, 12, 12))
    assert (found.se, found.low, found.high) == (None, None, None)
    assert any("no certainty" in warning for warning in found.warnings)


def test_few_on_both_are_warned_of() -> None:
    assert any("only 6 on both" in warning for warning in chapman(Overlap(("A", "B"), 40, 12, 6)).warnings)
    assert not any("on both lists" in warning for warning in chapman(PAIR).warnings)


def test_schnabel_of_sunfish() -> None:
    found = schnabel(SUNFISH)
    assert found.estimate == 447.5
    low, high = ends(named(found, "Poisson"), 0)
    assert (round(low, -1), round(high, -1)) == (310, 720)
    assert ends(found, 0) == (low, high)
    assert round(found.spread[0].estimate, 1) == 429.6


def test_many_recaptures_take_the_normal_limits() -> None:
    found = schnabel(Occasions((100, 100, 100), (0, 30, 40), (0, 100, 170)))
    assert [one.name for one in found.intervals] == ["normal"]


def test_schumacher_eschmeyer_of_sunfish() -> None:
    found = schumacher_eschmeyer(SUNFISH)
    assert round(found.estimate, 2) == 422.97
    assert ends(found, 0) == (300, 719)


def test_scatter_without_an_upper_end_is_said() -> None:
    found = schumacher_eschmeyer(Occasions((20, 20, 20, 20), (0, 0, 9, 0), (0, 20, 40, 51)))
    assert found.high is None
    assert any("nothing bounds" in warning for warning in found.warnings)


@pytest.mark.parametrize("formula", [schnabel, schumacher_eschmeyer])
def test_nobody_seen_again_is_refused(formula: object) -> None:
    assert callable(formula)
    with pytest.raises(NoEstimate, match="second time"):
        formula(Occasions((10, 10, 10), (0, 0, 0), (0, 10, 20)))


def test_two_occasions_tell_no_error() -> None:
    with pytest.raises(NoEstimate, match="three occasions"):
        schumacher_eschmeyer(Occasions((10, 10), (0, 3), (0, 10)))


@pytest.mark.parametrize(("count", "low", "high"), [(24, 14.921, 34.665), (1, 0.052, 5.323), (3, 0.818, 8.102)])
def test_limits_of_crow_and_gardner(count: int, low: float, high: float) -> None:
    """Their table 1, and for 24 the row that Krebs prints."""
    assert tuple(round(end, 3) for end in crow_gardner(count)) == pytest.approx((low, high), abs=0.0021)


def test_chao_of_migrants() -> None:
    found = chao(MIGRANTS)
    assert round(found.estimate, 1) == 9273.5
    assert round(found.se or 0, 1) == 662.6
    assert ends(found, 0) == (8085, 10690)
    assert round(found.spread[0].estimate, 1) == 9228.9
    assert found.observed == 1880


def test_zelterman_of_migrants() -> None:
    found = zelterman(MIGRANTS)
    assert found.model == ("rate 0.22249",)
    assert (round(found.estimate, 1), round(found.se or 0, 1)) == (9424.6, 684.0)


def test_truncated_poisson_of_migrants() -> None:
    found = zero_truncated_poisson(MIGRANTS)
    assert found.model == ("rate 0.30862",)
    assert (round(found.estimate, 1), round(found.se or 0, 1)) == (7079.9, 365.8)


def test_carcasses() -> None:
    sizes = [formula(CARCASSES).estimate for formula in (chao, zelterman, zero_truncated_poisson)]
    assert [round(size, 1) for size in sizes] == [6938.1, 7136.8, 4702.4]


def test_none_seen_twice_leaves_a_guess_or_nothing() -> None:
    once = Frequencies({1: 20})
    assert chao(once).estimate == 20 + 20 * 19 / 2
    assert any("guess at best" in warning for warning in chao(once).warnings)
    for formula in (zelterman, zero_truncated_poisson):
        with pytest.raises(NoEstimate):
            formula(once)
    with pytest.raises(NoEstimate, match="once or twice"):
        chao(Frequencies({3: 4}))


def test_histories_give_the_other_counts() -> None:
    three = Histories(("A", "B", "C"), {(1, 0, 0): 5, (0, 1, 1): 3, (1, 1, 1): 2, (1, 0, 1): 4})
    assert three.frequencies() == Frequencies({1: 5, 2: 7, 3: 2})
    assert three.occasions() == Occasions((11, 5, 9), (0, 2, 9), (0, 11, 14))
    assert three.overlaps()[1] == Overlap(("A", "C"), 11, 9, 6)


def test_tables_have_the_published_totals() -> None:
    names = ("UKdat", "UKdat_5", "NewOrl_5", "rcapture_hare", "rcapture_lesbian")
    assert [published(name).observed for name in names] == [2744, 2744, 185, 68, 2185]
    assert published("UKdat").frequencies().counts == {1: 2492, 2: 241, 3: 10, 4: 1}


def test_formulas_without_an_error_give_no_interval() -> None:
    """All on all lists, or none seen once: the size is what was seen, and nothing says how far off that is."""
    for found in (
        chao(Frequencies({2: 5})), chao(Frequencies({2: 5, 3: 2})),
        schumacher_eschmeyer(Occasions((50, 50, 50), (0, 50, 50), (0, 50, 50))),
    ):  # fmt: skip
        assert found.estimate == found.observed
        assert (found.se, found.low, found.high) == (None, None, None)
        assert any("no certainty" in warning for warning in found.warnings)


def test_seen_very_often_is_no_trouble() -> None:
    often = Frequencies({1: 3, 800: 5, 1000: 4})
    for formula in (zero_truncated_poisson, one_inflated):
        assert formula(often).estimate == 12
