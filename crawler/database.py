"""The one connection helper that both stores share: opening the SQLite file, and writing to it."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

from sqlite_utils import Database, Migrations

from crawler.errors import VardeError

__all__ = [
    "SQLITE", "Database", "IntegrityError", "OperationalError", "StoreError", "StoreFault", "among", "connect",
    "migrate", "run_script", "sqlite_fault", "transaction", "utc_now", "utc_text",
]  # fmt: skip

_DRIVERS = ("sqlcipher3.dbapi2", "sqlite3")  # the first that is there and whose SQLite is mended is used
_STATEMENTS = 256  # kept prepared: one more ad takes some eighty to link and judge, an analysis more
_ROOMS = (1, 4, 8, 32)  # values that a statement is made for: each number of them is one more to prepare
_IN = [(f"IN ({','.join('?' * room)})", room) for before, room in pairwise((-1, *_ROOMS)) for _ in range(room - before)]
_begun: WeakSet[Database] = WeakSet()  # those in the middle of a `transaction`
_MENDED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))  # releases without the WAL-reset bug, by branch (sqlite.org/wal.html)


def sqlite_fault(version: tuple[int, ...]) -> str:
    """Why that SQLite must not hold a store, and what to do; "" where it may.

    Before 3.51.3 a checkpoint beside a writer could take frames of an older transaction for those of a newer
    one, and so damage a store that a crawl and the review page have open together.
    """
    if version >= _MENDED[-1] or any(version[:2] == mended[:2] and version >= mended for mended in _MENDED):
        return ""
    return (
        f"SQLite {'.'.join(map(str, version))} can damage a store that two processes use (its WAL-reset bug, mended in "
        "3.51.3, 3.50.7 and 3.44.6: sqlite.org/wal.html); install sqlcipher3, which brings a newer one "
        "(./dev sync does so on Linux x86_64), or use a Python that is built with a mended SQLite"
    )


if TYPE_CHECKING:
    import sqlite3 as sqlite
else:

    def _find_driver() -> Any:
        for name in _DRIVERS:
            with suppress(ImportError):
                driver = import_module(name)
                if not sqlite_fault(driver.sqlite_version_info):
                    break
        return driver

    sqlite = _find_driver()

SQLITE = f"{sqlite.sqlite_version} ({sqlite.__name__.partition('.')[0]})"  # what every store is opened with
IntegrityError = sqlite.IntegrityError
OperationalError = sqlite.OperationalError

_WHAT_TO_DO = {
    sqlite.SQLITE_FULL: "no space left; free some space and run the same command again, it goes on",
    sqlite.SQLITE_IOERR: "its disk failed, or is full; look at the disk, then run the same command again, it goes on",
    sqlite.SQLITE_BUSY: "another process holds it; run the same command again when that is done",
    sqlite.SQLITE_LOCKED: "another process holds it; run the same command again when that is done",
    sqlite.SQLITE_READONLY: "it may not be written; see who owns it and its folder",
    sqlite.SQLITE_PERM: "it may not be written; see who owns it and its folder",
    sqlite.SQLITE_CANTOPEN: "it cannot be opened, or no space is left; see its folder",
    sqlite.SQLITE_CORRUPT: "it is damaged; keep it aside and go on with a copy of it",
}  # by SQLite's primary result code


class StoreError(VardeError):
    """The store cannot be used; the message says why and what to do. Raised by `connect`."""


class StoreFault(StoreError, OperationalError):
    """The store could not be read or written just now (full disk, failing disk, locked): nothing is half stored.

    Raised by whatever asks a store that `connect` opened.
    """


class _Store(Database):
    """A database that says which file failed and what to do, where it is not a fault of ours."""

    def __init__(self, connection: sqlite.Connection, path: Path) -> None:
        self.path = path
        super().__init__(connection)

    def execute(self, sql: str, parameters: Any = None) -> sqlite.Cursor:
        try:
            if (
                self.conn.in_transaction and not self._tracer
            ):  # what else sqlite_utils does is for statements outside of one
                return self.conn.execute(sql, parameters or ())
            return super().execute(sql, parameters)
        except sqlite.DatabaseError as error:
            raise _named(self, error)


def path_of(db: Database) -> Path:
    """The file of a store that `connect` opened."""
    return cast("_Store", db).path


def _named(db: Database, error: sqlite.Error) -> Exception:
    """The fault to raise for what SQLite said: with the file and what to do, or as it is."""
    what_to_do = _WHAT_TO_DO.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if what_to_do is None or isinstance(error, StoreFault) or not isinstance(db, _Store):
        return error
    fault = StoreFault(f"{db.path}: {error}: {what_to_do}")
    fault.sqlite_errorcode, fault.sqlite_errorname = error.sqlite_errorcode, error.sqlite_errorname
    fault.__cause__ = error
    return fault


@contextmanager
def _named_faults(db: Database) -> Iterator[None]:
    """For what does not pass through `_Store.execute`: rows read one by one, many written at once."""
    try:
        yield
    except sqlite.DatabaseError as error:
        raise _named(db, error)


def connect(path: Path, *, create: bool) -> Database:
    """Open the SQLite file at `path`: WAL, synchronous FULL, foreign keys on.

    Raises StoreError when the file is missing and `create` is false, is no SQLite database, or when the only
    SQLite there is has a bug that damages stores.
    """
    if fault := sqlite_fault(sqlite.sqlite_version_info):
        raise StoreError(f"{path}: not opened: {fault}")
    if not path.exists() and not create:
        raise StoreError(f"no store at {path}; `varde crawl` or `varde import` makes one, --store names another")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = _Store(sqlite.connect(path, timeout=30, cached_statements=_STATEMENTS), path)
        _use_wal(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
    except StoreFault:
        raise
    except (sqlite.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be opened as a store ({error})") from error
    return db


def _use_wal(db: Database) -> None:
    """Where two processes open a new file at once, SQLite refuses one of them without waiting; it may ask again."""
    for _ in range(100):
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except OperationalError as error:
            if error.sqlite_errorcode != sqlite.SQLITE_BUSY:
                raise
            time.sleep(0.05)
    raise StoreError("another process holds the store; try again when it is done")


def migrate(db: Database, migrations: Migrations) -> None:
    """Bring the tables up to date; of two processes that open the store at once, the second waits and finds it done."""
    with _named_faults(db):
        if migrations.pending(db):
            with transaction(db):
                migrations.apply(db)


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """One write transaction; all of it is stored, or nothing. Inside another one it is a part of that.

    BEGIN IMMEDIATE takes the write lock at once: a deferred BEGIN that reads first fails with
    "database is locked" as soon as a second process writes, whatever the timeout. It also refuses to begin after
    `db.conn` wrote outside of any transaction, which sqlite3 leaves waiting for a commit that would not come.
    """
    if db in _begun:
        yield
        return
    with _named_faults(db):
        db.execute("BEGIN IMMEDIATE")
        _begun.add(db)
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            _roll_back(db)
            raise
        finally:
            _begun.discard(db)


def _roll_back(db: Database) -> None:
    """End an open transaction; a full disk makes SQLite do so by itself, and one that fails must not hide why."""
    if db.conn.in_transaction:
        with suppress(OperationalError):
            db.execute("ROLLBACK")


def among(values: Collection[int | str]) -> tuple[str, tuple[object, ...]]:
    """`IN (…)` for a statement, and what is to be bound there. Few values are bound one by one: to make a table of them
    takes SQLite longer than to look them up.
    """
    if 0 < len(values) < len(_IN):
        text, room = _IN[len(values)]
        bound = tuple(values)
        return text, bound + bound[-1:] * (room - len(bound))
    return "IN (SELECT value FROM json_each(?))", (json.dumps(list(values)),)


def run_script(db: Database, script: str) -> None:
    """Run statements that each end a line with ";", inside the caller's transaction (executescript would end it)."""
    for statement in script.strip().split(";\n"):
        db.execute(statement)


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def utc_now() -> str:
    return utc_text(datetime.now(UTC))
