"""Searches the whole past for one value of the watch-list, by indexes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, cast

import numpy as np

from alerts.pictures.near import distances, to_bits
from alerts.pictures.picturestore import all_digits
from alerts.reading.keys import HASHES
from alerts.watch import watchwords
from alerts.watch.watchstore import WatchError, WatchKind
from alerts.watch.watchtext import fold, holds, outline, similarity, windows
from alerts.watch.watchvalues import Value
from crawler.database import Database
from crawler.observation import Observation
from crawler.store import observations

CHUNK = 1_000  # versions looked at again at a time
MAX_VERSIONS = 20_000  # of a phrase or a template; more is no lead but a habit of the market
_MIN_SHARE = (
    0.4  # of a template's groups of words; a version with fewer is not compared. Copies with slots hold .75 or more
)
_MIN_LENGTH = 0.6  # of a template's letters; a shorter text is not 85 % alike


class Match(NamedTuple):
    """An ad that matches, by the newest of its versions that does."""

    ad: int
    observation: int


def search_past(db: Database, kind: WatchKind, value: Value) -> list[Match]:
    """Every ad that ever carried the value, oldest ad first. Raises WatchError where it is too common to watch."""
    match kind:
        case "image":
            return _with_keys(db, "image", find_near(db, value))
        case "text":
            return _newest(db, _with_phrase(db, value.value))
        case "template":
            return _newest(db, _with_text(db, value.value))
    return _with_keys(db, kind, [value.value])


def _with_keys(db: Database, kind: str, values: Sequence[str]) -> list[Match]:
    sql = (
        "SELECT k.ad, k.observation, max(r.seen_at) FROM keys k JOIN readings r USING (observation) "
        "WHERE k.kind = ? AND k.value IN (SELECT value FROM json_each(?)) GROUP BY k.ad ORDER BY k.ad"
    )
    return [Match(ad, observation) for ad, observation, _ in _rows(db, sql, kind, json.dumps(list(values)))]


def _newest(db: Database, numbers: Sequence[int]) -> list[Match]:
    sql = (
        "SELECT ad, id, max(seen_at) FROM observations WHERE id IN (SELECT value FROM json_each(?)) "
        "GROUP BY ad ORDER BY ad"
    )
    return [Match(ad, number) for ad, number, _ in _rows(db, sql, json.dumps(list(numbers)))]


# images


def find_near(db: Database, wanted: Value) -> list[str]:
    """The image keys that differ from the hash wanted by no more bits than are allowed."""
    algorithm, _, digits = wanted.value.partition(":")
    found: set[str] = set()
    for name in HASHES if algorithm == "any" else (algorithm,):
        known = all_digits(db, name)
        near = np.flatnonzero(distances(to_bits(known), to_bits(digits)[0]) <= wanted.distance)
        found.update(f"{name}:{known[64 * i : 64 * i + 64]}" for i in near.tolist())
    return sorted(found)


# texts


def _with_phrase(db: Database, phrase: str) -> list[int]:
    _need_index(db)
    found, is_sure = watchwords.find_phrase_holders(db, phrase)
    candidates = _not_too_many(found, "those words stand")
    return candidates if is_sure else [o.id for o in _loaded(db, candidates) if has_phrase(o, phrase)]


def _with_text(db: Database, text: str) -> list[int]:
    _need_index(db)
    candidates = _not_too_many(_like(db, windows(text)), "texts like that one stand")
    least = _MIN_LENGTH * len(text)
    versions = (o for o in _loaded(db, candidates) if len(o.document.get("text", "")) >= least)
    return [o.id for o in versions if similarity(text, own_text(o)) > 0]


def _like(db: Database, groups: Sequence[Sequence[str]]) -> list[int]:
    """The versions that hold all words of some of the groups."""
    found = [np.array(watchwords.find_with_words(db, group), dtype=np.int64) for group in groups]
    numbers, times = np.unique(np.concatenate(found or [np.empty(0, dtype=np.int64)]), return_counts=True)
    return cast("list[int]", numbers[times >= max(1, _MIN_SHARE * len(groups))].tolist())


def has_phrase(observation: Observation, phrase: str) -> bool:
    """Does one field of a version hold the phrase?"""
    return any(holds(fold(text), phrase) for text in watchwords.texts_of(observation))


def own_text(observation: Observation) -> str:
    """The text of a version as near-duplicates are compared."""
    return outline(observation.document.get("text", ""))


def _need_index(db: Database) -> None:
    if not watchwords.is_on(db):
        raise WatchError("the index of words is switched off; `varde watch index` builds it, once")


def _not_too_many(numbers: list[int], what: str) -> list[int]:
    if len(numbers) > MAX_VERSIONS:
        raise WatchError(
            f"{what} in {len(numbers):,} versions of ads, more than {MAX_VERSIONS:,}: too common to watch for; "
            "give more words, or what is particular to the case"
        )
    return numbers


def _loaded(db: Database, numbers: Sequence[int]) -> Iterator[Observation]:
    remaining = iter(numbers)
    while chunk := list(islice(remaining, CHUNK)):
        yield from observations(db, chunk)


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
