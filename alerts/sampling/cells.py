"""A table of two traits with totals, and which figures are withheld so that none of a few can be worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set, Sized
from dataclasses import dataclass, field
from typing import Protocol

from alerts.sampling.audit import Line, ranges
from alerts.sampling.designs import FEW, NoSample, Sample

Cell = tuple[tuple[str, str], ...]
"""Trait and value, for each trait that the figure is of: two for a cell, one for a total, none for the grand total."""

GRAND: Cell = ()
MOST_WITHHELD = 400
_WIDE = FEW - 1  # how far apart the least and the most that a withheld figure may be must lie


class Cells(Protocol):
    """What figures can be withheld of: a table of two traits, with every cell, total and the grand total."""

    @property
    def traits(self) -> tuple[str, str]: ...

    @property
    def members(self) -> Mapping[Cell, Sized]: ...

    def count(self, cell: Cell) -> int: ...

    def lines(self) -> Iterator[tuple[list[Cell], Cell]]:
        """Each row and column with its total, then the totals with the grand total."""


@dataclass(frozen=True, slots=True)
class _Lined:
    """Two traits with their values."""

    traits: tuple[str, str]
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def cell(self, row: str, column: str) -> Cell:
        return (self.traits[0], row), (self.traits[1], column)

    def lines(self) -> Iterator[tuple[list[Cell], Cell]]:
        """Each row and column with its total, then the totals with the grand total."""
        for row in self.rows:
            yield [self.cell(row, column) for column in self.columns], ((self.traits[0], row),)
        for column in self.columns:
            yield [self.cell(row, column) for row in self.rows], ((self.traits[1], column),)
        yield [((self.traits[0], row),) for row in self.rows], GRAND
        yield [((self.traits[1], column),) for column in self.columns], GRAND


@dataclass(frozen=True, slots=True)
class Table(_Lined):
    """Who is in each cell, total and the grand total, by their labels. Every cell is there, if of nobody."""

    members: Mapping[Cell, frozenset[str]]

    def count(self, cell: Cell) -> int:
        return len(self.members[cell])


@dataclass(frozen=True, slots=True)
class Tally(_Lined):
    """How many are in each cell, where it is not known who: `counts` by row, then by column."""

    counts: Mapping[str, Mapping[str, int]]
    members: Mapping[Cell, range] = field(init=False)

    def __post_init__(self) -> None:
        members: dict[Cell, range] = {}
        for cells, total in self.lines():
            for cell in cells:
                members.setdefault(cell, range(self.counts[cell[0][1]][cell[1][1]] if len(cell) == 2 else 0))
            members[total] = range(sum(len(members[cell]) for cell in cells))
        object.__setattr__(self, "members", members)

    def count(self, cell: Cell) -> int:
        return len(self.members[cell])


def make_table(sample: Sample, traits: tuple[str, str]) -> Table:
    """Everybody once, where most of their sightings are."""
    members: dict[Cell, set[str]] = defaultdict(set)
    rows, columns = set(), set()
    for one in sample.members:
        row, column = one.usual(traits[0]), one.usual(traits[1])
        rows.add(row)
        columns.add(column)
        for cell in (((traits[0], row), (traits[1], column)), ((traits[0], row),), ((traits[1], column),), GRAND):
            members[cell].add(one.label)
    table = Table(traits, tuple(sorted(rows)), tuple(sorted(columns)), {})
    every = [cell for cells, total in table.lines() for cell in (*cells, total)]
    return Table(traits, table.rows, table.columns, {cell: frozenset(members[cell]) for cell in every})


def withhold(table: Cells, also: Set[Cell]) -> frozenset[Cell]:
    """The cells and totals that are not shown: those of 1 to 4, those of `also`, and as many others as it takes.

    Others go with them until no withheld figure can be narrowed down, from all that is shown, to fewer than FEW values.
    The smallest that helps is taken. Raises NoSample for a table of very many small cells.
    """
    withheld = {cell for cell in table.members if 0 < table.count(cell) < FEW} | set(also)
    withheld.discard(GRAND)
    while True:
        while alone := _bare_line(table, withheld):
            withheld.add(alone)
        if len(withheld) > MOST_WITHHELD:
            raise NoSample(
                f"of the table of {' and '.join(table.traits)} {len(withheld)} figures would be withheld: it is too "
                "fine; take coarser places or other traits"
            )
        extra = _exposed(table, withheld)
        if extra is None:
            return frozenset(withheld)
        withheld.add(extra)


def _bare_line(table: Cells, withheld: Set[Cell]) -> Cell | None:
    """What is to be withheld beside the only one of a line, which its total would give away."""
    for cells, total in table.lines():
        if sum(cell in withheld for cell in (*cells, total)) == 1:
            return _cheapest(table, cells, total, withheld)
    return None


def _exposed(table: Cells, withheld: Set[Cell]) -> Cell | None:
    """What is to be withheld beside a figure that all that is shown narrows down too far; None if nothing does."""
    found = ranges(_unknowns(table, withheld), least=min((1, *(table.count(cell) for cell in withheld))))
    narrow = sorted(cell for cell, (least, most) in found.items() if most - least < _WIDE)
    for cell in narrow:
        for cells, total in table.lines():
            if cell in (*cells, total) and (extra := _cheapest(table, cells, total, withheld)):
                return extra
    if narrow:
        raise NoSample(
            f"the table of {' and '.join(table.traits)} gives cells of fewer than {FEW} away whatever is withheld; "
            "take a larger sample, coarser places or other traits"
        )
    return None


def _cheapest(table: Cells, cells: list[Cell], total: Cell, withheld: Set[Cell]) -> Cell | None:
    """The smallest of a line that is shown, one of nobody only where there is no other; the total as the last."""
    able = [cell for cell in cells if cell not in withheld]
    if able:
        return min(able, key=lambda cell: (not table.count(cell), table.count(cell), cell))
    return total if total not in withheld and total != GRAND else None


def _unknowns(table: Cells, withheld: Set[Cell]) -> list[Line]:
    """What a reader knows of the withheld: how they add up."""
    lines = []
    for cells, total in table.lines():
        parts = {cell: 1 for cell in cells if cell in withheld}
        known = sum(table.count(cell) for cell in cells if cell not in withheld)
        if total in withheld:
            lines.append(Line(parts | {total: -1}, -known))
        elif parts:
            lines.append(Line(parts, table.count(total) - known))
    return lines
