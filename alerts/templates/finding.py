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
class Templates:
    """`values` is ad number -> template value, of every ad with a template; `frequencies` is what they rest on.

    `words` is ad number -> what stands for its words, "" for a text too short to have a template; `keys` are (key, ad)
    of one ad of each distinct text.
    """

    values: dict[int, str]
    frequencies: Frequencies
    words: dict[int, str]
    keys: list[tuple[int, int]]


def find_templates(texts: Mapping[int, str]) -> dict[int, str]:
    """Ad number -> template value, for every ad whose text is nearly that of another one.

    A value depends on the texts alone: neither on their order nor on their numbers.
    """
    return read_templates(texts).values


def read_templates(texts: Mapping[int, str]) -> Templates:
    """As `find_templates`, with that by which a text that comes later can be placed among these."""
    ads = list(texts)
    words = find_words([texts[ad] for ad in ads])
    copies = _copies(words)
    names = sorted(copies)
    firsts = [copies[name][0] for name in names]
    labels, frequencies = _group(words.only(firsts), [len(copies[name]) for name in names])
    members: dict[str, list[int]] = defaultdict(list)
    for name, label in zip(names, labels.tolist(), strict=True):
        members[names[label]].extend(ads[text] for text in copies[name])
    values = {ad: name[:_NAME] for name, found in members.items() if len(found) > 1 for ad in found}
    return Templates(dict(sorted(values.items())), frequencies, _named(copies, ads), _keys(words, firsts, ads))


def name_words(texts: Mapping[int, str]) -> dict[int, str]:
    """Ad number -> what stands for the words of its text, "" for one too short to have a template."""
    ads = list(texts)
    return _named(_copies(find_words(list(texts.values()))), ads)


def _named(copies: Mapping[str, Sequence[int]], ads: Sequence[int]) -> dict[int, str]:
    found = {ads[text]: name[:_NAME] for name, texts in copies.items() for text in texts}
    return dict.fromkeys(ads, "") | found


def kept_keys(texts: Mapping[int, str]) -> list[tuple[int, int]]:
    """The keys of texts by which others find them, as (key, ad)."""
    return _keys(find_words(list(texts.values())), range(len(texts)), list(texts))


def _keys(words: Words, some: Sequence[int], ads: Sequence[int]) -> list[tuple[int, int]]:
    rows = signatures(words.only(some), keys=KEPT_KEYS)
    owners = (rows >> np.uint64(32)).astype(np.int64).tolist()
    return [(key, ads[some[text]]) for text, key in zip(owners, (rows & np.uint64(0xFFFFFFFF)).tolist(), strict=True)]


def _copies(words: Words) -> dict[str, list[int]]:
    """The texts long enough, those with the same words under one name; the name follows from the words."""
    copies: dict[str, list[int]] = defaultdict(list)
    for text in np.flatnonzero(words.letters >= MIN_LENGTH).tolist():
        copies[hashlib.sha256(words.of(text).tobytes()).hexdigest()].append(text)
    return copies


def _group(words: Words, copies: list[int]) -> tuple[Places, Frequencies]:
    """The group of every text, by its lowest, and the frequencies by which they were told apart."""
    pairs = find_pairs(words)
    sizes = np.minimum(np.array(copies, np.int64), COPIES)
    labels = find_groups(pairs, Vectors.of(words, NOTHING_KNOWN), sizes, least=PLAINLY_ALIKE)
    without = replace(NOTHING_KNOWN, passages=count_frequencies(words, labels).passages)
    labels = find_groups(pairs, Vectors.of(words, without), sizes, least=BARELY_ALIKE)
    frequencies = count_frequencies(words, labels)
    return find_groups(pairs, Vectors.of(words, frequencies), sizes, least=ALIKE), frequencies
