"""Reads ads put together by chance until one of them breaks something: python -m tests.fuzz --inputs 1000000.

Each input must be read without an exception, and every span must quote the stored text. A failure prints its seed,
which gives the same batch again.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from nlp import read
from tests.nlp.generated import ads
from tests.nlp.test_properties import KINDS, check

BATCH = 1000


def fuzz(seed: int) -> int:
    """Read one batch; the spans that were checked."""
    stored = list(ads(seed, BATCH))
    try:
        found = read(stored, kinds=[KINDS[number % len(KINDS)] for number in range(BATCH)])
        return sum(map(check, stored, found))
    except Exception as error:
        raise AssertionError(f"batch of seed {seed}: {type(error).__name__}: {error}") from error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=10_000_000, help="of the first batch")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    seeds = range(given.seed, given.seed - (-given.inputs // BATCH))
    began, spans = time.monotonic(), 0
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        for done, count in enumerate(pool.map(fuzz, seeds), 1):
            spans += count
            if done % 20 == 0:
                print(f"{done * BATCH:,} inputs, {spans:,} spans, {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(f"{len(seeds) * BATCH:,} inputs read, {spans:,} spans checked, no fault, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
