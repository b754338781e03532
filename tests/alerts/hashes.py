"""Made-up hashes of pictures, so and so many bits from each other."""

from __future__ import annotations

import random


def some_hash(seed: int) -> str:
    """Half of its bits are set, as those of a hash are; two seeds have nothing in common."""
    return _text(random.Random(seed).sample(range(256), 128))


def flipped(digits: str, bits: int, seed: int = 0) -> str:
    """The hash with so many of its bits turned, as many set as before or one more."""
    chance, value = random.Random(seed), int(digits, 16)
    unset = [bit for bit in range(256) if not value >> bit & 1]
    is_set = [bit for bit in range(256) if value >> bit & 1]
    for bit in chance.sample(is_set, bits // 2) + chance.sample(unset, bits - bits // 2):
        value ^= 1 << bit
    return f"{value:064x}"


def _text(bits: list[int]) -> str:
    return f"{sum(1 << bit for bit in bits):064x}"
