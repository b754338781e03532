"""Manifests: written once, whole, and bound to one another."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from crawler.database import Database, transaction, utc_now
from crawler.evidence import Archive
from crawler.manifest import ManifestError, find_manifests, signature_path, write_manifest, write_missing_manifests
from crawler.records import chain_head, crawl_records
from crawler.signing import SigningKey, load_signing_key
from tests.crawler.archives import SITE, begin, exchange, keep, store_at


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return store_at(tmp_path / "varde.db")


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SigningKey:
    monkeypatch.delenv("VARDE_SIGNING_KEY", raising=False)
    return load_signing_key(tmp_path / "varde.db")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "varde.db.captures"


def crawled(db: Database, folder: Path, site: str = SITE, *, pages: int = 3) -> int:
    """A finished crawl that was made in two runs."""
    crawl = begin(db, site)
    for run in range(2):
        archive = Archive(folder, site, info={"software": "varde 0", "lock": f"run {run}"})
        keep(db, crawl, archive, *(f"{run} {page}".encode() for page in range(pages)))
        archive.close()
    db.execute("UPDATE crawls SET finished_at = ?, outcome = 'finished' WHERE id = ?", (utc_now(), crawl))
    return crawl


def test_manifest_says_what_there_is(db: Database, folder: Path, key: SigningKey) -> None:
    crawl = crawled(db, folder)
    path = write_manifest(db, crawl, folder, key)
    assert path.name == f"{SITE}-{crawl}.manifest.json"
    said = json.loads(path.read_bytes())
    assert said["crawl"]["legal_basis"] == "Court order 17/2026"
    assert said["crawl"]["outcome"] == "finished"
    assert said["chain"]["head"] == chain_head(db, crawl)
    assert said["chain"]["records"] == 2 * (1 + 3 * 3)
    assert [entry["info"]["lock"] for entry in said["files"]] == ["run 0", "run 1"]
    assert said["key"]["id"] == key.public.id
    for entry in [*said["files"], said["chain"]]:
        data = (folder / entry.get("name", entry.get("file"))).read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert key.public.has_signed(path.read_bytes(), signature_path(path).read_bytes())


def test_chain_file_holds_every_record_in_order(db: Database, folder: Path, key: SigningKey) -> None:
    crawl = crawled(db, folder)
    write_manifest(db, crawl, folder, key)
    lines = [json.loads(line) for line in (folder / f"{SITE}-{crawl}.chain.jsonl").read_bytes().splitlines()]
    links = list(crawl_records(db, crawl))
    assert [line["n"] for line in lines] == list(range(1, len(links) + 1))
    assert [(line["record"], line["chain"]) for line in lines] == [(x.record.record_id, x.chain) for x in links]


def test_manifests_name_the_one_before(db: Database, folder: Path, key: SigningKey) -> None:
    paths = [write_manifest(db, crawled(db, folder, site), folder, key) for site in (SITE, "b.example", SITE)]
    before = [json.loads(path.read_bytes())["previous"] for path in paths]
    assert before == ["", *(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths[:2])]


def test_written_again_it_is_the_same(db: Database, folder: Path, key: SigningKey) -> None:
    crawl = crawled(db, folder)
    path = write_manifest(db, crawl, folder, key)
    first = {item.name: item.read_bytes() for item in folder.iterdir()}
    for gone in (
        [path],
        [signature_path(path)],
        [path, signature_path(path)],
        [folder / f"{SITE}-{crawl}.chain.jsonl", path],
    ):
        for item in gone:
            item.unlink()
        assert write_missing_manifests(db, folder, key) or write_manifest(db, crawl, folder, key)
        write_manifest(db, crawl, folder, key)
        assert {item.name: item.read_bytes() for item in folder.iterdir()} == first


def test_what_changed_after_it_was_signed_off_is_not_signed(db: Database, folder: Path, key: SigningKey) -> None:
    crawl = crawled(db, folder)
    path = write_manifest(db, crawl, folder, key)
    path.unlink()
    warc = sorted(folder.glob("*.warc.gz"))[0]
    warc.write_bytes(warc.read_bytes() + b"\0")
    with pytest.raises(ManifestError, match="has changed since it was signed off"):
        write_manifest(db, crawl, folder, key)
    assert find_manifests(folder) == []


def test_crawls_cut_off_before_their_manifest_get_it(db: Database, folder: Path, key: SigningKey) -> None:
    done, cut, running = (crawled(db, folder, site) for site in (SITE, "b.example", "c.example"))
    db.execute("UPDATE crawls SET finished_at = NULL, outcome = 'running' WHERE id = ?", (running,))
    write_manifest(db, done, folder, key)
    assert [path.name for path in write_missing_manifests(db, folder, key)] == [f"b.example-{cut}.manifest.json"]
    assert write_missing_manifests(db, folder, key) == []


def test_torn_tail_is_in_it(db: Database, folder: Path, key: SigningKey) -> None:
    crawl = begin(db)
    archive = Archive(folder, SITE)
    keep(db, crawl, archive, b"1")
    archive.keep(exchange(b"not stored"))
    archive.close()
    write_manifest(db, crawl, folder, key)
    assert [link.record.type for link in crawl_records(db, crawl)][-1] == "torn"


def test_memory_does_not_grow_with_the_records(db: Database, folder: Path, key: SigningKey) -> None:
    peaks = []
    for pages in (50, 1500):
        crawl = crawled(db, folder, f"site{pages}.example", pages=pages)
        tracemalloc.start()
        write_manifest(db, crawl, folder, key)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000


_WRITER = """
import sys
from pathlib import Path
from crawler.manifest import write_manifest
from crawler.signing import load_signing_key
from crawler.database import connect
store = Path(sys.argv[1])
db, key = connect(store, create=False), load_signing_key(store)
print("ready", flush=True)
for crawl in sys.argv[3:]:
    write_manifest(db, int(crawl), Path(sys.argv[2]), key)
"""


def test_killed_at_any_point_it_is_finished_later(db: Database, tmp_path: Path, folder: Path, key: SigningKey) -> None:
    crawls = [crawled(db, folder, f"s{n}.example", pages=2) for n in range(12)]
    for kill in range(8):
        args = [sys.executable, "-c", _WRITER, str(tmp_path / "varde.db"), str(folder), *map(str, crawls)]
        with subprocess.Popen(args, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())}) as child:
            assert child.stdout is not None
            child.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(0.004 * (kill + 1))
            child.send_signal(signal.SIGKILL)
    for crawl in crawls:
        write_manifest(db, crawl, folder, key)
    with transaction(db):
        rows = db.execute("SELECT previous, sha256 FROM manifests ORDER BY id").fetchall()
    assert [previous for previous, _ in rows] == ["", *(sha256 for _, sha256 in rows[:-1])]
    on_disk = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in find_manifests(folder)}
    assert set(on_disk) == {sha256 for _, sha256 in rows}
    assert all(key.public.has_signed(p.read_bytes(), signature_path(p).read_bytes()) for p in on_disk.values())
