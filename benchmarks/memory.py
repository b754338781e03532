"""Memory of a long crawl: it is to stay flat over 100,000 pages. Takes about ten minutes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crawl import SITE, server
from benchmarks.measured import sizes_together

ADS, SIZE = 100_000, 3_000  # bytes of an ad page


def run(_: Path | None) -> None:
    with TemporaryDirectory() as folder, server(ADS, SIZE) as root:
        sites = Path(folder) / "sites"
        sites.mkdir()
        (sites / "bench.toml").write_text(SITE.format(root=root))
        command = [sys.executable, "-m", "crawler.cli", "--store", f"{folder}/varde.db", "crawl", "bench",
                   "--sites", str(sites)]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as crawl:
            sizes = list(sizes_together(crawl.pid, every=1.0))
    tenth = max(1, len(sizes) // 10)
    deciles = [max(sizes[n * tenth : (n + 1) * tenth]) for n in range(10)]
    print(
        f"{ADS:,} ad pages; the largest size of crawl process and parse workers together in each tenth of the time, MB:"
    )
    print("  " + "  ".join(f"{size / 1e6:.0f}" for size in deciles))
    print(f"  last against second: {deciles[-1] / deciles[1]:.2f} (goal: within 1.10)")
