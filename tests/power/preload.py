"""The shim that is loaded before libc: built once a run, and the environment that puts a process under it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")


def find_compiler() -> str | None:
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def build(folder: Path) -> Path:
    """Compile the shim into `folder`. Needs a C compiler."""
    library, compiler = folder / "shim.so", find_compiler()
    assert compiler
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-pthread"], check=True)
    return library


def under(library: Path, watched: Path, *, log: Path | None = None, fail: str = "") -> dict[str, str]:
    """The variables that put a process under the shim.

    `fail` is "SUFFIX OP N ERRNO" as in "-wal write 7 ENOSPC": what happens from the Nth write or sync on.
    """
    variables = {"LD_PRELOAD": str(library), "SHIM_FOLDER": os.path.realpath(watched)}
    if log:
        variables["SHIM_LOG"] = str(log)
    if fail:
        suffix, op, at, name = fail.split()
        variables["SHIM_FAIL"] = f"{suffix} {op} {at} {getattr(errno, name)}"
    return variables
