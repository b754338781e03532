"""Placing: the template of one more text, told by the few texts that share keys of its signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

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
    alike = _similarities([words, *(one.words for one in near)])
    groups: dict[str | int, list[int]] = {}
    for place, one in enumerate(near, 1):
        groups.setdefault(one.template or one.ad, []).append(place)
    best: tuple[float, Near] | None = None
    for places in groups.values():
        across = sum(alike[0][place] for place in places)
        inner = sum(alike[one][other] for one, other in combinations(places, 2))
        if may_join(Group(len(places), {}, inner), Group(1, {}), across, ALIKE):
            mean = across / len(places)
            best = (mean, near[places[0] - 1]) if best is None or mean > best[0] else best
    return best[1] if best else None


def _similarities(texts: Sequence[Weighed]) -> list[list[float]]:
    """The cosine of each text with each; takes texts times different words of memory."""
    words = np.frombuffer(b"".join(texts), WEIGHED)
    text = np.arange(len(texts)).repeat([len(text) // WEIGHED.itemsize for text in texts])
    order = words["number"].argsort()
    numbers = words["number"][order]
    column = np.zeros(len(words), np.int64)
    np.cumsum(numbers[1:] != numbers[:-1], out=column[1:])
    table = np.zeros((len(texts), len(words)), np.float32)
    table[text[order], column] = words["weight"][order]
    found: list[list[float]] = (table @ table.T).tolist()
    return found
