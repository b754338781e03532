from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from alerts import store
from alerts.intake import analyse
from crawler.errors import VardeError
from nlp import catalogue_version
from tests.alerts.stores import LATER, LATEST, TEXTS, escort, job, judged_store, take

NETWORK = [
    escort("1", f"{TEXTS[0]} 42 00 00 17", name="Lina"),
    escort("2", f"{TEXTS[0]} fire to null null null null en syv", name="Mia"),
    escort("3", f"{TEXTS[0]} 42000017", name="Sara"),
    escort("4", TEXTS[3], name="Nora"),
]


def tables(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    names = [name for name in db.table_names() if not name.startswith("_")]
    return {name: list(db.execute(f"SELECT * FROM {name} ORDER BY 1, 2")) for name in names}


def test_missing_store_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(VardeError, match="`varde crawl` or `varde import` makes one"):
        store.open_alerts(tmp_path / "none.db")


def test_network_becomes_one_cluster_with_an_alert(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    assert {row.id: row.ads for row in store.clusters(db)} == {"c-1": 3}
    (alert,) = store.alerts(db)
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
    analyse(db, again=True, workers=2)
    assert tables(db) == before


def test_alert_is_raised_updated_closed_and_reopened(tmp_path: Path) -> None:
    ad = job("1", f"{TEXTS[0]} Hand in your passport on arrival.")
    db = judged_store(tmp_path, [ad])
    (first,) = store.alerts(db)
    assert first.why_now.startswith("first seen in one ad")
    take(db, [ad | {"text": TEXTS[0], "seen_at": LATER}])
    analyse(db)
    assert store.alerts(db) == []
    take(db, [ad | {"seen_at": LATEST}])
    analyse(db)
    (again,) = store.alerts(db)
    assert (again.id, again.state) == (first.id, "new")
    assert again.why_now.startswith("reopened")


def test_merged_clusters_keep_the_older_name(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [escort("1", f"{TEXTS[0]} 42000017"), escort("2", f"{TEXTS[1]} 43000018"),
                                 escort("3", f"{TEXTS[2]} 42000017"), escort("4", f"{TEXTS[3]} 43000018")])  # fmt: skip
    assert {row.id: row.ads for row in store.clusters(db)} == {"c-1": 2, "c-2": 2}
    take(db, [escort("5", "Ring 42000017 eller 43000018")])
    analyse(db)
    assert {row.id: row.ads for row in store.clusters(db)} == {"c-1": 5}
    assert set(store.members(db).values()) == {"c-1"}


def test_keys_of_older_versions_still_tie(tmp_path: Path) -> None:
    first = escort("1", f"{TEXTS[0]} 42000017")
    db = judged_store(tmp_path, [first, first | {"text": f"{TEXTS[0]} 43000018", "seen_at": LATER}])
    take(db, [escort("2", f"{TEXTS[1]} 42000017"), escort("3", f"{TEXTS[2]} 43000018")])
    analyse(db)
    assert {row.id: row.ads for row in store.clusters(db)} == {"c-1": 3}


def test_readings_of_another_catalogue_are_to_be_read(tmp_path: Path) -> None:
    db = judged_store(tmp_path, NETWORK)
    assert store.read_ids(db, catalogue_version()) == {1, 2, 3, 4}
    assert store.read_ids(db, "another") == set()
