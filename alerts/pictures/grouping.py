"""Groups: which hashes are of one picture. What comes out depends on the hashes alone, not on their order.

Hashes that are near each other hang together, hash by hash; such a chain may lead from one picture to a quite different
one. A group reaches no further than twice the distance from its name: a chain that does is parted at half the distance,
and again, down to equal hashes. So whoever puts pictures between two others loosens no tie of true copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from alerts.pictures.near import Chains, Numbers, Rows, distances, to_bits


@dataclass(frozen=True, slots=True)
class Hashed:
    """A picture: its hash and that of its mirror image, 64 hexadecimal digits each, "" for a mirror not known."""

    hash: str
    mirror: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures taken for one, by number: the `first` of them, all `members`, and how many `bits` each is from it."""

    first: int
    members: tuple[int, ...]
    bits: tuple[int, ...]


def hash_rows(pictures: Sequence[Hashed]) -> Rows:
    """The hashes of pictures, each for its picture's number."""
    return Rows(to_bits("".join(picture.hash for picture in pictures)), np.arange(len(pictures)))


def all_rows(pictures: Sequence[Hashed]) -> Rows:
    """The same, then the hashes of the mirror images that are known."""
    mirrored = [number for number, picture in enumerate(pictures) if picture.mirror]
    hashes = [*(picture.hash for picture in pictures), *(pictures[number].mirror for number in mirrored)]
    return Rows(to_bits("".join(hashes)), np.array([*range(len(pictures)), *mirrored], dtype=np.int64))


def find_groups(pictures: Sequence[Hashed], distance: int) -> Iterator[Group]:
    """The groups of pictures that hang together by steps of at most `distance` bits."""
    yield from _parted(pictures, np.arange(len(pictures)), distance)


def _parted(pictures: Sequence[Hashed], numbers: Numbers, distance: int) -> Iterator[Group]:
    """The groups of a chain: itself where it reaches no further than it may."""
    some = [pictures[number] for number in numbers.tolist()]
    rows = all_rows(some)
    first = min(range(len(some)), key=lambda number: (some[number].hash, some[number].mirror))
    bits = _reach(rows, first, len(some))
    if distance == 0 or bits.max() <= 2 * distance:
        yield Group(int(numbers[first]), tuple(numbers.tolist()), tuple(bits.tolist()))
        return
    chains = Chains(len(some))
    chains.join_near(hash_rows(some), rows, distance // 2)
    for root in np.unique(chains.label):
        yield from _parted(pictures, numbers[chains.label == root], distance // 2)


def _reach(rows: Rows, first: int, count: int) -> Numbers:
    """How many bits each picture is from one, as it is or mirrored."""
    found = np.full(count, 256)
    for row in rows.bits[rows.of == first]:
        np.minimum.at(found, rows.of, distances(rows.bits, row))
    return found
