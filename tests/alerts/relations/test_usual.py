from __future__ import annotations

from alerts.facts import Cluster
from alerts.market.usual import Market, Network, Price, measure_market
from tests.alerts.histories import CALL, PHONE, ad, found
from tests.alerts.stores import TEXTS, cluster, tie

TOWNS = ("Oslo", "Bergen", "Trondheim", "Stavanger", "Tromsø", "Bodø", "Drammen", "Hamar")
SMALL = [Network(3, 2, 1)] * 90 + [Network(4, 3, 2)] * 10


def network(size: int, towns: int) -> Cluster:
    ads = [
        ad(number, ("01", "02", {"text": f"{TEXTS[number % 4]} {CALL}", "location": TOWNS[number % towns]}))
        for number in range(1, size + 1)
    ]
    return cluster(ads, tie("phone", PHONE, *range(1, size + 1)))


def test_a_network_of_many_ads_and_places() -> None:
    relation = found(network(8, 8), measure_market(SMALL, []))["D08"]
    assert relation.note == "of about 100 networks: 8 ads (top tenth: more than 4); 8 municipalities (more than 2)"


def test_what_is_large_in_one_way_only_is_no_relation() -> None:
    market = measure_market(SMALL, [])
    assert "D08" not in found(network(8, 1), market)
    assert "D08" not in found(network(3, 3), market)
    assert "D08" not in found(network(8, 8))
    assert "D08" not in found(network(8, 8), measure_market(SMALL[:5], []))


def priced(hour: int, place: str = "Oslo", kind: str = "escort") -> Cluster:
    return cluster([ad(1, ("01", "02", {"text": f"1 time {hour} kr. {CALL}", "location": place}), kind=kind)])


def market() -> Market:
    hours = [1500, 1600, 1700, 1800, 1900, 2000] * 4
    return measure_market([], [Price(place, "NOK", 60, float(hour)) for hour in hours for place in ("NO/0301", "NO")])


def test_a_price_far_below_that_of_the_place() -> None:
    relation = found(priced(700), market())["E02"]
    assert relation.note == "700 NOK for 60 minutes; usual in the place: 1,800 (median of about 20 ads)"
    assert [part.quote for part in relation.evidence] == ["1 time 700 kr"]


def test_where_the_place_is_not_known_the_country_is() -> None:
    assert "usual in the country" in found(priced(700, "Bergen"), market())["E02"].note


def test_other_prices_are_no_relation() -> None:
    assert "E02" not in found(priced(1200), market())  # above 60 % of the median
    assert "E02" not in found(priced(700, "Stockholm"), market())
    assert "E02" not in found(priced(700))
    assert "E02" not in found(priced(700, kind="job"), market())
    wide = measure_market(
        [], [Price("NO/0301", "NOK", 60, hour) for hour in (300.0, 1000.0, 1800.0, 2500.0, 4000.0) * 4]
    )
    assert "E02" not in found(priced(700), wide)  # far below, but so are many
