"""Kernels: which of all known hashes some are near, in one loop over those."""

from __future__ import annotations

import numpy as np

from alerts.compiled import ROWS, SIZE, bit_count, compiled, made, part
from alerts.pictures.near import Bits, Numbers

_BLOCK = 4_096  # hashes looked at without a branch, of which the processor does several at once


@part
def _halves_near(first: Bits, second: Bits, one: np.uint64, two: np.uint64, distance: int) -> int:
    """How many hashes differ in at most so many bits of their first two words: of strange ones, which differ in 64 of
    these, give or take 17, none.
    """
    count = 0
    for place in range(len(first)):
        count += bit_count(first[place] ^ one) + bit_count(second[place] ^ two) <= distance
    return count


@compiled(made(SIZE), ROWS, SIZE, ROWS, SIZE)
def near_pairs(words: Bits, count: int, wanted: Bits, distance: int) -> Numbers:
    """Which of `count` hashes differ in at most so many bits from which of the wanted ones: one of the first and one of
    the others by turns. `words` has the first words of all hashes, then the second ones, to the fourth, with room for
    more; `wanted` the words of each hash side by side.
    """
    room, found, pairs = len(words) // 4, np.empty(64, np.int64), 0
    for start in range(0, count, _BLOCK):
        end = min(start + _BLOCK, count)
        first, second = words[start:end], words[room + start : room + end]
        for other in range(0, len(wanted), 4):
            if not _halves_near(first, second, wanted[other], wanted[other + 1], distance):
                continue
            for place in range(start, end):
                bits = 0
                for word in range(4):
                    bits += bit_count(words[word * room + place] ^ wanted[other + word])
                if bits <= distance:
                    if 2 * pairs == len(found):
                        found = np.concatenate((found, found))
                    found[2 * pairs], found[2 * pairs + 1] = place, other // 4
                    pairs += 1
    return found[: 2 * pairs]
