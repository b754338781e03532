"""Figures of fewer than five are withheld, and as many others as keep them from being worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from alerts.reports.exhibits import WITHHELD, Cell, Said
from alerts.sampling.audit import Figure
from alerts.sampling.cells import GRAND, Tally, withhold
from alerts.sampling.designs import FEW, NoSample

ALL = "all"


def hide(count: int, whole: int | None = None) -> Cell:
    """A count by itself: withheld if of 1 to 4, or if so few of the whole are not in it."""
    few = is_few(count) or (whole is not None and is_few(whole - count))
    return WITHHELD if few else count


def is_few(count: int) -> bool:
    return 0 < count < FEW


def hide_parts(counts: Mapping[str, int]) -> dict[str, Cell]:
    """Counts that are of one whole, which is told elsewhere, each of its own part."""
    return {
        name: cells[ALL] for name, cells in hide_table({name: {ALL: n} for name, n in counts.items()}).cells.items()
    }


@dataclass(frozen=True, slots=True)
class Hidden:
    """A table as it may be told: cells by row and column, and the totals of both."""

    cells: Mapping[str, Mapping[str, Cell]]
    rows: Mapping[str, Cell]
    columns: Mapping[str, Cell]


def hide_table(counts: Mapping[str, Mapping[str, int]]) -> Hidden:
    """Rows by columns of one whole; each row has the same columns. Where very much must be withheld, all is."""
    columns = tuple(dict.fromkeys(name for row in counts.values() for name in row))
    tally = Tally(("row", "column"), tuple(counts), columns, counts)
    hidden = _withheld(tally)

    def told(cell: Figure) -> Cell:
        return WITHHELD if cell in hidden else tally.count(cell)

    return Hidden(
        {row: {column: told(tally.cell(row, column)) for column in columns} for row in counts},
        {row: told((("row", row),)) for row in counts},
        {column: told((("column", column),)) for column in columns},
    )


def _withheld(tally: Tally) -> Set[Figure]:
    every = {cell for cell in tally.members if cell != GRAND and tally.count(cell)}
    if tally.count(GRAND) < FEW:
        return every
    try:
        return withhold(tally, set())
    except NoSample:
        return every


def hide_overlapping(counts: Mapping[str, int], union: int) -> dict[str, Cell]:
    """Counts of units that may be in several, whose union is told too.

    Where the two give away that fewer than five are in more than one, the smallest is withheld as well. None at all is
    said as such: where nothing was seen, nothing may have been looked at.
    """
    cells: dict[str, Cell] = {name: hide(n) if n else Said("nothing-seen") for name, n in counts.items()}
    told = {name: n for name, n in counts.items() if n and cells[name] != WITHHELD}
    if told and is_few(sum(counts.values()) - union):
        cells[min(told, key=lambda name: (told[name], name))] = WITHHELD
    return cells


def add(cells: Iterable[Cell]) -> Cell:
    """Their sum, withheld where one of them is."""
    found = list(cells)
    return WITHHELD if WITHHELD in found else sum(cell for cell in found if isinstance(cell, int))


def hide_union(count: int, whole: int, parts: Iterable[int]) -> Cell:
    """A count of those in any of several parts, which are told too: withheld if it tells of few beyond one of them."""
    return WITHHELD if any(is_few(count - part) for part in parts) else hide(count, whole)


def rough(value: float | None) -> Cell:
    """An estimate to three digits: what is finer is neither known nor to be told."""
    if value is None:
        return None
    return round(float(f"{value:.3g}"))
