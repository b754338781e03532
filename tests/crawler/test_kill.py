"""What is killed again and again loses no page, stores no ad twice and breaks no chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.suite import crash

KILLS, SEED = 8, 20260501  # `python -m tests.crash --kills 200` makes more


@pytest.mark.slow
def test_kills_lose_nothing(tmp_path: Path) -> None:
    trials = list(crash(tmp_path, kills=KILLS, seed=SEED))
    assert {trial.what for trial in trials} == {"crawl", "import", "analyse"}
    assert sum(trial.kills for trial in trials) == KILLS
    assert [trial for trial in trials if trial.faults] == []
