"""Writes rows to a file as JSON Lines or CSV."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from crawler.errors import VardeError

# A cell that begins with one of these runs as a formula in a spreadsheet (OWASP ASVS 5.0, V1.2.10).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Writer = Callable[[Iterable[Mapping[str, Any]], TextIO], int]


class CannotWrite(VardeError):
    """The file cannot be written. Raised by `varde export` and `varde cluster --geojson`."""


def write_rows(rows: Iterable[Mapping[str, Any]], path: Path, write: Writer) -> int:
    """Write rows to `path` ("-" is stdout); returns how many.

    A regular file appears whole or not at all. What a symlink points at is written, the link stays; a device, FIFO or
    socket is written to and never replaced.
    """
    if str(path) == "-":
        return _write_stdout(rows, write)
    if path.exists() and not path.is_file():
        with _open(path) as file:
            return write(rows, file)
    return _write_file(rows, path.resolve(), write)


def _write_stdout(rows: Iterable[Mapping[str, Any]], write: Writer) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # the formats are UTF-8, whatever the terminal is
    count = write(rows, sys.stdout)
    sys.stdout.flush()
    return count


def _write_file(rows: Iterable[Mapping[str, Any]], path: Path, write: Writer) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _open(partial) as file:
            count = write(rows, file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", errors="replace", newline="")


def write_jsonl(rows: Iterable[Mapping[str, Any]], file: TextIO) -> int:
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def write_csv(rows: Iterable[Mapping[str, Any]], file: TextIO) -> int:
    """CSV with a header; lists and objects as JSON in their cell, formulas made harmless by a quote mark."""
    writer, count = csv.writer(file, quoting=csv.QUOTE_ALL), 0
    for row in rows:
        if not count:
            writer.writerow(row)
        writer.writerow(map(_cell, row.values()))
        count += 1
    return count


def _cell(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


FORMATS = {"jsonl": write_jsonl, "csv": write_csv}
