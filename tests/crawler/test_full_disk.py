"""A disk that is full or fails: a clean stop that says what to do, and the same command goes on when it can."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.evidence import archive_folder
from crawler.store import ad_rows, open_store
from tests.conftest import VARDE, Serve, Varde, clean_environment
from tests.crawler.samples import ad_page, list_page, row, write_site
from tests.power.check import damage
from tests.power.disk import read_log
from tests.power.preload import build, find_compiler, under

needs_compiler = pytest.mark.skipif(find_compiler() is None, reason="no C compiler (apt-get install gcc)")

ADS, ROWS = 40, 2_000
ADVICE = "run the same command again"


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("shim"))


def page(path: str) -> str | None:
    if path == "/list":
        return list_page([f"/ad/{number}" for number in range(ADS)])
    return ad_page(path.removeprefix("/ad/")) if path.startswith("/ad/") else None


def write_rows(folder: Path, count: int = ROWS) -> None:
    lines = (json.dumps(row(ad_id=f"{number}")) + "\n" for number in range(count))
    (folder / "ads.jsonl").write_text("".join(lines), encoding="utf-8")


def assert_clean_stop(done: subprocess.CompletedProcess[str], file: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if ADVICE in line]
    assert len(said) == 1, done.stderr
    assert file in said[0]


def assert_whole(store: Path, *, ads: int | None = None) -> None:
    """The store opens and what is in it is whole; `ads` of them, each once."""
    db = open_store(store, create=False)
    assert list(damage(db, store)) == []
    assert ads is None or {ad.ad_id: ad.observations for ad in ad_rows(db)} == {f"{n}": 1 for n in range(ads)}
    db.close()


CRAWL_FAULTS = {
    "no space for the store": ("-wal write 200 ENOSPC", "varde.db"),
    "store not synced": ("-wal sync 9 EIO", "varde.db"),
    "no space for the archive": (".warc.gz write 6 ENOSPC", ".warc.gz"),
    "archive not synced once": (".warc.gz sync-once 4 EIO", ".warc.gz"),
}


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize(("fail", "file"), CRAWL_FAULTS.values(), ids=CRAWL_FAULTS)
def test_crawl_stops_cleanly_and_goes_on(
    fail: str, file: str, shim: Path, varde: Varde, serve: Serve, tmp_path: Path
) -> None:
    sites = write_site(tmp_path / "sites", "a.example", f"{serve(page).url}/list")
    command = ("crawl", "a.example", "--sites", sites)
    log = tmp_path / "log"
    stopped = varde(*command, **under(shim, tmp_path, log=log, fail=fail))
    assert_clean_stop(stopped, file)
    assert_whole(tmp_path / "varde.db")
    assert_safe(tmp_path / "varde.db", log)
    goes_on = varde(*command)
    assert goes_on.returncode == 0, goes_on.stderr
    assert_whole(tmp_path / "varde.db", ads=ADS)


def assert_safe(store: Path, log: Path) -> None:
    """The store speaks of no record that is not on disk for certain, as after a sync that failed."""
    ends: dict[str, int] = {}
    safe: dict[str, int] = {}
    doubted: set[str] = set()
    for op in read_log(log):
        name = Path(op.path).name
        if op.kind == "w":
            ends[name] = max(ends.get(name, 0), op.offset + len(op.data))
        elif op.kind == "s" and name not in doubted:
            safe[name] = ends.get(name, 0)
        elif op.kind == "f":
            doubted.add(name)
    db = open_store(store, create=False)
    ended = dict(db.execute("SELECT file, max(offset + length) FROM records WHERE type != 'torn' GROUP BY file"))
    db.close()
    assert {name: end for name, end in ended.items() if end > safe.get(name, 0)} == {}


IMPORT_FAULTS = {
    "no space for a new store": "varde.db write 1 ENOSPC",
    "no space for the tables": "-wal write 9 ENOSPC",
    "no space for the ads": "-wal write 400 ENOSPC",
    "not synced once": "-wal sync-once 4 EIO",
}


@needs_compiler
@pytest.mark.parametrize("fail", IMPORT_FAULTS.values(), ids=IMPORT_FAULTS)
def test_import_stops_cleanly_and_goes_on(fail: str, shim: Path, varde: Varde, tmp_path: Path) -> None:
    write_rows(tmp_path)
    assert_clean_stop(varde("import", "ads.jsonl", **under(shim, tmp_path, fail=fail)), "varde.db")
    assert_whole(tmp_path / "varde.db")
    assert varde("import", "ads.jsonl").returncode == 0
    assert_whole(tmp_path / "varde.db", ads=ROWS)


@needs_compiler
def test_checkpoint_that_fails_costs_nothing(shim: Path, varde: Varde, tmp_path: Path) -> None:
    write_rows(tmp_path)
    done = varde("import", "ads.jsonl", **under(shim, tmp_path, fail="varde.db write 9 ENOSPC"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "varde.db-wal").stat().st_size > 1_000_000  # what it wrote waits there
    assert_whole(tmp_path / "varde.db", ads=ROWS)


def test_file_that_may_not_grow_is_told(varde: Varde, tmp_path: Path) -> None:
    write_rows(tmp_path)
    stopped = subprocess.run(
        ["sh", "-c", 'ulimit -f 1200; exec "$0" "$@"', VARDE, "import", "ads.jsonl"],
        cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert_clean_stop(stopped, "varde.db")
    assert_whole(tmp_path / "varde.db")
    assert varde("import", "ads.jsonl").returncode == 0
    assert_whole(tmp_path / "varde.db", ads=ROWS)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, mounted where this user may."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], stderr=subprocess.DEVNULL
    )
    if not mounted:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.mark.slow
def test_crawl_onto_a_disk_that_fills_up(small_disk: Path, varde: Varde, serve: Serve, tmp_path: Path) -> None:
    sites = write_site(tmp_path / "sites", "a.example", f"{serve(page).url}/list")
    command = ("--store", small_disk / "varde.db", "crawl", "a.example", "--sites", sites)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    assert_clean_stop(varde(*command), str(small_disk))
    assert_whole(small_disk / "varde.db")
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    goes_on = varde(*command)
    assert goes_on.returncode == 0, goes_on.stderr
    assert_whole(small_disk / "varde.db", ads=ADS)


@pytest.mark.parametrize("kind", ["store", "archive"])
def test_place_that_cannot_be_written_is_told(kind: str, varde: Varde, serve: Serve, tmp_path: Path) -> None:
    """Where a folder should be lies a file: what a user without rights to it would meet, root included."""
    sites = write_site(tmp_path / "sites", "a.example", f"{serve(page).url}/list")
    store = tmp_path / "place" / "varde.db" if kind == "store" else tmp_path / "varde.db"
    in_the_way = store.parent if kind == "store" else archive_folder(store)
    in_the_way.write_text("")
    done = varde("--store", store, "crawl", "a.example", "--sites", sites)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(in_the_way) in done.stderr
