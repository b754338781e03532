"""CPU time that work takes, told so that a slow or busy machine fails no test and quadratic work always does."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

Work = TypeVar("Work")
Made = TypeVar("Made")

TRIES = 5
YARD = 0.022
"""CPU seconds of the yardstick on the machine for which the limits in seconds were set."""


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds, without the collector, which looks through all that a whole suite has loaded whenever it likes."""
    gc.disable()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.enable()


def assert_linear(work: Callable[[Made], object], short: Made, long: Made) -> None:
    """Fail where `long`, which is twice `short`, takes clearly more than twice as long, at every one of a few tries.

    What grows with the square takes four times as long at every try; a busy machine does not slow each alike.
    """
    tried = []
    for _ in range(TRIES):
        once, twice = seconds(lambda: work(short)), seconds(lambda: work(long))
        if twice <= 2.5 * once + 0.02:
            return
        tried.append(f"{once:.3f} s and {twice:.3f} s")
    pytest.fail(f"twice as much takes far more than twice as long: {', '.join(tried)}")


def assert_within(limit: float, work: Callable[[], Work]) -> Work:
    """What `work` gives; fail where it takes more than `limit` CPU seconds, more on a machine that is slower."""
    tried: list[float] = []
    results: list[Work] = []
    for _ in range(TRIES):
        tried.append(seconds(lambda: results.append(work())))
        if tried[-1] <= limit or tried[-1] <= limit * seconds(_yardstick) / YARD:
            return results[0]
    pytest.fail(f"more than {limit} s of CPU: {', '.join(f'{spent:.2f}' for spent in tried)}")


def _yardstick() -> None:
    """Work of the kind that reading is: a pattern over a text, words into a table."""
    text = "Ring 42 13 57 86 eller skriv til post@b.example " * 500
    for _ in range(4):
        counts: dict[str, int] = {}
        for found in re.finditer(r"\w+|[^\w\s]", text):
            counts[found[0].casefold()] = counts.get(found[0], 0) + 1
