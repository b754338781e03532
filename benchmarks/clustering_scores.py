"""How well one grouping fits another: the adjusted Rand index, pairs, and BCubed. Cost grows with items, not pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PairScores:
    """Shares from 0 to 1. Where nothing is tied, no tie is wrong; where nothing is to be tied, none is missed."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class ClusteringScore:
    """`precision` and `recall` of the pairs put together; 1 where there are none."""

    ari: float
    precision: float
    recall: float


def score_clustering(truth: Sequence[Hashable], found: Sequence[Hashable]) -> ClusteringScore:
    """All three at once; one label an item."""
    pairs = pair_scores(found, truth)
    return ClusteringScore(ari(found, truth), pairs.precision, pairs.recall)


def ari(labels: Sequence[Hashable], truth: Sequence[Hashable]) -> float:
    """The adjusted Rand index (Hubert and Arabie 1985): 1 is the same grouping, 0 is what chance gives."""
    both, found, true, every = _pair_counts(labels, truth)
    expected = found * true / every if every else 0.0
    most = (found + true) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def pair_scores(labels: Sequence[Hashable], truth: Sequence[Hashable]) -> PairScores:
    """Of the pairs of items grouped together: how many are together in truth, and how many of those are found."""
    both, found, true, _ = _pair_counts(labels, truth)
    return PairScores(both / found if found else 1.0, both / true if true else 1.0)


def bcubed(labels: Sequence[Hashable], truth: Sequence[Hashable]) -> PairScores:
    """BCubed (Bagga and Baldwin 1998): for each item, the share of its group that belongs with it, and on average."""
    _same_length(labels, truth)
    found, true = Counter(labels), Counter(truth)
    cells = Counter(zip(labels, truth, strict=True))
    items = len(labels) or 1
    precision = sum(n * n / found[label] for (label, _), n in cells.items()) / items
    recall = sum(n * n / true[owner] for (_, owner), n in cells.items()) / items
    return PairScores(precision, recall) if labels else PairScores(1.0, 1.0)


def largest(labels: Sequence[Hashable]) -> int:
    """How many items the largest group holds."""
    return max(Counter(labels).values(), default=0)


def _pair_counts(labels: Sequence[Hashable], truth: Sequence[Hashable]) -> tuple[int, int, int, int]:
    """Pairs that both put together, that `labels` does, that `truth` does, and all."""
    _same_length(labels, truth)
    both = _pairs(Counter(zip(labels, truth, strict=True)))
    return both, _pairs(Counter(labels)), _pairs(Counter(truth)), len(labels) * (len(labels) - 1) // 2


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _same_length(labels: Sequence[Hashable], truth: Sequence[Hashable]) -> None:
    if len(labels) != len(truth):
        raise ValueError(f"{len(labels)} labels and {len(truth)} truths: each item needs one of both")
