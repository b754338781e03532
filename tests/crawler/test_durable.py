"""Files that a kill leaves whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.durable import write_draft, write_whole


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"first", b"second"):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_whole(path, b"first")
    with pytest.raises(TypeError):
        write_whole(path, "text")  # type: ignore[arg-type]
    assert path.read_bytes() == b"first"


def test_draft_lies_beside_and_is_its_owners(tmp_path: Path) -> None:
    draft = write_draft(tmp_path / "key.pem", b"key", 0o600)
    assert (draft.parent, draft.stat().st_mode & 0o777, draft.read_bytes()) == (tmp_path, 0o600, b"key")
    assert not (tmp_path / "key.pem").exists()
