"""Kernels: what is worked out for one more text, in loops over its hundred words and thirty keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.compiled import (
    NOTHING,
    NUMBER,
    NUMBERS,
    PLACES,
    ROWS,
    SIZE,
    SQUARES,
    WEIGHT,
    WEIGHTS,
    compiled,
    made,
    part,
    several,
)
from alerts.templates.keyrows import Rows
from alerts.templates.shingles import Numbers, Places

Weights = NDArray[np.float64]
Squares = NDArray[np.float32]
Known = tuple[Numbers, Numbers]
"""Numbers, ascending, and where they stand, as `part_starts` has it."""
Sorted = tuple[Rows, Numbers]
"""The same of rows, by the keys they begin with."""
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_WHOLE = 60  # divides by every number of ads of a key up to 6, so that equals are equal


@part
def _places(ordered: Any, parts: Numbers, numbers: Numbers, shift: np.uint64) -> Places:
    """Where each number, shifted, stands among values in order, or where it would. `parts` is where the numbers that
    those begin with stand, as `part_starts` has it.

    Every value is somewhere else in memory. They are asked for one after the other before any is looked at, so that
    the processor waits for all of them at once.
    """
    places, ends = np.empty(len(numbers), np.int64), np.empty(len(numbers), np.int64)
    for at, number in enumerate(numbers):
        own = np.int64(np.uint64(number) * np.uint64(len(parts) - 1) >> _HALF)
        places[at], ends[at] = parts[own], parts[own + 1]
    firsts = np.zeros(len(numbers), np.uint64)
    for at in range(len(numbers)):
        if places[at] < len(ordered):
            firsts[at] = ordered[places[at]]
    for at, number in enumerate(numbers):
        low, high, wanted = places[at], ends[at], np.uint64(number) << shift
        if firsts[at] >= wanted:
            continue
        while low < high:
            middle = (low + high) >> 1
            if ordered[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        places[at] = low
    return places


@part
def _sort(values: Any) -> None:
    """Sort numbers in place, by Shell's way with Ciura's gaps: they are few, and numpy's takes seconds to compile."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        for end in range(gap, len(values)):
            value, place = values[end], end
            while place >= gap and values[place - gap] > value:
                values[place] = values[place - gap]
                place -= gap
            values[place] = value


@part
def _mix(value: np.uint64) -> np.uint64:
    """As `alerts.templates.shingles.mix`."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@part
def _passages(words: Numbers, powers: Rows) -> Numbers:
    """The numbers of the passages of as many words as there are powers, by the place of their first word."""
    found = np.empty(max(len(words) - len(powers) + 1, 0), np.uint32)
    for at in range(len(found)):
        total = np.uint64(0)
        for place in range(len(powers)):
            total += np.uint64(words[at + place]) * powers[place]
        found[at] = _mix(total) >> _HALF
    return found


@part
def _outside(words: Numbers, known: Known, powers: Rows) -> Numbers:
    """The words that stand in none of these passages, of as many words as there are powers."""
    passages, parts = known
    own = _passages(words, powers)
    places = _places(passages, parts, own, np.uint64(0))
    kept = np.empty(len(words), np.uint32)
    count, inside = 0, 0
    for at in range(len(words)):
        inside = max(inside - 1, 0)
        if at < len(own) and places[at] < len(passages) and passages[places[at]] == own[at]:
            inside = len(powers)
        if not inside:
            kept[count] = words[at]
            count += 1
    return kept[:count]


@compiled(made(NUMBER), NUMBERS, several(NUMBERS, NUMBERS), ROWS, several(NUMBERS, NUMBERS), WEIGHTS, WEIGHT)
def weigh_words(
    words: Numbers, passages: Known, powers: Rows, known: Known, known_squares: Weights, rarest: float
) -> Numbers:
    """The distinct words outside these passages, ascending, each followed by the bits of its weight: see `Weighed`."""
    numbers, parts = known
    kept = _outside(words, passages, powers)
    _sort(kept)
    count = 0
    for at in range(len(kept)):
        if not at or kept[at] != kept[count - 1]:
            kept[count] = kept[at]
            count += 1
    places = _places(numbers, parts, kept[:count], np.uint64(0))
    squares = np.empty(count)
    for at in range(count):
        is_known = places[at] < len(numbers) and numbers[places[at]] == kept[at]
        squares[at] = known_squares[places[at]] if is_known else rarest
    total = squares.sum()
    found = np.empty(2 * count, np.uint32)
    weights = found.view(np.float32)
    for place in range(count):
        found[2 * place] = kept[place]
        weights[2 * place + 1] = np.sqrt(squares[place] / total)
    return found


@part
def _slot(table: Numbers, entry: int, key: np.uint32) -> Any:
    """Where the entry of a key begins in a table of a power of two of entries, or where it would: key, how many ads
    have it, and the newest of them, each a place of `entry`.
    """
    last = len(table) // entry - 1
    place = np.int64(key) & last
    while table[place * entry + 1] and table[place * entry] != key:
        place = (place + 1) & last
    return place * entry


@part
def _insert(newest: Numbers, count: int, ad: np.uint32) -> int:
    """Add an ad to the newest ones, of which there are so many and no more than there is room for, the newest first;
    how many there are then.
    """
    at = 0
    while at < count and newest[at] > ad:
        at += 1
    if at == len(newest) or (at < count and newest[at] == ad):
        return count
    count = min(count + 1, len(newest))
    for place in range(count - 1, at, -1):
        newest[place] = newest[place - 1]
    newest[at] = ad
    return count


@compiled(SIZE, made(NUMBER), SIZE, NUMBER, NUMBERS)
def add_keys(table: Numbers, entry: int, ad: int, keys: Numbers) -> int:
    """Add an ad to the keys it has; how many keys are new."""
    new = 0
    for key in keys:
        at = _slot(table, entry, key)
        new += table[at + 1] == 0
        table[at] = key
        table[at + 1] = _insert(table[at + 2 : at + entry], table[at + 1], np.uint32(ad))
    return new


@compiled(NOTHING, NUMBERS, made(NUMBER), SIZE)
def move_keys(table: Numbers, larger: Numbers, entry: int) -> None:
    """Have a larger table hold what this one does."""
    for at in range(0, len(table), entry):
        if table[at + 1]:
            to = _slot(larger, entry, table[at])
            for place in range(entry):
                larger[to + place] = table[at + place]


@compiled(made(NUMBER), several(ROWS, NUMBERS), several(ROWS, NUMBERS), NUMBERS, NUMBERS, NUMBERS, SIZE)
def newest_holders(found: Sorted, placed: Sorted, loose: Numbers, fresh: Numbers, keys: Numbers, most: int) -> Numbers:
    """The newest ads that have each key, by two indexes and two tables: newest first, `most` places a key, 0 where
    there are no more.
    """
    newest = np.zeros(len(keys) * most, np.uint32)
    firsts, others = _places(found[0], found[1], keys, _HALF), _places(placed[0], placed[1], keys, _HALF)
    for number, key in enumerate(keys):
        own, count = newest[number * most : (number + 1) * most], 0
        for rows, first in ((found[0], firsts[number]), (placed[0], others[number])):
            for row in rows[first : first + most]:
                if row >> _HALF == key:
                    count = _insert(own, count, np.uint32(_LOW - (row & _LOW)))
        for table in (loose, fresh):
            at = _slot(table, 2 + most, key)
            for ad in table[at + 2 : at + 2 + table[at + 1]]:
                count = _insert(own, count, ad)
    return newest


@compiled(made(NUMBER), NUMBERS, SIZE, NUMBER, SIZE)
def most_shared(holders: Numbers, of_key: int, ad: int, most: int) -> Numbers:
    """The ads besides this one that share most of its keys, where a key counts the more the fewer have it; the newest
    of equals. `holders` as `newest_holders` has them, `of_key` of each key.
    """
    shared = np.zeros(len(holders), np.uint64)  # of each holder of each key: ad << 32 | what the key counts
    count = 0
    for first in range(0, len(holders), of_key):
        start = count
        for other in holders[first : first + of_key]:
            if other and other != ad:
                shared[count] = np.uint64(other) << _HALF
                count += 1
        for at in range(start, count):
            shared[at] |= np.uint64(_WHOLE // (count - start))
    _sort(shared[:count])
    ranks = np.zeros(count, np.uint64)  # what all shared keys of an ad count << 32 | ad
    others = 0
    for at in range(count):
        if at and shared[at] >> _HALF == shared[at - 1] >> _HALF:
            others -= 1
        ranks[others] = (ranks[others] & ~_LOW) + ((shared[at] & _LOW) << _HALF) | (shared[at] >> _HALF)
        others += 1
    _sort(ranks[:others])
    first = max(others - most, 0)
    return (ranks[first:others] & _LOW)[::-1].astype(np.uint32)


@part
def _cosine(words: Numbers, first: int, end: int, other: int, other_end: int) -> float:
    """That of two texts, whose words stand from one place to the other, each followed by the bits of its weight."""
    weights = words.view(np.float32)
    total = 0.0
    while first < end and other < other_end:
        one, two = words[first], words[other]
        if one == two:
            total += np.float64(weights[first + 1]) * np.float64(weights[other + 1])
        first += 2 * (one <= two)
        other += 2 * (two <= one)
    return total


@compiled(made(WEIGHT), NUMBERS, PLACES)
def likeness(words: Numbers, bounds: Places) -> Weights:
    """The cosine of the first of some texts with each of the others, from their words as `weigh_words` gives them:
    those of text n are `words[bounds[n]:bounds[n + 1]]`.
    """
    found = np.zeros(len(bounds) - 2)
    for other in range(1, len(bounds) - 1):
        found[other - 1] = _cosine(words, 0, bounds[1], bounds[other], bounds[other + 1])
    return found


@compiled(WEIGHT, NUMBERS, PLACES)
def inner_likeness(words: Numbers, bounds: Places) -> float:
    """The sum of the cosines of each two of some texts, as `likeness` has them."""
    total = 0.0
    for one in range(len(bounds) - 1):
        for other in range(one + 1, len(bounds) - 1):
            total += _cosine(words, bounds[one], bounds[one + 1], bounds[other], bounds[other + 1])
    return total


@compiled(made(WEIGHT), NUMBERS, PLACES, SQUARES, WEIGHTS, ROWS)
def pair_cosines(numbers: Numbers, bounds: Places, squares: Squares, lengths: Weights, pairs: Rows) -> Weights:
    """As `Vectors.cosines`: of every pair (low << 32 | high) of texts as those are held there."""
    found = np.zeros(len(pairs))
    for place, pair in enumerate(pairs):
        low, high = np.int64(pair >> _HALF), np.int64(pair & _LOW)
        one, other = bounds[low], bounds[high]
        shared = 0.0
        while one < bounds[low + 1] and other < bounds[high + 1]:
            number, opposite = numbers[one], numbers[other]
            if number == opposite:
                shared += np.float64(squares[one])
            one += number <= opposite
            other += opposite <= number
        both = lengths[low] * lengths[high]
        if both > 0:
            found[place] = shared / both
    return found
