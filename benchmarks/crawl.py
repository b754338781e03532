"""Pages a CPU second through the whole crawl path, against a bare Scrapy spider that only downloads the same pages."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.pageserver import A_LIST

ADS, SIZE = 3000, 20_000  # bytes of an ad page

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
    with TemporaryDirectory() as folder:
        bare = [_bare(ads) for ads in (A_LIST, ADS)]
        ours = [_ours(Path(folder) / str(ads), ads) for ads in (A_LIST, ADS)]
    pages = (ADS - A_LIST) + (ADS - A_LIST) // A_LIST
    bare_speed, our_speed = (pages / (more[0] - few[0]) for few, more in (bare, ours))
    print(f"pages of {SIZE:,} bytes, start-up aside (a crawl of {ADS:,} ads less one of {A_LIST}):")
    print(f"  bare Scrapy that only downloads: {bare_speed:.0f} pages a CPU second")
    print(f"  varde crawl, all of it:          {our_speed:.0f} pages a CPU second")
    print(f"  ratio {our_speed / bare_speed:.2f} (goal: 0.5 or more)")
    print("where the time goes, CPU milliseconds a page:")
    for what, seconds in sorted(ours[1][1].items(), key=lambda item: -item[1]):
        print(f"  {(seconds - ours[0][1].get(what, 0.0)) / pages * 1000:6.2f}  {what}")


def _bare(ads: int) -> tuple[float, dict[str, float]]:
    with server(ads) as root:
        command = [sys.executable, "-m", "benchmarks.barespider", root, str(ads), str(-(-ads // A_LIST))]
        return _cpu(command), {}


def _ours(folder: Path, ads: int) -> tuple[float, dict[str, float]]:
    with server(ads) as root:
        (folder / "sites").mkdir(parents=True)
        (folder / "sites" / "bench.toml").write_text(SITE.format(root=root))
        said = folder / "said"
        command = [sys.executable, "-m", "benchmarks.timedcrawl", "--store", str(folder / "varde.db"), "crawl", "bench",
                   "--sites", str(folder / "sites")]  # fmt: skip
        cpu = _cpu(command, said)
        return cpu, json.loads(said.read_text().splitlines()[-1])


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
