"""What some new ads touch, held against linking all of them: clusters, ties and states of keys are the same."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from sqlite_utils import Database

from alerts.linking import carriers
from alerts.linking.clusters import Group
from alerts.linking.link import Linked, link
from alerts.linking.rulings import Ruling, RulingKind, Rulings
from alerts.linking.uses import Guard
from alerts.store import open_alerts

SMALL = Guard(hub=6, burst=4, side=2, large=4, weak=3, own=4)  # so that few ads meet every rule
Ad = tuple[int, str, str, dict[str, list[str]]]  # number, owner, day, what it carries


def store(path: Path) -> Database:
    db = open_alerts(path / "varde.db", create=True)
    db.execute("PRAGMA foreign_keys = OFF")  # cards and carriers alone
    return db


def put(db: Database, ads: Iterable[Ad]) -> None:
    for number, owner, day, keys in ads:
        phones = keys.get("phone", [])
        db.execute(
            "INSERT INTO cards (ad, site, ad_id, owner, first_seen, last_seen, listed, contacts) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (number, "a.example", str(number), owner, day, day, len(phones), ",".join(phones)),
        )
        rows = [(kind, value, number, day, day, 1.0, "plain") for kind, some in keys.items() for value in some]
        db.conn.executemany("INSERT INTO carriers VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


class Kept:
    """The clusters as a store keeps them, of ads that come a few at a time."""

    def __init__(self, db: Database) -> None:
        self.db, self.groups, self.rulings = db, dict[str, Group](), Rulings()

    def add(self, ads: Sequence[Ad]) -> Linked:
        put(self.db, ads)
        return self.link({ad[0] for ad in ads})

    def retell(self, ad: int, template: str) -> Linked:
        """Give an ad another text; those who have the former are looked at too, as `update_cards` has it."""
        (left,) = self.db.execute(
            "SELECT max(value) FROM carriers WHERE kind = 'template' AND ad = ?", (ad,)
        ).fetchone()
        others = self.carriers("template", left)
        self.db.execute("DELETE FROM carriers WHERE kind = 'template' AND ad = ?", (ad,))
        day = self.db.execute("SELECT first_seen FROM cards WHERE ad = ?", (ad,)).fetchone()[0]
        self.db.execute("INSERT INTO carriers VALUES ('template', ?, ?, ?, ?, 1.0, 'plain')", (template, ad, day, day))
        return self.link({ad} | others)

    def rule(self, ruling: RulingKind, kind: str, value: str, ad: str) -> None:
        """Rule on a key, for all or for one ad; those who carry it are looked at, as `history.rule` has it."""
        one = Ruling(
            id=1, at="2026-11-01", by="kari", ruling=ruling, kind=kind, value=value, ad=ad, reason="seen in the flat"
        )
        self.rulings = Rulings({**self.rulings.by_key, (kind, value, ad): one})
        self.link(self.carriers(kind, value))

    def carriers(self, kind: str, value: str) -> set[int]:
        found = self.db.execute("SELECT ad FROM carriers WHERE kind = ? AND value = ?", (kind, value))
        return {ad for (ad,) in found}

    def link(self, ads: set[int]) -> Linked:
        """As `concluding` has it: with the clusters that the ads were in."""
        former = [group.ads for group in self.groups.values() if not ads.isdisjoint(group.ads)]
        linked = link(self.db, sorted(ads.union(*former)), self.rulings, SMALL)
        here = {id for id, group in self.groups.items() if not linked.ads.isdisjoint(group.ads)}
        assert all(linked.ads.issuperset(self.groups[id].ads) for id in here), "a cluster is taken whole or not at all"
        assert sorted(ad for group in linked.groups for ad in group.ads) == sorted(linked.ads)
        self.groups = {id: group for id, group in self.groups.items() if id not in here}
        self.groups |= {group.id: group for group in linked.groups}
        carriers.set_key_states(self.db, linked.states, linked.settled)
        return linked


def told(groups: Iterable[Group]) -> list[tuple[str, tuple[int, ...], list[str]]]:
    """Clusters with their ties; a tie refused points at the oldest carrier of when its cluster was last looked at."""
    return sorted(
        (group.id, group.ads, sorted(
            f"{one.kind} {one.value} {one.ad} {one.why} {one.strength} {'' if one.contested else one.other}"
            for one in group.links
        )) for group in groups
    )  # fmt: skip


def market(chance: random.Random, ads: int) -> list[Ad]:
    """Ads with phones of small groups, and texts, addresses and pictures that run crosswise between these."""
    found = []
    for number in range(ads):
        keys = {
            "phone": [f"+4742{chance.randrange(ads // 3):06}" for _ in range(chance.choice((0, 1, 1, 1, 2, 4)))],
            "template": [f"t{chance.randrange(ads // 5)}"] if chance.random() < 0.7 else [],
            "address": [f"storgata {chance.randrange(ads // 4)}"] if chance.random() < 0.3 else [],
            "image": [f"i{chance.randrange(ads // 2)}"] if chance.random() < 0.2 else [],
        }
        day = f"2026-{chance.randrange(1, 10):02}-{chance.randrange(1, 29):02}T12:00:00.000+00:00"
        found.append((number, f"name{chance.randrange(ads)}", day, {k: sorted(set(v)) for k, v in keys.items()}))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_few_at_a_time_give_what_all_at_once_give(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    ads = market(chance, chance.choice((30, 60, 120)))
    chance.shuffle(ads)
    kept = Kept(store(tmp_path))
    while ads:
        some, ads = ads[: (cut := chance.randrange(1, 6))], ads[cut:]
        kept.add(some)
        if chance.random() < 0.2:
            kept.retell(some[0][0], f"t{chance.randrange(9)}")
        if chance.random() < 0.1:
            kind, value = chance.choice(kept.db.execute("SELECT DISTINCT kind, value FROM carriers").fetchall())
            one = chance.choice(("", f"a.example/{some[0][0]}"))
            kept.rule("cut" if one else chance.choice(("cut", "confirm")), kind, value, one)
    whole = link(kept.db, [], kept.rulings, SMALL, everything=True)
    assert told(kept.groups.values()) == told(whole.groups)
    states = kept.db.execute("SELECT kind, value, state FROM key_states").fetchall()
    assert {(k, v): s for k, v, s in states} == {key: state for key, state in whole.states.items() if state}


def test_texts_that_run_from_group_to_group_are_not_followed_to_their_end(tmp_path: Path) -> None:
    day = "2026-03-0{}T12:00:00.000+00:00".format
    kept = Kept(store(tmp_path))
    for group in range(30):  # each shares a text with the one before it, and one with the one after it
        texts = {0: [f"t{group}"], 2: [f"t{group + 1}"]}
        for place in range(3):
            keys = {"phone": [f"+4742{group:06}"], "template": texts.get(place, [])}
            kept.add([(group * 10 + place, f"name{group}", day(place + 1), keys)])
    assert sorted(len(group.ads) for group in kept.groups.values()) == [3] * 30
    linked = kept.add([(999, "name15", day(9), {"phone": ["+4742000015"]})])
    assert linked.ads == {999, *(group * 10 + place for group in (14, 15, 16) for place in range(3))}
