"""Placing: the template of one more text, told by the few texts that share keys of its signature."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from alerts.templates.finding import ALIKE
from alerts.templates.groups import Group, may_join
from alerts.templates.shingles import Numbers
from alerts.templates.weights import Frequencies, Vectors


@dataclass(frozen=True, slots=True)
class Near:
    """An ad whose text may be of the same template as a new one; `template` is "" where it has none yet. `words` are
    the distinct ones of the text outside boilerplate.
    """

    ad: int
    template: str
    words: Numbers


def find_place(words: Numbers, near: Sequence[Near], frequencies: Frequencies) -> Near | None:
    """One of the ads whose template a text of these words belongs to, the most alike; None where it belongs to none.

    The rule is that of `find_groups`, with the texts at hand for the whole template: those that share most with this
    one. Beside a whole search, a new text never makes two templates one, and words weigh as they did when all were
    last found.
    """
    vectors = Vectors.of_numbers([words, *(one.words for one in near)], frequencies)
    new = Group.of(vectors.vector(0), 1)
    groups: dict[Hashable, tuple[Near, Group]] = {}
    for place, one in enumerate(near, 1):
        own = Group.of(vectors.vector(place), 1)
        known = groups.setdefault(one.template or one.ad, (one, own))[1]
        if known is not own:
            known.absorb(own, known.across(own))
    best: tuple[float, Near] | None = None
    for one, group in groups.values():
        across = group.across(new)
        if may_join(group, new, across, ALIKE) and (best is None or across / group.size > best[0]):
            best = across / group.size, one
    return best[1] if best else None
