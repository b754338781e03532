"""Runs one command of Varde and measures it as a whole process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryFile

import psutil


@dataclass(frozen=True, slots=True)
class Measured:
    """`cpu` and `wall` in seconds, `peak` in MB, and what was printed.

    `peak` is the largest resident size of the command and all it started at one moment, looked at four times a second;
    what they share is counted more than once. (ru_maxrss would begin at the size of the process that starts it.)
    """

    cpu: float
    wall: float
    peak: float
    printed: str


def measure(args: Sequence[str], *, cores: int | None = None) -> Measured:
    """Run `varde ARGS`, on so many cores if that is said. Raises CalledProcessError when it fails."""
    with TemporaryFile() as out, ThreadPoolExecutor(1) as watcher:
        began = time.perf_counter()
        child = subprocess.Popen([sys.executable, "-m", "crawler.cli", *args], stdout=out, stderr=subprocess.DEVNULL)
        sizes = watcher.submit(lambda: max(sizes_together(child.pid, every=0.25), default=0))
        if cores:
            os.sched_setaffinity(child.pid, sorted(os.sched_getaffinity(0))[:cores])
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode()
    if child.returncode not in (0, 3):
        raise subprocess.CalledProcessError(child.returncode, list(args), printed)
    return Measured(usage.ru_utime + usage.ru_stime, wall, sizes.result() / 2**20, printed)


def sizes_together(pid: int, *, every: float) -> Iterator[int]:
    """Resident bytes of a process and its children, each so many seconds until it ends."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            yield sum(_size(one) for one in [process, *process.children(recursive=True)])
            time.sleep(every)


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
