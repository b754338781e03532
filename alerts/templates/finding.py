"""Templates: ads whose texts are near-duplicates of each other, whatever stands in their slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from alerts.templates.groups import find_groups
from alerts.templates.pairs import find_pairs
from alerts.templates.shingles import Places, Words
from alerts.templates.weights import NOTHING_KNOWN, Frequencies, Vectors, count_frequencies
from alerts.templates.wordings import Wording, joined_words, read_wordings

# The least similarity within a template. First all words weigh the same, which holds in a store of any size; then
# the same without the boilerplate found so; then words weigh as few groups have them.
PLAINLY_ALIKE, BARELY_ALIKE, ALIKE = 0.6, 0.45, 0.45
COPIES = 4  # word-for-word copies that count as texts of their own when a group's likeness is judged


@dataclass(frozen=True, slots=True)
class Templates:
    """`values` is ad number -> template value, of every ad with a template; `frequencies` is what they rest on.

    `distinct` are the texts without copies, as `vectors` has them; `names` is ad number -> what stands for its words.
    """

    values: dict[int, str]
    frequencies: Frequencies
    distinct: dict[int, Wording]
    vectors: Vectors
    names: dict[int, str]


def find_templates(texts: Mapping[int, str]) -> dict[int, str]:
    """Ad number -> template value, for every ad whose text is nearly that of another one.

    A value depends on the texts alone: neither on their order nor on their numbers.
    """
    wordings = read_wordings(list(texts.values()))
    return group_wordings(dict(zip(texts, wordings, strict=True))).values


def group_wordings(wordings: Mapping[int, Wording]) -> Templates:
    """As `find_templates`, with that by which a text that comes later can be placed among these."""
    copies: dict[str, list[int]] = defaultdict(list)
    for ad, wording in wordings.items():
        copies[wording.name].append(ad)
    copies.pop("", None)
    names = sorted(copies)
    distinct = {ad: wordings[ad] for ad in (copies[name][0] for name in names)}
    words = joined_words(distinct.values())
    labels, frequencies = _group(words, [len(copies[name]) for name in names])
    members: dict[str, list[int]] = defaultdict(list)
    for name, label in zip(names, labels.tolist(), strict=True):
        members[names[label]].extend(copies[name])
    values = {ad: name for name, found in members.items() if len(found) > 1 for ad in found}
    vectors = Vectors.of(words, frequencies)
    return Templates(values, frequencies, distinct, vectors, {ad: wording.name for ad, wording in wordings.items()})


def _group(words: Words, copies: list[int]) -> tuple[Places, Frequencies]:
    """The group of every text, by its lowest, and the frequencies by which they were told apart."""
    pairs = find_pairs(words)
    sizes = np.minimum(np.array(copies, np.int64), COPIES)
    labels = find_groups(pairs, Vectors.of(words, NOTHING_KNOWN), sizes, least=PLAINLY_ALIKE)
    without = replace(NOTHING_KNOWN, passages=count_frequencies(words, labels).passages)
    labels = find_groups(pairs, Vectors.of(words, without), sizes, least=BARELY_ALIKE)
    frequencies = count_frequencies(words, labels)
    return find_groups(pairs, Vectors.of(words, frequencies), sizes, least=ALIKE), frequencies
