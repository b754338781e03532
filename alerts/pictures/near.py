"""Near hashes: chains of 256 bits that differ in at most 31 from one to the next, without a look at every pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]  # one row a hash, four words of 64 bits
Numbers = NDArray[np.int64]
MOST = 31  # bits: spread over 16 bands of 16 bits, one band has at most one of them
_BANDS = 16
_VALUES = 2**16
_FLIPS = (0, *(1 << bit for bit in range(16)))
_AT_ONCE = 1_000_000  # pairs compared at a time: 64 MB


@dataclass(frozen=True, slots=True)
class Rows:
    """Hashes as bits; `of` says which number of the chains each row stands for, as a picture has several hashes."""

    bits: Bits
    of: Numbers

    def __getitem__(self, rows: Numbers | slice) -> Rows:
        return Rows(self.bits[rows], self.of[rows])


class Chains:
    """Numbers that hang together: the `label` of each is the smallest of its chain, in whatever order it grew."""

    def __init__(self, count: int) -> None:
        self.label: Numbers = np.arange(count)

    def join(self, one: Numbers, other: Numbers) -> None:
        """Join each of one with the number beside it."""
        label = self.label
        while ((low := np.minimum(label[one], label[other])) != (high := np.maximum(label[one], label[other]))).any():
            np.minimum.at(label, high, low)
            while (label != label[label]).any():
                label = label[label]
        self.label = label

    def join_near(self, ours: Rows, known: Rows, most: int) -> None:
        """Join all that differ in at most `most` bits, of MOST at most: every such pair is found, being alike in one
        band but for one bit.
        """
        bands, known_bands = _bands(ours.bits), _bands(known.bits)
        for band in range(_BANDS):
            order = np.argsort(known_bands[:, band], kind="stable")
            starts = np.searchsorted(known_bands[order, band], np.arange(_VALUES + 1))
            in_order = known[order]
            for flip in _FLIPS:
                wanted = bands[:, band] ^ flip
                self._join_candidates(ours, in_order, (starts[wanted], starts[wanted + 1]), most)

    def _join_candidates(self, ours: Rows, known: Rows, spans: tuple[Numbers, Numbers], most: int) -> None:
        """Join each of ours with those near it of the known rows from the one to the other end of its span."""
        first, end = spans
        rows = np.flatnonzero(end > first)
        while len(rows):
            ends = np.cumsum(end[rows] - first[rows])
            if ends[-1] > len(known.of):  # thousands of variants of one picture are all alike in most bands
                rows = rows[~self._is_joined(ours.of[rows], known.of, first[rows], end[rows])]
                ends = np.cumsum(end[rows] - first[rows])
            some = rows[: max(1, int(np.searchsorted(ends, _AT_ONCE, side="right")))]
            one, other = _pairs(some, first[some], end[some])
            near = distances(ours.bits[one], known.bits[other]) <= most
            self.join(ours.of[one[near]], known.of[other[near]])
            rows = rows[len(some) :]

    def _is_joined(self, ours: Numbers, known: Numbers, first: Numbers, end: Numbers) -> NDArray[np.bool_]:
        """Which of ours hang together already with all of their spans?"""
        labels = self.label[known]
        changes = np.concatenate(([0], np.cumsum(labels[1:] != labels[:-1])))
        return cast("NDArray[np.bool_]", (changes[end - 1] == changes[first]) & (labels[first] == self.label[ours]))


def to_bits(digits: str) -> Bits:
    """Hashes of 64 hexadecimal digits, one after the other."""
    return np.frombuffer(bytes.fromhex(digits), dtype=np.uint64).reshape(-1, 4)


def distances(hashes: Bits, others: Bits) -> Numbers:
    """In how many bits each hash differs from one, or from that of the same row."""
    return cast("Numbers", np.bitwise_count(hashes ^ others).sum(axis=1, dtype=np.int64))


def _bands(hashes: Bits) -> Numbers:
    return np.ascontiguousarray(hashes).view(np.uint16).reshape(-1, _BANDS).astype(np.int64)


def _pairs(rows: Numbers, first: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
    """Each row with each number of its span."""
    counts = end - first
    starts = np.cumsum(counts) - counts
    return np.repeat(rows, counts), np.arange(counts.sum()) + np.repeat(first - starts, counts)
