"""Observations in, alerts out: reads what has no reading yet, then links and judges what that touches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from alerts.concluding import conclude
from alerts.linking.uses import Guard
from alerts.reading import readstore
from alerts.reading.readers import read_batch, reading_version
from alerts.reading.readings import Read
from alerts.watch.watchmatch import match_new
from crawler.database import Database
from crawler.observation import Observation
from crawler.store import observation_ids, observations

BATCH = 500  # observations read at a time
LOOK = 0.5  # seconds between two looks for what is new
IDLE = 60.0  # seconds after which nothing new is an answer too
Say = Callable[[str], None]
Reader = Callable[[Iterator[list[Observation]]], Iterator[list[Read]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """How many observations an analysis read, and how long each stage took, in seconds of wall time."""

    observations: int
    read_s: float
    link_s: float
    judge_s: float
    store_s: float


def read_here(batches: Iterator[list[Observation]]) -> Iterator[list[Read]]:
    """Reads batches in this process: quicker to start than a `ReadPool`, and held up by whatever holds up reading."""
    return map(read_batch, batches)


def analyse(
    db: Database,
    *,
    reader: Reader = read_here,
    again: bool = False,
    guard: Guard | None = None,
    say: Say = lambda _: None,
) -> Stages:
    """Read what is new (or everything, `again`), then link and judge.

    `reader` is `read_here` or the `read` of a ReadPool, whose processes are ended when a text holds them up.
    Interrupted, the same call goes on: every batch is stored when it is read.
    """
    began = time.perf_counter()
    done = read_new(db, reader, again=again, say=say)
    match_new(db, say=say)
    read_at = time.perf_counter()
    found = conclude(db, everything=again, guard=guard, say=say)
    return Stages(
        observations=done, read_s=read_at - began, link_s=found.link_s, judge_s=found.judge_s, store_s=found.store_s
    )


def follow(db: Database, *, reader: Reader, say: Say) -> Iterator[Stages]:
    """Analyse what is there and then, within a second, whatever comes, for as long as it is asked for more.

    Once a minute it comes back though nothing came: what is to be told may be due by then.
    """
    while True:
        yield analyse(db, reader=reader, say=say)
        until = time.monotonic() + IDLE
        while not readstore.has_news(db) and time.monotonic() < until:
            time.sleep(LOOK)


def read_new(db: Database, reader: Reader, *, again: bool, say: Say) -> int:
    """Read the observations that have no reading of the current catalogue; returns how many."""
    version = reading_version()
    todo = observation_ids(db) if again else readstore.unread_ids(db, version)
    done = 0
    for batch in reader(_batches(db, todo)) if todo else ():
        readstore.keep_readings(db, version, batch)
        done += len(batch)
        say(f"read {done:,} of {len(todo):,} observations")
    return done


def _batches(db: Database, numbers: Sequence[int]) -> Iterator[list[Observation]]:
    for start in range(0, len(numbers), BATCH):
        yield observations(db, numbers[start : start + BATCH])
