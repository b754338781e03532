"""What every command shares: the --store and --json options, tables on stdout, messages on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

# Variation selectors and the frames of keycap digits: many terminals draw a box for them, over the digit before.
_UNDRAWN = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0x20DD, 0x20E5), *range(0xE0100, 0xE01F0)])


def store_option(command: F) -> F:
    """--store after the command's name as well as before it; the command gets `store: Path`."""

    def chosen(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path:
        return value or ctx.find_object(Path) or Path("varde.db")

    return click.option("--store", type=click.Path(path_type=Path), callback=chosen, help="The SQLite file.")(command)


def json_option(command: F) -> F:
    """--json; the command gets `as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(command)


def say(message: str) -> None:
    """A message or progress line for the person, on stderr."""
    print(harmless(message), file=sys.stderr, flush=True)


def write(lines: Iterable[str]) -> None:
    """Single lines for the person on stdout."""
    for line in lines:
        click.echo(harmless(line))


def write_json(value: object) -> None:
    """A value as JSON on stdout; a stdout that is no UTF-8 gets \\u escapes, which are JSON too."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    click.echo(json.dumps(value, ensure_ascii=not encoding.lower().startswith("utf"), indent=2))


def harmless(line: str) -> str:
    """One line without what a terminal would obey: an ad may hold escape sequences, marks that turn its line round,
    or a line break that would forge a line of ours. Of a keycap digit the digit is shown.
    """
    if line.isascii() and line.isprintable():
        return line
    return "".join(c if c.isprintable() else "\ufffd" for c in line.translate(_UNDRAWN))


@contextmanager
def resumable() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block with one line and exit code 1. Only for work that stores as it goes."""
    try:
        yield
    except KeyboardInterrupt:
        say("stopped; what was read is stored, the same command goes on")
        raise click.exceptions.Exit(1) from None


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str) -> None:
    """Rows as an aligned table or as JSON on stdout; `empty` is said on stderr when there are none."""
    if as_json:
        write_json(list(rows))
    elif rows:
        write(table(rows).splitlines())
    else:
        say(empty)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """An aligned table with a header; numbers to the right. All rows have the keys of the first."""
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    right = [isinstance(rows[0][name], int | float) for name in names]
    lines = [
        _line([name.replace("_", " ") for name in names], widths, right),
        _line(["─" * w for w in widths], widths, right),
    ]
    return "\n".join([*lines, *(_line(line, widths, right) for line in cells)])


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = (cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(cells, widths, right, strict=True))
    return "  ".join(padded).rstrip()


def _cell(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())
