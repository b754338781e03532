"""Cut points of a graph: nodes without which it falls apart, and into what. Linear in its edges, without recursion.

After Hopcroft and Tarjan, Algorithm 447: efficient algorithms for graph manipulation, CACM 16 (1973) 372.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

Graph = list[list[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One part that is left when a cut point is taken away: `ads` of its nodes count, `first` is the lowest of them.

    The nodes are those whose turn in the walk lies in one of `spans`, (first, last) each, in order.
    """

    ads: int
    first: int
    spans: tuple[tuple[int, int], ...] = field(repr=False)
    turn: Sequence[int] = field(repr=False)

    def holds(self, node: int) -> bool:
        place = bisect_right(self.spans, (self.turn[node], len(self.turn))) - 1
        return place >= 0 and self.turn[node] <= self.spans[place][1]


@dataclass(frozen=True, slots=True)
class CutPoint:
    node: int
    sides: tuple[Side, ...]


def find_cut_points(edges: Graph, counts: Sequence[bool]) -> Iterator[CutPoint]:
    """Each cut point of a connected graph with its sides; `counts` says which nodes a side's size is counted in."""
    walk = _Walk(edges)
    order = sorted(range(len(edges)), key=walk.turn.__getitem__)
    before = [0, *accumulate(counts[node] for node in order)]
    lowest = _Lowest(order, counts)
    for node, children in sorted(walk.cut_off().items()):
        spans = [(walk.turn[child], walk.last[child]) for child in children]
        sides = [_side([span], before, lowest, walk.turn) for span in spans]
        rest = list(_between([*spans, (walk.turn[node], walk.turn[node])], len(edges)))
        if rest:
            sides.append(_side(rest, before, lowest, walk.turn))
        if len(sides) > 1:
            yield CutPoint(node, tuple(sides))


def _side(spans: list[tuple[int, int]], before: Sequence[int], lowest: _Lowest, turn: Sequence[int]) -> Side:
    ads = sum(before[end + 1] - before[start] for start, end in spans)
    return Side(ads, min(lowest.between(start, end) for start, end in spans), tuple(spans), turn)


def _between(spans: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """What lies outside of spans that do not overlap."""
    at = 0
    for start, end in sorted(spans):
        if start > at:
            yield at, start - 1
        at = end + 1
    if at < size:
        yield at, size - 1


class _Lowest:
    """The lowest counted node of any stretch of the walk, after a table of powers of two."""

    def __init__(self, order: Sequence[int], counts: Sequence[bool]) -> None:
        none = len(order)
        self._rows = [[node if counts[node] else none for node in order]]
        width = 1
        while 2 * width <= len(order):
            row = self._rows[-1]
            self._rows.append(list(map(min, row, row[width:])))
            width *= 2

    def between(self, start: int, end: int) -> int:
        power = (end - start + 1).bit_length() - 1
        return min(self._rows[power][start], self._rows[power][end + 1 - (1 << power)])


class _Walk:
    """A walk in depth from node 0: each node's turn, the last turn among those below it, and how far up they reach."""

    def __init__(self, edges: Graph) -> None:
        size = len(edges)
        self.turn, self.last, self._low = [-1] * size, [0] * size, [0] * size
        self._parent = [-1] * size
        self._edges = edges
        self._go(0)

    def cut_off(self) -> dict[int, list[int]]:
        """For each node the children whose part is joined to the rest by that node alone."""
        found: dict[int, list[int]] = {}
        for node, parent in enumerate(self._parent):
            if parent >= 0 and self._low[node] >= self.turn[parent]:
                found.setdefault(parent, []).append(node)
        return found

    def _go(self, top: int) -> None:
        stack, turns = [(top, iter(self._edges[top]))], 1
        self.turn[top] = self._low[top] = 0
        while stack:
            node, others = stack[-1]
            for other in others:
                if self.turn[other] < 0:
                    self.turn[other] = self._low[other] = turns
                    turns += 1
                    self._parent[other] = node
                    stack.append((other, iter(self._edges[other])))
                    break
                if other != self._parent[node]:
                    self._low[node] = min(self._low[node], self.turn[other])
            else:
                stack.pop()
                self.last[node] = turns - 1
                if stack:
                    above = stack[-1][0]
                    self._low[above] = min(self._low[above], self._low[node])
