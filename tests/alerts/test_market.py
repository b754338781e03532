from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from alerts.market.marketstore import cluster_places, kept_market, renew_market
from alerts.market.usual import Market, Network, Price, decode_market, encode_market, market_prices, measure_market
from nlp import read
from tests.alerts.stores import TEXTS, escort, job, judged_store, named

HOURS = [1400.0, 1500.0, 1500.0, 1600.0] * 5


def prices(amounts: list[float], place: str = "NO/0301") -> list[Price]:
    return [Price(place, "NOK", 60, amount) for amount in amounts]


def test_top_tenth_and_medians() -> None:
    networks = [Network(size, size, size % 3) for size in range(2, 102)]
    market = measure_market(networks, prices(HOURS))
    assert (market.networks, market.ads, market.places) == (100, 92, 2)
    usual = market.prices["NO/0301", "NOK", 60]
    assert (usual.median, usual.deviation, usual.ads) == (1500, 50, 20)


def test_order_makes_no_difference() -> None:
    networks = [Network(size, size + size % 4, size % 7) for size in range(1, 200)]
    amounts = prices([1000.0 + 37 * n for n in range(50)])
    market = measure_market(networks, amounts)
    for seed in range(5):
        Random(seed).shuffle(networks)
        Random(seed).shuffle(amounts)
        assert measure_market(networks, amounts) == market


def test_a_few_more_ads_change_nothing() -> None:
    amounts = [1000.0 + 20 * n for n in range(51)] * 4
    before = measure_market([Network(3, 2, 1)] * 100, prices(amounts))
    assert measure_market([Network(3, 2, 1)] * 101, prices([*amounts, 1450.0, 1580.0])) == before


def test_too_few_are_not_usual() -> None:
    market = measure_market([Network(9, 9, 9)] * 19 + [Network(1, 0, 1)] * 99, prices(HOURS[:11]))
    assert (market.ads, market.density, market.places, market.prices) == (0, 0, 0, {})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"text": "1 time 1500 kr", "location": "Oslo"}, {"NO/0301", "NO"}, id="place-and-country"),
        pytest.param({"text": "1 time 1500 kr", "location": "Oslo, Bergen"}, {"NO"}, id="country-only"),
        pytest.param({"text": "1 time 1500 kr", "location": "Oslo, Stockholm"}, set(), id="two-countries"),
        pytest.param({"text": "Velkommen", "location": "Oslo"}, set(), id="no-price"),
    ],
)
def test_prices_of_one_ad(fields: dict[str, str], expected: set[str]) -> None:
    found = list(market_prices(read([fields], kinds=["escort"])[0]))
    assert {price.place for price in found} == expected
    assert {(price.currency, price.minutes, price.amount) for price in found} <= {("NOK", 60, 1500.0)}


def test_as_text_and_back() -> None:
    market = measure_market([Network(3, 2, 1)] * 30, prices(HOURS))
    assert decode_market(encode_market(market)) == market
    assert decode_market(encode_market(Market())) == Market()


def test_measured_from_a_store_and_kept(tmp_path: Path) -> None:
    ads = [escort(f"{n}", f"{TEXTS[n % 4]} Ring 4200{n:04}. 1 time {1500 + n} kr", location="Oslo") for n in range(14)]
    jobs = [job(f"{n}", f"{TEXTS[n % 4]} 1 time 20 EUR. Ref {n}", location="Oslo") for n in range(14)]
    db = judged_store(tmp_path, [*ads, *jobs])
    market = renew_market(db, [([1, 2], 1)])
    assert set(market.prices) == {("NO/0301", "NOK", 60), ("NO", "NOK", 60)}
    assert market.prices["NO", "NOK", 60].median == 1500
    assert kept_market(db) == market


def test_places_of_clusters(tmp_path: Path) -> None:
    ads = [escort("1", f"{TEXTS[0]} 42 00 00 17", location="Oslo"),
           escort("2", f"{TEXTS[1]} 42 00 00 17", location="Bergen, Grünerløkka")]  # fmt: skip
    assert cluster_places(judged_store(tmp_path, ads)) == {named("1"): 2}
