"""Kernels: which of all known hashes some are near, in one loop over those."""

from __future__ import annotations

from typing import Any

import numpy as np

from alerts.compiled import ROWS, SIZE, compiled, made, part
from alerts.pictures.near import Bits, Numbers

_FIRST, _SECOND, _FOURTH = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM = np.uint64(0x0101010101010101)


@part
def _bits(word: np.uint64) -> Any:
    """How many bits are set: in pairs, fours and bytes, whose sum comes to stand in the highest."""
    word = word - ((word >> np.uint64(1)) & _FIRST)
    word = (word & _SECOND) + ((word >> np.uint64(2)) & _SECOND)
    word = (word + (word >> np.uint64(4))) & _FOURTH
    return np.int64((word * _SUM) >> np.uint64(56))


@compiled(made(SIZE), ROWS, SIZE, ROWS, SIZE)
def near_pairs(words: Bits, count: int, wanted: Bits, distance: int) -> Numbers:
    """Which of `count` hashes differ in at most so many bits from which of the wanted ones: one of the first and one of
    the others by turns. `words` has the first words of all hashes, then the second ones, to the fourth, with room for
    more; `wanted` the words of each hash side by side.
    """
    room, found, pairs = len(words) // 4, np.empty(64, np.int64), 0
    for place in range(count):
        for other in range(0, len(wanted), 4):
            bits = _bits(words[place] ^ wanted[other])  # of a strange hash 32, give or take 12: mostly that is all
            for word in range(1, 4):
                if bits > distance:
                    break
                bits += _bits(words[word * room + place] ^ wanted[other + word])
            if bits <= distance:
                if 2 * pairs == len(found):
                    found = np.concatenate((found, found))
                found[2 * pairs], found[2 * pairs + 1] = place, other // 4
                pairs += 1
    return found[: 2 * pairs]
