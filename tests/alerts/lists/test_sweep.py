"""The sweep of an estimate: what differs, in which order, and that errors of linkage move it as they should."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from alerts.intake import analyse
from alerts.lists.frame import Frame
from alerts.lists.sighted import find_sighted
from alerts.lists.sweep import Swept, sweep
from alerts.population.methods import Choice
from alerts.store import open_alerts
from benchmarks.market.stream import write_market
from crawler.database import Database
from crawler.imports import import_file
from tests.conftest import VARDE, clean_environment

FRAME = Frame(first=date(2026, 3, 1), last=date(2026, 8, 31), ad_kinds=("escort", "massage"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of a generated market, read and linked."""
    folder = tmp_path_factory.mktemp("market")
    write_market(folder, ads=600, seed=3)
    db = open_alerts(folder / "varde.db", create=True)
    import_file(db, folder / "market.jsonl", given={}, columns={})
    analyse(db)
    db.close()
    return folder


@pytest.fixture
def db(folder: Path) -> Iterator[Database]:
    db = open_alerts(folder / "varde.db")
    yield db
    db.close()


def swept(db: Database, frame: Frame) -> list[Swept]:
    return list(sweep(find_sighted(db, frame), frame, ("chao",), Choice()))


def sizes(rows: list[Swept], swept: str) -> dict[float, float]:
    return {row.value: row.estimate for row in rows if row.swept == swept and row.estimate is not None}


def test_contacts_are_swept_over_confidence_windows_and_links(db: Database) -> None:
    rows = swept(db, FRAME)
    assert [row.value for row in rows if row.swept == "reading"] == [0.5, 0.7, 0.9, 0.95]
    assert [row.value for row in rows if row.swept == "window"] == [7, 14, 28, 90, 184]
    assert [row.value for row in rows if row.asked] == [0.5, 184, 0.0]
    observed = [row.observed for row in rows if row.swept == "reading"]
    assert observed == sorted(observed, reverse=True)


def test_a_missed_link_makes_it_larger_and_a_false_one_smaller(db: Database) -> None:
    """Were some links false, fewer are on both, and the true size is above the figure; and the other way round."""
    found = sizes(swept(db, FRAME), "links")
    assert found[-0.05] > found[0.0] > found[0.05]


def test_fewer_ties_make_more_clusters(db: Database) -> None:
    found = [row for row in swept(db, Frame(first=FRAME.first, last=FRAME.last, unit="cluster")) if row.swept == "ties"]
    assert [row.value for row in found] == [0.0, 0.3, 0.5, 0.8, 0.9]
    assert [row.observed for row in found] == sorted(row.observed for row in found)
    assert found[-1].observed > found[0].observed


def test_windows_cut_the_period_where_lists_are_periods(db: Database) -> None:
    rows = swept(db, Frame(first=FRAME.first, last=FRAME.last, unit="ad", by="period"))
    assert {row.value: row.lists for row in rows if row.swept == "window"} == {7: 26, 14: 13, 28: 6, 90: 2}
    assert not [row for row in rows if row.swept in {"reading", "ties"}]


def test_method_without_an_answer_says_why(db: Database) -> None:
    frame = Frame(first=FRAME.first, last=FRAME.last, by="period")
    (row,) = [
        row for row in sweep(find_sighted(db, frame), frame, ("loglinear",), Choice())
        if row.swept == "window" and row.value == 7
    ]  # fmt: skip
    assert row.estimate is None
    assert "26 lists" in row.note


def test_rows_are_written_to_be_drawn(folder: Path) -> None:
    done = subprocess.run(
        [VARDE, "market", "sweep", "--from", "2026-03-01", "--to", "2026-08-31", "--method", "chao", "--out", "s.csv"],
        cwd=folder, env=clean_environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    with (folder / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["swept"] for row in rows} == {"reading", "window", "links"}
    assert all(float(row["low"]) <= float(row["estimate"]) <= float(row["high"]) for row in rows if row["estimate"])
    assert "never victims" in done.stdout
