from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from alerts import clusterstore
from alerts.concluding import conclude
from alerts.intake import analyse
from alerts.linking import history
from alerts.linking.uses import Guard
from alerts.rows import link_row, links
from alerts.store import open_alerts
from crawler.store import ad_rows
from tests.alerts.stores import LATER, SEEN, TEXTS, Row, escort, judged_store, named, take

ONE, TWO = "42000017", "43000018"


def linked(db: Database) -> dict[str, Any]:
    """Clusters and ties, told by what the ads are called: numbers differ from store to store.

    Without those of one ad: one of them is kept where an alert was once raised on it, though it would not be now. A tie
    that is refused points at the oldest carrier of when its cluster was last looked at, which may be another by now.
    """
    names = {row.id: f"{row.site}/{row.ad_id}" for row in ad_rows(db)}
    members: dict[str, list[str]] = {}
    for ad, cluster in clusterstore.members(db).items():
        members.setdefault(cluster, []).append(names[ad])
    several = {cluster: sorted(ads) for cluster, ads in members.items() if len(ads) > 1}
    rows = [link_row(link, names) for link in clusterstore.links(db) if link.cluster in several]
    ties = sorted(repr(row | {"other": ""} if row["contested"] else row) for row in rows)
    return {"members": several, "ties": ties}


def market(seed: int, ads: int) -> list[Row]:
    """Ads with few phones, addresses and names between them, some in several versions, seen over some weeks."""
    chance = random.Random(seed)
    rows = []
    for number in range(ads):
        text = f"{number} {chance.choice(TEXTS)} {number % 7}"
        for version in range(chance.choice((1, 1, 2))):
            phones = [f"4200{chance.randrange(12):04}" for _ in range(chance.choice((0, 1, 1, 1, 2, 4)))]
            day = 1 + chance.randrange(25)
            page = f"www.treff{chance.randrange(3)}.example/{chance.choice('ab')}" if number % 3 == 0 else ""
            own = "post@a.example" if number % 4 else ""
            rows.append(escort(
                str(number), f"{text} {' / '.join(phones)} {page} {own}", name=f"Name{chance.randrange(60)}",
                seen_at=f"2026-{9 + version:02}-{day:02}T12:00:00+01:00",
            ))  # fmt: skip
    return rows


SMALL = Guard(hub=6, burst=4, side=2, large=4, weak=3, own=4, many=7)  # so that few ads meet every rule


@pytest.mark.parametrize(("seed", "ads"), [(0, 45), (1, 45), (20, 80), (21, 80), (22, 80), (37, 80)])
def test_any_order_and_any_bits_give_the_same_clusters(tmp_path: Path, seed: int, ads: int) -> None:
    chance = random.Random(seed)
    rows = market(seed, ads)
    whole = open_alerts(tmp_path / "whole.db", create=True)
    take(whole, rows)
    analyse(whole, guard=SMALL)
    chance.shuffle(rows)
    bits = open_alerts(tmp_path / "bits.db", create=True)
    while rows:
        cut = chance.randrange(1, 16)
        some, rows = rows[:cut], rows[cut:]
        take(bits, some)
        analyse(bits, guard=SMALL)
    assert linked(bits) == linked(whole)
    conclude(bits, everything=True, guard=SMALL)
    assert linked(bits) == linked(whole)
    assert any("contested" in tie for tie in linked(whole)["ties"])
    assert any("held" in tie for tie in linked(whole)["ties"]) or seed


def test_one_more_ad_touches_its_own_component_only(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort(str(n), f"Ring 4200{n // 2:04}, nummer {n}") for n in range(40)])
    take(db, [escort("new", "Ring 42000003", seen_at=LATER)])
    assert conclude(db).ads == 0
    analyse(db)
    db.execute("INSERT INTO unlinked (ad) SELECT id FROM ads WHERE ad_id = 'new'")
    assert conclude(db).ads == 3


def pages(number: int) -> Row:
    """One of several ads of one text, under two addresses of a web host by turns, each with a name of its own."""
    page = "www.treff.example/" + ("ny", "bli-med")[number % 2]
    return escort(
        str(number),
        f"{TEXTS[3]} Se {page} i dag.",
        name=f"Name{number}",
        seen_at=f"2026-10-{number + 1:02}T12:00:00+01:00",
    )


def test_one_text_under_two_addresses_of_a_host_is_one_cluster(tmp_path: Path) -> None:
    db = judged_store(tmp_path, map(pages, range(10)))
    assert len(set(clusterstore.members(db).values())) == 1
    ties = {(link.kind, link.value): link.contested for link in clusterstore.links(db)}
    assert ties["host", "treff.example"] is False
    assert {"kind": "url", "value": "treff.example"}.items() <= next(
        row for row in links(db) if row["value"] == "treff.example"
    ).items()
    history.rule(db, "cut", kind="host", value="treff.example", by="kari", reason="a house of many")
    analyse(db)
    assert sorted(map(len, _parts(clusterstore.members(db)))) == [5, 5]


def _parts(members: dict[int, str]) -> list[list[int]]:
    return [[ad for ad, one in members.items() if one == cluster] for cluster in set(members.values())]


def test_a_store_of_before_there_were_hosts_and_contacts_gets_them(tmp_path: Path) -> None:
    db = judged_store(tmp_path, map(pages, range(10)))
    db.execute("DELETE FROM carriers WHERE kind = 'host'")
    db.execute("DELETE FROM _sqlite_migrations WHERE name IN ('m005_hosts', 'm006_contacts')")
    db.execute("ALTER TABLE cards DROP COLUMN contacts")
    db.conn.commit()
    db.close()
    db = open_alerts(tmp_path / "varde.db")
    found = db.execute("SELECT value, count(*), count(DISTINCT how) FROM carriers WHERE kind = 'host' GROUP BY 1")
    assert found.fetchall() == [("treff.example", 10, 2)]
    assert db.execute("SELECT count(*) FROM unlinked").fetchone() == (10,)


def test_contacts_of_cards_are_those_that_the_migration_fills_in(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort("1", f"Ring {ONE} eller skriv til a@b.example"), escort("2", "Ingen her.")])
    before = db.execute("SELECT ad_id, contacts FROM cards ORDER BY 1").fetchall()
    assert [set(contacts.split(",")) for _, contacts in before] == [{"+4742000017", "a@b.example"}, {""}]
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_contacts'")
    db.execute("ALTER TABLE cards DROP COLUMN contacts")
    db.conn.commit()
    db.close()
    after = open_alerts(tmp_path / "varde.db").execute("SELECT ad_id, contacts FROM cards ORDER BY 1").fetchall()
    assert [(ad, set(contacts.split(","))) for ad, contacts in after] == [(ad, set(c.split(","))) for ad, c in before]


def test_clusters_that_meet_and_part_leave_their_history(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort("1", f"{TEXTS[0]} {ONE}"), escort("2", f"{TEXTS[1]} {ONE}"),
                                 escort("3", f"{TEXTS[2]} {TWO}"), escort("4", f"{TEXTS[3]} {TWO}")])  # fmt: skip
    take(db, [escort("5", f"Ring {ONE} eller {TWO}", seen_at=LATER)])
    analyse(db)
    (change,) = history.changes_of(db, named("3"))
    assert (change.cluster, change.became, change.ads) == (named("3"), named("1"), 2)
    assert change.why == "same phone in 3 ads (+4743000018)"
    assert history.heir_of(db, named("3")) == named("1")
    number = history.rule(db, "cut", kind="phone", value="+4743000018", by="kari", reason="a hotel's own")
    analyse(db)
    assert set(clusterstore.members(db).values()) == {named("1")}
    assert len(clusterstore.members(db)) == 3
    history.undo_ruling(db, number, by="kari", reason="it is not")
    analyse(db)
    assert len(clusterstore.members(db)) == 5


def test_rulings_outlive_a_rebuild_and_are_never_changed(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort(str(n), f"{TEXTS[n]} {ONE}") for n in range(3)])
    history.rule(db, "cut", kind="phone", value="+4742000017", ad="a.example/2", by="kari", reason="misread")
    analyse(db, again=True)
    assert sorted(clusterstore.members(db)) == [1, 2]
    (tie,) = [link for link in clusterstore.links(db) if link.contested]
    assert (tie.ad, tie.other, tie.cluster, tie.why[:12]) == (3, 1, named("0"), "cut by kari ")
    for change in ("UPDATE rulings SET reason = 'x'", "DELETE FROM rulings"):
        with pytest.raises(Exception, match="a ruling is never"):
            db.execute(change)


@pytest.mark.parametrize(
    ("value", "ad", "says"),
    [
        ("+4742000099", "", "no ad carries the phone '\\+4742000099'"),
        ("+4742000017", "b.example/1", "no ad 'b.example/1'"),
    ],
    ids=["key", "ad"],
)  # fmt: skip
def test_ruling_on_what_is_not_there(tmp_path: Path, value: str, ad: str, says: str) -> None:
    db = judged_store(tmp_path, [escort("1", f"{TEXTS[0]} {ONE}")])
    with pytest.raises(history.NoRuling, match=says):
        history.rule(db, "cut", kind="phone", value=value, ad=ad, by="kari", reason="x")


def test_an_ad_seen_again_is_linked_anew(tmp_path: Path) -> None:
    rows = [escort("1", f"{TEXTS[0]} {ONE}", seen_at=SEEN), escort("2", f"{TEXTS[1]} {ONE}", seen_at=SEEN)]
    db = judged_store(tmp_path, rows)
    take(db, [row | {"seen_at": LATER} for row in rows])
    analyse(db)
    assert {link.last_seen[:10] for link in clusterstore.links(db)} == {"2026-11-08"}


def test_a_text_that_one_group_gave_up_is_the_other_groups_own(tmp_path: Path) -> None:
    def ads(phone: str, first: int, text: str, seen_at: str) -> list[Row]:
        return [
            escort(str(n), f"{text} Ring {phone}, dag {n}", name=f"Name{n}", seen_at=seen_at)
            for n in range(first, first + 4)
        ]

    db = judged_store(tmp_path, [*ads(ONE, 1, TEXTS[0], SEEN), *ads(TWO, 11, TEXTS[0], SEEN)])
    assert {link.contested for link in clusterstore.links(db) if link.kind == "template"} == {False, True}
    take(db, ads(ONE, 1, TEXTS[3], LATER))
    analyse(db)
    in_bits = linked(db)
    conclude(db, everything=True)
    assert linked(db) == in_bits
    assert not [link for link in clusterstore.links(db) if link.kind == "template" and link.contested]
