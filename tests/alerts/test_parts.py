"""Where a number stands among many, told by the part that it is in."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.templates.parts import part_starts

NUMBER = st.integers(0, 2**32 - 1)
SKEWED = st.integers(0, 2**32 - 1).map(lambda number: number >> 12)
MANY = [7 * number for number in range(200)]


@given(st.lists(NUMBER | SKEWED, max_size=60), NUMBER)
@example([], 0)
@example(MANY, 2**32 - 1)
@example([*MANY, 2**32 - 1], 2**32 - 1)
def test_a_number_stands_in_its_part(some: list[int], wanted: int) -> None:
    numbers = np.array(sorted(some), np.uint32)
    starts = part_starts(numbers).tolist()
    parts = len(starts) - 1
    assert (starts[0], starts[-1]) == (0, len(numbers))
    for number in (wanted, *some):
        own = number * parts // 2**32
        assert starts[own] <= numbers.searchsorted(number) <= starts[own + 1]
        assert (number in some) == (number in numbers[starts[own] : starts[own + 1]])
