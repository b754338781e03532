"""Linking at a size: python -m benchmarks.linking --ads N makes a market, imports and analyses it, scores it, times one
ad more, and groups the same ads by other means.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from alerts.concluding import conclude
from alerts.intake import analyse
from alerts.reading.readpool import ReadPool
from alerts.store import open_alerts
from benchmarks.market.output import load_output
from benchmarks.market.report import report_lines
from benchmarks.market.scores import score
from benchmarks.market.stream import MARKET, ad_row, market_ads, write_market
from benchmarks.market.truth import load_truth
from benchmarks.measured import Measured, measure
from benchmarks.peerruns import print_peers
from crawler.ads import parse_ad_row
from crawler.store import observe_all

ADS, SEED = 10_000, 1
MORE, APART = 100, 40  # one ad of each so many of the market's next: an advertiser's stand side by side


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
    _print_anew(store)
    _print_one_more(store, ads, seed)
    print_peers(folder, truth)


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


def _print_anew(store: Path) -> None:
    """What linking takes apart from reading: every ad linked from nothing, judged and stored again."""
    began = time.process_time()
    found = conclude(open_alerts(store), everything=True)
    spent = time.process_time() - began
    print(
        f"  all linked anew, nothing read: {_s(spent)} of processor time, {found.ads / spent:,.0f} ads a second; "
        f"linking {_s(found.link_s)}, judging {_s(found.judge_s)}, storing {_s(found.store_s)} of wall time"
    )


def _print_one_more(store: Path, ads: int, seed: int) -> None:
    """One ad arrives, is stored, read, linked and judged as `varde analyse --follow` does it: the median over some that
    the store does not know. The store's file is read before, so that no figure is the disk's.
    """
    new = list(islice(market_ads(ads + MORE * APART, seed), ads, None, APART))
    db = open_alerts(store)
    spent = []
    with ReadPool(1, say=print) as pool:
        analyse(db, reader=pool.read)
        _read_through(store)
        for number, ad in enumerate(new):
            one = parse_ad_row(ad_row(ad, f"more-{number}", ad.history[0]))
            began = time.perf_counter()
            observe_all(db, [(one, "benchmark")])
            done = analyse(db, reader=pool.read)
            spent.append((time.perf_counter() - began, done.read_s, done.link_s, done.judge_s + done.store_s))
    whole, read, link, rest = ([1000 * seconds for seconds in column] for column in zip(*spent, strict=True))
    print(
        f"  one ad more: median {median(whole):.1f} ms of wall time, worst of {MORE} {max(whole):.1f}; "
        f"reading {median(read):.1f}, linking {median(link):.1f} (worst {max(link):.1f}), "
        f"judging and storing {median(rest):.1f}"
    )


def _read_through(file: Path) -> None:
    with file.open("rb") as content:
        while content.read(1 << 20):
            pass


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
