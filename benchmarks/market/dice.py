"""Draws that come out the same in every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of draws of its own for each seed. Only `Random.random` is promised to stay as it is."""

    __slots__ = ("_next",)

    def __init__(self, *seed: object) -> None:
        self._next = Random("/".join(map(str, seed))).random

    def chance(self, share: float) -> bool:
        return self._next() < share

    def below(self, limit: int) -> int:
        return int(self._next() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both possible."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self._next() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the choices, by weights that sum to one."""
        left = self._next()
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][0]

    def several(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` different ones, or all, in the order drawn."""
        left = list(choices)
        return [left.pop(int(self._next() * len(left))) for _ in range(min(count, len(left)))]

    def geometric(self, mean: float) -> int:
        """A whole number from 1 upwards whose mean is `mean`."""
        if mean <= 1:
            return 1
        return 1 + int(log(1.0 - self._next()) / log(1.0 - 1.0 / mean))
