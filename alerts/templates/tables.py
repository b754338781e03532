"""The tables by which a new text finds its template without a look at all others, in numbered steps."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from crawler.database import run_script

migrations = Migrations("templates")


@migrations()
def m001_templates(db: Database) -> None:
    run_script(db, _TABLES)


@migrations()
def m002_words(db: Database) -> None:
    run_script(db, _WORDS)


@migrations()
def m003_wordings(db: Database) -> None:
    run_script(db, _WORDINGS)


@migrations()
def m004_index(db: Database) -> None:
    run_script(db, _INDEX)


# template_texts: what stands for the words of each ad's text, so that one seen again with the same text costs nothing.
# template_keys: some keys of the signature of each distinct text; a text that was changed since keeps its old ones
# until all are found anew. template_state: the frequencies of that time, and how many texts were placed by them since.
_TABLES = """
CREATE TABLE template_texts (ad INTEGER PRIMARY KEY REFERENCES ads(id), words TEXT NOT NULL) STRICT;
CREATE TABLE template_keys (key INTEGER NOT NULL, ad INTEGER NOT NULL, PRIMARY KEY (key, ad)) STRICT, WITHOUT ROWID;
CREATE TABLE template_state (
    id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, texts INTEGER NOT NULL, placed INTEGER NOT NULL,
    groups INTEGER NOT NULL, numbers BLOB NOT NULL, counts BLOB NOT NULL, passages BLOB NOT NULL
) STRICT
"""

# An ad's template came to stand beside its text, with the words that one more text is held against; and the frequencies
# apart from the count of texts placed, with which they were written anew each time. Without a state all templates are
# found anew.
_WORDS = """
ALTER TABLE template_texts RENAME COLUMN words TO name;
ALTER TABLE template_texts ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE template_texts ADD COLUMN words BLOB NOT NULL DEFAULT x'';
UPDATE template_texts SET template = coalesce((SELECT template FROM cards WHERE cards.ad = template_texts.ad), '');
DROP TABLE template_state;
CREATE TABLE template_state (
    id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, texts INTEGER NOT NULL, placed INTEGER NOT NULL
) STRICT;
CREATE TABLE template_frequencies (
    id INTEGER PRIMARY KEY CHECK (id = 1), groups INTEGER NOT NULL, numbers BLOB NOT NULL, counts BLOB NOT NULL,
    passages BLOB NOT NULL
) STRICT
"""

# The words of each ad's newest version, found when it is read. A store of before has them when it is read anew. Kept
# keys are of two neighbours in a signature now: all templates are found anew, with those.
_WORDINGS = """
CREATE TABLE wordings (
    ad INTEGER PRIMARY KEY REFERENCES ads(id), observation INTEGER NOT NULL, seen_at TEXT NOT NULL, name TEXT NOT NULL,
    words BLOB NOT NULL, keys BLOB NOT NULL
) STRICT;
DELETE FROM template_state
"""

# Keys came to stand side by side, sorted, for all texts among which templates were found; those of each text that was
# placed since in a row, whose number is never given again: `since` is the last of before. Without a state all templates
# are found anew.
_INDEX = """
DROP TABLE template_keys;
DELETE FROM template_state;
ALTER TABLE template_state RENAME COLUMN placed TO since;
CREATE TABLE template_index (part INTEGER PRIMARY KEY, keys BLOB NOT NULL) STRICT;
CREATE TABLE template_placed (number INTEGER PRIMARY KEY, ad INTEGER NOT NULL, keys BLOB NOT NULL) STRICT
"""
