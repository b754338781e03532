"""What a word says of a text: much if few unrelated texts have it, nothing if it stands in boilerplate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from alerts.templates.parts import part_starts
from alerts.templates.shingles import Numbers, Places, Words, distinct, mix, starts_of

BACKGROUND = (
    1_000  # texts thought of beside those at hand, so that a small store does not take its own words for common
)
PASSAGE = 10  # words; so many in a row do not come together by chance
BOILERPLATE = 5  # groups of otherwise different texts; a passage in so many is a site's or an agency's own
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
POWERS = np.array([pow(0x9E3779B97F4A7C15, PASSAGE - 1 - place, 1 << 64) for place in range(PASSAGE)], np.uint64)
MANY = 100_000  # pairs that are compared in compiled code, which takes a second to load
_STEP = 20_000  # pairs compared at a time
_SLICES = 4  # parts in which occurrences are counted, to bound memory


WEIGHED = np.dtype([("number", np.uint32), ("weight", np.float32)])
Weighed = bytes
"""The words of one text, ascending, with their weights, whose squares add up to 1: an array of WEIGHED."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Group frequencies, frozen: the similarity of two texts depends on the two and on this alone."""

    groups: int
    numbers: Numbers
    """The words seen, ascending, and in how many groups of near-duplicates each was."""
    counts: NDArray[np.int64]
    passages: Numbers
    """The passages that are boilerplate, ascending."""
    squares: NDArray[np.float64] = field(init=False, repr=False)
    """The squared weight of each word."""
    rarest: float = field(init=False)
    """The same of a word never seen."""
    number_parts: Numbers = field(init=False, repr=False)
    passage_parts: Numbers = field(init=False, repr=False)
    """Where these stand, as `part_starts` has it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "squares", np.log1p((self.groups + BACKGROUND) / self.counts) ** 2)
        object.__setattr__(self, "rarest", float(np.log1p(self.groups + BACKGROUND) ** 2))
        object.__setattr__(self, "number_parts", part_starts(self.numbers))
        object.__setattr__(self, "passage_parts", part_starts(self.passages))

    def weights(self, numbers: Numbers) -> NDArray[np.float64]:
        """The square of the inverse document frequency of each word."""
        if not len(self.numbers):
            return np.ones(len(numbers))
        at = _places_in(self.numbers, numbers)
        weights: NDArray[np.float64] = np.where(self.numbers[at] == numbers, self.squares[at], self.rarest)
        return weights


NOTHING_KNOWN = Frequencies(0, np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.uint32))
"""Every word weighs the same and nothing is boilerplate."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The distinct words of each text outside boilerplate, with their weights, as `Words` has them."""

    numbers: Numbers
    bounds: Places
    squares: NDArray[np.float32]
    lengths: NDArray[np.float64]

    @classmethod
    def of(cls, words: Words, frequencies: Frequencies) -> Vectors:
        numbers = [np.zeros(0, np.uint32)]
        bounds = [np.zeros(1, np.int64)]
        squares, lengths = [np.zeros(0, np.float32)], [np.zeros(0)]
        for block in words.blocks():
            rows = _rows(block, frequencies.passages)
            owner, number = (rows >> _HALF).astype(np.int64), rows.astype(np.uint32)
            own = frequencies.weights(number)
            numbers.append(number)
            squares.append(own.astype(np.float32))
            bounds.append(bounds[-1][-1] + np.cumsum(np.bincount(owner, minlength=len(block))))
            lengths.append(np.sqrt(np.bincount(owner, own, minlength=len(block))))
        return cls(np.concatenate(numbers), np.concatenate(bounds), np.concatenate(squares), np.concatenate(lengths))

    def weighed(self, text: int) -> Weighed:
        """The distinct words of a text outside boilerplate, with their weights in it."""
        part = slice(self.bounds[text], self.bounds[text + 1])
        found = np.zeros(part.stop - part.start, WEIGHED)
        found["number"] = self.numbers[part]
        found["weight"] = np.sqrt(self.squares[part]) / self.lengths[text]
        return found.tobytes()

    def vector(self, text: int) -> dict[int, float]:
        part = slice(self.bounds[text], self.bounds[text + 1])
        weights = np.sqrt(self.squares[part]) / self.lengths[text]
        return dict(zip(self.numbers[part].tolist(), weights.tolist(), strict=True))

    def cosines(self, pairs: NDArray[np.uint64]) -> NDArray[np.float64]:
        """The similarity of every pair (low << 32 | high)."""
        if len(pairs) > MANY:
            by_pair = import_module("alerts.templates.kernels").pair_cosines
            found: NDArray[np.float64] = by_pair(self.numbers, self.bounds, self.squares, self.lengths, pairs)
            return found
        parts = [self._cosines(pairs[at : at + _STEP]) for at in range(0, len(pairs), _STEP)]
        return np.concatenate([np.zeros(0), *parts])

    def _cosines(self, pairs: NDArray[np.uint64]) -> NDArray[np.float64]:
        low, high = (pairs >> _HALF).astype(np.int64), (pairs & _LOW).astype(np.int64)
        places = np.concatenate([self._places(low), self._places(high)])
        sizes = np.concatenate([self._sizes(low), self._sizes(high)])
        pair = np.repeat(np.tile(np.arange(len(pairs), dtype=np.uint64), 2), sizes)
        rows = pair << _HALF | self.numbers[places]
        order = np.argsort(rows)
        rows = rows[order]
        twice = np.flatnonzero(rows[1:] == rows[:-1])
        shared = np.bincount(
            (rows[twice] >> _HALF).astype(np.int64), self.squares[places[order[twice]]], minlength=len(pairs)
        )
        both = self.lengths[low] * self.lengths[high]
        return np.divide(shared, both, out=np.zeros(len(pairs)), where=both > 0)

    def _sizes(self, texts: Places) -> Places:
        return self.bounds[texts + 1] - self.bounds[texts]

    def _places(self, texts: Places) -> Places:
        sizes = self._sizes(texts)
        before = np.cumsum(sizes) - sizes
        return np.repeat(self.bounds[texts] - before, sizes) + np.arange(sizes.sum())


def count_frequencies(words: Words, group: Places) -> Frequencies:
    """Frequencies over groups, not texts: a flood of variants of one text counts once."""
    own = group.astype(np.uint32)
    numbers, counts = _groups_with(words.numbers, np.repeat(own, np.diff(words.bounds)), at_least=1)
    passages, holders = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint32)]
    first = 0
    for block in words.blocks():
        owner = block.owners()
        starts, found = _passages(block.numbers, owner)
        passages.append(found)
        holders.append(own[first + owner[starts]])
        first += len(block)
    common, _ = _groups_with(np.concatenate(passages), np.concatenate(holders), at_least=BOILERPLATE)
    return Frequencies(len(distinct(group.astype(np.uint64))), numbers, counts, common)


def _rows(words: Words, passages: Numbers) -> NDArray[np.uint64]:
    """text << 32 | word of the distinct words of each text outside these passages, ascending."""
    owner = words.owners()
    rows = owner.astype(np.uint64) << _HALF | words.numbers
    if len(passages):
        starts, found = _passages(words.numbers, owner)
        rows = rows[_outside(len(rows), starts[_places_of(found, passages)])]
    return distinct(rows)


def _groups_with(values: Numbers, groups: Numbers, *, at_least: int) -> tuple[Numbers, NDArray[np.int64]]:
    """The values that occur in so many groups, ascending, with the number of their groups."""
    found, counts = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for part in _slices(values):
        rows = distinct(values[part].astype(np.uint64) << _HALF | groups[part]) >> _HALF
        first = starts_of(rows)
        count = np.diff(first, append=len(rows))
        found.append(rows[first[count >= at_least]])
        counts.append(count[count >= at_least])
    return np.concatenate(found).astype(np.uint32), np.concatenate(counts)


def _slices(values: Numbers) -> Iterator[NDArray[np.bool_]]:
    """Parts by size of value, in ascending order."""
    width = (1 << 32) // _SLICES
    for part in range(_SLICES):
        yield (values >= part * width) & (values <= (part + 1) * width - 1)


def _passages(numbers: Numbers, owner: Places) -> tuple[Places, Numbers]:
    """Where a passage begins in words each of some text, and its number."""
    starts = np.flatnonzero(owner[: 1 - PASSAGE] == owner[PASSAGE - 1 :])
    return starts, _passage_numbers(numbers)[starts]


def _passage_numbers(numbers: Numbers) -> Numbers:
    """The number of so many words as a passage has, from each word on."""
    if len(numbers) < PASSAGE:
        return np.zeros(0, np.uint32)
    return (mix(np.correlate(numbers.astype(np.uint64), POWERS)) >> _HALF).astype(np.uint32)


def _places_of(values: Numbers, known: Numbers) -> Places:
    """Where among the values there is one that is known; the known ascend."""
    if not len(known):
        return np.zeros(0, np.int64)
    places: Places = (known[_places_in(known, values)] == values).nonzero()[0]
    return places


def _outside(words: int, starts: Places) -> NDArray[np.bool_]:
    """Whether each of so many words stands in none of the passages that start there."""
    inside = np.zeros(words + 1, np.int64)
    inside[starts] = 1
    inside[starts + PASSAGE] -= 1
    outside: NDArray[np.bool_] = np.cumsum(inside[:-1]) == 0
    return outside


def _places_in(known: Numbers, wanted: Numbers) -> Places:
    """Where each wanted number stands among the known, which ascend; somewhere if it does not."""
    return np.minimum(known.searchsorted(wanted), len(known) - 1)
