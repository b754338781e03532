from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from alerts import alertstore, clusterstore, store
from alerts.casefile import load_case
from alerts.concluding import conclude
from alerts.intake import analyse
from alerts.linking.uses import Guard
from alerts.reading import readstore
from alerts.reading.readers import reading_version
from alerts.reading.readpool import ReadPool
from crawler.errors import VardeError
from tests.alerts.stores import LATER, LATEST, SEEN, TEXTS, escort, job, judged_store, named, take

NETWORK = [
    escort("1", f"{TEXTS[0]} 42 00 00 17", name="Lina"),
    escort("2", f"{TEXTS[0]} fire to null null null null en syv", name="Mia"),
    escort("3", f"{TEXTS[0]} 42000017", name="Sara"),
    escort("4", TEXTS[3], name="Nora"),
]


def tables(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every table but that of what is usual, which a whole analysis measures anew."""
    names = [name for name in db.table_names() if not name.startswith("_") and name != "market"]
    return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in names}


def test_missing_store_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(VardeError, match="`varde crawl` or `varde import` makes one"):
        store.open_alerts(tmp_path / "none.db")


def test_network_becomes_one_cluster_with_an_alert(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    assert {row.id: row.ads for row in clusterstore.clusters(db)} == {named("1"): 3}
    (alert,) = alertstore.alerts(db)
    assert (alert.level, alert.state, alert.ads, alert.sites) == ("L2", "new", 3, ("a.example",))
    assert {"B03", "B04", "D01", "D02"} == {reason.indicator for reason in alert.reasons}


def test_second_analysis_writes_nothing(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    before = tables(db)
    analyse(db)
    assert tables(db) == before


def test_same_import_again_changes_only_last_seen(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    before = tables(db)
    take(db, NETWORK)
    analyse(db)
    assert tables(db) == before
    take(db, [row | {"seen_at": LATER} for row in NETWORK])
    analyse(db)
    after = tables(db)
    assert after["observations"] == before["observations"]
    assert after["readings"] == before["readings"]
    assert [row[:6] for row in after["ads"]] == [row[:6] for row in before["ads"]]


def test_everything_again_gives_the_same(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    before = tables(db)
    analyse(db, again=True)
    assert tables(db) == before


def test_two_processes_read_the_same(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    before = tables(db)
    with ReadPool(2, say=print) as pool:
        analyse(db, again=True, reader=pool.read)
    assert tables(db) == before


def test_alert_lapses_when_the_ad_is_edited_and_is_never_closed(tmp_path: Path) -> None:
    ad = job("1", f"{TEXTS[0]} Hand in your passport on arrival.")
    db = judged_store(tmp_path, [ad])
    (first,) = alertstore.alerts(db)
    assert first.why_now.startswith("first seen in one ad")
    take(db, [ad | {"text": TEXTS[0], "seen_at": LATER}])
    analyse(db)
    (lapsed,) = alertstore.alerts(db)
    assert (lapsed.id, lapsed.level, lapsed.state, lapsed.reasons) == (first.id, "L3", "lapsed", first.reasons)
    assert load_case(db, lapsed.cluster) is not None
    take(db, [ad | {"seen_at": LATEST}])
    analyse(db)
    (again,) = alertstore.alerts(db)
    assert (again.id, again.state) == (first.id, "new")
    assert again.why_now.startswith("had lapsed, now L3")


def test_alert_goes_with_its_cluster_into_another(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort("1", f"{TEXTS[0]} 42000017"), escort("2", f"{TEXTS[1]} I am 17 years old.")])
    (before,) = alertstore.alerts(db)
    assert before.cluster == named("2")
    take(db, [escort("2", f"{TEXTS[1]} I am 17 years old. 42000017", seen_at=LATER)])
    analyse(db)
    (after,) = alertstore.alerts(db)
    assert (after.id, after.cluster, after.level, after.state) == (before.id, named("1"), "L3", "new")
    assert after.why_now == f"{named('2')} became part of {named('1')}"
    analyse(db)
    assert alertstore.alerts(db) == [after]


def test_of_two_alerts_that_meet_one_goes_on(tmp_path: Path) -> None:
    child = "I am 17 years old."
    db = judged_store(tmp_path, [escort("1", f"{TEXTS[0]} {child}"), escort("2", f"{TEXTS[1]} {child}")])
    assert [alert.cluster for alert in alertstore.alerts(db)] == [named("1"), named("2")]
    take(db, [escort(str(n), f"{TEXTS[n - 1]} {child} 42000017", seen_at=LATER) for n in (1, 2)])
    analyse(db)
    assert [(alert.cluster, alert.ads) for alert in alertstore.alerts(db)] == [(named("1"), 2)]
    (joined,) = alertstore.alerts(db, state="joined")
    assert joined.why_now == f"its ads are now part of {named('1')}, which has an alert of its own"
    assert alertstore.alerts(db, number=joined.id) == [joined]


def test_contact_that_becomes_contested_keeps_its_alert(tmp_path: Path) -> None:
    bridge = [escort("1", f"{TEXTS[0]} 42000017", name="Lina"), job("2", f"{TEXTS[1]} 42000017", employer="Firm AS")]
    db = judged_store(tmp_path, bridge)
    (before,) = alertstore.alerts(db)
    assert "D06" in {reason.indicator for reason in before.reasons}
    take(db, [escort(f"x{n}", f"{n} 42000017", name=f"Name{n}") for n in range(Guard().hub)])
    analyse(db)
    (after,) = alertstore.alerts(db)
    assert (after.id, after.level, after.state) == (before.id, "L3", "lapsed")
    assert {link.contested for link in clusterstore.links(db, named("1"))} <= {True}


def test_what_arrives_during_the_analysis_waits_for_the_next(tmp_path: Path) -> None:
    ad = job("1", f"{TEXTS[0]} Hand in your passport on arrival.")
    db = judged_store(tmp_path, [ad])
    (before,) = alertstore.alerts(db)
    take(db, [ad | {"text": f"{TEXTS[0]} Hand in your passport at once.", "seen_at": LATER}])
    assert readstore.newest_read(db) == {1: 1}
    assert load_case(db, named("1", "jobs.example")) is not None
    conclude(db)
    assert readstore.newest_read(db) == {1: 1}
    (after,) = alertstore.alerts(db)
    assert (after.id, after.state, after.reasons) == (before.id, "new", before.reasons)
    analyse(db)
    assert readstore.newest_read(db) == {1: 2}


def test_merged_clusters_keep_the_older_name(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort("1", f"{TEXTS[0]} 42000017"), escort("2", f"{TEXTS[1]} 43000018"),
                                 escort("3", f"{TEXTS[2]} 42000017"), escort("4", f"{TEXTS[3]} 43000018")])  # fmt: skip
    assert {row.id: row.ads for row in clusterstore.clusters(db)} == {named("1"): 2, named("2"): 2}
    take(db, [escort("5", "Ring 42000017 eller 43000018")])
    analyse(db)
    assert {row.id: row.ads for row in clusterstore.clusters(db)} == {named("1"): 5}
    assert set(clusterstore.members(db).values()) == {named("1")}


def test_keys_of_older_versions_still_tie(tmp_path: Path) -> None:
    first = escort("1", f"{TEXTS[0]} 42000017")
    db = judged_store(tmp_path, [first, first | {"text": f"{TEXTS[0]} 43000018", "seen_at": LATER}])
    take(db, [escort("2", f"{TEXTS[1]} 42000017"), escort("3", f"{TEXTS[2]} 43000018")])
    analyse(db)
    assert {row.id: row.ads for row in clusterstore.clusters(db)} == {named("1"): 3}


def test_readings_of_another_catalogue_are_to_be_read(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    assert readstore.unread_ids(db, reading_version()) == []
    assert readstore.unread_ids(db, "another") == [1, 2, 3, 4]


def test_ads_read_with_another_catalogue_are_read_again(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    db.execute("UPDATE readings SET catalogue = 'another' WHERE observation < 3")
    assert analyse(db).observations == 2


def test_links_of_a_store_built_at_once_and_bit_by_bit_are_the_same(tmp_path: Path) -> None:
    versions = [row | {"seen_at": seen} for seen in (LATEST, SEEN, LATER) for row in NETWORK]
    whole = judged_store(tmp_path / "whole", versions)
    bits = judged_store(tmp_path / "bits", NETWORK)
    for row in versions:
        take(bits, [row])
        analyse(bits)
    assert list(clusterstore.links(whole)) == list(clusterstore.links(bits))
    assert {(link.first_seen, link.last_seen) for link in clusterstore.links(whole)} == {
        ("2026-11-01T11:00:00.000+00:00", "2026-11-15T11:00:00.000+00:00")
    }
