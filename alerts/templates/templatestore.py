"""What of templates is kept in the store: the words, keys and frequencies by which one more text is placed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from alerts.templates.finding import Templates
from alerts.templates.keyrows import index_rows, keep_index
from alerts.templates.weights import Frequencies, Weighed
from alerts.templates.wordings import Wording
from crawler.database import Database, among

Text = tuple[int, str, str, Weighed]
"""An ad, what stands for its words, its template ("" for none), and its words outside boilerplate."""
_LAST = "SELECT max(number) FROM template_placed"


@dataclass(frozen=True, slots=True)
class State:
    """The number of texts when all templates were found last, and of those placed since."""

    texts: int
    placed: int


@dataclass(frozen=True, slots=True)
class Near:
    """An ad whose text may be of the same template as a new one; `template` is "" where it has none yet. `words` are
    those of the text outside boilerplate.
    """

    ad: int
    template: str
    words: Weighed


def keep_wordings(db: Database, read: Iterable[tuple[int, int, str, Wording]]) -> None:
    """Keep the wording of (ad, observation, when it was seen) unless that of a newer version of the ad is kept, inside
    the caller's transaction.
    """
    db.conn.executemany(
        "INSERT INTO wordings (ad, observation, seen_at, name, words, keys) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (ad) DO UPDATE SET observation = excluded.observation, seen_at = excluded.seen_at, "
        "name = excluded.name, words = excluded.words, keys = excluded.keys "
        "WHERE (excluded.seen_at, excluded.observation) >= (seen_at, observation)",
        ((ad, observation, seen_at, one.name, one.words, one.keys) for ad, observation, seen_at, one in read),
    )


def load_wordings(db: Database) -> dict[int, Wording]:
    """The wording of every ad that was read, in its newest version."""
    return {ad: Wording(*rest) for ad, *rest in _rows(db, "SELECT ad, name, words, keys FROM wordings")}


def changed_wordings(db: Database, ads: Sequence[int]) -> dict[int, Wording]:
    """Of these ads, those that are new or have another wording than when their template was found."""
    those, numbers = among(ads)
    sql = (
        "SELECT w.ad, w.name, w.words, w.keys FROM wordings w LEFT JOIN template_texts t ON t.ad = w.ad "
        f"WHERE w.ad {those} AND t.name IS NOT w.name"
    )
    return {ad: Wording(*rest) for ad, *rest in _rows(db, sql, *numbers)}


def templates_of(db: Database) -> dict[int, str]:
    """The template of every ad that has one."""
    return dict(_rows(db, "SELECT ad, template FROM template_texts WHERE template != ''"))


def load_state(db: Database) -> State | None:
    """None in a store whose templates were never found."""
    row = next(_rows(db, f"SELECT texts, coalesce(({_LAST}), since) - since FROM template_state"), None)
    return State(*row) if row else None


def load_frequencies(db: Database, token: str) -> Frequencies:
    """Those by which all templates were found when that was the token. Read once for each such time."""
    if token not in _read:
        ((groups, *blobs),) = _rows(db, "SELECT groups, numbers, counts, passages FROM template_frequencies")
        numbers, counts, passages = (np.frombuffer(blob, np.uint32) for blob in blobs)
        _read.clear()
        _read[token] = Frequencies(groups, numbers, counts.astype(np.int64), passages)
    return _read[token]


_read: dict[str, Frequencies] = {}


def load_near(db: Database, ads: Sequence[int]) -> list[Near]:
    """The texts of these ads, in this order."""
    those, numbers = among(ads)
    rows = _rows(db, f"SELECT ad, template, words FROM template_texts WHERE ad {those}", *numbers)
    found = {row[0]: Near(*row) for row in rows}
    return [found[ad] for ad in ads if ad in found]


def keep_found(db: Database, found: Templates) -> None:
    """Keep by what all templates were found, in place of all before, inside the caller's transaction."""
    db.execute("DELETE FROM template_texts")
    place = {one.name: place for place, one in enumerate(found.distinct.values())}
    keep_texts(
        db,
        (
            (ad, name, found.values.get(ad, ""), found.vectors.weighed(place[name]) if name else b"")
            for ad, name in found.names.items()
        ),
    )
    ((last,),) = _rows(db, f"SELECT coalesce(({_LAST}), (SELECT since FROM template_state), 0)")
    rows = index_rows([(ad, one.keys) for ad, one in found.distinct.items()])
    keep_index(db, rows)
    frequencies = found.frequencies
    blobs = (
        frequencies.numbers.tobytes(),
        frequencies.counts.astype(np.uint32).tobytes(),
        frequencies.passages.tobytes(),
    )
    db.execute(
        "INSERT OR REPLACE INTO template_frequencies (id, groups, numbers, counts, passages) VALUES (1, ?, ?, ?, ?)",
        (frequencies.groups, *blobs),
    )
    db.execute(
        "INSERT OR REPLACE INTO template_state (id, token, texts, since) VALUES (1, ?, ?, ?)",
        (hashlib.sha256(b"".join((*blobs, rows.tobytes(), b"%d" % last))).hexdigest()[:16], len(found.names), last),
    )


def keep_texts(db: Database, texts: Iterable[Text]) -> None:
    """Keep what one more text is held against, inside the caller's transaction."""
    db.conn.executemany(
        "INSERT OR REPLACE INTO template_texts (ad, name, template, words) VALUES (?, ?, ?, ?)",
        texts,
    )


def set_template(db: Database, ad: int, template: str) -> None:
    """Note the template of an ad whose text is kept, inside the caller's transaction."""
    db.execute("UPDATE template_texts SET template = ? WHERE ad = ?", (template, ad))


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
