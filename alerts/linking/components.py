"""Connected components by union-find, whose outcome does not depend on the order of joining."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T", int, str)


class Components(Generic[T]):
    """A forest over numbers, or words; the root of a tree is the first of them in their order."""

    def __init__(self, numbers: Iterable[T]) -> None:
        self._parent: dict[T, T] = {number: number for number in numbers}

    def root(self, number: T) -> T:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(self, one: T, other: T) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low

    def lists(self) -> list[list[T]]:
        """The components, each in ascending order, in the order of their first."""
        found: dict[T, list[T]] = {}
        for number in sorted(self._parent):
            found.setdefault(self.root(number), []).append(number)
        return list(found.values())
