"""Every method on tables of all kinds, most of them too thin: a finite answer, or a reason why there is none."""

from __future__ import annotations

from collections import Counter
from math import isfinite

import numpy as np
import pytest

from alerts.population.countsfile import Counts
from alerts.population.estimates import NoEstimate
from alerts.population.histories import Described, Histories
from alerts.population.methods import METHODS, Choice, estimate

FORMULAS = ("chao", "zelterman", "ztpoisson", "one-inflated", "ztpoisson-regression", "heterogeneity", "loglinear")


def listed(chance: np.random.Generator, size: int) -> Histories | None:
    lists = int(chance.integers(2, 6))
    on = chance.random((size, lists)) < chance.uniform(0.005, 0.6, lists)
    if not on.any(axis=0).all():
        return None
    rows = Counter(tuple(map(int, row)) for row in on if row.any())
    return Histories(tuple("ABCDEF"[:lists]), dict(rows))


def described(chance: np.random.Generator) -> Described:
    counts = {
        ((kind, str(number)), int(times)): int(chance.integers(1, 40))
        for kind in "abc"
        for number in chance.integers(0, 9, 2)
        for times in chance.integers(1, chance.integers(2, 6), 3)
    }
    return Described(("kind", "number"), counts)


def tables() -> list[Counts]:
    chance = np.random.default_rng(6)
    found: list[Counts | None] = [listed(chance, int(chance.integers(3, 60))) for _ in range(40)]
    found += [listed(chance, int(chance.integers(200, 2000))) for _ in range(6)]
    found += [described(chance) for _ in range(12)]
    return [one for one in found if one is not None]


@pytest.mark.filterwarnings("error")
def test_every_method_answers_or_says_why_not() -> None:
    said: Counter[tuple[str, bool]] = Counter()
    for table in tables():
        for method in METHODS:
            try:
                found = estimate(method, table, Choice())
            except NoEstimate:
                said[method, False] += 1
                continue
            said[method, True] += 1
            figures = [found.estimate, *(one for one in (found.se, found.low, found.high) if one is not None)]
            assert all(map(isfinite, figures)), (method, table)
            assert found.warnings, (method, table)
            assert found.estimate > 0.999 * found.observed or method not in FORMULAS, (method, table)
    assert {method for method, answered in said if answered} == set(METHODS)
    assert {method for method, answered in said if not answered} >= set(METHODS) - {"chao"}
