"""Linking at a size: python -m benchmarks.linking --ads N makes a market, imports and analyses it, scores it, times one
ad more, and groups the same ads by other means.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from alerts.intake import analyse
from alerts.store import open_alerts
from benchmarks.clustering_scores import ari, largest, pair_scores
from benchmarks.market.output import load_output
from benchmarks.market.report import report_lines
from benchmarks.market.scores import score
from benchmarks.market.stream import MARKET, ad_row, market_ads, write_market
from benchmarks.market.truth import AdKey, TrueAd, load_truth
from benchmarks.measured import Measured, measure
from benchmarks.peers import PEERS, Column, Peer, run_peer
from crawler.ads import parse_ad_row
from crawler.store import observe_all

ADS, SEED, MORE = 10_000, 1, 30
PEERS_TAKE = 50_000  # ads; beyond that most of them need more memory than there is


def run(_: Path | None) -> None:
    """At 10,000 ads, or as many as the environment's BENCH_ADS says."""
    with TemporaryDirectory() as folder:
        measure_at(int(os.environ.get("BENCH_ADS", ADS)), seed=SEED, folder=Path(folder))


def measure_at(ads: int, *, seed: int, folder: Path) -> None:
    began = time.perf_counter()
    about = write_market(folder, ads=ads, seed=seed)
    print(
        f"{ads:,} ads, {about['observations']:,} observations, seed {seed}; made in {_s(time.perf_counter() - began)}"
    )
    store = folder / "market.db"
    _print_stage("import", measure(["--store", str(store), "import", str(folder / MARKET)]), about["observations"])
    analysed = measure(["--store", str(store), "analyse", "--json"])
    _print_stage("analyse", analysed, about["observations"])
    stages = json.loads(analysed.printed)[0]
    print("    " + ", ".join(f"{name} {_s(stages[f'{name}_s'])}" for name in ("read", "link", "judge", "store")))
    exported = _export(store, folder)
    truth = load_truth(folder)
    for line in report_lines(score(truth, load_output(**exported))):
        print(f"  {line}")
    _print_one_more(store, ads, seed)
    _print_peers(folder, truth, exported["ads"])


def _export(store: Path, folder: Path) -> dict[str, Path]:
    files = {what: folder / f"found-{what}.jsonl" for what in ("ads", "clusters", "alerts")}
    for what, path in files.items():
        measure(["--store", str(store), "export", what, "--format", "jsonl", "--out", str(path)])
    return files


def _print_stage(name: str, did: Measured, observations: int) -> None:
    print(
        f"  {name:8} {_s(did.wall)} of wall time, {_s(did.cpu)} of processor time "
        f"({1000 * did.cpu / observations:.2f} ms an observation), peak {did.peak:,.0f} MB"
    )


def _print_one_more(store: Path, ads: int, seed: int) -> None:
    """One ad arrives, is stored, read, linked and judged: the median over some that the store does not know."""
    db = open_alerts(store)
    analyse(db)
    spent, stages = [], []
    for number, ad in enumerate(islice(market_ads(ads + MORE, seed), ads, None)):
        one = parse_ad_row(ad_row(ad, f"more-{number}", ad.history[0]))
        began = time.perf_counter()
        observe_all(db, [(one, "benchmark")])
        done = analyse(db)
        spent.append(1000 * (time.perf_counter() - began))
        stages.append((1000 * done.read_s, 1000 * (done.link_s + done.judge_s + done.store_s)))
    print(
        f"  one ad more: median {median(spent):.1f} ms of wall time, worst of {MORE} {max(spent):.1f}; "
        f"reading {median(read for read, _ in stages):.1f}, linking to storing {median(rest for _, rest in stages):.1f}"
    )


def _print_peers(folder: Path, truth: Mapping[AdKey, TrueAd], ads: Path) -> None:
    chosen = dict(islice(truth.items(), PEERS_TAKE))
    columns = _columns(folder / MARKET, ads, chosen)
    owners = [ad.owner for ad in chosen.values()]
    print(f"  other ways on {'the same' if len(chosen) == len(truth) else 'the first'} {len(chosen):,} ads:")
    for peer in PEERS:
        if peer.missing:
            print(f"    {peer.title}: not installed; uv pip install {' '.join(peer.packages)}")
        else:
            print(f"    {_peer_line(peer, columns, owners)}")


def _peer_line(peer: Peer, columns: Sequence[Column], owners: Sequence[str]) -> str:
    found = run_peer(peer, columns)
    pairs = pair_scores(found.labels, owners)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{peer.title}: ARI {ari(found.labels, owners):.3f}, pairs P {pairs.precision:.3f} R {pairs.recall:.3f}, "
        f"largest {largest(found.labels):,}; {len(columns) / max(0.001, found.cpu):,.0f} ads a second of processor "
        f"time, this process's peak so far {peak:,.0f} MB"
    )


def _columns(market: Path, ads: Path, chosen: Mapping[AdKey, TrueAd]) -> list[Column]:
    """What the peers get, in the order of the truth: newest texts, and what Varde read."""
    newest = {key: row for key, row in _rows(market) if key in chosen}
    read = {key: row for key, row in _rows(ads) if key in chosen}
    return [_column(newest[key], read[key], ad) for key, ad in chosen.items()]


def _column(row: Mapping[str, Any], read: Mapping[str, Any], ad: TrueAd) -> Column:
    """Without the numbers that a site puts on every ad: a linker on columns would join all of them."""
    phones = [phone["e164"] for phone in read["phones"] if phone["e164"] not in ad.others]
    name = row.get("name") or row.get("employer", "")
    return Column(row["text"], phones[0] if phones else "", name, row.get("location", ""))


def _rows(path: Path) -> Iterator[tuple[AdKey, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            yield (row["site"], row["ad_id"]), row


def _s(seconds: float) -> str:
    return f"{seconds:,.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking", description=__doc__)
    parser.add_argument("--ads", type=int, default=ADS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, help="keep the market, the store and the exports in this folder")
    chosen = parser.parse_args()
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        measure_at(chosen.ads, seed=chosen.seed, folder=chosen.out)
        return
    with TemporaryDirectory() as folder:
        measure_at(chosen.ads, seed=chosen.seed, folder=Path(folder))


if __name__ == "__main__":
    main()
