"""The one connection helper that both stores share: opening the SQLite file, and writing to it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import OperationalError  # a store that is locked, or a disk that is full: it may pass

from sqlite_utils import Database, Migrations

from crawler.errors import VardeError

__all__ = [
    "Database", "OperationalError", "StoreError", "connect", "migrate", "run_script", "transaction", "utc_now",
    "utc_text",
]  # fmt: skip


class StoreError(VardeError):
    """The store cannot be used; the message says why and what to do. Raised by `connect`."""


def connect(path: Path, *, create: bool) -> Database:
    """Open the SQLite file at `path`: WAL, synchronous FULL, foreign keys on.

    Raises StoreError when the file is missing and `create` is false, or is no SQLite database.
    """
    if not path.exists() and not create:
        raise StoreError(f"no store at {path}; `varde crawl` or `varde import` makes one, --store names another")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = Database(sqlite3.connect(path, timeout=30))
        _use_wal(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be opened as a store ({error})") from error
    return db


def _use_wal(db: Database) -> None:
    """Where two processes open a new file at once, SQLite refuses one of them without waiting; it may ask again."""
    for _ in range(100):
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
    raise StoreError("another process holds the store; try again when it is done")


def migrate(db: Database, migrations: Migrations) -> None:
    """Bring the tables up to date; of two processes that open the store at once, the second waits and finds it done."""
    if migrations.pending(db):
        with transaction(db):
            migrations.apply(db)


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """One write transaction; all of it is stored, or nothing.

    BEGIN IMMEDIATE takes the write lock at once: a deferred BEGIN that reads first fails with
    "database is locked" as soon as a second process writes, whatever the timeout.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:  # a full disk makes SQLite roll back by itself
            db.execute("ROLLBACK")
        raise


def run_script(db: Database, script: str) -> None:
    """Run statements that each end a line with ";", inside the caller's transaction (executescript would end it)."""
    for statement in script.strip().split(";\n"):
        db.execute(statement)


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def utc_now() -> str:
    return utc_text(datetime.now(UTC))
