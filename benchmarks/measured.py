"""Runs one command of Varde and measures it as a whole process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile


@dataclass(frozen=True, slots=True)
class Measured:
    """`cpu` and `wall` in seconds, `peak` in MB (the largest resident size), and what was printed."""

    cpu: float
    wall: float
    peak: float
    printed: str


def measure(args: Sequence[str], *, cores: int | None = None) -> Measured:
    """Run `varde ARGS`, on so many cores if that is said. Raises CalledProcessError when it fails."""
    with TemporaryFile() as out:
        began = time.perf_counter()
        child = subprocess.Popen([sys.executable, "-m", "crawler.cli", *args], stdout=out, stderr=subprocess.DEVNULL)
        if cores:
            os.sched_setaffinity(child.pid, sorted(os.sched_getaffinity(0))[:cores])
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode()
    if child.returncode not in (0, 3):
        raise subprocess.CalledProcessError(child.returncode, list(args), printed)
    return Measured(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, printed)
