"""`python -m tests.crash.migrating OLD FOLDER COUNT SEED`: opens copies of an old store, and kills each opening.

Each is a process of its own, killed at some moment of the time that a migration takes. Prints that time in seconds, as
it was at last.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from crawler.store import open_store


def main(old: Path, folder: Path, count: int, seed: int) -> None:
    dice = random.Random(seed)
    began = time.monotonic()
    _wait(_begin(old, folder / "whole.db"))
    took = time.monotonic() - began
    for number in range(count):
        process = _begin(old, folder / f"{number}.db")
        time.sleep(dice.random() * took * 1.2)
        os.kill(process, signal.SIGKILL)
        took *= 0.9 if _wait(process) else 1.1  # a busy machine is slower, or quicker, from one to the next
    print(took)


def _begin(old: Path, store: Path) -> int:
    """A process that opens a copy of the old store. It is forked before this one has opened any."""
    shutil.copy(old, store)
    process = os.fork()
    if not process:
        open_store(store, create=False)
        os._exit(0)
    return process


def _wait(process: int) -> bool:
    """Did it come to its end by itself?"""
    return os.WIFEXITED(os.waitpid(process, 0)[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
