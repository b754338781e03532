"""Observations in, alerts out: reads what has no reading yet, then links and judges everything that was read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from alerts import readstore, store
from alerts.adopted import load_with
from alerts.clusters import find_clusters
from alerts.factload import load_facts
from alerts.judge import judge
from alerts.readers import read_batch, reading_version
from alerts.readings import Read
from alerts.readpool import ReadPool
from alerts.templates import find_templates
from crawler.database import Database
from crawler.store import Observation, observation_ids, observations
from nlp.catalog_file import own_folder

BATCH = 500  # observations read at a time
Say = Callable[[str], None]


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


def analyse(db: Database, *, again: bool = False, workers: int = 0, say: Say = lambda _: None) -> Stages:
    """Read what is new (or everything, `again`), then link and judge.

    Batches are read in so many processes of their own as there are `workers`, which are ended when a text holds them
    up; with 0 they are read here, which is quicker to start. Interrupted, the same call goes
    on: every batch is stored when it is read.
    """
    load_with(own_folder())  # what is wrong with it is said at once, not by every process that reads
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


def read_new(db: Database, *, again: bool, workers: int, say: Say) -> int:
    """Read the observations that have no reading of the current catalogue; returns how many."""
    version = reading_version()
    known = set() if again else readstore.read_ids(db, version)
    todo = [number for number in observation_ids(db) if number not in known]
    done = 0
    for batch in _read_batches(_batches(db, todo), workers, say):
        readstore.keep_readings(db, version, batch)
        done += len(batch)
        say(f"read {done:,} of {len(todo):,} observations")
    return done


def _batches(db: Database, numbers: Sequence[int]) -> Iterator[list[Observation]]:
    for start in range(0, len(numbers), BATCH):
        yield observations(db, numbers[start : start + BATCH])


def _read_batches(batches: Iterator[list[Observation]], workers: int, say: Say) -> Iterator[list[Read]]:
    if workers == 0:
        yield from map(read_batch, batches)
        return
    with ReadPool(workers, say=say) as pool:
        yield from pool.read(batches)
