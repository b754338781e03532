"""Pages a CPU second through the whole crawl path, against a bare Scrapy spider that only downloads the same pages.

Both take turns, for a machine that others use too is a quarter slower in one minute than in the next.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.pageserver import A_LIST

ADS, SIZE = 2000, 20_000  # bytes of an ad page
ROUNDS = 3

SITE = """
name = "bench"
country = "NO"
kind = "escort"
legal_basis = "Made-up pages on this machine"
start = ["{root}/list/0"]
delay = 0
loopback = true
max_depth = 100000
max_pages = 1000000
[list]
ads = "a.ad::attr(href)"
next = "a.next::attr(href)"
[ad]
ad_id = ".id::text"
title = "h1::text"
text = ".text::text"
phones = ".phone::text"
"""


def run(_: Path | None) -> None:
    rounds = [_round() for _ in range(ROUNDS)]
    pages = (ADS - A_LIST) + (ADS - A_LIST) // A_LIST
    print(f"pages of {SIZE:,} bytes a CPU second, start-up aside (a crawl of {ADS:,} ads less one of {A_LIST}):")
    ratios = []
    for number, (bare, ours) in enumerate(rounds, 1):
        ratios.append(bare / ours["all"])
        speeds = f"bare Scrapy that only downloads {pages / bare:.0f}, varde crawl {pages / ours['all']:.0f}"
        print(f"  round {number}: {speeds}, ratio {ratios[-1]:.2f}")
    print(f"  ratio {median(ratios):.2f} in the median (goal: 0.5 or more)")
    print("where the time goes, CPU milliseconds a page, in the median:")
    parts = {what: median(ours.get(what, 0.0) for _, ours in rounds) for what in rounds[0][1] if what != "all"}
    for what, seconds in sorted(parts.items(), key=lambda item: -item[1]):
        print(f"  {seconds / pages * 1000:6.2f}  {what}")


def _round() -> tuple[float, dict[str, float]]:
    """CPU seconds that the pages took beyond start-up: of the bare spider, and of ours, whole and by part."""
    with TemporaryDirectory() as folder:
        few, ours_few = _bare(A_LIST), _ours(Path(folder) / "few", A_LIST)
        more, ours_more = _bare(ADS), _ours(Path(folder) / "more", ADS)
    return more - few, {what: seconds - ours_few.get(what, 0.0) for what, seconds in ours_more.items()}


def _bare(ads: int) -> float:
    with server(ads) as root:
        command = [sys.executable, "-m", "benchmarks.barespider", root, str(ads), str(-(-ads // A_LIST))]
        return _cpu(command)


def _ours(folder: Path, ads: int) -> dict[str, float]:
    with server(ads) as root:
        (folder / "sites").mkdir(parents=True)
        (folder / "sites" / "bench.toml").write_text(SITE.format(root=root))
        said = folder / "said"
        command = [sys.executable, "-m", "benchmarks.timedcrawl", "--store", str(folder / "varde.db"), "crawl", "bench",
                   "--sites", str(folder / "sites")]  # fmt: skip
        cpu = _cpu(command, said)
        return {"all": cpu, **json.loads(said.read_text().splitlines()[-1])}


def _cpu(command: Sequence[str], stderr: Path | None = None) -> float:
    """CPU seconds of a command and all it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with (stderr or Path(os.devnull)).open("w") as said:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=said)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # the server's is not among them: it still runs
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def server(ads: int, size: int = SIZE) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.pageserver", str(ads), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()
