"""Bridges: a single ad, or a single key, that alone holds two groups together. A person is asked before it does.

Whoever wants to drown a network, or to hide one in another, needs only one ad with the phones of both. So a group that
hangs on one ad must share something more with it, and two large groups more than one weak key. What is held back is
read off the whole graph at once, so that the order in which ads arrive makes no difference.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.linking.cutpoints import CutPoint, Graph, Side, find_cut_points
from alerts.linking.rulings import Rulings
from alerts.linking.ties import KIND_STRENGTH, Tie
from alerts.linking.uses import NOUNS, Card, Guard

Held = dict[tuple[int, int], str]  # (number of the tie, ad) -> why that ad is not tied by it


def find_held(ties: Mapping[int, Tie], cards: Mapping[int, Card], rulings: Rulings, guard: Guard) -> Held:
    """The ties of one component that are held back, by ad; `ties` are those of the component, by number."""
    graph = _Bipartite(ties, cards)
    if len(graph.ads) <= 2 * guard.side:
        return {}
    held: Held = {}
    for cut in find_cut_points(graph.edges, graph.is_ad):
        if graph.is_ad[cut.node]:
            held.update(_held_ad(cut, graph, rulings, guard))
        else:
            held.update(_held_key(cut, graph, rulings, guard))
    return held


class _Bipartite:
    """Ads and ties as nodes of one graph, numbered in an order that does not depend on the store."""

    def __init__(self, ties: Mapping[int, Tie], cards: Mapping[int, Card]) -> None:
        self.ads = sorted({ad for tie in ties.values() for ad in tie.tied}, key=lambda ad: cards[ad].age_order)
        self.numbers = list(ties)
        self.ties, self.cards = ties, cards
        node = {ad: place for place, ad in enumerate(self.ads)}
        self.edges: Graph = [[] for _ in range(len(self.ads) + len(self.numbers))]
        self.is_ad = [place < len(self.ads) for place in range(len(self.edges))]
        for place, number in enumerate(self.numbers, len(self.ads)):
            for ad in ties[number].tied:
                self.edges[place].append(node[ad])
                self.edges[node[ad]].append(place)
        self.by_owner: dict[str, list[int]] = defaultdict(list)
        for place, ad in enumerate(self.ads):
            self.by_owner[cards[ad].owner].append(place)

    def number(self, node: int) -> int:
        """The number of the tie that a node stands for."""
        return self.numbers[node - len(self.ads)]

    def tie(self, node: int) -> Tie:
        return self.ties[self.number(node)]


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the parts that a node holds together, and the nodes of it that are next to that node."""

    side: Side
    near: tuple[int, ...]


def _held_key(
    cut: CutPoint, graph: _Bipartite, rulings: Rulings, guard: Guard
) -> Iterator[tuple[tuple[int, int], str]]:
    """Large groups that one key alone joins: a weak one is held, a strong one where a single ad of a group has it."""
    number, tie = graph.number(cut.node), graph.tie(cut.node)
    parts = _parts(cut, graph, guard.large if tie.is_strong else guard.weak)
    if len(parts) < 2 or rulings.is_confirmed(tie.use.kind, tie.use.value):
        return
    home = min(parts, key=lambda part: min(part.near))
    noun = NOUNS.get(tie.use.kind, tie.use.kind)
    for part in parts:
        if part is home or (tie.is_strong and len(part.near) > 1):
            continue
        why = f"held: this {noun} alone joins groups of {home.side.ads} and {part.side.ads} ads; confirm it or leave it"
        yield from (((number, graph.ads[place]), why) for place in part.near)


def _held_ad(cut: CutPoint, graph: _Bipartite, rulings: Rulings, guard: Guard) -> Iterator[tuple[tuple[int, int], str]]:
    """Groups that one ad alone joins, where it shares no second thing with them: it stays with the one it is like."""
    ad = graph.ads[cut.node]
    parts = _parts(cut, graph, guard.side)
    if len(parts) < 2:
        return
    signs = {part: _signs(cut.node, part, graph) for part in parts}
    home = max(parts, key=lambda part: (signs[part], _pull(part, graph), -part.side.first))
    for part in parts:
        if part is home or signs[part] > 1:
            continue
        why = f"held: this ad alone joins groups of {home.side.ads} and {part.side.ads} ads; confirm it or leave it"
        for node in part.near:
            use = graph.tie(node).use
            if not rulings.is_confirmed(use.kind, use.value):
                yield (graph.number(node), ad), why


def _parts(cut: CutPoint, graph: _Bipartite, ads: int) -> list[_Part]:
    """The parts of at least `ads` ads."""
    sides: Sequence[Side] = [side for side in cut.sides if side.ads >= ads]
    if len(sides) < 2:
        return []
    spans = sorted((start, end, place) for place, side in enumerate(sides) for start, end in side.spans)
    near: list[list[int]] = [[] for _ in sides]
    for node in graph.edges[cut.node]:
        turn = sides[0].turn[node]
        start, end, place = spans[max(0, bisect_right(spans, (turn, len(graph.edges), 0)) - 1)]
        if start <= turn <= end:
            near[place].append(node)
    return [_Part(side, tuple(nodes)) for side, nodes in zip(sides, near, strict=True)]


def _pull(part: _Part, graph: _Bipartite) -> float:
    """How far the kinds of the keys that an ad shares with a part speak for one hand."""
    return sum(KIND_STRENGTH[graph.tie(node).use.kind] for node in part.near)


def _signs(node: int, part: _Part, graph: _Bipartite) -> int:
    """How many things an ad shares with a part: keys, and the hand that seems to be behind it."""
    owner = graph.cards[graph.ads[node]].owner
    same = any(other != node and part.side.holds(other) for other in graph.by_owner[owner])
    return len(part.near) + same
