"""Observations in, alerts out: reads what has no reading yet, then links and judges what that touches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.adopted import load_with
from alerts.cases import Level
from alerts.clusterstore import count_clusters, count_levels
from alerts.concluding import conclude
from alerts.linking.ties import Guard
from alerts.reading import readstore
from alerts.reading.readers import read_batch, reading_version
from alerts.reading.readings import Read
from alerts.reading.readpool import ReadPool
from alerts.watch.watchmatch import match_new
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
    levels: Mapping[Level, int]
    read_s: float
    link_s: float
    judge_s: float
    store_s: float


def analyse(
    db: Database, *, again: bool = False, workers: int = 0, guard: Guard | None = None, say: Say = lambda _: None
) -> Stages:
    """Read what is new (or everything, `again`), then link and judge.

    Batches are read in so many processes of their own as there are `workers`, which are ended when a text holds them
    up; with 0 they are read here, which is quicker to start. Interrupted, the same call goes
    on: every batch is stored when it is read.
    """
    load_with(own_folder())  # what is wrong with it is said at once, not by every process that reads
    began = time.perf_counter()
    done = read_new(db, again=again, workers=workers, say=say)
    match_new(db, say=say)
    read_at = time.perf_counter()
    found = conclude(db, everything=again, guard=guard, say=say)
    return Stages(
        observations=done, ads=readstore.count_read(db), clusters=count_clusters(db), levels=count_levels(db),
        read_s=read_at - began, link_s=found.link_s, judge_s=found.judge_s, store_s=found.store_s,
    )  # fmt: skip


def read_new(db: Database, *, again: bool, workers: int, say: Say) -> int:
    """Read the observations that have no reading of the current catalogue; returns how many."""
    version = reading_version()
    todo = observation_ids(db) if again else readstore.unread_ids(db, version)
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
