"""Industries and dated rates of the minimum wage."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from nlp.exchange import nok_per_unit
from nlp.wages import Industry, WageClass, find_industries, find_rate, load_industries

CLASSES = [one for industry in load_industries().values() for one in industry.classes]


def test_the_row_of_the_day_is_taken_and_no_proposal() -> None:
    before, rate = find_rate("construction", date(2023, 6, 14)), find_rate("construction", date(2023, 6, 15))
    assert before is not None
    assert rate is not None
    assert (before.amount, rate.amount) == (207.40, 214.90)
    now = find_rate("construction", None)
    assert now is not None
    assert now.amount == 239.61
    assert find_rate("construction", date(2020, 1, 1)) is None


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.title)
def test_each_row_ends_the_day_before_the_next(one: WageClass) -> None:
    for earlier, later in itertools.pairwise(one.rates):
        assert earlier.valid_to is not None
        assert earlier.valid_to + timedelta(days=1) == later.valid_from
        assert earlier.amount < later.amount


@pytest.mark.parametrize(
    ("industry", "facts", "amount"),
    [
        ("construction", {"skilled"}, 264.32),
        ("construction", {"experienced"}, 249.00),
        ("construction", {"under-18", "age-17"}, 162.44),
        ("construction", {"permanent"}, 239.61),
        ("hotel-restaurant", {"under-18", "age-17"}, 152.08),
        ("hotel-restaurant", {"under-18", "under-17"}, 142.58),
        ("hotel-restaurant", {"age-18"}, 166.34),
        ("agriculture", {"permanent", "skilled"}, 197.30),
        ("agriculture", {"skilled"}, 162.90),
        ("fish-processing", {"skilled"}, None),
    ],
)
def test_what_is_stated_decides_the_class(industry: str, facts: set[str], amount: float | None) -> None:
    rate = find_rate(industry, None, facts)
    assert (rate.amount if rate else None) == amount


@pytest.mark.parametrize("industry", load_industries().values(), ids=lambda industry: industry.id)
def test_the_last_class_asks_for_nothing(industry: Industry) -> None:
    assert not industry.classes[-1].when


@pytest.mark.parametrize(
    ("text", "industries"),
    [
        ("Elektriker søkes", ("electrical",)),
        ("RENHOLDERE", ("cleaning",)),
        ("Sprzątanie biur", ("cleaning",)),
        ("Прибирання", ("cleaning",)),
        ("Строительство", ("construction",)),
        ("Cogedores de fresa", ("agriculture",)),
        ("Vairuotojas CE", ("road-freight",)),
        ("Procesare pește", ("fish-processing",)),
        ("Laivų statykla", ("maritime-construction",)),
        ("Turbussjåfør", ("coach",)),
        ("Dishotel", ()),
        ("Renhold på hotell", ("cleaning", "hotel-restaurant")),
        ("Butikkmedarbeider", ()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_industries(text: str, industries: tuple[str, ...]) -> None:
    assert find_industries(text) == industries


@pytest.mark.parametrize(
    ("currency", "day", "expected"),
    [
        ("EUR", date(2023, 5, 1), (11.42, 2023)),
        ("EUR", None, (11.75, 2025)),
        ("EUR", date(2027, 1, 1), (11.75, 2025)),
        ("EUR", date(2019, 1, 1), (10.16, 2021)),
        ("TRY", None, None),
    ],
)
def test_exchange_rates_are_of_the_year(currency: str, day: date | None, expected: tuple[float, int] | None) -> None:
    assert nok_per_unit(currency, day) == expected
