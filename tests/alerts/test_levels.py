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
