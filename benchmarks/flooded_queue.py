"""Spam against the queue: 20 true alerts stand, 5,000 spam ads come in a day, and the first page is looked at again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alerts.review.views import ALERTS_A_PAGE
from alerts.store import open_alerts
from benchmarks.market.dice import Dice
from benchmarks.market.networks import network
from benchmarks.market.noise import spam
from benchmarks.market.orgnumbers import OrgNumbers
from benchmarks.market.people import independent
from benchmarks.market.phones import PhoneBook
from benchmarks.market.scene import Scene
from benchmarks.market.stream import ad_row
from benchmarks.market.values import DAYS, Ads, MarketAd
from benchmarks.market.visits import DAY
from benchmarks.measured import measure
from crawler.store import count_ads

TRUE, OTHERS, SPAM = 20, 500, 5_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Queue:
    """How many true alerts stood on the first page before and do after the flood; all alerts; spam ads in the store."""

    before: int
    after: int
    alerts: int
    spam: int

    def __str__(self) -> str:
        word = "holds" if self.after == self.before == TRUE else "FAILS"
        return (
            f"{self.after} of {self.before} true alerts are still on the first page of {ALERTS_A_PAGE}; "
            f"{self.alerts:,} alerts in all, {self.spam:,} spam ads stored  {word}"
        )


def flooded_queues(seed: int) -> dict[str, Queue]:
    """The queue after a campaign under one text, and after 500 imitations of networks, ten ads each."""
    return {"one text": _flooded(seed, spam), "imitating networks": _flooded(seed, network)}


def _flooded(seed: int, kind: Callable[[Scene], Ads]) -> Queue:
    with TemporaryDirectory() as folder:
        store = Path(folder) / "queue.db"
        rows, true = _market(seed)
        before = _first_page(store, Path(folder) / "before.jsonl", rows)
        standing = {row["cluster"]: _ads(row) & true for row in before[:ALERTS_A_PAGE] if _ads(row) & true}
        after = _first_page(store, Path(folder) / "spam.jsonl", _spam(seed, kind))
        seen = {ad for row in after[:ALERTS_A_PAGE] for ad in _ads(row)}
        still = sum(bool(ads & seen) for ads in standing.values())
        return Queue(len(standing), still, len(after), count_ads(open_alerts(store)) - len(rows))


def _market(seed: int) -> tuple[list[Row], frozenset[str]]:
    """True networks and independents, each ad as it was last seen, and which ads are the networks'."""
    book = PhoneBook(seed)
    networks = [ad for n in range(TRUE) for ad in network(_scene(seed, n, book)) if ad.kind == "escort"]
    others = [ad for n in range(OTHERS) for ad in independent(_scene(seed, TRUE + n, book))]
    rows = [_row(ad, number) for number, ad in enumerate([*networks, *others])]
    return rows, frozenset(f"{row['site']}/{row['ad_id']}" for row in rows[: len(networks)])


def _spam(seed: int, kind: Callable[[Scene], Ads]) -> Iterator[Row]:
    """Spam on one site, all within the day after the market's last."""
    book = PhoneBook(seed + 1)
    owners = (ten for n in range(SPAM) for ten in islice(kind(_scene(seed + 1, n, book)), 10))
    site = next(iter(network(_scene(seed, 0, PhoneBook(seed))))).site
    for number, ad in enumerate(islice((ad for ad in owners if ad.kind == "escort"), SPAM)):
        newest = replace(ad.history[-1], minute=DAYS * DAY + number % DAY)
        yield _row(replace(ad, site=site, history=(newest,)), 100_000 + number)


def _scene(seed: int, serial: int, book: PhoneBook) -> Scene:
    return Scene(seed, serial, Dice(seed, "queue", serial), book, OrgNumbers())


def _row(ad: MarketAd, number: int) -> Row:
    return ad_row(ad, str(number), ad.history[-1])


def _first_page(store: Path, file: Path, rows: Iterable[Row]) -> list[Mapping[str, Any]]:
    """Import and analyse the rows; returns the queue, the most urgent first."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    measure(["--store", str(store), "import", str(file)])
    measure(["--store", str(store), "analyse"])
    queue: list[Mapping[str, Any]] = json.loads(measure(["--store", str(store), "alerts", "--json"]).printed)
    return queue


def _ads(alert: Mapping[str, Any]) -> set[str]:
    """The ads that the alert's reasons quote: "site/ad_id"."""
    return {part["ad"] for reason in alert["reasons"] for part in reason["evidence"]}
