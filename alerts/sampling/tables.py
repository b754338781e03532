"""The tables of the extracts that were given away, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("sampling")


@migrations()
def m001_extracts(db: Database) -> None:
    run_script(db, _TABLES)


# members: eight bytes of a hash for each unit in the cell, in order, so that a later extract can be held against it.
_TABLES = """
CREATE TABLE extracts (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, software TEXT NOT NULL, unit TEXT NOT NULL, command TEXT NOT NULL,
    selection TEXT NOT NULL
) STRICT;
CREATE TABLE extract_cells (
    extract INTEGER NOT NULL REFERENCES extracts(id), cell TEXT NOT NULL, shown INTEGER NOT NULL, members BLOB NOT NULL,
    PRIMARY KEY (extract, cell)
) STRICT, WITHOUT ROWID;
CREATE INDEX extract_cells_of ON extract_cells (cell)
"""
