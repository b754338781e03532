"""Relations by what is usual in the market: the largest networks, and prices far below those of the place."""

from __future__ import annotations

from alerts.market.usual import Network, Price, Usual, find_prices, price_places
from alerts.movement.places import count_spots
from alerts.movement.sightings import SELLING
from alerts.relations.scene import QUOTES, Relation, Rule, Scene, evidence, sells

LEAST_ADS = 5  # of a network: below it density and spread say nothing


def large_network(scene: Scene) -> Relation | None:
    """D08: in the top tenth of the market by two at least of its ads, its density and its municipalities."""
    market, own = scene.market, measure_network(scene)
    if market is None or not market.ads or own.ads < LEAST_ADS or not sells(scene.cluster.ads):
        return None
    measures = (
        (own.ads > market.ads, f"{own.ads} ads (top tenth: more than {market.ads})"),
        (own.density > market.density, f"{own.density:.1f} ties for each ad (more than {market.density:.1f})"),
        (own.places > market.places, f"{own.places} municipalities (more than {market.places})"),
    )
    above = [words for is_above, words in measures if is_above]
    if len(above) < 2:
        return None
    note = f"of about {market.networks:,} networks: {'; '.join(above)}"
    quoted = ((ad, ad.reading.places[0]) for ad in scene.cluster.ads if ad.reading.places)
    return Relation("D08", note, tuple(evidence(ad, place) for ad, place in list(quoted)[:QUOTES]), own.ads)


def measure_network(scene: Scene) -> Network:
    """The scene's cluster as `Market` counts them."""
    ads = scene.cluster.ads
    ties = sum(not link.contested for link in scene.cluster.links)
    return Network(len(ads), ties, count_spots(ad.reading for ad in ads))


def low_price(scene: Scene) -> Relation | None:
    """E02: under 60 % of the local median, and more than two robust standard deviations below it."""
    if scene.market is None:
        return None
    found = []
    for ad in scene.cluster.ads:
        prices = list(find_prices(ad.reading)) if ad.kind in SELLING else []
        for price, pay in prices:
            usual = scene.market.usual(price_places(ad.reading), price.currency, price.minutes)
            if usual and usual[1].is_far_below(price.amount):
                found.append((price.amount / usual[1].median, _say(price, *usual), ad, pay))
                break
    if not found:
        return None
    _, note, _, _ = min(found, key=lambda each: (each[0], each[2].site, each[2].ad_id))
    return Relation("E02", note, tuple(evidence(ad, pay) for _, _, ad, pay in found[:QUOTES]), len(found))


def _say(price: Price, place: str, usual: Usual) -> str:
    where = "the country" if "/" not in place else "the place"
    return (
        f"{price.amount:,.0f} {price.currency} for {price.minutes} minutes; usual in {where}: {usual.median:,.0f} "
        f"(median of about {usual.ads} ads)"
    )


RULES: dict[str, Rule] = {"D08": large_network, "E02": low_price}
