"""Figures of fewer than five are withheld, and as many others as keep them from being worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerts.reports.exhibits import WITHHELD, Cell, Said
from alerts.sampling.cells import Tally, withhold
from alerts.sampling.designs import FEW

ALL = "all"


def hide(count: int, whole: int | None = None) -> Cell:
    """A count by itself: withheld if of 1 to 4, or if so few of the whole are not in it."""
    few = is_few(count) or (whole is not None and is_few(whole - count))
    return WITHHELD if few else count


def hide_seen(count: int) -> Cell:
    """A count of a stretch of time: where nothing was seen, nothing may have been looked at."""
    return hide(count) if count else Said("nothing-seen")


def is_few(count: int) -> bool:
    return 0 < count < FEW


def hide_parts(counts: Mapping[str, int]) -> dict[str, Cell]:
    """Counts that are of one whole, which is told elsewhere, each of its own part."""
    return {name: cells[ALL] for name, cells in hide_table({name: {ALL: n} for name, n in counts.items()}).items()}


def hide_table(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, Cell]]:
    """Rows by columns of one whole; each row has the same columns. Raises NoSample if very much would be withheld."""
    columns = tuple(dict.fromkeys(name for row in counts.values() for name in row))
    if sum(sum(row.values()) for row in counts.values()) < FEW:
        return {name: {column: WITHHELD if any(row.values()) else 0 for column in row} for name, row in counts.items()}
    tally = Tally(("row", "column"), tuple(counts), columns, counts)
    hidden = withhold(tally, set())
    return {
        name: {column: WITHHELD if tally.cell(name, column) in hidden else n for column, n in row.items()}
        for name, row in counts.items()
    }


def hide_union(count: int, whole: int, parts: Iterable[int]) -> Cell:
    """A count of those in any of several parts, which are told too: withheld if it tells of few beyond one of them."""
    return WITHHELD if any(is_few(count - part) for part in parts) else hide(count, whole)


def rough(value: float | None) -> Cell:
    """An estimate to three digits: what is finer is neither known nor to be told."""
    if value is None:
        return None
    return round(float(f"{value:.3g}"))
