"""Placing: the template of one more text, told by the few texts that share keys of its signature."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alerts.templates.finding import ALIKE
from alerts.templates.groups import Group, may_join
from alerts.templates.weights import WEIGHED, Weighed


@dataclass(frozen=True, slots=True)
class Near:
    """An ad whose text may be of the same template as a new one; `template` is "" where it has none yet. `words` are
    those of the text outside boilerplate.
    """

    ad: int
    template: str
    words: Weighed


def find_place(words: Weighed, near: Sequence[Near]) -> Near | None:
    """One of the ads whose template a text of these words belongs to, the most alike; None where it belongs to none.

    The rule is that of `find_groups`, with the texts at hand for the whole template: those that share most with this
    one. Beside a whole search, a new text never makes two templates one, and words weigh as they did when all were
    last found.
    """
    across = _likeness(words, near)
    groups: dict[str | int, list[int]] = defaultdict(list)
    for place, one in enumerate(near):
        groups[one.template or one.ad].append(place)
    best: tuple[float, Near] | None = None
    for places in groups.values():
        total = sum(across[place] for place in places)
        mean = total / len(places)
        if mean < ALIKE or (best is not None and mean <= best[0]):
            continue
        inner = _inner([near[place] for place in places]) if len(places) > 1 else 0.0
        if may_join(Group(len(places), {}, inner), Group(1, {}), total, ALIKE):
            best = mean, near[places[0]]
    return best[1] if best else None


def _likeness(words: Weighed, others: Sequence[Near]) -> list[float]:
    """The cosine of a text with each of others."""
    known = np.frombuffer(words, WEIGHED)
    if not len(known):
        return [0.0] * len(others)
    told, text = _joined(others)
    at = np.minimum(known["number"].searchsorted(told["number"]), len(known) - 1)
    products = known["weight"][at] * told["weight"] * (known["number"][at] == told["number"])
    found: list[float] = np.bincount(text, products, len(others)).tolist()
    return found


def _inner(near: Sequence[Near]) -> float:
    """The sum of the cosines of each two; takes texts times different words of memory."""
    words, text = _joined(near)
    order = words["number"].argsort()
    numbers = words["number"][order]
    column = np.zeros(len(words), np.int64)
    np.cumsum(numbers[1:] != numbers[:-1], out=column[1:])
    table = np.zeros((len(near), len(words)), np.float32)
    table[text[order], column] = words["weight"][order]
    alike = table @ table.T
    return float(np.triu(alike, 1).sum())


def _joined(near: Sequence[Near]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """The words of all with their weights, and of which text each is."""
    sizes = [len(one.words) // WEIGHED.itemsize for one in near]
    return np.frombuffer(b"".join(one.words for one in near), WEIGHED), np.arange(len(near)).repeat(sizes)
