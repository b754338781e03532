"""Runs `varde` with a pulse in its event loop: python runner.py FILE NAME=VALUE… -- ARGS of varde…

FILE gets the longest time in seconds for which the loop stood still, on the clock and on the processor.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler import settings
from crawler.cli import main

_BEAT = 0.02  # seconds


class Pulse:
    """Scrapy extension, of which the first in a process beats for all. On a machine that others use too, the loop may
    stand still because it is not given the processor: the time on the processor between two beats is only ours.
    """

    beating = False
    wall = 0.0
    cpu = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        crawler.signals.connect(cls._begin, signals.spider_opened)
        return cls()

    @classmethod
    def _begin(cls) -> None:
        """After the start of the crawlers, a tenth of a second each, before which nothing is fetched."""
        if not Pulse.beating:
            Pulse.beating = True
            cls._beat(asyncio.get_running_loop(), time.monotonic(), time.thread_time())

    @classmethod
    def _beat(cls, loop: Any, wall: float, cpu: float) -> None:
        now, used = time.monotonic(), time.thread_time()
        Pulse.wall, Pulse.cpu = max(Pulse.wall, now - wall), max(Pulse.cpu, used - cpu)
        loop.call_later(_BEAT, cls._beat, loop, now, used)


def run(file: Path, arguments: list[str]) -> int:
    split = arguments.index("--")
    for pair in arguments[:split]:
        name, _, value = pair.partition("=")
        setattr(settings, name, json.loads(value))
    settings.EXTENSIONS = settings.EXTENSIONS | {Pulse: 0}  # type: ignore[dict-item]
    try:
        return int(main(args=arguments[split + 1 :], prog_name="varde", standalone_mode=False) or 0)
    finally:
        file.write_text(json.dumps({"wall": Pulse.wall, "cpu": Pulse.cpu}))


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))
