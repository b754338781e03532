"""The SQLite in use, what it is asked to do, and what it says when it cannot."""

from __future__ import annotations

import sqlite3  # for its version only: two SQLites in one process undo each other's locks
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.database import (
    SQLITE,
    Database,
    IntegrityError,
    OperationalError,
    StoreError,
    StoreFault,
    among,
    connect,
    sqlite_fault,
    transaction,
)
from crawler.store import ad_rows, observe_all, open_store
from tests.conftest import Varde, printed
from tests.crawler.samples import make_ad


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_store(tmp_path / "varde.db", create=True)
    yield db
    db.close()


# the version

VERSIONS = {
    "3.40.1": False,
    "3.44.5": False,
    "3.44.6": True,
    "3.45.0": False,
    "3.50.6": False,
    "3.50.7": True,
    "3.51.2": False,
    "3.51.3": True,
    "3.52.0": True,
    "4.0.0": True,
}


@pytest.mark.parametrize(("version", "is_mended"), VERSIONS.items())
def test_sqlite_with_the_wal_reset_bug_is_known(version: str, is_mended: bool) -> None:
    fault = sqlite_fault(tuple(map(int, version.split("."))))
    assert (fault == "") is is_mended
    assert is_mended or version in fault


def test_store_is_opened_with_a_mended_sqlite(db: Database) -> None:
    (version,) = db.execute("SELECT sqlite_version()").fetchone()
    assert SQLITE.startswith(f"{version} (")
    assert not sqlite_fault(tuple(map(int, version.split("."))))


def test_power_cuts_and_other_processes_are_reckoned_with(db: Database) -> None:
    asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    assert [db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked] == ["wal", 2, 1, 30_000]


@pytest.fixture
def old_sqlite(tmp_path: Path) -> str:
    """A PYTHONPATH without sqlcipher3, so that Python's own SQLite is all there is."""
    if not sqlite_fault(sqlite3.sqlite_version_info):
        pytest.skip(f"Python's own SQLite {sqlite3.sqlite_version} is mended")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sqlcipher3.py").write_text("raise ImportError('hidden')\n")
    return str(hidden)


def test_old_sqlite_is_refused_with_the_reason(varde: Varde, old_sqlite: str, tmp_path: Path) -> None:
    done = varde("import", "-", input="", PYTHONPATH=old_sqlite)
    assert done.returncode == 1
    assert f"SQLite {sqlite3.sqlite_version} can damage a store" in done.stderr
    assert "sqlcipher3" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "varde.db").exists()


def test_doctor_says_which_sqlite_is_in_use(varde: Varde) -> None:
    done = varde("doctor", "--json", VARDE_CHROMIUM="none")
    (finding,) = [row for row in printed(done) if row["what"] == "SQLite"]
    assert finding == {"what": "SQLite", "state": "ok", "found": SQLITE, "mend": ""}


def test_doctor_misses_a_mended_sqlite(varde: Varde, old_sqlite: str) -> None:
    done = varde("doctor", "--json", VARDE_CHROMIUM="none", PYTHONPATH=old_sqlite)
    (finding,) = [row for row in printed(done) if row["what"] == "SQLite"]
    assert done.returncode == 1
    assert (finding["state"], finding["found"]) == ("missing", f"{sqlite3.sqlite_version} (sqlite3)")
    assert "sqlcipher3" in finding["mend"]


OLD_STORE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE kept (a INTEGER, b TEXT) STRICT")
db.execute("INSERT INTO kept VALUES (1, 'æøå'), (2, NULL)")
db.commit()
"""


def test_store_of_another_sqlite_opens(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", OLD_STORE, tmp_path / "old.db"], check=True)
    db = open_store(tmp_path / "old.db", create=False)
    assert list(db.execute("SELECT a, b FROM kept ORDER BY a")) == [(1, "æøå"), (2, None)]
    assert observe_all(db, [(make_ad(), "test")]) == ["new"]
    db.close()


# what sqlite-utils does with it


def test_library_works_on_the_connection(db: Database) -> None:
    db.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX t_a ON t (a);")
    db.table("t").insert_all({"id": number, "a": f"{number}"} for number in range(3))
    db.table("t").upsert({"id": 1, "a": "one"}, pk="id")
    db.register_function(lambda text: text.upper(), name="loud", deterministic=True)
    assert [row["x"] for row in db.query("SELECT loud(a) AS x FROM t ORDER BY id")] == ["0", "ONE", "2"]
    assert db.supports_strict


def test_other_errors_stay_what_they_are(db: Database) -> None:
    with pytest.raises(IntegrityError), transaction(db):
        db.execute("INSERT INTO observations (ad, seen_at, source, sha256, document) VALUES (99, '', '', '', '')")
    with pytest.raises(OperationalError, match="no such table: nowhere") as fault:
        db.execute("SELECT * FROM nowhere")
    assert not isinstance(fault.value, StoreFault)


# one transaction


def _cursors(db: Database) -> int:
    return int(db.execute("SELECT count(*) FROM cursors").fetchone()[0])


def _nested(db: Database, *, fail: bool) -> None:
    with transaction(db):
        with transaction(db):
            db.execute("INSERT INTO cursors VALUES ('a', '', '', '', '')")
        assert db.conn.in_transaction
        if fail:
            raise KeyError


def test_a_transaction_within_another_is_kept_or_lost_with_it(db: Database) -> None:
    with pytest.raises(KeyError):
        _nested(db, fail=True)
    assert _cursors(db) == 0
    _nested(db, fail=False)
    assert not db.conn.in_transaction
    assert _cursors(db) == 1


def test_what_was_written_outside_of_a_transaction_is_no_transaction(db: Database) -> None:
    """It would wait for a commit that never comes, and what came after with it."""
    db.conn.execute("INSERT INTO cursors VALUES ('a', '', '', '', '')")
    with pytest.raises(OperationalError, match="within a transaction"), transaction(db):
        pass


# a store that cannot be used just now


def fill(db: Database) -> None:
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 2}")
    observe_all(db, [(make_ad(text="long " * 20_000), "test")])


def lock(db: Database) -> None:
    other = connect(Path(db.execute("PRAGMA database_list").fetchone()[2]), create=False)
    with transaction(other):
        db.execute("PRAGMA busy_timeout = 50")
        observe_all(db, [(make_ad(), "test")])


def forbid(db: Database) -> None:
    db.execute("PRAGMA query_only = ON")
    observe_all(db, [(make_ad(), "test")])


def damage(db: Database) -> None:
    observe_all(db, [(make_ad(ad_id=str(number), text="text " * 500), "test") for number in range(50)])
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(db.execute("PRAGMA database_list").fetchone()[2])
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:4096] + bytes(range(256)) * ((size - 4096) // 256))
    other = connect(path, create=False)
    try:
        list(ad_rows(other))
    finally:
        other.close()


FAULTS = {
    fill: "database or disk is full: no space left; free some space and run the same command again, it goes on",
    lock: "database is locked: another process holds it",
    forbid: "attempt to write a readonly database: it may not be written",
    damage: "database disk image is malformed: it is damaged",
}


@pytest.mark.parametrize(("happen", "told"), FAULTS.items(), ids=[happen.__name__ for happen in FAULTS])
def test_fault_names_the_file_and_what_to_do(happen: object, told: str, db: Database, tmp_path: Path) -> None:
    assert callable(happen)
    with pytest.raises(StoreFault) as fault:
        happen(db)
    assert str(fault.value).startswith(f"{tmp_path / 'varde.db'}: {told}")
    assert isinstance(fault.value, StoreError)  # the command line prints it
    assert isinstance(fault.value, OperationalError)  # who catches those catches it
    assert not db.conn.in_transaction


def test_space_again_is_all_it_needs(db: Database) -> None:
    with pytest.raises(StoreFault):
        fill(db)
    db.execute("PRAGMA max_page_count = 100000")
    assert observe_all(db, [(make_ad(), "test")]) == ["new"]


@pytest.mark.parametrize("count", [0, 1, 2, 8, 9, 31, 32, 33, 5_000])
def test_among_is_of_all_values_and_of_no_other(tmp_path: Path, count: int) -> None:
    db = connect(tmp_path / "varde.db", create=True)
    db.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    with transaction(db):
        db.conn.executemany("INSERT INTO numbers VALUES (?)", [(number,) for number in range(6_000)])
    those, values = among(range(7, 7 + count))
    rows = db.execute(f"SELECT number FROM numbers WHERE number {those} ORDER BY number", values)
    assert [number for (number,) in rows] == list(range(7, 7 + count))
