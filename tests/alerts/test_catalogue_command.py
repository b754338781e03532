"""`varde catalogue`: what is in use, whether it is sound, and what a change would do to the alerts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.intake import analyse
from alerts.store import open_alerts
from tests.alerts.stores import TEXTS, job, named, take
from tests.conftest import Varde, printed
from tests.loading import loaded_by

OWN = """\
[[indicator]]
id = "{id}"
title = "Lantern wording"
groups = ["lantern"]
applies_to = ["job"]
weight = 3
grade = "expert"
source = "a unit's own list"
benign = "Shops sell lanterns."
patterns = ["{pattern}"]
hits = ["Bring two lanterns along."]
misses = ["Bring a lamp along."]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.toml").write_text(OWN.format(id="Z01", pattern="(two|three) lanterns?"))
    return folder


def test_list_and_show_load_nothing_that_reads_ads() -> None:
    heavy = {"spacy", "phonenumbers", "nlp.reader", "alerts.judge"}
    assert not heavy & loaded_by("alerts.commands.catalogue")


def test_list_names_every_indicator_and_its_origin(varde: Varde, own: Path) -> None:
    rows = {row["id"]: row for row in printed(varde("catalogue", "list", "--json", VARDE_CATALOGUE=str(own)))}
    assert rows["Z01"]["from"] == "own"
    assert rows["H07"]["from"] == "Varde"
    assert rows["A09"]["found_by"] == "nothing: it is not computed"
    assert len(rows) > 80


def test_table_fits_a_terminal(varde: Varde, own: Path) -> None:
    for environment in ({}, {"VARDE_CATALOGUE": str(own)}):
        lines = varde("catalogue", "list", **environment).stdout.splitlines()
        assert lines[0].split() == ["id", "title", "weight", "grade", "from"]
        assert max(map(len, lines)) <= 100
        assert len(lines) > 80
    assert lines[-1].split()[0] == "Z01"


def test_show_tells_source_and_examples(varde: Varde) -> None:
    shown = varde("catalogue", "show", "h07").stdout
    for part in ("H07", "source", "benign", "shows it", "phrases en:"):
        assert part in shown
    assert varde("catalogue", "show", "Q99").returncode == 1


def test_sound_catalogue(varde: Varde, own: Path) -> None:
    done = varde("catalogue", "check", str(own))
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
    assert "examples hold" in done.stderr


def test_entry_in_the_documentation_is_sound(varde: Varde, own: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    (own / "own.toml").write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    done = varde("catalogue", "check", str(own))
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
    assert json.loads(varde("catalogue", "show", "Z01", "--json", VARDE_CATALOGUE=str(own)).stdout)["unless"]


def test_example_that_does_not_hold_is_named(varde: Varde, own: Path) -> None:
    (own / "own.toml").write_text(OWN.format(id="Z01", pattern="bring"))
    done = varde("catalogue", "check", str(own))
    assert done.returncode == 1
    assert "Z01: shows it: 'Bring a lamp along.'" in done.stdout


def test_list_without_an_example_of_its_own_is_named(varde: Varde, own: Path) -> None:
    phrases = '[indicator.phrases]\nen = ["carry two lamps"]\n[indicator.unless]\nen = ["festival"]\n'
    (own / "own.toml").write_text(OWN.format(id="Z01", pattern="two lanterns") + phrases)
    done = varde("catalogue", "check", str(own))
    assert done.returncode == 1
    assert "own.toml: Z01: phrases.en: no hit that it shows by itself; add one to hits.en" in done.stdout
    assert "own.toml: Z01: unless.en: no miss that only it keeps from being a hit" in done.stdout
    assert "0 of" in done.stderr
    assert "2 are missing" in done.stderr


def test_pattern_that_could_hang_is_refused(varde: Varde, own: Path) -> None:
    (own / "own.toml").write_text(OWN.format(id="Z01", pattern="(?=x)lantern"))
    done = varde("catalogue", "check", str(own))
    assert done.returncode == 1
    assert "own.toml: indicator Z01: key 'patterns'" in done.stderr
    assert "linear time" in done.stderr


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "varde.db"
    db = open_alerts(path, create=True)
    take(db, [job("1", f"{TEXTS[0]} Bring two lanterns along."), job("2", f"{TEXTS[2]} Hand in your passport.")])
    analyse(db)
    db.close()
    return path


def test_diff_tells_what_would_change_and_writes_nothing(varde: Varde, own: Path, store: Path) -> None:
    (own / "h07.toml").write_text(OWN.format(id="H07", pattern="two lanterns"))
    before = store.read_bytes()
    found = printed(varde("catalogue", "diff", "shipped", str(own), "--store", str(store), "--json"))
    assert found["entries"]["Z01"] == "added"
    assert found["entries"]["H07"].startswith("changed: ")
    assert found["ads"]["Z01"] == [0, 1]
    moved = {row["cluster"]: row for row in found["clusters"]}
    assert (moved[named("1", "jobs.example")]["to"], moved[named("1", "jobs.example")]["gained"]) == ("L3", "H07 Z01")
    assert moved[named("2", "jobs.example")]["from"] == "L3"
    assert sum(old for old, _ in found["levels"].values()) == 2
    assert store.read_bytes() == before


def test_own_indicator_is_read_by_analyse(varde: Varde, own: Path, store: Path) -> None:
    environment = {"VARDE_CATALOGUE": str(own), "VARDE_STORE": str(store)}
    assert varde("analyse", **environment).returncode == 0
    out = varde("export", "ads", "--format", "jsonl", "--out", "ads.jsonl", **environment)
    assert out.returncode == 0, out.stderr
    ads = [json.loads(line) for line in (own.parent / "ads.jsonl").read_text().splitlines()]
    assert [finding["quote"] for finding in ads[0]["indicators"] if finding["id"] == "Z01"] == ["two lanterns"]


def test_broken_catalogue_is_named_by_every_command(varde: Varde, own: Path, store: Path) -> None:
    (own / "own.toml").write_text("[[indicator]]\nid = 'Z01'\n")
    done = varde("analyse", "--store", str(store), VARDE_CATALOGUE=str(own))
    assert done.returncode == 1
    assert "own.toml: indicator Z01: key 'title' is missing" in done.stderr
    assert "Traceback" not in done.stderr
