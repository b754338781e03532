"""Templates: ads whose texts are near-duplicates of each other, whatever stands in their slots."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alerts.templates.groups import find_groups
from alerts.templates.pairs import find_pairs
from alerts.templates.shingles import Places, Words, find_words, signatures
from alerts.templates.weights import NOTHING_KNOWN, Frequencies, Vectors, count_frequencies

MIN_LENGTH = 80  # letters and digits; a shorter text is too common to say anything, even word for word
# The least similarity within a template. First all words weigh the same, which holds in a store of any size; then
# the same without the boilerplate found so; then words weigh as few groups have them.
PLAINLY_ALIKE, BARELY_ALIKE, ALIKE = 0.6, 0.45, 0.45
COPIES = 4  # word-for-word copies that count as texts of their own when a group's likeness is judged
KEPT_KEYS = 12  # of a signature, by which a text that comes later finds this one
_NAME = 12  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of some ads' texts: those of `ads[n]` are `words.of(n)`, and `names[n]` stands for them; "" for a text
    too short to have a template.
    """

    ads: list[int]
    names: list[str]
    words: Words

    @classmethod
    def read(cls, texts: Mapping[int, str]) -> Texts:
        """Cost grows with the characters."""
        words = find_words(list(texts.values()))
        is_long = (words.letters >= MIN_LENGTH).tolist()
        return cls(list(texts), [_name(words, n) if long else "" for n, long in enumerate(is_long)], words)

    def only(self, places: Sequence[int]) -> Texts:
        """Those at these places, in this order."""
        ads, names = [self.ads[n] for n in places], [self.names[n] for n in places]
        return Texts(ads, names, self.words.only(places))

    def kept_keys(self) -> list[tuple[int, int]]:
        """By which other texts find these, as (key, ad)."""
        rows = signatures(self.words, keys=KEPT_KEYS)
        owners, keys = (rows >> np.uint64(32)).tolist(), (rows & np.uint64(0xFFFFFFFF)).tolist()
        return [(key, self.ads[text]) for text, key in zip(owners, keys, strict=True)]


@dataclass(frozen=True, slots=True)
class Templates:
    """`values` is ad number -> template value, of every ad with a template; `frequencies` is what they rest on.

    `distinct` are the texts without copies, as `vectors` has them; `names` is ad number -> what stands for its words.
    """

    values: dict[int, str]
    frequencies: Frequencies
    distinct: Texts
    vectors: Vectors
    names: dict[int, str]


def find_templates(texts: Mapping[int, str]) -> dict[int, str]:
    """Ad number -> template value, for every ad whose text is nearly that of another one.

    A value depends on the texts alone: neither on their order nor on their numbers.
    """
    return read_templates(texts).values


def read_templates(texts: Mapping[int, str]) -> Templates:
    """As `find_templates`, with that by which a text that comes later can be placed among these."""
    read = Texts.read(texts)
    copies: dict[str, list[int]] = defaultdict(list)
    for ad, name in zip(read.ads, read.names, strict=True):
        copies[name].append(ad)
    copies.pop("", None)
    names = sorted(copies)
    first = {name: place for place, name in reversed(list(enumerate(read.names)))}
    distinct = read.only([first[name] for name in names])
    labels, frequencies = _group(distinct.words, [len(copies[name]) for name in names])
    members: dict[str, list[int]] = defaultdict(list)
    for name, label in zip(names, labels.tolist(), strict=True):
        members[names[label]].extend(copies[name])
    values = {ad: name for name, found in members.items() if len(found) > 1 for ad in found}
    vectors = Vectors.of(distinct.words, frequencies)
    return Templates(values, frequencies, distinct, vectors, dict(zip(read.ads, read.names, strict=True)))


def _name(words: Words, text: int) -> str:
    return hashlib.sha256(words.of(text).tobytes()).hexdigest()[:_NAME]


def _group(words: Words, copies: list[int]) -> tuple[Places, Frequencies]:
    """The group of every text, by its lowest, and the frequencies by which they were told apart."""
    pairs = find_pairs(words)
    sizes = np.minimum(np.array(copies, np.int64), COPIES)
    labels = find_groups(pairs, Vectors.of(words, NOTHING_KNOWN), sizes, least=PLAINLY_ALIKE)
    without = replace(NOTHING_KNOWN, passages=count_frequencies(words, labels).passages)
    labels = find_groups(pairs, Vectors.of(words, without), sizes, least=BARELY_ALIKE)
    frequencies = count_frequencies(words, labels)
    return find_groups(pairs, Vectors.of(words, frequencies), sizes, least=ALIKE), frequencies
