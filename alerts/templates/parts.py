"""Parts: numbers in order, told in parts of even width, so that where one stands is found without a search of all.

A search by halves reads a place far off at every step, each of them from slow memory.
"""

from __future__ import annotations

import numpy as np

from alerts.templates.shingles import Numbers

_IN_PART = 8  # numbers, where they lie evenly: what the processor fetches at once
_HALF = np.uint64(32)


def part_starts(numbers: Numbers) -> Numbers:
    """Where each part of 0 to 2**32 begins among these numbers, which ascend, and where the last one ends: the number
    x is in part x * parts // 2**32.
    """
    parts = len(numbers) // _IN_PART + 1
    own = numbers.astype(np.uint64) * np.uint64(parts) >> _HALF
    return own.searchsorted(np.arange(parts + 1, dtype=np.uint64)).astype(np.uint32)
