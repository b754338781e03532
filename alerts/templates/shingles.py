"""Words of texts in any script as numbers, and the small signature by which near-duplicates find each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nlp.unicode import Plain, plain

MAX_LENGTH = 2_000  # characters; beyond that a text is told by its beginning
KEYS = 32  # pairs of neighbouring words in a signature: those with the smallest numbers
_BLOCK = 1 << 18  # characters turned into words at a time
_TEXTS = 20_000  # texts worked on at a time
_CODES = 0x20000  # code points told apart one by one; the rare ideographs above count as one
_OTHER, _LETTER, _MARK, _SOLID, _SIGN = range(5)  # what counts as a letter or digit is odd
_RUNS = np.array([_OTHER, _LETTER, _LETTER, _SOLID, _SIGN], np.uint8)  # a mark belongs to the letter before it
_SOLID_SCRIPTS = ((0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF),
                  (0xF900, 0xFAFF), (_CODES - 1, _CODES - 1))  # fmt: skip
"""Thai, Lao, Myanmar, Khmer, kana and ideographs, which put no space between words."""
_PIECE = 3  # characters of such a script that stand for a word; pieces overlap
_BASE = 0x9E3779B97F4A7C15

Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]
Unsigned = TypeVar("Unsigned", np.uint32, np.uint64)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of many texts, one after the other: those of text n are `numbers[bounds[n]:bounds[n + 1]]`."""

    numbers: Numbers
    bounds: Places

    def __len__(self) -> int:
        """How many texts they are."""
        return len(self.bounds) - 1

    def of(self, text: int) -> Numbers:
        return self.numbers[self.bounds[text] : self.bounds[text + 1]]

    def blocks(self) -> Iterator[Words]:
        """The same texts, some at a time, so that what is worked out for each word need not be held for all."""
        for first in range(0, len(self), _TEXTS):
            bounds = self.bounds[first : first + _TEXTS + 1]
            yield Words(self.numbers[bounds[0] : bounds[-1]], bounds - bounds[0])

    def owners(self) -> Places:
        """The text of every word."""
        return np.arange(len(self)).repeat(self.bounds[1:] - self.bounds[:-1])


def read_plain(text: str) -> Plain:
    """The text as its words are read: look-alikes, hidden characters and other forms of letters undone."""
    return plain(text[: 2 * MAX_LENGTH])


def find_words(texts: Sequence[str]) -> tuple[Words, list[int]]:
    """The words of the texts, and how many letters and digits each has. Case does not count; digits, emoji and the
    letters of every script do. Cost grows with the characters.
    """
    numbers, bounds = [np.zeros(0, np.uint32)], [np.zeros(1, np.int64)]
    letters: list[int] = []
    for block in _blocks(texts):
        codes = np.frombuffer("\n".join([*block, ""]).encode("utf-32-le"), np.uint32)
        ends = list(accumulate((len(text) + 1 for text in block), initial=0))
        kinds = _kinds(codes)
        starts, stops = _spans(kinds)
        numbers.append(_numbers(codes, starts, stops))
        bounds.append(bounds[-1][-1] + np.searchsorted(starts, ends[1:]))
        letters += np.add.reduceat(kinds & 1, ends[:-1], dtype=np.int64).tolist()
    return Words(np.concatenate(numbers), np.concatenate(bounds)), letters


def word_spans(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """The words of a text that is plain already: their numbers, and where they stand in it."""
    head = text[:MAX_LENGTH] + "\n"
    codes = np.frombuffer(head.encode("utf-32-le"), np.uint32)
    starts, stops = _spans(_kinds(codes))
    return _numbers(codes, starts, stops).tolist(), list(zip(starts.tolist(), stops.tolist(), strict=True))


def signatures(words: Words, *, keys: int = KEYS) -> NDArray[np.uint64]:
    """Rows of text << 32 | key in ascending order, at most `keys` a text. They depend on nothing but the text,
    so that they can be kept beside it.
    """
    parts = [np.zeros(0, np.uint64)]
    first = 0
    for block in words.blocks():
        owner = (block.owners() + first).astype(np.uint64)
        numbers = block.numbers.astype(np.uint64)
        pairs = mix(numbers[:-1] << np.uint64(32) | numbers[1:]) >> np.uint64(32)
        rows = distinct((owner[:-1] << np.uint64(32) | pairs)[owner[1:] == owner[:-1]])
        own = rows >> np.uint64(32)
        rank = np.arange(len(rows)) - np.searchsorted(own, own)
        parts.append(rows[rank < keys])
        first += len(block)
    return np.concatenate(parts)


def distinct(values: NDArray[Unsigned]) -> NDArray[Unsigned]:
    """As numpy.unique, fifty times faster on large arrays."""
    ordered = np.sort(values)
    return ordered[starts_of(ordered)]


def starts_of(ordered: NDArray[Unsigned]) -> Places:
    """Where a new value begins among values in order."""
    begins = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins.nonzero()[0]


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers that look random, the same for the same values (the finaliser of SplitMix64)."""
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)


def _blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    size = 0
    for text in texts:
        head = read_plain(text).text[:MAX_LENGTH]
        block.append(head)
        size += len(head) + 1
        if size > _BLOCK - MAX_LENGTH - 2:
            yield block
            block, size = [], 0
    if block:
        yield block


def _kinds(codes: Numbers) -> NDArray[np.uint8]:
    return _alphabet()[0].take(codes, mode="clip")


@cache
def _alphabet() -> tuple[NDArray[np.uint8], Numbers]:
    """What every code point is, and its lower case."""
    chars = [chr(code) for code in range(_CODES)]
    kinds = np.array([_kind(char) for char in chars], np.uint8)
    for first, last in _SOLID_SCRIPTS:
        kinds[first : last + 1] = np.where(kinds[first : last + 1] == _OTHER, _OTHER, _SOLID)
    lower = np.array([ord(low) if len(low := char.lower()) == 1 else ord(char) for char in chars], np.uint32)
    return kinds, lower


def _kind(char: str) -> int:
    if char.isalnum():
        return _LETTER
    category = unicodedata.category(char)
    if category[0] == "M":
        return _MARK
    return _SIGN if category in {"So", "Sk", "Sm", "Sc"} and ord(char) > 0x7F else _OTHER


def _spans(kinds: NDArray[np.uint8]) -> tuple[Places, Places]:
    """Where words start and stop: runs of letters with their marks, every sign, and pieces of unspaced runs. The last
    kind is that of a line's end.
    """
    kinds = _RUNS[kinds]
    changes = kinds[1:] != kinds[:-1]
    opens = kinds != _OTHER
    opens[1:] &= changes
    solid, sign = kinds == _SOLID, kinds == _SIGN
    third = np.zeros_like(solid)
    third[:-2] = solid[:-2] & solid[1:-1] & solid[2:]
    starts = (opens | sign | third).nonzero()[0]
    change = changes.nonzero()[0] + 1
    stops = change[change.searchsorted(starts, side="right")]
    alone, piece = sign[starts], third[starts]
    stops[alone] = starts[alone] + 1
    stops[piece] = starts[piece] + _PIECE
    return starts, stops


@cache
def _powers() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    def table(base: int) -> NDArray[np.uint64]:
        return np.cumprod(np.concatenate([np.ones(1, np.uint64), np.full(_BLOCK - 1, base, np.uint64)]))

    return table(_BASE), table(pow(_BASE, -1, 1 << 64))


def _numbers(codes: Numbers, starts: Places, stops: Places) -> Numbers:
    """A number for every word, from its lower-case characters: a polynomial modulo 2**64, mixed."""
    powers, inverses = _powers()
    lower = _alphabet()[1].take(codes, mode="clip")
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(lower * powers[: len(codes)], out=sums[1:])
    return (mix((sums[stops] - sums[starts]) * inverses[starts]) >> np.uint64(32)).astype(np.uint32)
