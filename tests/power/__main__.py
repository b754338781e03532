"""`python -m tests.power --cuts 2000`: the power fails that often; nothing acknowledged may be lost."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.power.cuts import SEED, cut, record
from tests.power.preload import find_compiler


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.power", description=__doc__)
    parser.add_argument("--cuts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--without", choices=["archive-sync", "store-sync"], default="", help="see a guard missed")
    given = parser.parse_args()
    if not find_compiler():
        print("power cuts: left out, no C compiler here (apt-get install gcc)")
        return 0
    began, lost, broken = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="power-") as folder:
        work = record(Path(folder), without=given.without)
        for one in cut(work, given.cuts, seed=given.seed):
            lost, broken = lost + bool(one.verdict.lost), broken + bool(one.verdict.broken)
            for fault in (*one.verdict.lost, *one.verdict.broken)[:3]:
                print(f"cut after operation {one.at} of {len(work.ops)}: {fault}")
    print(
        f"{given.cuts} power cuts in {len(work.ops)} operations with {len(work.acks)} acknowledgements: "
        f"{lost} lost something, {broken} left something broken ({time.monotonic() - began:.0f} s)"
    )
    return bool(lost or broken)


if __name__ == "__main__":
    sys.exit(main())
