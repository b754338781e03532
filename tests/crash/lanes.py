"""The three things that are killed: a crawl, an import, an analysis; each says what is wrong at its end."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from alerts.store import open_alerts
from crawler.ads import parse_ad_row
from crawler.cli import COMMANDS
from crawler.database import Database
from crawler.store import ad_rows, observe_all
from tests.crash.killing import Lane
from tests.crawler.samples import ad_page, list_page, row, write_site
from tests.crawler.server import LoopbackServer
from tests.power.check import damage

PER_LIST = 19  # ads on one list page
PER_KILL = 34  # pages that a kill may use up: an answer in a run that is killed, and what is on its way
MOST = 24  # answers after which a run is killed, at the most
ROWS = 2_500  # of each file that is imported, five transactions
ADS = 200  # that each analysis finds new
STORE = "varde.db"


def crash_crawl(folder: Path, *, kills: int, seed: int) -> Iterator[str]:
    """Kill the crawl of one site again and again, then let it end; yields what is wrong."""
    lists = kills * PER_KILL // (PER_LIST + 1) + 5
    paths = {f"/list/{i}" for i in range(lists)} | {f"/ad/{i}-{j}" for i in range(lists) for j in range(PER_LIST)}
    lane = Lane(folder, random.Random(seed))
    with LoopbackServer(lambda path: _page(path, lists) if path in paths else None) as server:
        sites = write_site(folder / "sites", "a.example", f"{server.url}/list/0")
        command = ["crawl", "a.example", "--sites", str(sites)]
        for _ in range(kills):
            goal = len(server.hits) + lane.dice.randint(1, MOST)
            lane.kill(command, partial(_is_past, server, goal), pause=0.02)
        lane.run(*command)
        if set(server.paths()) != paths:
            yield f"{len(paths - set(server.paths()))} pages never fetched"
    yield from _missed(lane, kills)
    yield from _after_crawl(folder / STORE, paths)
    if "verify" in COMMANDS:
        lane.run("verify")


def _is_past(server: LoopbackServer, goal: int) -> bool:
    return len(server.hits) >= goal


def _page(path: str, lists: int) -> str:
    if path.startswith("/ad/"):
        return ad_page(path.removeprefix("/ad/"))
    number = int(path.removeprefix("/list/"))
    after = f"/list/{number + 1}" if number + 1 < lists else ""
    return list_page([f"/ad/{number}-{j}" for j in range(PER_LIST)], after=after)


def _after_crawl(store: Path, paths: set[str]) -> Iterator[str]:
    """No page lost, no ad twice, every capture readable with its hash, no break in the chain."""
    db = open_alerts(store)
    states = Counter(state for (state,) in db.execute("SELECT state FROM frontier"))
    if states != {"done": len(paths)}:
        yield f"pages: {dict(states)}, not {len(paths)} done"
    if crawls := db.execute("SELECT count(*) FROM crawls").fetchone()[0] - 1:
        yield f"{crawls} crawls too many"
    yield from _ads(db, Counter(path.removeprefix("/ad/") for path in paths if path.startswith("/ad/")))
    yield from damage(db, store)
    db.close()


def crash_import(folder: Path, *, kills: int, seed: int) -> Iterator[str]:
    """Kill the import of files, each again and again until it was hit, then let them end; yields what is wrong."""
    lane, store = Lane(folder, random.Random(seed)), folder / STORE
    numbers = range(kills + kills // 2 + 2)  # some end before they are hit
    files = [_write_rows(folder / f"{number}.jsonl", _rows(number, ROWS)) for number in numbers]
    for file in files:
        if lane.kills < kills:
            lane.kill(["import", file], partial(_written, store), pause=0.2)
    lane.run("import", *files)
    yield from _missed(lane, kills)
    db = open_alerts(store)
    yield from _ads(db, Counter(f"{number}-{i}" for number in numbers for i in range(ROWS)))
    yield from damage(db, store)
    db.close()


def crash_analyse(folder: Path, *, kills: int, seed: int) -> Iterator[str]:
    """Kill the analysis of ever more ads, then let it end: it concludes what one that was never killed does."""
    lane, store = Lane(folder, random.Random(seed)), folder / STORE
    for number in range(kills + kills // 2 + 2):
        if lane.kills == kills:
            break
        _add(store, number)
        _add(folder / "whole.db", number)
        lane.kill(["analyse"], partial(_written, store), pause=0.5)
    lane.run("analyse")
    lane.run("--store", "whole.db", "analyse")
    yield from _missed(lane, kills)
    db, whole = open_alerts(store), open_alerts(folder / "whole.db")
    for table, columns in _CONCLUDED.items():
        sql = f"SELECT {columns} FROM {table} ORDER BY {columns}"
        if list(db.execute(sql)) != list(whole.execute(sql)):
            yield f"{table}: not what an analysis concludes that was never killed"
    yield from damage(db, store)
    db.close()
    whole.close()


def _add(store: Path, number: int) -> None:
    db = open_alerts(store, create=True)
    observe_all(db, [(parse_ad_row(ad), "test") for ad in _rows(number, ADS)])
    db.close()


_CONCLUDED = {
    "readings": "observation, ad, seen_at, document", "keys": "observation, ad, kind, value, confidence, how",
    "clusters": "id, ads, level, score", "members": "ad, cluster", "links": "cluster, ad, other, kind, value, strength",
    "alerts": "cluster, level, state, ads, document",
}  # fmt: skip


def _rows(number: int, count: int) -> Iterator[dict[str, Any]]:
    """Ads of which each ten of one file share a telephone number, and every third speaks of an employer."""
    for i in range(count):
        told = f"The employer of house {number} keeps the passport until the debt is paid. " * (i % 3 == 0)
        phone = f"42 {number:02} {i // 1000:02} {i // 10 % 100:02}"
        yield row(ad_id=f"{number}-{i}", text=f"Room {i} of {count} in house {number}. {told}", phones=[phone])


def _write_rows(file: Path, rows: Iterable[dict[str, Any]]) -> str:
    file.write_text("".join(json.dumps(ad) + "\n" for ad in rows), encoding="utf-8")
    return file.name


def _written(store: Path) -> tuple[int, ...]:
    """Changes as soon as something is written to the store."""
    log = store.with_name(f"{store.name}-wal")
    return tuple(path.stat().st_mtime_ns if path.exists() else -1 for path in (store, log))


def _ads(db: Database, wanted: Counter[str]) -> Iterator[str]:
    """Each ad once, with one version."""
    found = Counter({ad.ad_id: ad.observations for ad in ad_rows(db)})
    if found != wanted:
        yield f"ads: {len(wanted - found)} lost, {len(found - wanted)} stored twice"


def _missed(lane: Lane, kills: int) -> Iterator[str]:
    if lane.kills != kills:
        yield f"only {lane.kills} of {kills} kills hit a process at work"
