from __future__ import annotations

import random

from msgspec.structs import replace

from alerts.cases import Link
from alerts.linking.communities import LEAST, find_communities
from tests.alerts.stores import tie


def two_groups() -> list[Link]:
    """Two networks of twelve ads, each with two phones, and one picture that an ad of each shows."""
    links = []
    for first in (1, 101):
        links += tie("phone", f"+47420000{first:03}", *range(first, first + 12))
        links += tie("email", f"{first}@x.example", *range(first, first + 12))
    return [*links, *tie("image", "phash:aa", 12, 101)]


ADS = [*range(1, 13), *range(101, 113)]


def test_two_networks_that_one_picture_ties_are_two_groups() -> None:
    one, two = find_communities(ADS, two_groups())
    assert (one.ads, two.ads) == (tuple(ADS[:12]), tuple(ADS[12:]))
    assert set(one.keys[:2]) == {"email:1@x.example", "phone:+47420000001"}
    assert one.outside == two.outside == ("image:phash:aa",)


def test_the_order_of_ads_and_ties_makes_no_difference() -> None:
    links, ads = two_groups(), ADS[:]
    random.Random(3).shuffle(links)
    random.Random(4).shuffle(ads)
    assert find_communities(ads, links) == find_communities(ADS, two_groups())


def test_a_small_cluster_is_not_parted() -> None:
    ads = list(range(1, LEAST))
    assert find_communities(ads, tie("phone", "+4742000001", *ads)) == []


def test_contested_ties_part_nothing_and_hold_nothing() -> None:
    links = [replace(link, contested=link.kind == "image") for link in two_groups()]
    assert [one.outside for one in find_communities(ADS, links)] == [(), ()]
