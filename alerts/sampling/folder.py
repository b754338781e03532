"""The folder of an extract or a report: written whole or not at all, with a checksum for each file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from alerts.export import CannotWrite, write_csv

SUMS = "SHA256SUMS"
_RUNS = ".sh"


def check_folder(out: Path) -> None:
    """Raises CannotWrite unless there is nothing at `out`, or an empty folder: nothing is mixed with what was there."""
    try:
        if out.is_symlink() or (out.exists() and not out.is_dir()):
            raise CannotWrite(f"{out}: is no folder; name a new one")
        if out.exists() and any(out.iterdir()):
            raise CannotWrite(f"{out}: is not empty; it goes into a folder of its own, name a new one")
    except OSError as error:
        raise CannotWrite(f"{out}: cannot be read ({error.strerror})") from error


def write_folder(
    out: Path, tables: Mapping[str, Sequence[Mapping[str, object]]], papers: Mapping[str, str | bytes]
) -> None:
    """Write tables as CSV, papers as they are, and SHA256SUMS of all. Raises CannotWrite, with nothing left behind.

    A name may have a folder before it.
    """
    partial = out.resolve().with_name(f".{out.resolve().name}.{os.getpid()}.part")
    try:
        for name in (SUMS, *tables, *papers):
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            with (partial / name).open("w", encoding="utf-8", newline="") as file:
                write_csv(rows, file)
        for name, text in papers.items():
            (partial / name).write_bytes(text if isinstance(text, bytes) else text.encode())
            (partial / name).chmod(0o755 if name.endswith(_RUNS) else 0o644)
        names = sorted((*tables, *papers))
        sums = [f"{sha256((partial / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
        (partial / SUMS).write_text("".join(sums), encoding="utf-8")
        partial.replace(out.resolve())
    except OSError as error:
        raise CannotWrite(f"{out}: cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
