"""Counts from a CSV file: checked strictly, because a slip in a table becomes a wrong number in a newspaper."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.population.histories import Described, Frequencies, Histories, History, Occasions
from crawler.errors import VardeError

COUNT_NAMES = ("count", "n", "freq")
MAX_COUNT = 10**9
SHAPES = (
    "columns of 0 and 1, one a list, and a column `count`; or `times,count`, with columns before them that say what is "
    "known of those; or `caught,recaptured,marked`, a row an occasion; or columns of 0 and 1 alone, a row each contact"
)
Counts = Histories | Frequencies | Described | Occasions
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)
_TIMES, _OCCASIONS = ("times", "count"), ("caught", "recaptured", "marked")


class BadCounts(VardeError):
    """A table of counts that cannot be used; the message names file, line and column, and what would have worked."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the file, with the means to complain about it."""

    file: str
    line: int
    names: Sequence[str]
    cells: Sequence[str]

    def error(self, what: str) -> BadCounts:
        return BadCounts(f"{self.file}:{self.line}: {what}")

    def number(self, place: int) -> int:
        """The cell as a whole number from 0 to MAX_COUNT. Raises BadCounts."""
        cell = self.cells[place].strip()
        if not _WHOLE.fullmatch(cell) or int(cell) > MAX_COUNT:
            raise self.error(
                f"column {self.names[place]}: {cell[:40]!r} is no whole number from 0 to {MAX_COUNT:,}; "
                "counts are of contacts, neither weighted nor shares"
            )
        return int(cell)

    def value(self, place: int) -> str:
        """The cell as it stands. Raises BadCounts if it is empty."""
        cell = self.cells[place].strip()
        if not cell:
            raise self.error(f"column {self.names[place]}: the cell is empty; write what is not known as a word")
        return cell

    def mark(self, place: int) -> int:
        """The cell as 0 or 1. Raises BadCounts."""
        cell = self.cells[place].strip()
        if cell not in {"0", "1"}:
            raise self.error(
                f"column {self.names[place]}: {cell[:40]!r} is neither 0 nor 1; a column of counts is the last one and "
                f"is named {' or '.join(COUNT_NAMES)}"
            )
        return int(cell)


def read_counts(path: Path) -> Counts:
    """The counts in a CSV file (UTF-8, a header, commas), in one of the SHAPES. Raises BadCounts."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = _rows(path.name, csv.reader(lines, strict=True, skipinitialspace=True))
            header = next(rows, None)
            if header is None:
                raise BadCounts(f"{path}: the file is empty; it takes {SHAPES}")
            return _read(header, rows)
    except OSError as error:
        raise BadCounts(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadCounts(f"{path}: is not UTF-8 (byte {error.start}); save it as CSV UTF-8") from error
    except csv.Error as error:
        raise BadCounts(f"{path}: is no CSV ({error})") from error


def _rows(file: str, reader: Iterator[list[str]]) -> Iterator[_Row]:
    """The header, whose cells are its names, then each line that holds anything. Raises BadCounts for ragged ones."""
    names: list[str] = []
    for cells in reader:
        line: int = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        names = names or [cell.strip() for cell in cells]
        row = _Row(file, line, names, cells)
        if len(cells) != len(names):
            raise row.error(f"{len(cells)} cells where the header has {len(names)}")
        yield row


def _read(header: _Row, rows: Iterator[_Row]) -> Counts:
    names = tuple(name.lower() for name in header.names)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or "" in names:
        raise header.error(f"two columns are named {twice!r}" if twice else "a column has no name")
    if names == _TIMES:
        return _frequencies(header, rows)
    if names == _OCCASIONS:
        return _occasions(header, rows)
    if names[-1] == _TIMES[0] or names[-2:] == _TIMES:
        return _described(header, rows, has_counts=names[-1] == _TIMES[1])
    return _histories(header, rows, has_counts=names[-1] in COUNT_NAMES)


def _frequencies(header: _Row, rows: Iterator[_Row]) -> Frequencies:
    counts: dict[int, int] = {}
    for row in rows:
        times, count = row.number(0), row.number(1)
        if times == 0:
            raise row.error("column times: how many were seen no time is what is to be estimated; leave the row out")
        if times in counts:
            raise row.error(f"column times: {times} has a row already; one row for each number of times")
        counts[times] = count
    if not sum(counts.values()):
        raise header.error("the table counts nobody: at least one count must be above 0")
    return Frequencies(counts)


def _described(header: _Row, rows: Iterator[_Row], *, has_counts: bool) -> Described:
    known = len(header.names) - 1 - has_counts
    if not known:
        raise header.error(f"a column times alone: put a column count after it, or columns before it; {SHAPES}")
    counts: dict[tuple[tuple[str, ...], int], int] = {}
    lines: dict[tuple[tuple[str, ...], int], int] = {}
    for row in rows:
        key = tuple(row.value(place) for place in range(known)), row.number(known)
        if key[1] == 0:
            raise row.error("column times: those seen no time are what is to be estimated; leave the row out")
        if has_counts and key in lines:
            raise row.error(f"the same values and times are on line {lines[key]} already; put both counts into one row")
        lines[key] = row.line
        counts[key] = counts.get(key, 0) + (row.number(known + 1) if has_counts else 1)
    counts = {key: count for key, count in counts.items() if count}
    if not counts:
        raise header.error("the table counts nobody: at least one count must be above 0")
    return Described(tuple(header.names[:known]), counts)


def _occasions(header: _Row, rows: Iterator[_Row]) -> Occasions:
    taken = [(row.number(0), row.number(1), row.number(2)) for row in _checked(rows)]
    if len(taken) < 2:
        raise header.error("one occasion says nothing of those unseen: at least two rows")
    caught, recaptured, marked = zip(*taken, strict=True)
    return Occasions(caught, recaptured, marked)


def _checked(rows: Iterator[_Row]) -> Iterator[_Row]:
    new = 0
    for row in rows:
        caught, again, marked = (row.number(place) for place in range(3))
        if again > min(caught, marked):
            raise row.error(f"column recaptured: {again} of {caught} seen and {marked} known cannot be seen again")
        if marked > new:
            raise row.error(f"column marked: {marked} cannot be known where {new} were new on the occasions before")
        new += caught - again
        yield row


def _histories(header: _Row, rows: Iterator[_Row], *, has_counts: bool) -> Histories:
    lists = tuple(header.names[:-1] if has_counts else header.names)
    if len(lists) < 2:
        raise header.error(
            f"{len(lists)} list: what was not seen shows only between two or more; the file takes {SHAPES}"
        )
    counts: dict[History, int] = {}
    lines: dict[History, int] = {}
    for row in rows:
        history = tuple(row.mark(place) for place in range(len(lists)))
        if not any(history):
            raise row.error("a contact on no list cannot have been counted; leave the row out")
        if has_counts and history in lines:
            raise row.error(f"the history is on line {lines[history]} already; put both counts into one row")
        lines[history] = row.line
        counts[history] = counts.get(history, 0) + (row.number(len(lists)) if has_counts else 1)
    counts = {history: count for history, count in counts.items() if count}
    empty = [name for place, name in enumerate(lists) if not any(history[place] for history in counts)]
    if empty:
        raise header.error(f"column {empty[0]}: no contact is on this list; leave the column out")
    return Histories(lists, counts)
