from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.alerts.stores import LATER, TEXTS, Row, escort, job
from tests.conftest import Varde, printed

pytestmark = pytest.mark.slow

NOTIFY = """
[[file]]
name = "log"
path = "{path}"
"""


def write(path: Path, *rows: Row) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_an_analysis_matches_the_watch_list_and_tells_once(varde: Varde, tmp_path: Path) -> None:
    log = tmp_path / "told.jsonl"
    (tmp_path / "notify.toml").write_text(NOTIFY.format(path=log))
    settings = {"VARDE_NOTIFY": str(tmp_path / "notify.toml"), "VARDE_USER": "kari"}
    assert varde("import", write(tmp_path / "a.jsonl", escort("1", TEXTS[0]))).returncode == 0
    assert varde("analyse", **settings).returncode == 0
    assert varde("watch", "add", "phone", "42 00 00 17", "--case", "K-1", **settings).returncode == 0
    new = [escort("2", f"{TEXTS[1]} Ring 42 00 00 17", seen_at=LATER), job("3", f"{TEXTS[2]} Hand in your passport.")]
    assert varde("import", write(tmp_path / "b.jsonl", *new)).returncode == 0
    for _ in range(2):
        assert varde("analyse", **settings).returncode == 0
    assert "1 watch-list hit is new" in varde("alerts").stderr
    (hit,) = printed(varde("watch", "hits", "--json"))
    assert (hit["case"], hit["ad"]) == ("K-1", "a.example/2")
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert [entry["case"] for line in told for entry in line["watch"]] == ["K-1"]
    assert [alert["level"] for line in told for alert in line["alerts"]] == ["L3"]
    assert "42 00 00 17" not in log.read_text()


def test_a_wrong_notify_file_is_said_before_anything_is_read(varde: Varde, tmp_path: Path) -> None:
    (tmp_path / "notify.toml").write_text('[[file]]\nname = "log"\nwere = "x"\n')
    assert varde("import", write(tmp_path / "a.jsonl", escort("1", TEXTS[0]))).returncode == 0
    done = varde("analyse", VARDE_NOTIFY=str(tmp_path / "notify.toml"))
    assert done.returncode == 1
    assert "notify.toml" in done.stderr
    assert "read 1" not in done.stderr
