"""Groups of near-duplicates: who is most alike joins first, and two groups only if they are as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alerts.templates.shingles import Places
from alerts.templates.weights import Vectors

COHERENCE = 0.8  # how like each other two groups must be, as a share of how like each other their own texts are
PRIOR = 2  # pairs by which the likeness of a small group's own texts is drawn towards the least that is asked
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(slots=True)
class Group:
    """Texts by the sum of their vectors, from which every mean similarity follows."""

    size: int
    total: dict[int, float]
    inner: float = 0.0
    """The sum of the similarities of its pairs."""

    @classmethod
    def of(cls, vector: dict[int, float], copies: int) -> Group:
        return cls(copies, {word: copies * weight for word, weight in vector.items()}, copies * (copies - 1) / 2)

    def across(self, other: Group) -> float:
        """The sum of the similarities of its texts with those of the other."""
        small, large = sorted((self.total, other.total), key=len)
        return sum(weight * large[word] for word, weight in small.items() if word in large)

    def absorb(self, other: Group, across: float) -> None:
        self.size += other.size
        self.inner += other.inner + across
        if len(other.total) > len(self.total):
            self.total, other.total = other.total, self.total
        for word, weight in other.total.items():
            self.total[word] = self.total.get(word, 0.0) + weight

    def cohesion(self, least: float) -> float:
        """The mean similarity of its own texts; of few pairs, which say little, drawn towards `least`."""
        pairs = self.size * (self.size - 1) / 2
        return (self.inner + PRIOR * least) / (pairs + PRIOR)


def may_join(one: Group, other: Group, across: float, least: float) -> bool:
    """Whether texts of the one are to texts of the other nearly what each group's texts are to each other.

    This stops chains: a group does not grow by ads that resemble only its edge, and two templates that share
    half of their text stay two, since each holds together better than both do.
    """
    mean = across / (one.size * other.size)
    if one.size == other.size == 1:
        return mean >= least
    if one.size == 1 or other.size == 1:
        own = max(one.cohesion(least), other.cohesion(least))
    else:
        own = (one.cohesion(least) * other.cohesion(least)) ** 0.5
    return mean >= max(least, COHERENCE * own)


def find_groups(pairs: NDArray[np.uint64], vectors: Vectors, copies: Places, *, least: float) -> Places:
    """The group of every text, by its lowest text. `pairs` (low << 32 | high) are those that may be alike; each is
    looked at once, the most alike first.
    """
    similarity = np.round(vectors.cosines(pairs), 6)
    alike = similarity >= least
    pairs, similarity = pairs[alike], similarity[alike]
    order = np.lexsort((pairs, -similarity))
    forest = _Forest(vectors, copies, least)
    low, high = pairs[order] >> np.uint64(32), pairs[order] & _LOW
    for one, other in zip(low.tolist(), high.tolist(), strict=True):
        forest.look_at(one, other)
    return forest.labels(len(vectors.lengths))


class _Forest:
    """Groups as they grow; a group is named after its lowest text."""

    def __init__(self, vectors: Vectors, copies: Places, least: float) -> None:
        self._vectors = vectors
        self._copies = copies
        self._least = least
        self._parent: dict[int, int] = {}
        self._groups: dict[int, Group] = {}
        self._refused: dict[tuple[int, int], tuple[int, int]] = {}

    def look_at(self, one: int, other: int) -> None:
        low, high = sorted((self._root(one), self._root(other)))
        if low == high:
            return
        a, b = self._groups[low], self._groups[high]
        if self._refused.get((low, high)) == (a.size, b.size):
            return
        across = a.across(b)
        if not may_join(a, b, across, self._least):
            self._refused[low, high] = a.size, b.size
            return
        a.absorb(b, across)
        self._parent[high] = low
        del self._groups[high]

    def labels(self, texts: int) -> Places:
        labels = np.arange(texts)
        for text, root in self._roots():
            labels[text] = root
        return labels

    def _roots(self) -> Iterator[tuple[int, int]]:
        for text in self._parent:
            yield text, self._root(text)

    def _root(self, text: int) -> int:
        parent = self._parent
        if text not in parent:
            parent[text] = text
            self._groups[text] = Group.of(self._vectors.vector(text), int(self._copies[text]))
        while parent[text] != text:
            parent[text] = parent[parent[text]]
            text = parent[text]
        return text
