"""Which figures of a table are withheld: nobody of a few can be worked out, as a search through all tables shows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

import pytest

from alerts.sampling.cells import GRAND, Cell, Table, withhold
from alerts.sampling.designs import FEW, NoSample

ROWS, COLUMNS = ("r0", "r1", "r2"), ("c0", "c1", "c2")


def table(counts: Sequence[Sequence[int]]) -> Table:
    """A table with so many in each cell."""
    members: dict[Cell, set[str]] = {GRAND: set()}
    for row, line in zip(ROWS, counts, strict=False):
        for column, count in zip(COLUMNS, line, strict=False):
            labels = {f"{row} {column} {number}" for number in range(count)}
            cell: Cell = (("place", row), ("site", column))
            for each in (cell, cell[:1], cell[1:], GRAND):
                members.setdefault(each, set()).update(labels)
    frozen = {cell: frozenset(labels) for cell, labels in members.items()}
    return Table(("place", "site"), ROWS[: len(counts)], COLUMNS[: len(counts[0])], frozen)


def shown(made: Table, withheld: frozenset[Cell]) -> Mapping[Cell, int]:
    return {cell: made.count(cell) for cell in made.members if cell not in withheld}


def readings(made: Table, figures: Mapping[Cell, int]) -> Iterator[Mapping[Cell, int]]:
    """Every table of whole numbers that has the figures shown, by trying all."""
    inner = [made.cell(row, column) for row in made.rows for column in made.columns]
    for values in parted(figures[GRAND], [figures.get(cell) for cell in inner]):
        guess = dict(zip(inner, values, strict=True))
        for cells, total in made.lines():
            guess[total] = sum(guess[cell] for cell in cells)
        if all(guess[cell] == count for cell, count in figures.items()):
            yield guess


def parted(total: int, known: Sequence[int | None]) -> Iterator[tuple[int, ...]]:
    """Every way to part a total among cells, some of which are known."""
    if not known:
        if not total:
            yield ()
        return
    for first in range(total + 1) if known[0] is None else (known[0],):
        if first <= total:
            yield from ((first, *rest) for rest in parted(total - first, known[1:]))


def test_table_without_small_cells_is_shown_whole() -> None:
    assert withhold(table([[5, 9], [0, 12]]), set()) == frozenset()


def test_a_small_cell_takes_others_with_it() -> None:
    found = withhold(table([[3, 20, 30], [10, 20, 30], [40, 50, 60]]), set())
    assert len(found) >= 4
    for cells, total in table([[3, 20, 30], [10, 20, 30], [40, 50, 60]]).lines():
        assert sum(cell in found for cell in (*cells, total)) != 1


def test_small_totals_are_withheld_too() -> None:
    made = table([[2, 0], [20, 30]])
    found = withhold(made, set())
    assert (("place", "r0"),) in found
    assert GRAND not in found


def test_what_is_asked_for_is_withheld() -> None:
    made = table([[10, 20], [30, 40]])
    cell = made.cell("r1", "c1")
    assert cell in withhold(made, {cell})
    assert len(withhold(made, {cell})) >= 4


@pytest.mark.parametrize("seed", range(12))
def test_no_small_figure_can_be_worked_out(seed: int) -> None:
    """Whoever tries every table that fits what is shown finds five values or more for each withheld figure."""
    dice = random.Random(seed)
    made = table([[dice.choice((0, 1, 2, 3, 5)) for _ in range(2)] for _ in range(3)])
    try:
        found = withhold(made, set())
    except NoSample:
        return
    small = {cell for cell in made.members if 0 < made.count(cell) < FEW} - {GRAND}
    assert small <= found
    guesses = list(readings(made, shown(made, found)))
    least = min((1, *(made.count(cell) for cell in found)))
    fitting = [guess for guess in guesses if all(guess[cell] >= least for cell in found)]
    for cell in found:
        values = {guess[cell] for guess in fitting}
        assert max(values) - min(values) >= FEW - 1, (cell, values)


def test_table_that_hides_nobody_is_refused() -> None:
    with pytest.raises(NoSample, match="away whatever is withheld"):
        withhold(table([[3, 2]]), set())
