"""Memory of a long crawl: it is to stay flat over 100,000 pages. Takes about ten minutes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.crawl import SITE, server

ADS, SIZE = 100_000, 3_000  # bytes of an ad page


def run(_: Path | None) -> None:
    with TemporaryDirectory() as folder, server(ADS, SIZE) as root:
        sites = Path(folder) / "sites"
        sites.mkdir()
        (sites / "bench.toml").write_text(SITE.format(root=root))
        command = [sys.executable, "-m", "crawler.cli", "--store", f"{folder}/varde.db", "crawl", "bench",
                   "--sites", str(sites)]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as crawl:
            sizes = list(_sizes(psutil.Process(crawl.pid)))
    tenth = max(1, len(sizes) // 10)
    deciles = [max(sizes[n * tenth : (n + 1) * tenth]) for n in range(10)]
    print(
        f"{ADS:,} ad pages; the largest size of crawl process and parse workers together in each tenth of the time, MB:"
    )
    print("  " + "  ".join(f"{size / 1e6:.0f}" for size in deciles))
    print(f"  last against second: {deciles[-1] / deciles[1]:.2f} (goal: within 1.10)")


def _sizes(process: psutil.Process) -> Iterator[int]:
    """Resident bytes of a process and its children, once a second until it ends."""
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        with suppress(psutil.NoSuchProcess):
            yield sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])
        time.sleep(1)
