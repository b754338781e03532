"""A power cut loses nothing that was acknowledged, and leaves a store and an archive that are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.power.cuts import Work, cut, record
from tests.power.preload import find_compiler

CUTS = 150  # `python -m tests.power --cuts 2000` makes more

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="no C compiler (apt-get install gcc)")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return record(tmp_path_factory.mktemp("power"))


def test_work_is_worth_cutting(work: Work) -> None:
    synced = {Path(op.path).suffix for op in work.ops if op.kind == "s"}
    assert {".db", ".db-wal", ".gz"} <= synced
    assert len(work.acks) > 150
    assert sum(op.kind == "w" and op.path.endswith("-wal") for op in work.ops) > 2000


@pytest.mark.slow
def test_no_cut_loses_or_breaks_anything(work: Work) -> None:
    bad = [one for one in cut(work, CUTS) if one.verdict.lost or one.verdict.broken]
    assert bad == []


# the test of the test: without the guard that a promise rests on, the loss is seen


def test_store_that_is_not_synced_loses_what_it_acknowledged(tmp_path: Path) -> None:
    cuts = list(cut(record(tmp_path, without="store-sync"), 40))
    assert any(one.verdict.lost for one in cuts)


def test_archive_that_is_not_synced_is_found_broken(tmp_path: Path) -> None:
    cuts = list(cut(record(tmp_path, without="archive-sync"), 40))
    assert any(one.verdict.broken for one in cuts)
    assert not any(one.verdict.lost for one in cuts)
