from __future__ import annotations

import pytest

from nlp.pay import find_pay
from nlp.unicode import plain
from tests.effort import assert_within

Rate = tuple[float, str, str, int | None]


def rates(text: str, field: str = "text") -> list[Rate]:
    return [(pay.amount, pay.currency, pay.per, pay.minutes) for pay in find_pay(plain(text), field)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 time 2000kr", [(2000, "NOK", "hour", None)]),
        ("30 min 800", [(800, "NOK", "minutes", 30)]),
        ("30 min - 800 kr, 1 time - 1500 kr", [(800, "NOK", "minutes", 30), (1500, "NOK", "hour", None)]),
        ("1 time 2000kr, 90 min 3000kr", [(2000, "NOK", "hour", None), (3000, "NOK", "minutes", 90)]),
        ("1500 kr 30 min, 2500 kr 1 time", [(1500, "NOK", "minutes", 30), (2500, "NOK", "hour", None)]),
        ("2 timer 3500 kr", [(3500, "NOK", "minutes", 120)]),
        ("halvtime 1200,-", [(1200, "NOK", "minutes", 30)]),
        ("en time 1800,-", [(1800, "NOK", "hour", None)]),
        ("1h 150€", [(150, "EUR", "hour", None)]),
        ("2000 kr for 1 time", [(2000, "NOK", "hour", None)]),
        ("800kr/30min", [(800, "NOK", "minutes", 30)]),
        ("180 kr/t", [(180, "NOK", "hour", None)]),
        ("kr 195,50 per time", [(195.5, "NOK", "hour", None)]),
        ("160-180 kr/t", [(160, "NOK", "hour", None), (180, "NOK", "hour", None)]),
        ("200,- pr. time", [(200, "NOK", "hour", None)]),
        ("timelønn: 180", [(180, "NOK", "hour", None)]),
        ("månedslønn 25.000", [(25000, "NOK", "month", None)]),
        ("25 000 kr per måned", [(25000, "NOK", "month", None)]),
        ("450 000 kr i året", [(450000, "NOK", "year", None)]),
        ("900 kr per dag", [(900, "NOK", "day", None)]),
        ("5000 kr i uka", [(5000, "NOK", "week", None)]),
        ("1200 kr per vakt", [(1200, "NOK", "shift", None)]),
        ("12 kr/kg", [(12, "NOK", "piece", None)]),
        ("15 €/h", [(15, "EUR", "hour", None)]),
        ("€1,500 per month", [(1500, "EUR", "month", None)]),
        ("£12.50 per hour", [(12.5, "GBP", "hour", None)]),
        ("$20 an hour", [(20, "USD", "hour", None)]),
        ("25 zł/godz", [(25, "PLN", "hour", None)]),
        ("3000 lei/lună", [(3000, "RON", "month", None)]),
        ("150 SEK i timmen", [(150, "SEK", "hour", None)]),
        ("150 DKK per time", [(150, "DKK", "hour", None)]),
        ("gebyr 500 kr", [(500, "NOK", "once", None)]),
    ],
)
def test_prices_and_wages(text: str, expected: list[Rate]) -> None:
    assert rates(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "37,5 t/uke, 3 mnd",
        "40 timer per uke",
        "Org.nr 974 760 673 MVA",
        "Ledig 12.05.2024 - 15.05.2024 kl 1000-2300",
        "Ring 42 00 00 17 24/7",
        "1 time 42 00 00 17",
        "1 time 420 00 017",
        "100 km/t",
        "165cm, alder 24",
        "0152 Oslo",
        "Euro 6",
        "12,000 keystrokes per hour",
        "lift 50 pounds",
        "kr 0 - 5000 km",
    ],
)
def test_other_numbers_are_no_pay(text: str) -> None:
    assert rates(text) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2000", [(2000, "NOK", "once", None)]),
        ("2000 kr", [(2000, "NOK", "once", None)]),
        ("1 time 2000", [(2000, "NOK", "hour", None)]),
        ("avtales", []),
    ],
)
def test_price_field(value: str, expected: list[Rate]) -> None:
    assert rates(value, "price") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"currency": "NOK", "value": {"minValue": 180, "maxValue": "195,5", "unitText": "HOUR"}}',
         [(180, "NOK", "hour", None), (195.5, "NOK", "hour", None)]),
        ('{"currency": "EUR", "value": 1500, "unitText": "MONTH"}', [(1500, "EUR", "month", None)]),
        ('{"value": "450 000", "unitText": "YEAR"}', [(450000, "NOK", "year", None)]),
        ('{"value": NaN}', []),
        ('{"value": true}', []),
        ('{"value": {}}', []),
        ('{"value": ' + "9" * 5000 + "}", []),
        ('{"value": ' + "[" * 20_000, []),
        ("{180 kr", []),
        ("180 kr/t", [(180, "NOK", "hour", None)]),
    ],
)  # fmt: skip
def test_salary_field(value: str, expected: list[Rate]) -> None:
    assert rates(value, "salary") == expected


def test_salary_quotes_the_whole_field() -> None:
    value = '{"currency": "NOK", "value": 180}'
    assert [pay.quote for pay in find_pay(plain(value), "salary")] == [value]


@pytest.mark.parametrize("unit", ["1 time ", "kr 1", "1.000", "4 ", "timelønn ", "½ ", "30 min ", "- "])
def test_hostile_text_is_read_in_time(unit: str) -> None:
    text = plain(unit * (50_000 // len(unit)))
    assert_within(2, lambda: find_pay(text, "text"))
