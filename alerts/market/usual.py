"""What is usual in the market: how large its networks are, and what an hour costs where."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import floor, log10
from statistics import median

from alerts.movement.places import find_base, find_spot
from nlp.reading import Pay, Reading

FEW_NETWORKS = 20  # fewer have no top decile
FEW_PRICES = 12  # fewer ads say nothing of what is usual
LEAST_SPREAD = 0.05  # of the median: below it prices that all ads copy would make every other one odd
_TO_SIGMA = 1.4826  # of a median absolute deviation, for what is spread as the normal distribution is


@dataclass(frozen=True, slots=True)
class Network:
    """The measures of one cluster: its ads, the ties between them, and the municipalities they name."""

    ads: int
    ties: int
    places: int

    @property
    def density(self) -> float:
        """Ties for each ad but the first: 1 where each is held by one."""
        return self.ties / max(1, self.ads - 1)


@dataclass(frozen=True, slots=True, order=True)
class Price:
    """What one ad asks for so many minutes. `place` is a municipality or town, or a whole country ("NO")."""

    place: str
    currency: str
    minutes: int
    amount: float


@dataclass(frozen=True, slots=True)
class Usual:
    """The middle of what `ads` ask, and how far a typical one is from it."""

    median: float
    deviation: float
    ads: int

    def is_far_below(self, amount: float) -> bool:
        """Under 60 % of the median and two robust standard deviations below it."""
        spread = max(self.deviation * _TO_SIGMA, LEAST_SPREAD * self.median)
        return amount < 0.6 * self.median and (amount - self.median) / spread < -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Rounded, so that a day's ads rarely change it: what a judgement rests on must hold from one run to the next.

    `ads`, `density` and `places` are where the top tenth of the `networks` begins; `prices` are by place, currency
    and minutes.
    """

    networks: int = 0
    ads: int = 0
    density: float = 0.0
    places: int = 0
    prices: Mapping[tuple[str, str, int], Usual] = field(default_factory=dict)

    def usual(self, places: Iterable[str], currency: str, minutes: int) -> tuple[str, Usual] | None:
        """What is usual at the first of `places` that is known."""
        known = ((place, self.prices.get((place, currency, minutes))) for place in places)
        return next(((place, usual) for place, usual in known if usual), None)


def measure_market(networks: Iterable[Network], prices: Iterable[Price]) -> Market:
    """The usual of clusters of two ads or more, and of prices (see `market_prices`). Order makes no difference."""
    large = [network for network in networks if network.ads > 1]
    return Market(
        networks=_round(len(large), 1),
        ads=int(_top_tenth(sorted(network.ads for network in large))),
        density=round(_top_tenth(sorted(network.density for network in large)), 1),
        places=int(_top_tenth(sorted(network.places for network in large))),
        prices=_usual_prices(prices),
    )


def _top_tenth(ordered: Sequence[float]) -> float:
    return ordered[(len(ordered) * 9) // 10] if len(ordered) >= FEW_NETWORKS else 0


def _usual_prices(prices: Iterable[Price]) -> dict[tuple[str, str, int], Usual]:
    amounts: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    for price in prices:
        amounts[price.place, price.currency, price.minutes].append(price.amount)
    return {key: _usual(found) for key, found in sorted(amounts.items()) if len(found) >= FEW_PRICES}


def _usual(amounts: Sequence[float]) -> Usual:
    middle = median(amounts)
    return Usual(_round(middle), _round(median(abs(each - middle) for each in amounts)), _round(len(amounts), 1))


def _round(value: float, figures: int = 2) -> int:
    """1,487 to two figures is 1,500."""
    return int(round(value, figures - 1 - floor(log10(value)))) if value >= 1 else 0


def find_prices(reading: Reading) -> Iterator[tuple[Price, Pay]]:
    """What the ad asks, by minutes, for its place; with where it says so. Nothing where it names several countries."""
    if not reading.pay:
        return
    places = price_places(reading)
    for pay in reading.pay:
        minutes = 60 if pay.per == "hour" else pay.minutes if pay.per == "minutes" else None
        if places and minutes and pay.role == "pay" and pay.amount > 0:
            yield Price(places[0], pay.currency, minutes, pay.amount), pay


def price_places(reading: Reading) -> list[str]:
    """The place of an ad, then its country; only the country where it names several places of one."""
    base = find_base(reading)
    if base:
        return [base[1].key, base[1].country]
    countries = {spot.country for place in reading.places if (spot := find_spot(place))}
    return sorted(countries) if len(countries) == 1 else []


def market_prices(reading: Reading) -> Iterator[Price]:
    """The rows that one ad's newest reading gives `measure_market`."""
    places = price_places(reading)
    for price, _ in set(find_prices(reading)):
        for place in places:
            yield Price(place, price.currency, price.minutes, price.amount)


def encode_market(market: Market) -> str:
    prices = [[*key, *asdict(usual).values()] for key, usual in market.prices.items()]
    return json.dumps({"networks": market.networks, "ads": market.ads, "density": market.density,
                       "places": market.places, "prices": prices}, ensure_ascii=False)  # fmt: skip


def decode_market(text: str) -> Market:
    values = json.loads(text)
    prices = {(place, currency, minutes): Usual(*usual) for place, currency, minutes, *usual in values.pop("prices")}
    return Market(**values, prices=prices)
