"""The benchmark of the market's size: markets that are what they are said to be, and scores that are counted right."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from alerts.population.histories import Histories
from alerts.population.twolists import choose_pair
from benchmarks.market_size.advertised import by_fortnight, by_site, owners_by_site, sights
from benchmarks.market_size.bench import TITLES, plan, report
from benchmarks.market_size.drawn import SCENARIOS, Market, Rules, draw_market
from benchmarks.market_size.trials import RESAMPLED, ROWS, Outcome, Score, Trial, score, work_off

USUAL = Rules(size=20_000)


def drawn(rules: Rules) -> Market:
    return draw_market(rules, np.random.default_rng(5))


def reach(histories: Histories) -> list[float]:
    on = np.array(list(histories.counts)).T @ np.array(list(histories.counts.values()))
    return [float(count) for count in on / USUAL.size]


def shared(histories: Histories) -> float:
    """Of those on the first list, the share that is on the second."""
    pair = histories.overlap(0, 1)
    return pair.both / pair.first


def test_lists_show_what_they_are_said_to() -> None:
    market = drawn(USUAL)
    assert reach(market.histories) == pytest.approx(USUAL.reach, abs=0.01)
    assert market.size == USUAL.size
    assert drawn(USUAL) == market
    assert reach(drawn(replace(USUAL, leaving=0.15)).histories) == pytest.approx(USUAL.reach, abs=0.01)


def test_each_market_breaks_what_it_is_said_to_break() -> None:
    usual = drawn(USUAL).histories
    assert shared(drawn(replace(USUAL, leads=0.4)).histories) == pytest.approx(0.4, abs=0.04)
    assert shared(drawn(replace(USUAL, leads=0.01)).histories) == pytest.approx(0.01, abs=0.01)
    for rules, more_seen, more_again in (
        (replace(USUAL, unlike=1.0), True, True),
        (replace(USUAL, hidden=1 / 3), False, False),
        (replace(USUAL, leaving=0.15), True, False),
        (replace(USUAL, missed=0.1), True, False),
        (replace(USUAL, false=0.05), False, True),
    ):
        found = drawn(rules).histories
        assert (found.observed > usual.observed) == more_seen, rules
        assert (_again(found) > _again(usual)) == more_again, rules
    shy = drawn(replace(USUAL, shy=0.4)).histories
    assert shy.observed == pytest.approx(usual.observed, rel=0.02)
    assert _again(shy) == pytest.approx(0.6 * _again(usual), rel=0.05)


def _again(histories: Histories) -> int:
    return histories.observed - histories.frequencies().of(1)


def test_generated_market_is_listed_by_what_its_ads_show() -> None:
    seen = sights(3, 2_000)
    sites, fortnights, owners = by_site(seen), by_fortnight(seen), owners_by_site(seen)
    assert sites.size == fortnights.size == len({one.number for one in seen})
    assert owners.size == len({one.owner for one in seen}) < sites.size
    assert sites.histories.observed == fortnights.histories.observed == len({one.number for one in seen if one.found})
    assert fortnights.histories.lists == tuple(f"fortnight {number}" for number in range(1, 7))
    assert len(sites.histories.lists) == 5
    assert fortnights.then < fortnights.size
    assert choose_pair(fortnights.histories)[0].both > 0


def test_every_method_is_asked_and_near_where_nothing_is_amiss() -> None:
    told = {one.method: one for one in work_off(Trial("rich", 1, True))}
    assert set(told) == set(ROWS)
    for name in ("chapman", "schnabel", "heterogeneity", "loglinear (poisson)", "loglinear (aic)", RESAMPLED):
        size = told[name].size
        assert size is not None
        assert size == pytest.approx(1, abs=0.12), name


def test_what_has_no_answer_is_counted_as_that() -> None:
    told = {one.method: one.size for one in work_off(Trial("often", 1, False))}
    assert told["loglinear (aic)"] is None  # more lists than it takes
    assert told["chao"] == pytest.approx(1, abs=0.2)


def test_scores_are_median_error_share_held_and_share_silent() -> None:
    outcomes = [
        Outcome("thin", "chao", 0.8, 0.6, 0.9), Outcome("thin", "chao", 1.1, 0.9, inf),
        Outcome("thin", "chao", 1.3, 0.95, 1.6), Outcome("thin", "chao", None), Outcome("rich", "chao", None),
    ]  # fmt: skip
    found = score(outcomes)
    assert found["chao", "thin"] == Score(pytest.approx(0.1), pytest.approx(2 / 3), 0.25)
    assert found["chao", "rich"] == Score(None, None, 1.0)


def test_report_is_a_table_of_methods_by_markets() -> None:
    lines = list(report({("chao", "thin"): Score(-0.123, 0.66, 0.25), ("chao", "rich"): Score(0.001, 1.0, 0.0)}))
    head = next(line for line in lines if line.startswith("| method"))
    assert [cell.strip() for cell in head.strip("| ").split("|")] == ["method", *TITLES]
    row = next(line for line in lines if line.startswith("| chao"))
    assert "| −12%, 66% (25% none) |" in row
    assert "| 0%, 100% |" in row
    assert "| – |" in row


def test_plan_has_every_market_and_the_slow_ones_first() -> None:
    trials = plan(4, 2, 1)
    assert len(trials) == 4 * len(SCENARIOS) + 2 * 3
    assert [trial.resampled for trial in trials[: len(TITLES)]] == [True] * len(TITLES)
    assert not any(trial.resampled for trial in trials[len(TITLES) :])
