"""`./dev bench`: every benchmark, or those named: python -m benchmarks [analyse] [phones] [crawl] … [--data DIR]."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import (
    analyse,
    crawl,
    demo,
    gold,
    language,
    latency,
    linking,
    memory,
    phones,
    poisoning,
    reading,
    review,
    templates,
    verify,
    watch,
)
from benchmarks.market_size import bench as market_size

BENCHMARKS = {
    "analyse": analyse.run,
    "reading": reading.run,
    "gold": gold.run,
    "phones": phones.run,
    "language": language.run,
    "demo": demo.run,
    "crawl": crawl.run,
    "verify": verify.run,
    "watch": watch.run,
    "templates": templates.run,
    "memory": memory.run,
    "poisoning": poisoning.run,
    "linking": linking.run,
    "latency": latency.run,
    "review": review.run,
    "market": market_size.run,
}
LONG = ("memory", "poisoning", "linking", "templates", "watch", "review", "market")  # minutes each: by name only


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help=f"which of {', '.join(BENCHMARKS)}; all but {', '.join(LONG)} when none is named"
    )
    parser.add_argument("--data", type=Path, help="a folder with jobs/*.csv, phones/*.jsonl, dup/*.csv to measure on")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}")
    for name in chosen.names or [name for name in BENCHMARKS if name not in LONG]:
        print(f"\n## {name}", flush=True)
        BENCHMARKS[name](chosen.data)


if __name__ == "__main__":
    main()
