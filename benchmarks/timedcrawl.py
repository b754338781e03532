"""Runs `varde crawl` and says where its own process spent its CPU time: python -m benchmarks.timedcrawl ARGS."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import psutil

from crawler import client, fetcher, job
from crawler.cli import main
from crawler.evidence import Archive
from crawler.frontier import Frontier
from crawler.parsing import Parser

SPENT: Counter[str] = Counter()


def timed(owner: Any, name: str, what: str) -> None:
    """Count the CPU time of a function that does not wait for anything."""
    inner: Callable[..., Any] = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        began = time.thread_time()
        try:
            return inner(*args, **kwargs)
        finally:
            SPENT[what] += time.thread_time() - began

    setattr(owner, name, wrapped)


def run() -> None:
    timed(Archive, "keep", "archive: three WARC records")
    timed(Archive, "sync", "archive: to disk")
    timed(job.CrawlJob, "close", "store: one transaction (with archive: to disk)")
    timed(Frontier, "next_request", "frontier: next page")
    timed(client.h11.Connection, "next_event", "client: HTTP")
    timed(fetcher, "unpacked", "client: unpacking")
    workers = [0.0]
    end = Parser.end

    def ended(self: Parser) -> None:
        workers[0] = sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))
        end(self)

    Parser.end = ended  # type: ignore[method-assign]
    try:
        main(args=sys.argv[1:], prog_name="varde", standalone_mode=False)
    finally:
        own = time.process_time()
        parts = dict(SPENT) | {"parser: its worker processes": workers[0]}
        parts["all else: Scrapy, asyncio, start-up"] = own - sum(SPENT.values()) + SPENT["archive: to disk"]
        print(json.dumps(parts), file=sys.stderr)
        sys.stderr.flush()
        os.fsync(2) if os.isatty(2) else None


if __name__ == "__main__":
    run()
