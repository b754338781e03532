from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from alerts.linking.components import Components

PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60)


def components(pairs: list[tuple[int, int]]) -> list[list[int]]:
    groups = Components(range(31))
    for one, other in pairs:
        groups.join(one, other)
    return groups.lists()


def reachable(pairs: list[tuple[int, int]], start: int) -> set[int]:
    """The component of `start` by plain search."""
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        near = {b for a, b in pairs if a == here} | {a for a, b in pairs if b == here}
        todo += near - found
        found |= near
    return found


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_of_joining_does_not_matter(pairs: list[tuple[int, int]], shuffle: random.Random) -> None:
    mixed = pairs[:]
    shuffle.shuffle(mixed)
    assert components(pairs) == components(mixed)


@given(PAIRS)
def test_components_are_what_can_be_reached(pairs: list[tuple[int, int]]) -> None:
    for members in components(pairs):
        assert set(members) == reachable(pairs, members[0])


def test_root_is_the_smallest_number() -> None:
    groups = Components([3, 5, 9])
    groups.join(9, 5)
    groups.join(5, 3)
    assert groups.root(9) == 3
    assert groups.root(5) == 3
