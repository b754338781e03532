"""Matches what was just read against the watch-list: the work grows with the batch, not with entries times ads."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from alerts.notify.channels import load_channels
from alerts.notify.notices import queue_hits
from alerts.pictures.near import distances, to_bits
from alerts.reading.keys import HASHES
from alerts.watch import watchwords
from alerts.watch.watchquotes import find_quotes
from alerts.watch.watchsearch import own_text
from alerts.watch.watchstore import Hit, Watch, keep_hits, watches
from alerts.watch.watchtext import fold, holds, needle, similarity, terms
from crawler.database import Database, transaction
from crawler.observation import Observation
from crawler.store import observations

if TYPE_CHECKING:
    from alerts.notify.notifyfile import Channel

Found = Iterator[tuple[Watch, int, int]]  # entry, ad, observation
BATCH = 1_000  # observations matched in one transaction
_GRAM = 3  # letters of a phrase that a text is looked through for first
_MIN_SHARED = 0.5  # of a template's different words


def match_new(
    db: Database,
    numbers: Sequence[int] = (),
    *,
    channels: Sequence[Channel] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Hit]:
    """What of these observations, whose readings are stored, matches an entry that stands; each ad once an entry.

    Readings that an interrupted run left unmatched are matched too. Hits and what is to be sent about them are stored
    in one transaction. `channels` are those of $VARDE_NOTIFY where None is given. Raises NotifyError where that file
    is wrong.
    """
    channels = load_channels() if channels is None else channels
    watchwords.catch_up(db, say=say)
    found: list[Hit] = []
    for start in range(0, len(numbers), BATCH):
        found += _match(db, numbers[start : start + BATCH], channels)
    while left := _left(db):
        found += _match(db, left, channels)
    return found


def _left(db: Database) -> list[int]:
    return [row[0] for row in _rows(db, "SELECT observation FROM watch_todo ORDER BY observation LIMIT ?", BATCH)]


def _match(db: Database, numbers: Sequence[int], channels: Sequence[Channel]) -> list[Hit]:
    """Match one batch, and note that it was."""
    standing = [watch for watch in watches(db) if watch.state == "stands"]
    known = _known(db, numbers)
    found = {(w.id, ad): (w, ad, number) for w, ad, number in _find(db, standing, numbers) if (w.id, ad) not in known}
    quotes = find_quotes(db, [(watch, number) for watch, _, number in found.values()])
    with transaction(db):
        rows = [(w.id, ad, number, quotes.get((w.id, number))) for w, ad, number in found.values()]
        kept = keep_hits(db, rows, past=False)
        queue_hits(db, channels, kept, {watch.id: watch.notify for watch in standing})
        db.execute("DELETE FROM watch_todo WHERE observation IN (SELECT value FROM json_each(?))",
                   (json.dumps(list(numbers)),))  # fmt: skip
    return kept


def _known(db: Database, numbers: Sequence[int]) -> set[tuple[int, int]]:
    """The hits that the ads of these observations are already."""
    sql = (
        "SELECT watch, ad FROM watch_hits WHERE ad IN "
        "(SELECT ad FROM observations WHERE id IN (SELECT value FROM json_each(?)))"
    )
    return {(watch, ad) for watch, ad in _rows(db, sql, json.dumps(list(numbers)))}


def _find(db: Database, standing: Sequence[Watch], numbers: Sequence[int]) -> Found:
    """Oldest entry first, and of each the versions in the order of their numbers."""
    kinds: dict[str, list[Watch]] = defaultdict(list)
    for watch in standing:
        kinds[watch.kind].append(watch)
    found = list(_by_key(db, standing, numbers))
    if kinds["image"]:
        found += _by_image(db, kinds["image"], numbers)
    if kinds["text"] or kinds["template"]:
        versions = observations(db, numbers)
        found += _by_phrase(kinds["text"], versions)
        found += _by_text(kinds["template"], versions)
    return iter(sorted(found, key=lambda one: (one[0].id, one[2])))


def _by_key(db: Database, standing: Sequence[Watch], numbers: Sequence[int]) -> Found:
    by_number = {watch.id: watch for watch in standing}
    sql = (
        "SELECT w.id, k.ad, k.observation FROM keys k JOIN watches w ON w.kind = k.kind AND w.value = k.value "
        "WHERE k.observation IN (SELECT value FROM json_each(?))"
    )
    for watch, ad, number in _rows(db, sql, json.dumps(list(numbers))):
        if watch in by_number:
            yield by_number[watch], ad, number


def _by_image(db: Database, entries: Sequence[Watch], numbers: Sequence[int]) -> Found:
    sql = (
        "SELECT ad, observation, value FROM keys WHERE kind = 'image' "
        "AND observation IN (SELECT value FROM json_each(?))"
    )
    carried = [(ad, number, *value.split(":", 1)) for ad, number, value in _rows(db, sql, json.dumps(list(numbers)))]
    for name in HASHES:
        of_name = [one for one in carried if one[2] == name and len(one[3]) == 64]
        hashes = to_bits("".join(one[3] for one in of_name))
        for watch in entries:
            algorithm, _, digits = watch.value.partition(":")
            if algorithm in ("any", name):
                near = np.flatnonzero(distances(hashes, to_bits(digits)[0]) <= watch.distance)
                yield from ((watch, of_name[i][0], of_name[i][1]) for i in near.tolist())


def _by_phrase(entries: Sequence[Watch], versions: Iterable[Observation]) -> Found:
    """Each phrase is tried only on the texts that hold its first letters."""
    beginnings: dict[str, list[Watch]] = defaultdict(list)
    for watch in entries:
        beginnings[needle(watch.value)[:_GRAM]].append(watch)
    for version in versions if entries else ():
        for text in map(fold, watchwords.texts_of(version)):
            padded = f" {text} "
            grams = {padded[i : i + _GRAM] for i in range(len(padded) - _GRAM + 1)} | _pairs(padded, beginnings)
            for gram in beginnings.keys() & grams:
                yield from ((w, version.ad, version.id) for w in beginnings[gram] if holds(text, w.value))


def _pairs(padded: str, beginnings: Mapping[str, object]) -> set[str]:
    """The beginnings that are shorter: phrases of two signs."""
    return {gram for gram in beginnings if len(gram) < _GRAM and gram in padded}


def _by_text(entries: Sequence[Watch], versions: Iterable[Observation]) -> Found:
    """Each template is compared only with texts that hold half of its words."""
    holders: dict[str, list[int]] = defaultdict(list)
    sizes = []
    for place, watch in enumerate(entries):
        words = set(terms(watch.value))
        sizes.append(len(words))
        for word in words:
            holders[word].append(place)
    for version in versions if entries else ():
        text = own_text(version)
        shared = Counter(place for word in holders.keys() & set(terms(text)) for place in holders[word])
        for place, count in shared.items():
            if count >= _MIN_SHARED * sizes[place] and similarity(entries[place].value, text) > 0:
                yield entries[place], version.ad, version.id


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
