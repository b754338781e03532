"""The demonstration as a newcomer runs it, set-up aside."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measured import measure


def run(_: Path | None) -> None:
    done = measure(["demo", "--once"])
    print(done.printed.rstrip())
    print(f"varde demo --once: {done.wall:.1f} s of wall time")
