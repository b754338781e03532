"""Kernels: what is worked out for one more text, in loops over its hundred words and thirty keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.compiled import NOTHING, NUMBER, NUMBERS, PLACES, ROWS, SIZE, WEIGHT, WEIGHTS, compiled, made, part
from alerts.templates.keyrows import MOST_OF_KEY, Rows
from alerts.templates.shingles import Numbers, Places
from alerts.templates.weights import PASSAGE, POWERS

Weights = NDArray[np.float64]
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
ENTRY = 2 + MOST_OF_KEY
_WHOLE = 60  # divides by every number of ads up to MOST_OF_KEY, so that equals are equal


@part
def _place(ordered: Any, wanted: Any) -> int:
    """Where a number stands among numbers in order, or where it would."""
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) >> 1
        if ordered[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


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
def _outside(words: Numbers, passages: Numbers) -> Numbers:
    """The words that stand in none of these passages."""
    kept = np.empty(len(words), np.uint32)
    count, inside = 0, 0
    for at in range(len(words)):
        inside = max(inside - 1, 0)
        if len(passages) and at + PASSAGE <= len(words):
            total = np.uint64(0)
            for place in range(PASSAGE):
                total += np.uint64(words[at + place]) * POWERS[place]
            number = _mix(total) >> _HALF
            place = _place(passages, number)
            if place < len(passages) and passages[place] == number:
                inside = PASSAGE
        if not inside:
            kept[count] = words[at]
            count += 1
    return kept[:count]


@compiled(made(NUMBER), NUMBERS, NUMBERS, NUMBERS, WEIGHTS, WEIGHT)
def weigh_words(words: Numbers, passages: Numbers, known: Numbers, known_squares: Weights, rarest: float) -> Numbers:
    """The distinct words outside these passages, ascending, each followed by the bits of its weight: see `Weighed`."""
    kept = _outside(words, passages)
    _sort(kept)
    squares = np.empty(len(kept))
    count = 0
    for at in range(len(kept)):
        if at and kept[at] == kept[count - 1]:
            continue
        place = _place(known, kept[at])
        is_known = place < len(known) and known[place] == kept[at]
        squares[count] = known_squares[place] if is_known else rarest
        kept[count] = kept[at]
        count += 1
    total = squares[:count].sum()
    found = np.empty(2 * count, np.uint32)
    weights = found.view(np.float32)
    for place in range(count):
        found[2 * place] = kept[place]
        weights[2 * place + 1] = np.sqrt(squares[place] / total)
    return found


@part
def _slot(table: Numbers, key: np.uint32) -> Any:
    """Where the entry of a key begins in a table of a power of two of entries, or where it would: key, how many ads
    have it, and the newest of them.
    """
    last = len(table) // ENTRY - 1
    place = np.int64(key) & last
    while table[place * ENTRY + 1] and table[place * ENTRY] != key:
        place = (place + 1) & last
    return place * ENTRY


@part
def _insert(newest: Numbers, count: int, ad: np.uint32) -> int:
    """Add an ad to the newest ones, of which there are so many, the newest first; how many there are then."""
    at = 0
    while at < count and newest[at] > ad:
        at += 1
    if at == MOST_OF_KEY or (at < count and newest[at] == ad):
        return count
    count = min(count + 1, MOST_OF_KEY)
    for place in range(count - 1, at, -1):
        newest[place] = newest[place - 1]
    newest[at] = ad
    return count


@compiled(SIZE, made(NUMBER), NUMBER, NUMBERS)
def add_keys(table: Numbers, ad: int, keys: Numbers) -> int:
    """Add an ad to the keys it has; how many keys are new."""
    new = 0
    for key in keys:
        at = _slot(table, key)
        new += table[at + 1] == 0
        table[at] = key
        table[at + 1] = _insert(table[at + 2 : at + ENTRY], table[at + 1], np.uint32(ad))
    return new


@compiled(NOTHING, NUMBERS, made(NUMBER))
def move_keys(table: Numbers, larger: Numbers) -> None:
    """Have a larger table hold what this one does."""
    for at in range(0, len(table), ENTRY):
        if table[at + 1]:
            to = _slot(larger, table[at])
            for place in range(ENTRY):
                larger[to + place] = table[at + place]


@compiled(made(NUMBER), ROWS, ROWS, NUMBERS, NUMBERS, NUMBERS)
def newest_holders(found: Rows, placed: Rows, loose: Numbers, fresh: Numbers, keys: Numbers) -> Numbers:
    """The newest ads that have each key, by two indexes and two tables: newest first, MOST_OF_KEY places a key, 0 where
    there are no more.
    """
    newest = np.zeros(len(keys) * MOST_OF_KEY, np.uint32)
    for number, key in enumerate(keys):
        own, count = newest[number * MOST_OF_KEY : (number + 1) * MOST_OF_KEY], 0
        for rows in (found, placed):
            first = _place(rows, np.uint64(key) << _HALF)
            for row in rows[first : first + MOST_OF_KEY]:
                if row >> _HALF == key:
                    count = _insert(own, count, np.uint32(_LOW - (row & _LOW)))
        for table in (loose, fresh):
            at = _slot(table, key)
            for ad in table[at + 2 : at + 2 + table[at + 1]]:
                count = _insert(own, count, ad)
    return newest


@compiled(made(NUMBER), NUMBERS, NUMBER, SIZE)
def most_shared(holders: Numbers, ad: int, most: int) -> Numbers:
    """The ads besides this one that share most of its keys, where a key counts the more the fewer have it; the newest
    of equals. `holders` as `newest_holders` has them.
    """
    shared = np.zeros(len(holders), np.uint64)  # of each holder of each key: ad << 32 | what the key counts
    count = 0
    for first in range(0, len(holders), MOST_OF_KEY):
        start = count
        for other in holders[first : first + MOST_OF_KEY]:
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


@compiled(made(WEIGHT), NUMBERS, PLACES)
def cosines(words: Numbers, bounds: Places) -> Weights:
    """The cosine of each two of some texts, row by row, from their words as `weigh_words` gives them: those of text n
    are `words[bounds[n]:bounds[n + 1]]`.
    """
    weights = words.view(np.float32)
    count = len(bounds) - 1
    found = np.zeros(count * count)
    for one in range(count):
        for other in range(one + 1, count):
            a, b, total = bounds[one], bounds[other], 0.0
            while a < bounds[one + 1] and b < bounds[other + 1]:
                if words[a] == words[b]:
                    total += np.float64(weights[a + 1]) * np.float64(weights[b + 1])
                a, b = a + 2 * (words[a] <= words[b]), b + 2 * (words[b] <= words[a])
            found[one * count + other] = found[other * count + one] = total
    return found
