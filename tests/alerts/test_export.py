"""Where an export goes: stdout, a new file, and whatever stands at the path already."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from alerts.export import write_jsonl, write_rows

ROWS = [{"a": 1}]
LINE = '{"a": 1}\n'


def test_fifo_is_written_to_and_stays(tmp_path: Path) -> None:
    fifo, read = tmp_path / "fifo", []
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: read.append(fifo.read_text()), daemon=True)
    reader.start()
    write_rows(ROWS, fifo, write_jsonl)
    reader.join(10)
    assert read == [LINE]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize("before", ["old\n", None], ids=["file", "nothing yet"])
def test_symlink_stays_and_its_target_is_written(tmp_path: Path, before: str | None) -> None:
    target, link = tmp_path / "target", tmp_path / "folder" / "link"
    link.parent.mkdir()
    link.symlink_to("../target")
    if before:
        target.write_text(before)
    write_rows(ROWS, link, write_jsonl)
    assert link.is_symlink()
    assert target.read_text() == LINE
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "link", "target"]


def test_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("a line that was longer\nthan the new one\n")
    write_rows(ROWS, tmp_path / "x.jsonl", write_jsonl)
    assert (tmp_path / "x.jsonl").read_text() == LINE
