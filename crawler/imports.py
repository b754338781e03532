"""Ads from files: JSON Lines and CSV rows become observations; rows that are no ads are kept beside."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from crawler.ads import KEYS, Ad, AdError, parse_ad_row
from crawler.console import say
from crawler.database import Database
from crawler.errors import VardeError
from crawler.store import observe_all

MAX_LINE = 64_000_000  # bytes; a longer line is rejected, not read
_BATCH = 500
REJECTED = ".rejected.jsonl"


class ImportFault(VardeError):
    """A whole file cannot be taken; the message says why and what would work. Raised by `import_file`."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that is no ad. `line` counts from 1; `row` is the row itself, or its bytes as text."""

    line: int
    reason: str
    row: Any


@dataclass(slots=True)
class ImportReport:
    """What became of the rows of one file; `rejected_file` names where the bad ones are kept.

    Of an archive, `lists` are pages without ads that led to some, `passed_over` records that are no page of the site.
    """

    file: str
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    rejected_file: str = ""
    lists: int = 0
    passed_over: int = 0


def import_file(db: Database, file: Path, *, given: Mapping[str, str], columns: Mapping[str, str]) -> ImportReport:
    """Store every good row of `file` ("-" is stdin) and keep the others in FILE.rejected.jsonl.

    `given` are values for keys that a row lacks (kind, site, seen_at); `columns` maps a column to a
    key, to `extra.x`, or to `-` to leave it out; the column `#` is the number of the row.
    Raises ImportFault where the file cannot be read, or a CSV header has columns nobody knows.
    """
    report = ImportReport(str(file))
    if file.name.endswith(REJECTED):
        say(f"{file}: left out: these are rows that were rejected before, not ads")
        return report
    path = Path("stdin" + REJECTED) if str(file) == "-" else file.with_name(file.name + REJECTED)
    with closing(RejectedFile(path)) as rejected:
        try:
            ads = _ads(_rows(file, columns), given, columns, rejected)
            while batch := list(islice(ads, _BATCH)):
                store_batch(db, file, batch, report)
        except OSError as error:
            raise ImportFault(f"{file}: cannot be read ({error.strerror})") from error
        report.rejected, report.rejected_file = rejected.count, rejected.finish()
    return report


class RejectedFile:
    """The rejected rows, written beside their file as they come, so that an import that is stopped keeps them.

    A fault of this file is told at the end, by `finish`: it must not cost the good rows.
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._path = path
        self._file: TextIO | None = None
        self._fault: OSError | None = None

    def keep(self, item: Rejected) -> None:
        self.count += 1
        row = json.dumps({"line": item.line, "reason": item.reason, "row": item.row}, ensure_ascii=False)
        try:
            if self._file is None:
                self._file = self._path.open("w", encoding="utf-8", errors="replace", buffering=1)
            self._file.write(row + "\n")
        except OSError as error:
            self._fault = error

    def finish(self) -> str:
        """The name of the file; "" where nothing was rejected, which takes an old file of them away."""
        try:
            if not self.count:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            self._fault = error
        if self._fault:
            raise ImportFault(
                f"{self._path}: {self.count} rejected rows cannot be written ({self._fault.strerror}); "
                "every good row is stored"
            ) from self._fault
        return str(self._path) if self.count else ""

    def close(self) -> None:
        if self._file:
            self._file.close()


def store_batch(db: Database, file: Path, batch: Sequence[tuple[int | str, Ad]], report: ImportReport) -> None:
    """Store ads, each with the place in the file that it came from, in one transaction."""
    name = file.name.encode(errors="backslashreplace").decode()  # a file's name need not be text
    for outcome in observe_all(db, [(ad, f"import {name}:{place}") for place, ad in batch]):
        setattr(report, outcome, getattr(report, outcome) + 1)


def _ads(
    rows: Iterable[tuple[int, Any]],
    given: Mapping[str, str],
    columns: Mapping[str, str],
    rejected: RejectedFile,
) -> Iterator[tuple[int, Ad]]:
    for line, row in rows:
        if isinstance(row, Rejected):
            rejected.keep(row)
            continue
        try:
            yield line, parse_ad_row(_filled(_mapped(row | {"#": str(line)}, columns), given))
        except AdError as error:
            rejected.keep(Rejected(line, str(error), row))


def _filled(row: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The row with the given values where it has none; null is none."""
    return {**row, **{key: value for key, value in given.items() if row.get(key) is None}}


def _mapped(row: dict[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """A row under the names of the import format."""
    result: dict[str, Any] = {}
    aside: dict[str, Any] = {}
    for name, value in row.items():
        key = columns.get(name, "-" if name == "#" else name)
        if key.startswith("extra."):
            aside[key.removeprefix("extra.")] = value
        elif key != "-":
            result[key] = value
    if aside and isinstance(result.get("extra", {}), dict):
        result["extra"] = result.get("extra", {}) | aside
    return result


def _rows(file: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, Any]]:
    if str(file) == "-":
        return _json_rows(sys.stdin.buffer)
    match file.suffix.lower():
        case ".jsonl" | ".ndjson":
            return _json_file(file)
        case ".csv":
            return _csv_rows(file, columns)
    raise ImportFault(
        f"{file}: not a kind of file that is read; known: .jsonl .ndjson .csv, .warc .warc.gz .wacz with --site, "
        "or - for JSON Lines on stdin"
    )


def _json_file(file: Path) -> Iterator[tuple[int, Any]]:
    with file.open("rb") as stream:
        yield from _json_rows(stream)


def _json_rows(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    line = 0
    while raw := stream.readline(MAX_LINE + 1):
        line += 1
        if len(raw) > MAX_LINE:
            yield (
                line,
                Rejected(line, f"line is longer than {MAX_LINE:,} bytes", raw[:200].decode("utf-8", "replace")),
            )
            _skip_line(stream, raw)
        elif raw.strip():
            yield line, _json_row(line, raw)


def _skip_line(stream: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(MAX_LINE)


def _json_row(line: int, raw: bytes) -> Any:
    try:
        row = json.loads(raw.decode("utf-8-sig" if line == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return Rejected(line, f"not UTF-8: {error.reason} at byte {error.start}", raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        cut = "" if raw.endswith(b"\n") else "; the file ends without a line end, so it may have been cut"
        return Rejected(line, f"not JSON: {error}{cut}", raw.decode("utf-8", "replace"))
    if not isinstance(row, dict):
        return Rejected(line, f"{type(row).__name__}; a row is one object", row)
    return row


def _csv_rows(file: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, Any]]:
    csv.field_size_limit(MAX_LINE)
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        _check_separator(file, stream.readline(MAX_LINE))
        stream.seek(0)
        # NULs make the csv module give up on the whole file; as U+FFFD they are kept visible
        reader = csv.DictReader((line.replace("\0", "\ufffd") for line in stream), restkey="", strict=True)
        _check_header(file, _header(file, reader), columns)
        line = 0
        while True:
            line += 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                yield line, Rejected(line, f"not CSV: {error} (near line {reader.line_num} of the file)", "")
                continue
            if row is None:
                return
            yield line, _csv_row(line, row)


def _check_separator(file: Path, head: str) -> None:
    """Spreadsheets in much of Europe write another separator and still call it CSV."""
    for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if separator in head and "," not in head:
            raise ImportFault(f"{file}: the columns are separated by {name} ({separator!r}); save it with commas")


def _header(file: Path, reader: csv.DictReader[str]) -> Sequence[str]:
    try:
        return reader.fieldnames or ()
    except csv.Error as error:
        raise ImportFault(f"{file}: the header cannot be read ({error})") from error


def _csv_row(line: int, row: dict[str, Any]) -> Any:
    if "" in row:
        return Rejected(line, "more fields than the header has columns; is a quote or a separator missing?", row)
    if None in row.values():
        return Rejected(line, "fewer fields than the header has columns; was the file cut?", row)
    return {name: value for name, value in row.items() if value != ""}


def _check_header(file: Path, names: Sequence[str], columns: Mapping[str, str]) -> None:
    unknown = [name for name in names if columns.get(name, name).split(".")[0] not in (*KEYS, "-")]
    absent = [name for name in columns if name not in (*names, "#")]
    for name in names:
        if names.count(name) > 1:
            raise ImportFault(f"{file}: column {name!r} stands twice in the header; one of the two would be lost")
    for key, (first, *more) in _columns_of_keys(names, columns).items():
        if more:
            raise ImportFault(
                f"{file}: key {key!r} is given by two columns, {first!r} and {more[0]!r}; --map one of them to -"
            )
    if absent:
        raise ImportFault(f"{file}: --map names columns that are not there: {absent}; columns: {', '.join(names)}")
    if unknown:
        raise ImportFault(
            f"{file}: columns nobody knows: {unknown}; known keys: {', '.join(KEYS)}. "
            f"Say what each is with --map {unknown[0]}=KEY, --map {unknown[0]}=extra.{unknown[0]} to keep it, "
            "or =- to leave it out"
        )


def _columns_of_keys(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for name in {**dict.fromkeys(names), **columns}:
        keys.setdefault(columns.get(name, name), []).append(name)
    keys.pop("-", None)
    return keys
