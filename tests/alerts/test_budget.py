from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from alerts.budget import BadBudget, Candidate, give_places, load_budget
from alerts.levels import Budget, load_levels

MONDAY, TUESDAY, WEDNESDAY = "2026-11-16", "2026-11-17", "2026-11-18"
BUDGET = Budget(a_day=4, urgent_a_day=2, site_share=0.5)


def candidate(number: int, site: str = "a.example", *, at: str = MONDAY, rank: int = 5, **more: object) -> Candidate:
    made = Candidate(
        alert=number, at=f"{at}T08:00", sites=(site,), pressing=(rank, -1.0, f"c-{number:04}"), urgent=rank < 5,
        always=False,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def test_all_have_a_place_where_they_fit() -> None:
    assert give_places([candidate(n) for n in range(4)], today=MONDAY, budget=BUDGET) == dict.fromkeys(range(4), MONDAY)


def test_what_does_not_fit_gets_a_place_of_the_next_days_by_how_pressing_it_is() -> None:
    many = [candidate(n, pressing=(5, -float(n), "c")) for n in range(10)]
    places = give_places(many, today=WEDNESDAY, budget=BUDGET)
    assert [alert for alert, day in places.items() if day == MONDAY] == [9, 8, 7, 6]
    assert [alert for alert, day in places.items() if day == TUESDAY] == [5, 4, 3, 2]
    assert [alert for alert, day in places.items() if day == WEDNESDAY] == [1, 0]
    assert give_places(many, today=MONDAY, budget=BUDGET).keys() == {9, 8, 7, 6}


def test_no_site_takes_all_places() -> None:
    flood = [candidate(n, "flood.example", pressing=(5, -9.0, f"c-{n}")) for n in range(500)]
    others = [candidate(1_000 + n, f"{n}.example") for n in range(2)]
    assert give_places([*flood, *others], today=MONDAY, budget=BUDGET).keys() >= {1_000, 1_001}
    sites = Counter(n < 1_000 for n in give_places([*flood, *others], today=MONDAY, budget=BUDGET))
    assert sites == {True: 2, False: 2}


def test_an_alert_of_two_sites_takes_the_share_of_the_quieter_one() -> None:
    flood = [candidate(n, "flood.example", pressing=(5, -9.0, f"c-{n}")) for n in range(500)]
    both = candidate(1_000, sites=("flood.example", "quiet.example"))
    assert 1_000 in give_places([*flood, both], today=MONDAY, budget=BUDGET)


def test_a_child_cue_waits_for_no_place() -> None:
    many = [candidate(n, always=True) for n in range(100)]
    assert len(give_places([*many, candidate(200)], today=MONDAY, budget=BUDGET)) == 101


def test_what_comes_later_displaces_nothing_and_urgent_ones_have_places_of_their_own() -> None:
    early = [candidate(n) for n in range(4)]
    late = [candidate(10 + n, at=f"{MONDAY}T22", rank=1) for n in range(5)]
    assert set(give_places([*early, *late], today=MONDAY, budget=BUDGET)) == {0, 1, 2, 3, 10, 11}


def test_a_decided_alert_keeps_its_place_and_one_decided_before_it_had_one_takes_none() -> None:
    many = [candidate(n, pressing=(5, float(n), "c")) for n in range(9)]
    before = give_places(many, today=MONDAY, budget=BUDGET)
    many[0] = replace(many[0], decided=MONDAY)
    assert give_places(many, today=MONDAY, budget=BUDGET) == before
    many[5] = replace(many[5], decided=MONDAY)
    after = give_places(many, today=TUESDAY, budget=BUDGET)
    assert [alert for alert, day in after.items() if day == TUESDAY] == [4, 6, 7, 8]


@pytest.mark.parametrize("seed", range(5))
def test_places_do_not_hang_on_the_order_of_asking(seed: int) -> None:
    dice = random.Random(seed)
    days = [MONDAY, TUESDAY, WEDNESDAY, "2030-01-01"]
    some = [
        candidate(n, f"{dice.randint(1, 3)}.example", at=dice.choice(days), rank=dice.randint(1, 5)) for n in range(40)
    ]
    first = give_places(some, today=WEDNESDAY, budget=BUDGET)
    dice.shuffle(some)
    assert give_places(some, today=WEDNESDAY, budget=BUDGET) == first
    assert set(first.values()) <= {MONDAY, TUESDAY, WEDNESDAY}
    given = Counter(first.values())
    assert max(given.values()) <= BUDGET.a_day + BUDGET.urgent_a_day


def test_places_given_by_today_stay_as_days_go_by() -> None:
    some = [candidate(n, f"{n % 3}.example", at=[MONDAY, TUESDAY][n % 2], rank=n % 5) for n in range(30)]
    monday = give_places([c for c in some if c.at < TUESDAY], today=MONDAY, budget=BUDGET)
    assert monday.items() <= give_places(some, today=WEDNESDAY, budget=BUDGET).items()


def test_budget_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VARDE_ALERTS_A_DAY", raising=False)
    assert load_budget() == load_levels().budget
    monkeypatch.setenv("VARDE_ALERTS_A_DAY", "7")
    assert load_budget().a_day == 7


@pytest.mark.parametrize("asked", ["0", "-1", "many", "1e3", "²"])
def test_budget_that_is_no_number_of_alerts(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setenv("VARDE_ALERTS_A_DAY", asked)
    with pytest.raises(BadBudget, match="from 1 to 1000000"):
        load_budget()
