"""What a report is made of: tables, each with what it counts and how it was made, and the plot of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from crawler.errors import VardeError


class NoReport(VardeError):
    """There is nothing to report; the message says why, and what would work."""


@dataclass(frozen=True, slots=True)
class Said:
    """A word of the report by its key under [value] of the words. A CSV has the key, in whatever language."""

    key: str


WITHHELD, NOT_STATED = Said("withheld"), Said("not-stated")
Cell = int | float | str | Said | None
"""A count (int), a share from 0 to 1 (float), a name as it stands in the store or the catalogue, a word, or nothing."""

Shape = Literal["lines", "bars", "map", "curves", "shares", "ranges"]


@dataclass(frozen=True, slots=True)
class Plot:
    """How a table is drawn: `label` and `value` name columns, as do `low` and `high` for the ends of an interval, and
    `beside` for a second line. Curves are drawn for each value of `label` over the column `days`;
    ranges for each row, which `label` and `beside` name together.
    """

    shape: Shape
    label: str
    value: str
    low: str = ""
    high: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence by its key under [note] of the words, and what is filled into it."""

    key: str
    values: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One table. `key` names its words and its file; `unit` is what it counts, and `n` how many of that it is of.

    Each of `rows` has a cell for each of `columns`.
    """

    key: str
    unit: str
    n: Cell
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    plots: tuple[Plot, ...] = ()
    notes: tuple[Note, ...] = ()

    def column(self, name: str) -> tuple[Cell, ...]:
        place = self.columns.index(name)
        return tuple(row[place] for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`kind` names the words of its title. `unknown` is what it does not say. Days are of UTC; `last` counts."""

    kind: str
    first: date
    last: date
    sites: tuple[str, ...]
    ad_kinds: tuple[str, ...]
    contacts: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    unknown: tuple[Note, ...]
