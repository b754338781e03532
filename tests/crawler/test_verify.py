"""`varde verify`: what it prints, how it ends, and what it holds the store against."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from benchmarks.verify import make_archive
from crawler.commands.verify import verify
from crawler.database import Database, utc_now
from crawler.evidence import Archive
from crawler.manifest import signature_path, write_manifest
from crawler.recordcheck import Folder
from crawler.signing import load_signing_key, public_keys_path
from crawler.verify import Verifier, verify_archive
from tests.crawler.archives import SITE, begin, exchange, keep, store_at


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    for name in ("VARDE_SIGNING_KEY", "VARDE_TSA_CERT", "VARDE_STORE"):
        monkeypatch.delenv(name, raising=False)
    return store_at(tmp_path / "varde.db")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "varde.db.captures"


def crawled(db: Database, folder: Path, *, over: bool = True) -> Path | None:
    """One crawl; the manifest when it is over."""
    crawl, archive = begin(db), Archive(folder, SITE)
    keep(db, crawl, archive, b"<p>1</p>", b"<p>2</p>")
    archive.close()
    if not over:
        return None
    db.execute("UPDATE crawls SET finished_at = ?, outcome = 'finished' WHERE id = ?", (utc_now(), crawl))
    return write_manifest(db, crawl, folder, load_signing_key(folder.with_name("varde.db")))


def run(*args: object) -> Result:
    return CliRunner().invoke(verify, [str(arg) for arg in args], prog_name="verify")


def damage(folder: Path, byte: int = 500) -> None:
    path = sorted(folder.glob("*.warc.gz"))[0]
    data = bytearray(path.read_bytes())
    data[byte] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("what", ["the store", "the store as PATH", "the folder"])
def test_good_evidence_ends_with_zero(db: Database, tmp_path: Path, folder: Path, what: str) -> None:
    crawled(db, folder)
    store = tmp_path / "varde.db"
    args = {"the store": ["--store", store], "the store as PATH": [store], "the folder": [folder]}[what]
    done = run(*args)
    assert done.exit_code == 0, done.output
    key = load_signing_key(store).public.id
    captures = 0 if what == "the folder" else 2
    assert done.stdout == (
        f"1 crawl, 1 file, 7 records, 1 manifest, 0 timestamps, {captures} captures, 0 observations: "
        f"all as it was kept\nsigned by {key}\n"
    )
    assert "not that a server told the truth" in done.stderr
    assert "has no timestamp" in done.stderr


@pytest.mark.parametrize("what", ["varde.db", "varde.db.captures"])
def test_damage_is_named_first_and_ends_with_one(db: Database, tmp_path: Path, folder: Path, what: str) -> None:
    crawled(db, folder)
    damage(folder)
    done = run(tmp_path / what)
    first = done.stdout.splitlines()[0]
    assert done.exit_code == 1
    name, record, identity, url, *_ = first.split()
    assert (name, record) == (f"{sorted(folder.glob('*.warc.gz'))[0].name}:", "record")
    assert identity.isdecimal()
    assert url.startswith("urn:uuid:")
    assert "https://a.example/ad/1: its bytes are not those that were kept (SHA-256 differs)" in first
    assert "2 failures" in done.stdout.splitlines()[-2]


def test_json_has_everything(db: Database, tmp_path: Path, folder: Path) -> None:
    crawled(db, folder)
    good = json.loads(run(folder, "--json").stdout)
    assert (good["ok"], good["records"], good["failures"]) == (True, 7, [])
    damage(folder)
    done = run(folder, "--json")
    bad = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (bad["ok"], bad["failures"][0]["what"]) == (
        False,
        "its bytes are not those that were kept (SHA-256 differs)",
    )


def test_wrong_use_ends_with_two(tmp_path: Path) -> None:
    assert run(tmp_path / "nowhere").exit_code == 2
    assert run(tmp_path, "--key", tmp_path / "nowhere.pem").exit_code == 2


def test_folder_with_nothing_signed_is_no_evidence(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (
        1,
        "archive: holds no manifest, so nothing in it is signed",
    )


def test_key_is_pinned_by_option_or_by_the_store(db: Database, tmp_path: Path, folder: Path) -> None:
    crawled(db, folder)
    load_signing_key(tmp_path / "other.db")
    assert run(folder, "--key", public_keys_path(tmp_path / "varde.db")).exit_code == 0
    done = run(folder, "--key", public_keys_path(tmp_path / "other.db"))
    assert (done.exit_code, "signed with another key" in done.stdout) == (1, True)
    public_keys_path(tmp_path / "varde.db").unlink()
    done = run(folder)
    assert (done.exit_code, "no key was given" in done.stderr) == (0, True)


def test_crawl_that_is_not_over_is_verified_from_the_store(db: Database, tmp_path: Path, folder: Path) -> None:
    crawled(db, folder, over=False)
    with sorted(folder.glob("*.warc.gz"))[0].open("ab") as file:
        file.write(b"being written")
    done = run(tmp_path / "varde.db")
    assert done.exit_code == 0, done.output
    assert "crawl 1 of a.example is not over: verified from the store, not signed" in done.stderr
    assert "13 bytes at its end are not stored yet" in done.stderr
    damage(folder)
    assert run(tmp_path / "varde.db").exit_code == 1


def test_crawl_that_is_over_but_was_not_signed_is_a_failure(db: Database, tmp_path: Path, folder: Path) -> None:
    crawled(db, folder, over=False)
    db.execute("UPDATE crawls SET finished_at = ?, outcome = 'finished'", (utc_now(),))
    done = run(tmp_path / "varde.db")
    assert done.exit_code == 1
    assert "a.example-1.manifest.json: is missing: the crawl is over but was not signed" in done.stdout


def test_torn_bytes_are_accounted_for(db: Database, tmp_path: Path, folder: Path) -> None:
    crawl, archive = begin(db), Archive(folder, SITE)
    keep(db, crawl, archive, b"1")
    archive.keep(exchange(b"not stored"))
    archive.close()
    archive.path.write_bytes(archive.path.read_bytes()[:-9])
    db.execute("UPDATE crawls SET finished_at = ?, outcome = 'finished'", (utc_now(),))
    write_manifest(db, crawl, folder, load_signing_key(tmp_path / "varde.db"))
    assert run(tmp_path / "varde.db").exit_code == 0
    damage(folder, archive.path.stat().st_size - 3)
    assert "urn:varde:torn:" in run(folder).stdout.splitlines()[0]


def test_captures_from_before_there_were_records(db: Database, tmp_path: Path, folder: Path) -> None:
    crawled(db, folder)
    columns = "crawl, url, fetched_at, status, sha256, size, via, file, offset, length"
    db.execute(f"INSERT INTO captures ({columns}) SELECT {columns} FROM captures")
    done = run(tmp_path / "varde.db")
    assert (done.exit_code, "2 captures are from before" in done.stderr) == (0, True)
    db.execute("UPDATE captures SET sha256 = 'x' WHERE record IS NULL AND id = 3")
    assert "capture 3 (https://a.example/ad/1) is not what was kept" in run(tmp_path / "varde.db").stdout


def test_observation_points_at_a_capture_of_its_crawl(db: Database, tmp_path: Path, folder: Path) -> None:
    crawled(db, folder)
    empty = hashlib.sha256(b"{}").hexdigest()
    db.execute(
        "INSERT INTO ads (id, site, ad_id, kind, url, first_seen, last_seen) VALUES (1, 's', 'a', 'escort', '', '', '')"
    )
    for at, capture, source in (
        ("1", 1, "crawl 1"),
        ("2", None, "import x.jsonl"),
        ("3", None, "crawl 1"),
        ("4", 1, "crawl 2"),
    ):
        db.execute(
            "INSERT INTO observations (ad, seen_at, capture, source, sha256, document) VALUES (1, ?, ?, ?, ?, '{}')",
            (at, capture, source, empty),
        )
    lines = run(tmp_path / "varde.db").stdout.splitlines()
    assert lines[0] == "store: observation 3: points at no capture of crawl 1"
    assert lines[1] == "store: observation 4: points at no capture of crawl 2"


NO_MANIFESTS = {
    "empty": b"", "object": b"{}", "list": b"[]", "null": b"null", "another format": b'{"format": 1}',
    "no UTF-8": b"\xff", "nested": b"[" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("data", NO_MANIFESTS.values(), ids=NO_MANIFESTS)
def test_what_is_no_manifest_is_said(db: Database, folder: Path, data: bytes) -> None:
    manifest = crawled(db, folder)
    assert manifest is not None
    manifest.write_bytes(data)
    done = run(folder)
    assert (done.exit_code, f"{manifest.name}: is no manifest" in done.stdout) == (1, True)


CHAIN_LINES = {
    "no JSON": lambda _: b"{",
    "no object": lambda _: b"1",
    "no such file": lambda line: line.replace(b'"file":"', b'"file":"../'),
    "before the file": lambda line: line.replace(b'"offset":', b'"offset":-'),
    "endless": lambda line: line.replace(b'"length":', b'"length":99999999999999999999'),
    "nested": lambda _: b"[" * 100_000,
}


@pytest.mark.parametrize("change", CHAIN_LINES.values(), ids=CHAIN_LINES)
def test_hostile_chain_is_a_failure_not_a_crash(
    db: Database, tmp_path: Path, folder: Path, change: Callable[[bytes], bytes]
) -> None:
    crawled(db, folder)
    chain = sorted(folder.glob("*.chain.jsonl"))[0]
    lines = chain.read_bytes().splitlines()
    chain.write_bytes(b"\n".join([*lines[:3], change(lines[3]), *lines[4:]]))
    for path in (folder, tmp_path / "varde.db"):
        done = run(path)
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)


CAPTURE_CHANGES = {
    "sha256": ("'0'", "its body is not that of capture 1"), "size": ("size + 1", "its body is not that of capture 1"),
    "url": ("'https://x.example/'", "capture 1 of the store is of https://x.example/"),
    "length": ("length + 1", "capture 1 of the store points past it"),
    "record": ("record + 1", "capture 1 of the store points past it"),
    "fetched_at": ("'2020-01-01T00:00:00.000+00:00'", "capture 1 of the store is of 2020-01-01"),
    "offset": ("offset + 1", "capture 1 (https://a.example/ad/1) points at no record"),
    "file": ("'x.warc.gz'", "capture 1 (https://a.example/ad/1) points at no record"),
}  # fmt: skip


@pytest.mark.parametrize("column", CAPTURE_CHANGES)
def test_every_fact_of_a_capture_is_held_against_its_record(
    db: Database, tmp_path: Path, folder: Path, column: str
) -> None:
    crawled(db, folder)
    value, found = CAPTURE_CHANGES[column]
    db.execute(f"UPDATE captures SET {column} = {value} WHERE id = 1")
    done = run(tmp_path / "varde.db")
    assert done.exit_code == 1
    assert found in done.stdout.splitlines()[0]


def test_two_captures_of_one_record_are_found(db: Database, tmp_path: Path, folder: Path) -> None:
    crawled(db, folder)
    columns = "crawl, url, fetched_at, status, sha256, size, via, file, offset, length, record"
    db.execute(f"INSERT INTO captures ({columns}) SELECT {columns} FROM captures WHERE id = 2")
    assert "captures 2 and 3 point at the same record" in run(tmp_path / "varde.db").stdout


@pytest.mark.slow
def test_ten_thousand_records_within_a_minute(tmp_path: Path) -> None:
    folder = make_archive(tmp_path / "varde.db", records=10_000)
    began = time.monotonic()
    report = verify_archive(Verifier(Folder(folder)))
    assert time.monotonic() - began < 60
    assert report.all_failures == []
    assert report.counts["records"] >= 10_000


def test_shell_tools_agree(db: Database, folder: Path, tmp_path: Path) -> None:
    """What docs/evidence.md tells somebody without Varde to do."""
    manifest = crawled(db, folder)
    assert manifest is not None
    sums = "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in json.loads(manifest.read_bytes())["files"])
    done = subprocess.run(["sha256sum", "-c"], input=sums, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public_keys_path(tmp_path / "varde.db"), "-rawin",
         "-in", manifest, "-sigfile", signature_path(manifest)], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert "Signature Verified Successfully" in done.stdout


def test_crawl_without_a_page_is_signed_and_verified(db: Database, tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    crawl = begin(db)
    db.execute("UPDATE crawls SET finished_at = ?, outcome = 'finished'", (utc_now(),))
    write_manifest(db, crawl, folder, load_signing_key(tmp_path / "varde.db"))
    for path in (folder, tmp_path / "varde.db"):
        done = run(path)
        assert (done.exit_code, "1 crawl, 0 files, 0 records, 1 manifest" in done.stdout) == (0, True), done.output


def test_chain_file_is_the_one_that_was_signed_to_the_byte(db: Database, folder: Path) -> None:
    """Another spelling of the same JSON leaves every link as it was."""
    crawled(db, folder)
    chain = sorted(folder.glob("*.chain.jsonl"))[0]
    chain.write_bytes(chain.read_bytes().replace(b'{"chain"', b'{ "chain"', 1))
    assert run(folder).stdout.splitlines()[0] == f"{chain.name}: is not the file that was signed"


def test_manifest_counts_as_the_chain_does(db: Database, tmp_path: Path, folder: Path) -> None:
    manifest = crawled(db, folder)
    assert manifest is not None
    data = manifest.read_bytes().replace(b'"records": 7', b'"records": 8')
    manifest.write_bytes(data)
    signature_path(manifest).write_bytes(load_signing_key(tmp_path / "varde.db").sign(data))
    assert run(folder).stdout.splitlines()[0] == f"{manifest.name}: speaks of 8 records, the chain has 7"


def test_gap_in_a_crawl_that_is_not_over_is_a_failure_when_bytes_follow_it(
    db: Database, tmp_path: Path, folder: Path
) -> None:
    crawl, archive = begin(db), Archive(folder, SITE)
    keep(db, crawl, archive, b"1")
    left_out = archive.keep(exchange(b"2"))
    keep(db, crawl, archive, b"3")
    archive.close()
    done = run(tmp_path / "varde.db")
    assert done.exit_code == 1
    assert f"bytes from {left_out.records[0].offset} on belong to no record" in done.stdout
