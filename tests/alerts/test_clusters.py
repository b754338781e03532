from __future__ import annotations

import random

import pytest

from alerts.clusters import HUB, find_clusters
from alerts.facts import AdFacts
from tests.alerts.stores import LATER, SEEN, facts


def ids(ads: list[AdFacts], templates: dict[int, str] | None = None) -> dict[str, list[int]]:
    return {c.id: [ad.ad for ad in c.ads] for c in find_clusters(ads, templates or {})}


def test_shared_keys_tie_and_chains_join() -> None:
    ads = [
        facts(1, keys=[("phone", "+4742000001")]),
        facts(2, keys=[("phone", "+4742000001"), ("email", "a@x.example")]),
        facts(3, keys=[("email", "a@x.example")]),
        facts(4, keys=[("phone", "+4742000004")]),
    ]
    assert ids(ads) == {"c-1": [1, 2, 3], "c-4": [4]}


def test_template_ties() -> None:
    assert ids([facts(1), facts(2), facts(3)], {1: "t", 3: "t"}) == {"c-1": [1, 3], "c-2": [2]}


def test_same_value_of_another_kind_does_not_tie() -> None:
    assert ids([facts(1, keys=[("phone", "x")]), facts(2, keys=[("handle", "x")])]) == {
        "c-1": [1],
        "c-2": [2],
    }


def test_a_key_of_too_many_owners_is_contested() -> None:
    ads = [facts(n, name=f"Name{n}", keys=[("phone", "+4742000001")]) for n in range(1, HUB + 2)]
    found = find_clusters(ads, {})
    assert len(found) == HUB + 1
    links = [link for c in found for link in c.links]
    assert len(links) == HUB
    assert all(link.contested and link.strength == 0 and "switchboard" in link.why for link in links)


def test_a_key_of_as_many_owners_as_allowed_ties() -> None:
    ads = [facts(n, name=f"Name{n}", keys=[("phone", "+4742000001")]) for n in range(1, HUB + 1)]
    assert len(find_clusters(ads, {})) == 1


def test_one_person_may_post_as_often_as_she_likes() -> None:
    ads = [facts(n, name="Lina", keys=[("phone", "+4742000001")]) for n in range(1, 3 * HUB)]
    assert len(find_clusters(ads, {})) == 1


def test_an_ad_that_lists_phones_ties_nothing_by_them() -> None:
    phones = [("phone", f"+474200000{n}") for n in range(1, 5)]
    ads = [facts(n, keys=[phones[n - 1]]) for n in range(1, 5)] + [facts(9, keys=phones, most_phones=4)]
    found = find_clusters(ads, {})
    assert [len(c.ads) for c in found] == [1, 1, 1, 1, 1]
    assert {link.why for c in found for link in c.links} == {
        "contested: this ad lists more than 3 phones, so none of them ties it"
    }


def test_an_ad_that_changed_its_phone_often_lists_none() -> None:
    phones = [("phone", f"+474200000{n}") for n in range(1, 5)]
    ads = [facts(n, keys=[phones[n - 1]]) for n in range(1, 5)] + [facts(9, keys=phones, most_phones=1)]
    assert len(find_clusters(ads, {})) == 1


def test_links_are_a_star_with_reason_and_time() -> None:
    ads = [facts(n, keys=[("phone", "+4742000001")], last_seen=LATER) for n in (1, 2, 3)]
    links = find_clusters(ads, {})[0].links
    assert [(link.ad, link.other) for link in links] == [(2, 1), (3, 1)]
    assert links[0].why == "same phone in 3 ads"
    assert (links[0].first_seen, links[0].last_seen) == (SEEN, LATER)


@pytest.mark.parametrize(("ads", "strength"), [(2, 1.0), (5, 0.5), (17, 0.25)])
def test_strength_falls_with_how_many_carry_the_key(ads: int, strength: float) -> None:
    found = find_clusters([facts(n, keys=[("phone", "+4742000001")]) for n in range(1, ads + 1)], {})
    assert found[0].links[0].strength == strength


def test_any_order_gives_the_same_clusters() -> None:
    shuffle = random.Random(5)
    ads = [facts(n, keys=[("phone", f"+47420000{shuffle.randrange(40):02}")]) for n in range(1, 81)]
    mixed = ads[:]
    shuffle.shuffle(mixed)
    assert ids(ads) == {c: sorted(members) for c, members in ids(mixed).items()}
