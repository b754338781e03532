"""The review page on large stores: how long each page takes to answer, and how many bytes of HTML it is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.testclient import TestClient

from alerts.intake import analyse
from alerts.review.app import make_app
from alerts.review.views import ADS_A_PAGE, ALERTS_A_PAGE
from alerts.store import open_alerts
from alerts.storedesk import StoreDesk
from benchmarks.template_market import build_market
from crawler.ads import parse_ad_row
from crawler.store import observe_all

ADS = 5_000  # of one cluster, and as many alerts
TOWNS = ("Bergen", "Oslo", "Stavanger", "Trondheim", "Göteborg")
CUE = "Hand in your passport on arrival."
URL = "http://127.0.0.1:8000"
Row = dict[str, Any]


def run(_: Path | None) -> None:
    """A cluster of 5,000 ads with templates, stays and groups; then a queue of 5,000 alerts."""
    with TemporaryDirectory() as folder:
        store = Path(folder) / "cluster.db"
        fill(store, one_cluster())
        cluster = largest(store)
        measure(
            store,
            (
                f"/cluster/{cluster}",
                f"/cluster/{cluster}?page=2",
                f"/cluster/{cluster}?page={ceil(ADS / ADS_A_PAGE) - 1}",
            ),
        )
    with TemporaryDirectory() as folder:
        store = Path(folder) / "queue.db"
        fill(store, many_alerts())
        measure(store, ("/", "/?all=yes", f"/?all=yes&page={count_alerts(store) // ALERTS_A_PAGE}"))


def one_cluster() -> Iterator[Row]:
    """One name and one phone under texts of many templates, in one town after the other."""
    for number, ad in enumerate(build_market(ADS)):
        day, town = 1 + number * 28 // ADS, TOWNS[number * 60 // ADS % len(TOWNS)]
        yield {"site": f"{'abc'[number % 3]}.example", "ad_id": str(number), "kind": "escort", "name": "Lina",
               "seen_at": f"2026-10-{day:02}T12:00:00+00:00", "location": town,
               "text": f"{ad.text} Ring 42 00 00 17. Half goes to the house."}  # fmt: skip


def many_alerts() -> Iterator[Row]:
    """Job ads that nothing ties, each with a cue that raises an alert."""
    texts = {ad.label: ad.text for ad in build_market(5 * ADS, seed=2)}.values()  # one of each template
    for number, text in enumerate(islice(texts, ADS)):
        yield {
            "site": f"{'abc'[number % 3]}.example",
            "ad_id": str(number),
            "kind": "job",
            "seen_at": "2026-10-01T12:00:00+00:00",
            "text": f"{text} {CUE}",
        }


def fill(store: Path, rows: Iterable[Row]) -> None:
    db = open_alerts(store, create=True)
    observe_all(db, [(parse_ad_row(row), "bench") for row in rows])
    analyse(db)
    db.close()


def largest(store: Path) -> str:
    """The name of the cluster of the most ads."""
    db = open_alerts(store)
    ((cluster, ads),) = db.execute("SELECT id, ads FROM clusters ORDER BY ads DESC LIMIT 1").fetchall()
    db.close()
    print(f"a cluster of {ads:,} ads")
    return str(cluster)


def count_alerts(store: Path) -> int:
    db = open_alerts(store)
    ((alerts,),) = db.execute("SELECT count(*) FROM alerts").fetchall()
    db.close()
    print(f"{alerts:,} alerts")
    return int(alerts)


def measure(store: Path, paths: Iterable[str]) -> None:
    """Each page twice: a case is kept once it was loaded."""
    with TestClient(make_app(StoreDesk(store)), base_url=URL) as pages:
        for path in paths:
            for _ in range(2):
                began = time.perf_counter()
                answer = pages.get(path)
                took = time.perf_counter() - began
                print(f"  {path:40} {took:6.2f} s  {len(answer.content):9,} bytes  {answer.status_code}", flush=True)
