"""`python -m tests.crash --kills 200`: crawls, imports and analyses are killed that often; nothing may be lost."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.crash.suite import crash


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20260501)
    given = parser.parse_args()
    began, kills, faults = time.monotonic(), Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        for trial in crash(Path(folder), kills=given.kills, seed=given.seed):
            kills[trial.what] += trial.kills
            faults += len(trial.faults)
            print(f"{trial.what} killed {trial.kills} times: {'; '.join(trial.faults) or 'nothing lost'}", flush=True)
    told = ", ".join(f"{count} of {what}" for what, count in kills.items())
    print(f"{kills.total()} kills ({told}): {faults} faults ({time.monotonic() - began:.0f} s)")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
