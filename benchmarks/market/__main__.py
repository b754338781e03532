"""python -m benchmarks.market generate|score: makes a market with its truth, or scores a system's output against it."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from benchmarks.market.output import load_output
from benchmarks.market.report import as_json, report_lines
from benchmarks.market.scores import score
from benchmarks.market.stream import write_market
from benchmarks.market.truth import load_truth


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.market", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    generate = commands.add_parser("generate", help="write market.jsonl, truth.jsonl and about.json")
    generate.add_argument("--ads", type=int, default=10_000, help="how many ads (about 3.3 observations each)")
    generate.add_argument("--seed", type=int, default=1)
    generate.add_argument("--out", type=Path, required=True, help="the folder")
    scoring = commands.add_parser("score", help="score a system's exports against a market's truth")
    scoring.add_argument("--truth", type=Path, required=True, help="the folder that generate wrote")
    scoring.add_argument("--ads", type=Path, required=True, help="one row an ad, with its phones and its cluster")
    scoring.add_argument("--clusters", type=Path, help="one row a cluster; its members, where named, overrule the ads")
    scoring.add_argument("--alerts", type=Path, help="one row an alert, the most urgent first")
    scoring.add_argument("--stays", type=Path, help="one row a stay: cluster, place, from, to")
    scoring.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.command == "generate":
        _generate(chosen)
    else:
        _score(chosen)


def _generate(chosen: argparse.Namespace) -> None:
    began = time.perf_counter()
    about = write_market(chosen.out, ads=chosen.ads, seed=chosen.seed)
    print(json.dumps(about, indent=1))
    print(f"{time.perf_counter() - began:.1f} s")


def _score(chosen: argparse.Namespace) -> None:
    output = load_output(chosen.ads, clusters=chosen.clusters, alerts=chosen.alerts, stays=chosen.stays)
    scores = score(load_truth(chosen.truth), output)
    print(json.dumps(as_json(scores), indent=1) if chosen.json else "\n".join(report_lines(scores)))


if __name__ == "__main__":
    main()
