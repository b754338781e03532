"""Connected components by union-find, whose outcome does not depend on the order of joining."""

from __future__ import annotations

from collections.abc import Iterable


class Components:
    """A forest over numbers; the root of a tree is its smallest number."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._parent = {number: number for number in numbers}

    def root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low

    def lists(self) -> list[list[int]]:
        """The components, each in ascending order, in the order of their smallest number."""
        found: dict[int, list[int]] = {}
        for number in sorted(self._parent):
            found.setdefault(self.root(number), []).append(number)
        return list(found.values())
