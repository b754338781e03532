"""The index of words of every stored version: which of them hold some words, for searches of the whole past.

An FTS5 table without content, a column of folded words in their order, with a bar between fields: it tells where words
stand next to each other. Words are kept in a table of their own too, for parts of words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from alerts.reading.fields import ad_fields
from alerts.watch.watchstore import WatchError
from alerts.watch.watchtext import BAR, LEAST_PART, fold, is_unspaced, terms
from crawler.database import Database, OperationalError, run_script, transaction
from crawler.observation import Observation
from crawler.store import observations

VERSION = "2"  # raised when texts are folded or cut another way: the index is then built anew
BATCH = 2_000  # observations a transaction
MAX_WORDS = 10_000  # different words that a part of a word may stand in
MAX_LOOKED_UP = 24  # words that are asked for where a phrase may begin in several ways; each way asks for all of them
_TOKEN = 8_000  # letters of a word that FTS5 surely takes whole: it cuts what is longer than 32,768 bytes
Say = Callable[[str], None]

_TABLES = """
CREATE VIRTUAL TABLE watch_texts USING fts5(
    words, content='', contentless_delete=1, tokenize='ascii'
);
CREATE TABLE watch_words (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
"""


def catch_up(db: Database, *, say: Say = lambda _: None) -> int:
    """Index what was stored since the last time; returns how many versions. Nothing where the index is off."""
    done = 0
    while indexed := _next_batch(db):
        done += indexed
        if done % (10 * BATCH) == 0:
            say(f"{done:,} versions of ads indexed")
    return done


def switch(db: Database, *, on: bool) -> None:
    """Keep the index from now on, or drop it."""
    with transaction(db):
        if not on:
            _drop(db)
        up_to = "up_to" if on else "0"
        db.execute(
            "INSERT INTO watch_index (id, version, up_to, is_off) VALUES (1, '', 0, ?) "
            f"ON CONFLICT (id) DO UPDATE SET is_off = excluded.is_off, up_to = {up_to}",
            (not on,),
        )


def forget(db: Database, numbers: Sequence[int]) -> None:
    """Take versions out of the index, inside the transaction that takes them out of the store."""
    if _state(db)[0] == VERSION:
        db.conn.executemany("DELETE FROM watch_texts WHERE rowid = ?", [(number,) for number in numbers])


def is_on(db: Database) -> bool:
    return not _state(db)[2]


def _state(db: Database) -> tuple[str, int, bool]:
    """(version, the last observation indexed, is it off?)."""
    rows = _rows(db, "SELECT version, up_to, is_off FROM watch_index")
    return next(((version, up_to, bool(off)) for version, up_to, off in rows), ("", 0, False))


def _next_batch(db: Database) -> int:
    """Index the next batch in the order of arrival; another process that does so too waits and goes on after it."""
    if not _waiting(db):
        return 0
    with transaction(db):
        version, up_to, is_off = _state(db)
        if is_off:
            return 0
        if version != VERSION:
            _make(db)
            up_to = 0
        sql = "SELECT id FROM observations WHERE id > ? ORDER BY id LIMIT ?"
        numbers = [row[0] for row in _rows(db, sql, up_to, BATCH)]
        found = observations(db, numbers)
        _index(db, found)
        db.execute("UPDATE watch_index SET up_to = ?", (numbers[-1] if numbers else up_to,))
    return len(found)


def _waiting(db: Database) -> bool:
    """Is there anything to make or index? Asked first: taking the write lock for nothing would hold up a crawl."""
    version, up_to, is_off = _state(db)
    if is_off:
        return False
    return version != VERSION or bool(list(_rows(db, "SELECT 1 FROM observations WHERE id > ? LIMIT 1", up_to)))


def _make(db: Database) -> None:
    _drop(db)
    try:
        run_script(db, _TABLES)
    except OperationalError as error:
        if "fts5" not in str(error):
            raise
        raise WatchError(
            "this SQLite has no full-text search (FTS5), which watching for words needs; install sqlcipher3 "
            "(./dev sync does so), or switch it off: `varde watch index --off`"
        ) from error
    db.execute(
        "INSERT INTO watch_index (id, version, up_to, is_off) VALUES (1, ?, 0, 0) "
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, up_to = 0",
        (VERSION,),
    )


def _drop(db: Database) -> None:
    run_script(db, "DROP TABLE IF EXISTS watch_texts;\nDROP TABLE IF EXISTS watch_words;\n"
                   "UPDATE watch_index SET version = ''")  # fmt: skip


def _index(db: Database, batch: Sequence[Observation]) -> None:
    cut = [(one.id, [terms(fold(text)) for text in texts_of(one)]) for one in batch]
    db.conn.executemany(
        "INSERT INTO watch_texts (rowid, words) VALUES (?, ?)",
        [(number, f" {BAR} ".join(map(" ".join, fields))) for number, fields in cut],
    )
    words = {word for _, fields in cut for found in fields for word in found}
    db.conn.executemany("INSERT OR IGNORE INTO watch_words (word) VALUES (?)", [(word,) for word in sorted(words)])


def texts_of(observation: Observation) -> list[str]:
    return list(ad_fields(observation).values())


# searching


def find_phrase_holders(db: Database, phrase: str) -> tuple[list[int], bool]:
    """The versions that hold a folded phrase in one field, and True; or more of them, and False: those that hold some
    of its terms, perhaps elsewhere.
    """
    first, *others = words = phrase.split()
    if any(map(is_unspaced, words)):
        return matching(db, _pieces(db, words)), False
    heads = _words_with(db, first, ends=bool(others)) if len(first) >= LEAST_PART else [first]
    part = " *" if others and len(others[-1]) >= LEAST_PART else ""
    if others and len(heads) > 1 and len(heads) * len(words) > MAX_LOOKED_UP:
        return matching(db, f"({' OR '.join(map(_quoted, heads))}) AND {_quoted(' '.join(others))}{part}"), False
    phrases = [_quoted(" ".join((head, *others))) + part for head in heads]
    return matching(db, " OR ".join(phrases)), all(len(word) < _TOKEN for word in (*heads, *others))


def _pieces(db: Database, words: Sequence[str]) -> str:
    """FTS5's words for the terms of a phrase that must be there whole, or, where there are none, for those that hold
    one of its signs: what stands at its ends may be cut another way within a longer word.
    """
    cut = [(term, len(word) < LEAST_PART and not is_unspaced(word)) for word in words for term in terms(word)]
    ends = {0, len(cut) - 1}
    sure = [
        term
        for at, (term, is_word) in enumerate(cut)
        if at not in ends or is_word or (len(term) > 1 and is_unspaced(term))
    ]
    if sure:
        return " AND ".join(map(_quoted, sure))
    sign = next(term for term, _ in cut if is_unspaced(term))
    return " OR ".join(map(_quoted, _words_with(db, sign, ends=False)))


def find_with_words(db: Database, words: Sequence[str]) -> list[int]:
    """The versions that hold all these words, anywhere."""
    return matching(db, " AND ".join(map(_quoted, words)))


def matching(db: Database, query: str) -> list[int]:
    """The versions that match, in the order of their numbers; none for no query."""
    if not query:
        return []
    return [row[0] for row in _rows(db, "SELECT rowid FROM watch_texts WHERE watch_texts MATCH ?", query)]


def _words_with(db: Database, part: str, *, ends: bool) -> list[str]:
    """The words of all texts that hold a part, or end on it."""
    where = "substr(word, -length(?1)) = ?1" if ends else "instr(word, ?1) > 0"
    found = [row[0] for row in _rows(db, f"SELECT word FROM watch_words WHERE {where} LIMIT ?2", part, MAX_WORDS + 1)]
    if len(found) > MAX_WORDS:
        raise WatchError(f"{part!r} is a part of more than {MAX_WORDS:,} different words; give more of the phrase")
    return found


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
