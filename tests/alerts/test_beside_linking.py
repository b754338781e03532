"""While many ads are linked, others read, crawl, rule and analyse the same store: nothing of what they do is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts import clusterstore, concluding
from alerts.concluding import conclude
from alerts.intake import analyse, read_here, read_new
from alerts.linking.carriers import unlinked
from alerts.linking.history import rule
from alerts.store import open_alerts
from crawler.database import Database
from crawler.errors import VardeError
from tests.alerts.stores import LATER, LATEST, SEEN, TEXTS, Row, escort, judged_store, take

PHONE = "Ring 42 00 00 17."


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concluding, "FEW", 0)  # so that linking is no one transaction


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """Two ads with one phone, one with another, and a fourth that waits to be linked with the two."""
    db = judged_store(tmp_path, [escort("1", f"{TEXTS[0]} {PHONE}"), escort("2", f"{TEXTS[1]} {PHONE}"),
                                 escort("3", f"{TEXTS[2]} Ring 43 00 00 17.")])  # fmt: skip
    take(db, [escort("4", f"{TEXTS[3]} {PHONE}")])
    yield db
    db.close()


@pytest.fixture
def other(store: Database, tmp_path: Path) -> Iterator[Database]:
    """The same store as another process has it."""
    db = open_alerts(tmp_path / "varde.db")
    yield db
    db.close()


def analyse_with(
    db: Database,
    meanwhile: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
    analysis: Callable[[Database], object] = analyse,
) -> None:
    """Analyse; something else is done when all is linked and nothing is stored yet."""
    link = concluding._link

    def link_and_wait(linking: Database, *given: Any, **named: Any) -> Any:
        found = link(linking, *given, **named)
        if linking is db:
            meanwhile()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(concluding, "_link", link_and_wait)
        analysis(db)


def read(db: Database, *rows: Row) -> None:
    take(db, rows)
    read_new(db, read_here, again=False, say=lambda _: None)


def parts(db: Database) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for ad, cluster in sorted(clusterstore.members(db).items()):
        found.setdefault(cluster, []).append(ad)
    return sorted(found.values())


def is_as_from_nothing(db: Database) -> bool:
    before = parts(db)
    conclude(db, everything=True)
    return parts(db) == before


def test_another_text_of_an_ad(store: Database, other: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = escort("4", f"{TEXTS[3]} Ring 43 00 00 17.", seen_at=LATER)
    analyse_with(store, lambda: read(other, changed), monkeypatch)
    assert parts(store) == [[1, 2, 4]]
    analyse(store)
    assert parts(store) == [[1, 2, 3, 4]]
    assert is_as_from_nothing(store)


def test_a_text_that_came_before_and_is_read_meanwhile(
    store: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(store)
    take(other, [escort("4", f"{TEXTS[3]} Ring 43 00 00 17.", seen_at=LATER)])
    analyse_with(store, lambda: read(other), monkeypatch, conclude)
    assert parts(store) == [[1, 2, 4]]
    analyse(store)
    assert parts(store) == [[1, 2, 3, 4]]


@pytest.mark.parametrize("few", [0, 100])
@pytest.mark.parametrize("everything", [False, True], ids=["", "all anew"])
@pytest.mark.parametrize("changed", ["9", "4"], ids=["new", "changed"])
def test_a_text_that_is_read_after_the_texts_were_looked_at(
    store: Database, other: Database, monkeypatch: pytest.MonkeyPatch, few: int, everything: bool, changed: str
) -> None:
    def find_and_wait(*given: Any, **named: Any) -> Any:
        found = find_due(*given, **named)
        read(other, escort(changed, TEXTS[2], seen_at=LATER))
        return found

    find_due = concluding.find_due
    monkeypatch.setattr(concluding, "FEW", few)
    read(store)
    with monkeypatch.context() as patched:
        patched.setattr(concluding, "find_due", find_and_wait)
        conclude(store, everything=everything)
    analyse(store)
    assert parts(store) == ([[1, 2, 4], [3, 5]] if changed == "9" else [[1, 2, 3, 4]])
    assert unlinked(store) == {}
    assert is_as_from_nothing(store)


def test_an_ad_that_is_seen_again(store: Database, other: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    again = escort("1", f"{TEXTS[0]} {PHONE}", seen_at=LATER)
    analyse_with(store, lambda: take(other, [again]), monkeypatch)
    analyse(store)
    seen = "SELECT a.last_seen = c.last_seen AND a.last_seen > ? FROM ads a JOIN cards c ON c.ad = a.id WHERE a.id = 1"
    assert store.execute(seen, (SEEN,)).fetchone() == (1,)


@pytest.mark.parametrize("again", [False, True], ids=["", "all anew"])
def test_a_ruling(store: Database, other: Database, monkeypatch: pytest.MonkeyPatch, again: bool) -> None:
    def cut() -> None:
        rule(other, "cut", kind="phone", value="+4742000017", by="kari", reason="a switchboard")

    analyse_with(store, cut, monkeypatch, lambda db: analyse(db, again=again))
    assert parts(store) == [[1, 2, 4]]
    analyse(store)
    assert parts(store) == []
    assert is_as_from_nothing(store)


def test_another_analysis_waits_and_finds_what_was_stored(
    store: Database, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    waits = threading.Event()

    def say(line: str) -> None:
        said.append(line)
        if "another analysis" in line:
            waits.set()

    def beside() -> None:
        db = open_alerts(tmp_path / "varde.db")
        take(db, [escort("5", f"Hver ettermiddag, kort gange fra stasjonen. {PHONE}")])
        analyse(db, say=say)
        db.close()

    second = threading.Thread(target=beside)

    def begin() -> None:
        second.start()
        assert waits.wait(20), said
        second.join(1)

    analyse_with(store, begin, monkeypatch)
    second.join(60)
    assert not second.is_alive()
    assert parts(store) == [[1, 2, 4, 5]]
    assert is_as_from_nothing(store)


def test_a_lock_that_cannot_be_had_is_named(store: Database, tmp_path: Path) -> None:
    lock = tmp_path / "varde.db.captures" / ".linking.lock"
    lock.unlink()
    lock.mkdir()
    with pytest.raises(VardeError, match=r"\.linking\.lock: cannot be locked \(Is a directory\); see who owns it"):
        analyse(store)


def test_nothing_waits_when_all_is_linked(store: Database) -> None:
    take(store, [escort("5", TEXTS[0], name="Lina"), escort("6", TEXTS[0], name="Mia")])
    analyse(store)
    template = "SELECT ad FROM carriers WHERE kind = 'template' AND value IN (SELECT value FROM carriers WHERE ad = 6)"
    assert store.execute(template).fetchall() == [(1,), (5,), (6,)]
    take(store, [escort("6", "Other words, of another kind.", name="Mia", seen_at=LATER)])  # it leaves the others
    analyse(store)
    assert store.execute("SELECT count(*) FROM unlinked").fetchone() == (0,)
    analyse(store, again=True)
    assert store.execute("SELECT count(*) FROM unlinked").fetchone() == (0,)


def test_what_waited_in_a_store_of_before_waits_on(store: Database, tmp_path: Path) -> None:
    analyse(store)
    store.execute("DROP TRIGGER ads_seen_again")
    store.execute("DROP TABLE unlinked")
    store.execute("CREATE TABLE unlinked (ad INTEGER PRIMARY KEY REFERENCES ads(id)) STRICT")
    store.execute("INSERT INTO unlinked VALUES (2)")
    store.execute(
        "CREATE TRIGGER ads_seen_again AFTER UPDATE OF first_seen, last_seen ON ads "
        "BEGIN INSERT OR IGNORE INTO unlinked SELECT ad FROM cards WHERE ad = NEW.id; END"
    )
    store.execute("DELETE FROM _sqlite_migrations WHERE name = 'm007_notes'")
    db = open_alerts(tmp_path / "varde.db")
    take(db, [escort("1", f"{TEXTS[0]} {PHONE}", seen_at=LATER)])
    first = unlinked(db)
    take(db, [escort("1", f"{TEXTS[0]} {PHONE}", seen_at=LATEST)])
    assert (list(first), list(unlinked(db))) == ([1, 2], [1, 2])
    assert first[2] == unlinked(db)[2]
    assert first[1] != unlinked(db)[1]
    db.close()
