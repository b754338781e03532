"""`varde schedule` with real crawls of servers on loopback: what is due starts, a kill loses nothing."""

from __future__ import annotations

import fcntl
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.evidence import archive_folder
from crawler.runlog import note_new
from crawler.store import open_store
from tests.conftest import VARDE, Serve, Varde, clean_environment, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import Route

HOURLY = 'schedule = "0 * * * *"'
ADS = 50
UNITS = Path(__file__).parents[2] / "deploy"


def site_of(ads: int = 2) -> dict[str, Route]:
    pages: dict[str, Route] = {f"/ad/{number}": ad_page(number) for number in range(ads)}
    return {"/list": list_page(pages), **pages}


def make_due(folder: Path, *names: str) -> None:
    """The sites missed their last three times."""
    with closing(open_store(folder / "varde.db", create=True)) as db:
        for name in names:
            note_new(db, name, datetime.now(UTC) - timedelta(hours=3))


def runs(folder: Path) -> list[tuple[str, str]]:
    """The runs in the order in which they started, as (site, outcome)."""
    with closing(open_store(folder / "varde.db", create=True)) as db:
        rows = db.execute("SELECT site, outcome FROM runs WHERE outcome <> 'new' ORDER BY id")
        return [(str(site), str(outcome)) for site, outcome in rows]


def wait_until(is_so: Callable[[], bool], seconds: float = 100) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


@contextmanager
def timetable(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`varde schedule` on the site files of `folder`/sites; killed at the end if it still runs."""
    log = (folder / "log").open("a+", encoding="utf-8")
    command = [VARDE, "schedule", "--sites", str(folder / "sites"), *arguments]
    with log, subprocess.Popen(command, cwd=folder, env=clean_environment(), stderr=log, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def log_of(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8")


def ended(process: subprocess.Popen[str], number: signal.Signals) -> int:
    process.send_signal(number)
    return process.wait(100)


@pytest.mark.slow
def test_missed_runs_are_caught_up_once_two_sites_at_a_time(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    servers = {name: serve(site_of()) for name in ("a.example", "b.example", "c.example")}
    unscheduled, held = serve(site_of()), serve(site_of())
    for name, server in servers.items():
        write_site(tmp_path / "sites", name, f"{server.url}/list", extra=HOURLY)
    write_site(tmp_path / "sites", "held.example", f"{held.url}/list", extra=HOURLY)
    folder = write_site(tmp_path / "sites", "never.example", f"{unscheduled.url}/list")
    make_due(tmp_path, "a.example", "b.example", "held.example")  # c.example is new: its first time is to come
    archive_folder(tmp_path / "varde.db").mkdir(exist_ok=True)
    with (archive_folder(tmp_path / "varde.db") / "held.example.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as another `varde crawl` does
        with timetable(tmp_path) as process:
            wait_until(lambda: len(runs(tmp_path)) == 3 and "running" not in dict(runs(tmp_path)).values())
            second = varde("schedule", "--sites", folder)
            assert second.returncode == 1
            assert "another `varde schedule` runs on this store" in second.stderr
            (folder / "broken.toml").write_text("name = 1", encoding="utf-8")
            wait_until(lambda: "broken.toml" in log_of(tmp_path))
            write_site(folder, "late.example", f"{unscheduled.url}/list", extra=HOURLY)
            wait_until(lambda: "c.example, held.example, late.example" in log_of(tmp_path))
            assert ended(process, signal.SIGINT) == 0
    assert sorted(runs(tmp_path)) == [
        ("a.example", "finished"), ("b.example", "finished"), ("held.example", "locked"),
    ]  # fmt: skip
    assert [len(servers[name].paths()) for name in sorted(servers)] == [3, 3, 0]
    assert held.paths() == unscheduled.paths() == []
    assert_overlap(tmp_path, "a.example", "b.example")
    assert log_of(tmp_path).count("name: Input should be a valid string") == 1
    assert "a.example: finished after" in log_of(tmp_path)
    check_list(varde("schedule", "--list", "--json", "--sites", folder))


def assert_overlap(folder: Path, *names: str) -> None:
    with closing(open_store(folder / "varde.db", create=False)) as db:
        rows = db.execute("SELECT site, started_at, finished_at FROM runs WHERE outcome = 'finished'").fetchall()
    assert {site for site, _, _ in rows} == set(names)
    assert max(started for _, started, _ in rows) < min(finished for _, _, finished in rows)


def check_list(listed: subprocess.CompletedProcess[str]) -> None:
    """Of the sites above, and the broken file."""
    assert listed.returncode == 1
    assert "broken.toml" in listed.stderr
    rows = {row["site"]: row for row in printed(listed)}
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "a.example": "finished", "b.example": "finished", "c.example": None, "held.example": "locked",
        "late.example": None, "never.example": None,
    }  # fmt: skip
    assert [name for name, row in rows.items() if row["schedule"] is None] == ["never.example"]
    assert rows["never.example"]["next_run"] is None
    ahead = datetime.fromisoformat(rows["a.example"]["next_run"]) - datetime.now(UTC)
    assert timedelta(minutes=-1) < ahead <= timedelta(hours=1)
    assert datetime.fromisoformat(rows["a.example"]["last_run"]).minute <= 59


@pytest.mark.slow
def test_an_interrupted_crawl_goes_on_and_others_wait_for_room(serve: Serve, tmp_path: Path) -> None:
    servers = [serve(site_of(ADS)), serve(site_of(1))]
    for name, server in zip(("a.example", "b.example"), servers, strict=True):
        write_site(tmp_path / "sites", name, f"{server.url}/list", extra=HOURLY, delay=0.15)
    make_due(tmp_path, "a.example", "b.example")
    for number, code, outcome in ((signal.SIGTERM, 0, "interrupted"), (signal.SIGKILL, -signal.SIGKILL, "running")):
        before = len(servers[0].paths())
        with timetable(tmp_path, "--at-once", "1") as process:
            wait_until(lambda goal=before + 3: len(servers[0].paths()) > goal)  # type: ignore[misc]
            assert ended(process, number) == code
        assert runs(tmp_path)[-1] == ("a.example", outcome)
    assert len(servers[0].paths()) < ADS
    assert servers[1].hits == []
    with timetable(tmp_path, "--at-once", "1") as process:
        wait_until(lambda: runs(tmp_path)[2:] == [("a.example", "finished"), ("b.example", "finished")])
        assert ended(process, signal.SIGTERM) == 0
    assert runs(tmp_path)[:2] == [("a.example", "interrupted")] * 2
    assert servers[0].hits[-1].at < servers[1].hits[0].at
    assert set(servers[0].paths()) == set(site_of(ADS))
    assert len(servers[0].paths()) < 1.5 * ADS  # pages in flight may be asked for again
    with closing(open_store(tmp_path / "varde.db", create=False)) as db:
        assert db.execute("SELECT site, outcome FROM crawls ORDER BY site").fetchall() == [
            ("a.example", "finished"), ("b.example", "finished"),
        ]  # fmt: skip
        due = db.execute("SELECT DISTINCT due_at FROM runs WHERE site = 'a.example' AND outcome <> 'new'").fetchall()
        assert len(due) == 1


def test_list_of_a_store_that_is_not_there(varde: Varde, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/", extra='schedule = "15 3 * * *"')
    write_site(folder, "b.example", "http://127.0.0.1:9/")
    listed = varde("schedule", "--list", "--sites", folder)
    assert listed.returncode == 0
    assert [line.split()[:2] for line in listed.stdout.splitlines()[2:]] == [["a.example", "15"], ["b.example", "no"]]
    assert " 03:15+0" in listed.stdout
    assert "nothing starts by itself" in listed.stderr
    assert not (tmp_path / "varde.db").exists()


def test_a_time_that_makes_no_sense_is_an_error_of_the_site_file(varde: Varde, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/", extra='schedule = "15 25 * * *"')
    write_site(folder, "b.example", "http://127.0.0.1:9/", extra='timezone = "Europe/Osla"')
    listed = varde("schedule", "--list", "--sites", folder)
    assert listed.returncode == 1
    assert "a.example.toml: schedule is '15 25 * * *': hour '25' is no number 0-23" in listed.stderr
    assert "b.example.toml: timezone is 'Europe/Osla'" in listed.stderr
    assert "Traceback" not in listed.stderr


def test_json_is_for_the_list(varde: Varde, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/")
    assert varde("schedule", "--json", "--sites", folder).returncode == 2


@pytest.mark.parametrize(("unit", "more"), {"schedule": "--list", "analyse": "--help"}.items())
def test_unit_starts_a_command_that_is_there(varde: Varde, tmp_path: Path, unit: str, more: str) -> None:
    file = UNITS / f"varde-{unit}.service"
    text = file.read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=/opt/varde/.venv/bin/varde (.*)$", text, re.MULTILINE)
    folder = write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/")
    arguments = line.replace("/var/lib/varde/varde.db", "varde.db").replace("/etc/varde/sites", str(folder)).split()
    assert varde(*arguments, more).returncode == 0
    if shutil.which("systemd-analyze"):
        copy = tmp_path / file.name
        copy.write_text(
            text.replace("/opt/varde/.venv/bin/varde", VARDE).replace("=varde\n", "=root\n"), encoding="utf-8"
        )
        checked = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
        assert [said for said in checked.stderr.splitlines() if file.name in said] == []
