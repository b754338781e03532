"""Industries and dated rates of the minimum wage."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from nlp.wages import find_industries, find_rate, load_industries


def test_rates_have_no_gap_and_no_proposal() -> None:
    before, rate = find_rate("construction", date(2023, 6, 14)), find_rate("construction", date(2023, 6, 15))
    assert before is not None
    assert rate is not None
    assert (before.amount, rate.amount) == (207.40, 214.90)
    now = find_rate("construction", None)
    assert now is not None
    assert now.amount == 239.61
    assert find_rate("construction", date(2020, 1, 1)) is None


@pytest.mark.parametrize("industry", load_industries().values(), ids=lambda industry: industry.id)
def test_each_row_ends_the_day_before_the_next(industry: object) -> None:
    rates = industry.rates  # type: ignore[attr-defined]
    for earlier, later in itertools.pairwise(rates):
        assert earlier.valid_to is not None
        assert earlier.valid_to + timedelta(days=1) == later.valid_from
        assert earlier.amount < later.amount


@pytest.mark.parametrize(
    ("text", "industries"),
    [
        ("Elektriker søkes", ("electrical",)),
        ("RENHOLDERE", ("cleaning",)),
        ("Sprzątanie hoteli", ("cleaning",)),
        ("Renhold på hotell", ("cleaning", "hotel-restaurant")),
        ("Butikkmedarbeider", ()),
    ],
    ids=["electrical", "capitals", "pl", "two", "none"],
)
def test_industries(text: str, industries: tuple[str, ...]) -> None:
    assert find_industries(text) == industries
