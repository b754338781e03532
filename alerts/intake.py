"""Observations in, alerts out: reads what has no reading yet, then links and judges everything that was read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from alerts import fields, keys, store
from alerts.clusters import find_clusters
from alerts.facts import AdFacts
from alerts.fields import ad_fields
from alerts.judge import judge
from alerts.keys import Key, find_keys
from alerts.templates import find_templates
from crawler.database import Database
from crawler.store import AdRow, Observation, ad_rows, observation_ids, observations
from nlp import catalogue_version, read
from nlp.reading import Reading

BATCH = 500  # observations read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """What an analysis did and how long each stage took, in seconds of wall time."""

    observations: int
    ads: int
    clusters: int
    levels: dict[str, int]
    read_s: float
    link_s: float
    judge_s: float
    store_s: float


def analyse(
    db: Database, *, again: bool = False, workers: int = 1, say: Callable[[str], None] = lambda _: None
) -> Stages:
    """Read what is new (or everything, `again`), then link and judge.

    With `workers` above 1, batches are read in so many processes. Interrupted, the same call goes
    on: every batch is stored when it is read.
    """
    began = time.perf_counter()
    done = read_new(db, again=again, workers=workers, say=say)
    read_at = time.perf_counter()
    ads = load_facts(db)
    clusters = find_clusters(ads, find_templates({facts.ad: facts.text for facts in ads}))
    linked_at = time.perf_counter()
    say(f"judging {sum(len(c.ads) > 1 for c in clusters):,} clusters and the ads that stand alone, {len(ads):,} in all")
    judged = [(cluster, judge(cluster)) for cluster in clusters]
    judged_at = time.perf_counter()
    store.keep_clusters(db, judged)
    levels = {level: sum(j.level == level for _, j in judged) for level in ("L0", "L1", "L2", "L3")}
    return Stages(
        observations=done, ads=len(ads), clusters=sum(len(c.ads) > 1 for c in clusters), levels=levels,
        read_s=read_at - began, link_s=linked_at - read_at, judge_s=judged_at - linked_at,
        store_s=time.perf_counter() - judged_at,
    )  # fmt: skip


def read_new(db: Database, *, again: bool, workers: int, say: Callable[[str], None]) -> int:
    """Read the observations that have no reading of the current catalogue; returns how many."""
    version = reading_version()
    known = set() if again else store.read_ids(db, version)
    todo = [number for number in observation_ids(db) if number not in known]
    done = 0
    for batch in _read_batches(_batches(db, todo), workers):
        store.keep_readings(db, version, batch)
        done += len(batch)
        say(f"read {done:,} of {len(todo):,} observations")
    return done


def reading_version() -> str:
    """A short hash of everything that decides what a reading and its keys are."""
    code = (Path(keys.__file__).read_bytes(), Path(fields.__file__).read_bytes())
    return hashlib.sha256(catalogue_version().encode() + b"".join(code)).hexdigest()[:12]


def read_batch(batch: Sequence[Observation]) -> list[store.Read]:
    """Read one batch; pure, so that it can run in any process."""
    texts = [ad_fields(o) | {"posted_at": _day(o)} for o in batch]
    kinds = [observation.kind for observation in batch]
    claimed = [observation.document.get("language") for observation in batch]
    return [
        store.Read(o.id, o.ad, o.seen_at, reading,
                   tuple(find_keys(reading, tuple(o.document.get("images", ())), site=o.site)))
        for o, reading in zip(batch, read(texts, kinds=kinds, languages=claimed), strict=True)
    ]  # fmt: skip


def _day(observation: Observation) -> str:
    """The day the ad speaks of: it decides which wage was in force, and what age a year of birth means."""
    posted = str(observation.document.get("posted_at", ""))[:10]
    try:
        return date.fromisoformat(posted).isoformat()
    except ValueError:
        return observation.seen_at[:10]


def load_facts(db: Database) -> list[AdFacts]:
    """Every ad that was read, as the newest version read has it, in the order of their numbers."""
    newest, keys, phones = store.newest_read(db), store.ad_keys(db), store.most_phones(db)
    read_now = store.readings(db, newest.values())
    versions = {o.ad: o for o in observations(db, newest.values())}
    return [
        _facts(row, versions[row.id], read_now[newest[row.id]], keys.get(row.id, ()), phones.get(row.id, 0))
        for row in ad_rows(db)
        if row.id in versions
    ]


def _facts(
    row: AdRow, version: Observation, reading: Reading, keys: Iterable[tuple[Key, str, str]], phones: int
) -> AdFacts:
    document = version.document
    # a key of the newest version is seen for as long as the ad is, not only when the version began
    seen = ((key, first, row.last_seen if last == version.seen_at else last) for key, first, last in keys)
    return AdFacts(
        ad=row.id, observation=version.id, site=row.site, ad_id=row.ad_id, kind=row.kind,
        first_seen=row.first_seen, last_seen=row.last_seen, text=document.get("text", ""),
        employer=document.get("employer", ""), org_number=document.get("org_number", ""),
        reading=reading, keys=tuple(seen), most_phones=phones,
    )  # fmt: skip


def _batches(db: Database, numbers: Sequence[int]) -> Iterator[list[Observation]]:
    for start in range(0, len(numbers), BATCH):
        yield observations(db, numbers[start : start + BATCH])


def _read_batches(batches: Iterator[list[Observation]], workers: int) -> Iterator[list[store.Read]]:
    """Read batches here, or spread them over processes with at most two waiting for each."""
    if workers == 1:
        yield from map(read_batch, batches)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(read_batch, batch) for batch in islice(batches, 2 * workers)]
        try:
            while waiting:
                yield waiting.pop(0).result()
                waiting += [pool.submit(read_batch, batch) for batch in islice(batches, 1)]
        finally:  # stopped: what waits is read another time
            pool.shutdown(cancel_futures=True)
