"""Compiled code where there is no place to keep it, and that it is loaded only where it is worth it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOOP = """
import sys
from alerts.compiled import NUMBERS, SIZE, compiled

@compiled(SIZE, NUMBERS)
def total(numbers):
    found = 0
    for number in numbers:
        found += number
    return found
"""

NOWHERE = """
from numba.core.caching import CacheImpl
CacheImpl._locator_classes = []
"""

FULL = """
import errno
from numba.core.caching import IndexDataCacheFile
def save(*_):
    raise OSError(errno.ENOSPC, "No space left on device")
IndexDataCacheFile.save = save
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "loop.py").write_text(LOOP, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={"PYTHONPATH": f"{ROOT}:{folder}", "HOME": str(folder)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("trouble", ["", NOWHERE, FULL], ids=["kept", "no place", "full disk"])
def test_a_loop_is_compiled_whether_or_not_it_can_be_kept(trouble: str, tmp_path: Path) -> None:
    code = f"{trouble}\nimport numpy, loop\nprint(loop.total(numpy.arange(5, dtype=numpy.uint32)))"
    done = run(code, tmp_path)
    assert (done.stdout, done.stderr) == ("10\n", "")
    assert bool(list((tmp_path / "__pycache__").glob("loop.total*"))) == (not trouble)


def test_a_small_store_is_looked_at_without_it(tmp_path: Path) -> None:
    done = run("import sys, alerts.concluding\nprint('numba' in sys.modules)", tmp_path)
    assert (done.stdout, done.stderr) == ("False\n", "")
