from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from alerts.facts import AdFacts
from alerts.linking.clusters import Group, name
from alerts.linking.rulings import Ruling, RulingKind, Rulings
from alerts.linking.ties import Tie, find_ties
from alerts.linking.uses import OPEN, Card, Carrier, Guard, KeyUse
from tests.alerts.stores import LATER, SEEN, facts, groups

HUB = Guard().hub


def ids(ads: list[AdFacts], templates: Mapping[int, str] | None = None) -> list[list[int]]:
    return sorted(sorted(group.ads) for group in groups(ads, templates))


def day(number: int) -> str:
    """A moment of a day of its own."""
    return f"{date(2026, 1, 1) + timedelta(days=number)}T12:00:00.000+00:00"


def reasons(found: list[Group]) -> set[str]:
    return {link.why for group in found for link in group.links if link.contested}


def test_shared_keys_tie_and_chains_join() -> None:
    ads = [
        facts(1, keys=[("phone", "+4742000001")]),
        facts(2, keys=[("phone", "+4742000001"), ("email", "a@x.example")]),
        facts(3, keys=[("email", "a@x.example")]),
        facts(4, keys=[("phone", "+4742000004")]),
    ]
    assert ids(ads) == [[1, 2, 3], [4]]


def test_template_ties() -> None:
    assert ids([facts(1), facts(2), facts(3)], {1: "t", 3: "t"}) == [[1, 3], [2]]


def test_same_value_of_another_kind_does_not_tie() -> None:
    assert ids([facts(1, keys=[("phone", "x")]), facts(2, keys=[("handle", "x")])]) == [
        [1],
        [2],
    ]


def test_a_key_of_too_many_owners_is_contested() -> None:
    ads = [facts(n, name=f"Name{n}", keys=[("phone", "+4742000001")]) for n in range(1, HUB + 2)]
    found = groups(ads)
    assert len(found) == HUB + 1
    links = [link for c in found for link in c.links]
    assert len(links) == HUB
    assert all(link.contested and link.strength == 0 and "switchboard" in link.why for link in links)


def test_a_key_of_as_many_owners_as_allowed_ties() -> None:
    ads = [facts(n, name=f"Name{n}", keys=[("phone", "+4742000001")], first_seen=day(n)) for n in range(1, HUB + 1)]
    assert len(groups(ads)) == 1


def test_one_person_may_post_as_often_as_she_likes() -> None:
    ads = [facts(n, name="Lina", keys=[("phone", "+4742000001")]) for n in range(1, 3 * HUB)]
    assert len(groups(ads)) == 1


def test_an_ad_that_lists_phones_ties_nothing_by_them() -> None:
    phones = [("phone", f"+474200000{n}") for n in range(1, 5)]
    ads = [facts(n, keys=[phones[n - 1]]) for n in range(1, 5)] + [facts(9, keys=phones, most_phones=4)]
    found = groups(ads)
    assert [len(c.ads) for c in found] == [1, 1, 1, 1, 1]
    assert {link.why for c in found for link in c.links} == {
        "contested: this ad lists more than 3 phones, so none of them ties it"
    }


def test_an_ad_that_changed_its_phone_often_lists_none() -> None:
    phones = [("phone", f"+474200000{n}") for n in range(1, 5)]
    ads = [facts(n, keys=[phones[n - 1]]) for n in range(1, 5)] + [facts(9, keys=phones, most_phones=1)]
    assert len(groups(ads)) == 1


def test_links_are_a_star_with_reason_and_time() -> None:
    ads = [facts(n, keys=[("phone", "+4742000001")], last_seen=LATER) for n in (1, 2, 3)]
    links = groups(ads)[0].links
    assert [(link.ad, link.other) for link in links] == [(2, 1), (3, 1)]
    assert links[0].why == "same phone in 3 ads"
    assert (links[0].first_seen, links[0].last_seen) == (SEEN, LATER)


@pytest.mark.parametrize(("ads", "strength"), [(2, 1.0), (5, 0.5), (17, 0.25)])
def test_strength_falls_with_how_many_carry_the_key(ads: int, strength: float) -> None:
    found = groups([facts(n, keys=[("phone", "+4742000001")]) for n in range(1, ads + 1)])
    assert found[0].links[0].strength == strength


def test_any_order_gives_the_same_clusters() -> None:
    shuffle = random.Random(5)
    ads = [facts(n, keys=[("phone", f"+47420000{shuffle.randrange(40):02}")]) for n in range(1, 81)]
    mixed = ads[:]
    shuffle.shuffle(mixed)
    assert groups(ads) == groups(mixed)


# what an attacker, a switchboard or a shared house must not tie


def network(first: int, ads: int, *keys: tuple[str, str], **more: str) -> list[AdFacts]:
    """Ads of one operator, each under a name of its own, a day apart."""
    return [
        facts(n, name=f"Name{n}", keys=list(keys), first_seen=day(n), last_seen=day(n), **more)
        for n in range(first, first + ads)
    ]


ONE, TWO = ("phone", "+4742000001"), ("phone", "+4743000002")


def test_a_house_of_many_ties_nobody() -> None:
    address = ("address", "storgata 1, 0155 oslo")
    assert len(groups(network(1, Guard().house, address))) == 1
    found = groups(network(1, Guard().house + 1, address))
    assert len(found) == Guard().house + 1
    assert all("a house of many" in why for why in reasons(found))


def test_a_number_pasted_by_many_in_a_day_stays_with_those_who_had_it() -> None:
    own = network(1, 5, ONE)
    spam = [facts(n, name=f"Spam{n}", keys=[ONE], first_seen=day(60)) for n in range(100, 100 + Guard().burst)]
    found = groups([*own, *spam])
    assert [sorted(group.ads) for group in found if len(group.ads) > 1] == [[1, 2, 3, 4, 5]]
    assert len(found) == 1 + len(spam)
    assert all("within a day" in why for why in reasons(found))


def test_one_ad_does_not_join_two_groups_by_a_phone_of_each() -> None:
    bridge = facts(99, name="Stranger", keys=[ONE, TWO], first_seen=day(70))
    found = groups([*network(1, 4, ONE), *network(11, 5, TWO), bridge])
    assert sorted(len(group.ads) for group in found) == [5, 5]
    assert reasons(found) == {"held: no other ad carries this phone together with +4742000001; confirm it"}


def test_one_ad_does_not_join_two_groups_by_weaker_keys_of_each() -> None:
    image, page = ("image", f"phash:{'a' * 64}"), ("url", "rooms.example/lina")
    bridge = facts(99, name="Stranger", keys=[image, page], first_seen=day(70))
    found = groups([*network(1, 4, image), *network(11, 5, page), bridge])
    assert sorted(len(group.ads) for group in found) == [5, 5]
    assert reasons(found) == {"held: this ad alone joins groups of 4 and 5 ads; confirm it or leave it"}


def test_ads_that_each_join_two_groups_do_not_bear_each_other_out() -> None:
    """Whoever posts many such ads ties them to each other by their text, and each group by two of them."""
    phones = [("phone", f"+474200000{n}") for n in range(4)]
    groups_of = [ad for n, phone in enumerate(phones) for ad in network(1 + 10 * n, 4, phone)]
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0)]
    drip = [facts(90 + n, name=f"Spam{n}", keys=[phones[a], phones[b]], first_seen=day(80 + n))
            for n, (a, b) in enumerate(pairs)]  # fmt: skip
    found = groups([*groups_of, *drip], {90 + n: "t" for n in range(4)})
    assert max(len({ad for ad in group.ads if ad < 90}) for group in found) == 4


def test_two_ads_that_say_the_same_join_two_groups() -> None:
    two = [facts(n, name="Stranger", keys=[ONE, TWO], first_seen=day(n)) for n in (70, 71)]
    assert len(groups([*network(1, 4, ONE), *network(11, 5, TWO), *two])) == 1


def test_an_ad_stays_with_the_group_that_it_shares_more_with() -> None:
    mail = ("email", "desk@rooms.example")
    bridge = facts(99, name="Stranger", keys=[ONE, TWO, mail], first_seen=day(70))
    found = groups([*network(1, 4, ONE), *network(11, 5, TWO, mail), bridge])
    assert sorted(len(group.ads) for group in found) == [4, 6]


def test_a_text_that_different_employers_write_ties_nobody() -> None:
    one = [facts(n, kind="job", org_number="974760673") for n in (1, 2)]
    other = [facts(n, kind="job", org_number="923609016") for n in (3, 4)]
    assert len(groups([*one, *other], dict.fromkeys(range(1, 5), "t"))) == 4
    assert len(groups(one, {1: "t", 2: "t"})) == 1


def test_small_groups_join_by_one_ad() -> None:
    bridge = facts(99, name="Stranger", keys=[ONE, TWO], first_seen=day(70))
    assert len(groups([*network(1, 2, ONE), *network(11, 2, TWO), bridge])) == 1


def test_two_large_groups_are_not_joined_by_one_weak_key() -> None:
    image = ("image", f"phash:{'a' * 64}")
    left, right = network(1, 9, ONE), network(21, 9, TWO)
    both = [facts(n, name=f"Both{n}", keys=[key, image], first_seen=day(n)) for n, key in ((50, ONE), (51, TWO))]
    found = groups([*left, *right, *both])
    assert sorted(len(group.ads) for group in found) == [10, 10]
    assert reasons(found) == {"held: this image hash alone joins groups of 10 and 10 ads; confirm it or leave it"}
    strong = [facts(n, name=f"Both{n}", keys=[key, ("email", "a@x.example")], first_seen=day(n))
              for n, key in ((50, ONE), (51, TWO), (52, ONE), (53, TWO))]  # fmt: skip
    assert len(groups([*left, *right, *strong])) == 1


def test_groups_that_share_stock_texts_crosswise_stay_apart() -> None:
    """No text is a bridge here, since each pair hangs together by way of the third as well."""
    phones = [("phone", f"+474200000{n}") for n in range(3)]
    ads = [ad for n, phone in enumerate(phones) for ad in network(1 + 10 * n, 4, phone)]
    crosswise = {1: "a", 11: "a", 12: "b", 21: "b", 22: "c", 2: "c"}
    found = groups(ads, crosswise)
    assert sorted(len(group.ads) for group in found) == [4, 4, 4]
    why = "held: 2 groups that share no contact have this text template, and nothing else joins them; confirm it"
    assert reasons(found) == {why}
    confirmed = Rulings.of([ruling("confirm", ("template", text)).by_key["template", text, ""] for text in "abc"])
    assert len(groups(ads, crosswise, rulings=confirmed)) == 1


def hosts(*carried: tuple[int, str, str], names: int = 99) -> Tie:
    """The tie of a web host over ads with (number, path, text), `names` of which differ in the name they give."""
    cards = {
        number: Card(ad=number, site="a.example", ad_id=str(number), owner=f"name{number % names}",
                     first_seen=day(number), last_seen=day(number))
        for number, _, _ in carried
    }  # fmt: skip
    carriers = [Carrier(n, day(n), day(n), 0.8, f"h.example/{path} {text}") for n, path, text in carried]
    (tie,) = find_ties([KeyUse("host", "h.example", tuple(carriers))], cards, Rulings(), Guard())
    return tie


def test_one_text_under_two_addresses_of_a_host_ties_all_that_stands_there() -> None:
    tie = hosts((1, "new", "a"), (2, "new", "b"), (3, "join", "a"), (4, "join", "c"))
    assert (tie.tied, tie.state, tie.is_strong) == ((1, 2, 3, 4), "", True)
    assert tie.why == "same text under several addresses of one web host, in 4 ads"


def test_addresses_of_a_host_that_share_no_text_are_not_tied() -> None:
    tie = hosts((1, "new", "a"), (2, "new", "b"), (3, "join", "c"), (4, "join", "d"))
    assert (tie.tied, set(tie.refused)) == ((), {1, 2, 3, 4})
    assert "no text" in tie.refused[1]
    some = hosts((1, "new", "a"), (2, "x", "b"), (3, "join", "a"), (4, "join", "d"), (5, "new", "e"), (6, "x", "f"))
    assert (some.tied, set(some.refused)) == ((1, 3, 4, 5), {2, 6})


def test_a_host_on_which_each_name_has_its_address_ties_nobody() -> None:
    """A platform: a stock text stands under the addresses of many."""
    tie = hosts(*((n, f"page{n}", "a") for n in range(1, 9)))
    assert (tie.tied, "a host of many" in tie.state) == ((), True)
    assert hosts((1, "new", "a"), (2, "join", "a"), (3, "new", "a"), (4, "join", "a"), names=2).tied == ()


SITES_OWN = "post@a.example"


def under_every_ad(*contacts: str, sites: int = 1) -> Tie:
    """The tie of a mail address over ads of a name each, with these contacts beside it."""
    cards = {
        number: Card(ad=number, site=f"{number % sites}.example", ad_id=str(number), owner=f"name{number}",
                     first_seen=day(number), last_seen=day(number), contacts=frozenset({SITES_OWN, *contact.split()}))
        for number, contact in enumerate(contacts, 1)
    }  # fmt: skip
    carriers = [Carrier(ad, day(ad), day(ad), 1.0, "plain") for ad in cards]
    (tie,) = find_ties([KeyUse("email", SITES_OWN, tuple(carriers))], cards, Rulings(), Guard())
    return tie


def test_what_a_site_puts_under_every_ad_ties_nobody() -> None:
    own = [f"+474200000{number}" for number in range(7)]
    tie = under_every_ad(*own)
    assert (tie.tied, "the site's own" in tie.state) == ((), True)
    assert not under_every_ad(*own[:4], "", "", "").tied, "four of seven have a contact of their own"
    assert under_every_ad(*own[:3], "", "", "", "").tied, "three of seven"
    assert under_every_ad(*own[:5]).tied, "too few to tell"
    assert under_every_ad(*own, sites=2).tied, "no site puts its own on another"


def test_whoever_pastes_a_number_beside_his_own_does_not_take_it_from_those_who_had_it() -> None:
    own = [f"+474200000{number}" for number in range(7)]
    tie = under_every_ad("", "", "", "", *own)
    assert (tie.tied, "the site's own" in tie.state) == ((1, 2, 3, 4), True)


def test_a_contact_of_one_hand_ties_whoever_she_says_she_is() -> None:
    shared = [f"+4742000000 +474200000{1 + number % 2}" for number in range(8)]
    assert len(under_every_ad(*shared).tied) == 8
    assert len(under_every_ad(*[""] * 8).tied) == 8


def test_with_the_guard_open_everything_joins() -> None:
    bridge = facts(99, name="Stranger", keys=[ONE, TWO], first_seen=day(70))
    ads = [*network(1, 4, ONE), *network(11, 5, TWO), bridge]
    assert len(groups(ads, guard=OPEN)) == 1


# what a person ruled


def ruling(kind: RulingKind, key: tuple[str, str], ad: str = "") -> Rulings:
    return Rulings.of([Ruling(id=1, at=SEEN, by="kari", ruling=kind, kind=key[0], value=key[1], ad=ad, reason="seen")])


def test_a_key_that_is_cut_ties_nobody_and_says_who_cut_it() -> None:
    found = groups(network(1, 3, ONE), rulings=ruling("cut", ONE))
    assert len(found) == 3
    assert reasons(found) == {"cut by kari on 2026-11-01: seen"}


def test_a_key_that_is_cut_does_not_tie_those_who_had_it_before_it_was_pasted_about() -> None:
    spam = [facts(n, name=f"Spam{n}", keys=[ONE], first_seen=day(60)) for n in range(100, 100 + Guard().burst)]
    found = groups([*network(1, 5, ONE), *spam], rulings=ruling("cut", ONE))
    assert len(found) == 5 + len(spam)
    assert len(reasons(found)) == 1


def test_a_house_of_many_is_one_though_more_names_are_pasted_to_it() -> None:
    address = ("address", "storgata 1, 0155 oslo")
    spam = [facts(n, name=f"Spam{n}", keys=[address], first_seen=day(60)) for n in range(100, 100 + Guard().burst)]
    assert len(groups([*network(1, 4, address), *spam])) == 1 + len(spam)
    assert len(groups([*network(1, 5, address), *spam])) == 5 + len(spam)


def test_one_ad_can_be_cut_off_from_a_key() -> None:
    found = groups(network(1, 3, ONE), rulings=ruling("cut", ONE, "a.example/n2"))
    assert sorted(sorted(group.ads) for group in found) == [[1, 3], [2]]


def test_a_key_that_is_confirmed_ties_whatever_the_guard_says() -> None:
    many = network(1, HUB + 1, ONE)
    assert len(groups(many)) == HUB + 1
    assert len(groups(many, rulings=ruling("confirm", ONE))) == 1
    bridge = facts(99, name="Stranger", keys=[ONE, TWO], first_seen=day(90))
    parted = [*network(1, 4, ONE), *network(11, 5, TWO), bridge]
    assert len(groups(parted, rulings=ruling("confirm", TWO))) == 1


def test_names_do_not_depend_on_the_numbers_of_a_store() -> None:
    ads = network(1, 3, ONE)
    again = [replace(ad, ad=100 - ad.ad) for ad in ads]
    assert [group.id for group in groups(ads)] == [group.id for group in groups(again)] == [name("a.example", "n1")]
