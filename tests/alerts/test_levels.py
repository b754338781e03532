from __future__ import annotations

from alerts.levels import load_levels
from nlp import catalogue


def test_every_named_indicator_is_in_the_catalogue() -> None:
    assert {id for rule in load_levels().rules for id in rule.any} <= set(catalogue())


def test_rules_go_from_the_highest_level_down() -> None:
    levels = [rule.level for rule in load_levels().rules]
    assert levels == sorted(levels, reverse=True)


def test_every_letter_is_one_of_the_catalogue() -> None:
    letters = {id[0] for id in catalogue()}
    rules = load_levels()
    assert rules.context <= letters
    assert all(rule.strong <= letters for rule in rules.rules)


def test_a_rule_needs_all_it_states() -> None:
    review = next(rule for rule in load_levels().rules if rule.level == "L2")
    votes = frozenset({"a", "b", "c"})
    assert review.holds({"H02": 2.0, "H03": 0.5}, votes, strong_weight=2.0)
    assert not review.holds({"H02": 2.0, "H03": 0.5}, frozenset({"a", "b"}), strong_weight=2.0)
    assert not review.holds({"H03": 0.5, "C06": 0.5}, votes, strong_weight=2.0)


def test_children_come_first_and_wait_for_no_place() -> None:
    about = [any(id.startswith("A") for id in rule.any) for rule in load_levels().rules]
    assert about == sorted(about, reverse=True)
    assert [rule.always for rule in load_levels().rules] == about


def test_bounds_of_waking_and_of_the_day_are_sound() -> None:
    levels = load_levels()
    assert levels.wake.new_ads > 1
    assert 0 < levels.wake.indicator_weight <= levels.strong_weight
    assert 0 < levels.budget.site_share < 1
    assert levels.budget.urgent_a_day <= levels.budget.a_day
