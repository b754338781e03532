"""`./dev bench`: every benchmark, or those named: python -m benchmarks [analyse] [phones] [crawl] … [--data DIR]."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import analyse, crawl, demo, gold, language, memory, phones, reading, verify

BENCHMARKS = {
    "analyse": analyse.run,
    "reading": reading.run,
    "gold": gold.run,
    "phones": phones.run,
    "language": language.run,
    "demo": demo.run,
    "crawl": crawl.run,
    "verify": verify.run,
    "memory": memory.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(BENCHMARKS)}; all but memory when none is named")
    parser.add_argument("--data", type=Path, help="a folder with jobs/*.csv and phones/*.jsonl to measure on")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}")
    for name in chosen.names or [name for name in BENCHMARKS if name != "memory"]:  # ten minutes: by name only
        print(f"\n## {name}", flush=True)
        BENCHMARKS[name](chosen.data)


if __name__ == "__main__":
    main()
