"""Web archives: what is read from WARC and WACZ files, what is passed over, and archives that mean harm."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest

from crawler.archived import import_archive
from crawler.database import Database
from crawler.imports import ImportFault, ImportReport
from crawler.sites import Site
from crawler.store import ad_rows, observation_ids, observations, open_store
from crawler.warcs import Record, read_records
from tests.conftest import Varde, printed
from tests.crawler.samples import ad_page, list_page, make_site, write_site
from tests.spiders.feeds.servers import make_site as make_feed
from tests.spiders.feeds.servers import nav_ad, nav_id

HOST = "http://127.0.0.1:9"  # where the sites of the samples lie
HTML = "text/html; charset=utf-8"
DATE = "2026-05-01T12:00:00Z"


class Warc:
    """Writes a WARC file record by record, as other crawlers do."""

    def __init__(self, *, zipped: bool = True) -> None:
        self._zipped = zipped
        self.bytes = b""

    def page(self, url: str, body: str | bytes, *, kind: str = HTML, status: str = "200 OK", date: str = DATE,
             headers: tuple[tuple[str, str], ...] = (), type: str = "response") -> int:  # fmt: skip
        """Write one record; returns its offset."""
        offset = len(self.bytes)
        block = body.encode() if isinstance(body, str) else body
        if type == "response":
            lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *(f"{name}: {value}" for name, value in headers)]
            block, kind = "\r\n".join([*lines, "", ""]).encode() + block, "application/http; msgtype=response"
        fields = {
            "WARC-Type": type, "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{offset:012}>", "WARC-Date": date,
            "WARC-Target-URI": url if url.startswith(("http", "urn:")) else HOST + url, "Content-Type": kind,
            "WARC-Block-Digest": f"sha1:{base64.b32encode(hashlib.sha1(block).digest()).decode()}",
            "Content-Length": len(block),
        }  # fmt: skip
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        record = f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n"
        self.bytes += gzip.compress(record) if self._zipped else record
        return offset


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_store(tmp_path / "varde.db", create=True)
    yield database
    database.close()


def take(
    db: Database, tmp_path: Path, content: bytes, *, name: str = "a.warc.gz", site: Site | None = None
) -> ImportReport:
    (tmp_path / name).write_bytes(content)
    return import_archive(db, tmp_path / name, site or make_site())


def counts(report: ImportReport) -> tuple[int, int, int, int, int, int]:
    return report.new, report.changed, report.same, report.lists, report.passed_over, report.rejected


def rejected(report: ImportReport) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(report.rejected_file).read_text(encoding="utf-8").splitlines()]


def stored(db: Database) -> list[tuple[str, str]]:
    return [(item.ad_id, item.document["text"]) for item in observations(db, observation_ids(db))]


def sources(db: Database) -> list[str]:
    return [row[0] for row in db.execute("SELECT source FROM observations ORDER BY id")]


def mixed() -> tuple[bytes, dict[str, int]]:
    """An archive with every kind of record, and the offsets of those that are kept."""
    warc = Warc()
    at = {}
    warc.page("/ads", list_page(["/ad/1", "/ad/2"]))
    at["first"] = warc.page("/ad/1", ad_page(1))
    warc.page("/ad/1", "GET / HTTP/1.1", type="request")
    warc.page("/ad/1", "fetchTimeMs: 1", type="metadata")
    warc.page("/photo.jpg", b"\xff\xd8", kind="image/jpeg")
    warc.page("/moved", "", status="301 Moved", headers=(("Location", "/ad/1"),))
    warc.page("http://other.example/ad/9", ad_page(9))
    at["about"] = warc.page("/about", "<h1>About us</h1>")
    at["zipped"] = warc.page("/ad/2", gzip.compress(ad_page(2).encode()), headers=(("Content-Encoding", "gzip"),))
    warc.page("/ad/3", ad_page(3, text="Rom på øya").encode("latin-1"), kind="text/html; charset=iso-8859-1")
    return warc.bytes, at


def test_ads_lists_and_the_rest_are_told_apart(db: Database, tmp_path: Path) -> None:
    content, at = mixed()
    report = take(db, tmp_path, content)
    assert counts(report) == (3, 0, 0, 1, 5, 1)
    text = "Two rooms near the harbour."
    assert stored(db) == [("1", text), ("2", text), ("3", "Rom på øya")]
    assert sources(db)[:2] == [f"import a.warc.gz:{at['first']}", f"import a.warc.gz:{at['zipped']}"]
    assert [item.seen_at[:19] for item in observations(db, observation_ids(db))] == ["2026-05-01T12:00:00"] * 3
    (kept,) = rejected(report)
    assert kept == {"line": 8, "reason": "no ad_id: '.id::text' finds nothing",
                    "row": {"offset": at["about"], "url": f"{HOST}/about"}}  # fmt: skip


def test_same_archive_twice_stores_nothing_twice(db: Database, tmp_path: Path) -> None:
    content, _ = mixed()
    take(db, tmp_path, content)
    before = list(db.execute("SELECT * FROM observations ORDER BY id"))
    assert counts(take(db, tmp_path, content)) == (0, 0, 3, 1, 5, 1)
    assert list(db.execute("SELECT * FROM observations ORDER BY id")) == before


def test_two_dates_of_one_ad_are_two_sightings(db: Database, tmp_path: Path) -> None:
    warc = Warc(zipped=False)
    warc.page("/ad/1", ad_page(1, text="new"), date="2026-05-03T12:00:00.123456789Z")
    warc.page("/ad/1", ad_page(1, text="old"))
    assert counts(take(db, tmp_path, warc.bytes, name="a.warc"))[:2] == (1, 1)
    (ad,) = ad_rows(db)
    assert (ad.first_seen[:10], ad.last_seen[:10], ad.observations) == ("2026-05-01", "2026-05-03", 2)


CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
PAGE = ad_page("x").encode()
BODIES: dict[str, tuple[bytes, tuple[tuple[str, str], ...]]] = {
    "plain": (PAGE, ()),
    "gzip": (gzip.compress(PAGE), (("Content-Encoding", "gzip"),)),
    "br": (brotli.compress(PAGE), (("Content-Encoding", "br"),)),
    "chunked": (b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE), (("Transfer-Encoding", "chunked"),)),
    "chunked gzip": (b"%x\r\n%b\r\n0\r\n\r\n" % (len(gzip.compress(PAGE, mtime=0)), gzip.compress(PAGE, mtime=0)),
                     (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))),
    "header says gzip, kept unpacked": (PAGE, (("Content-Encoding", "gzip"),)),
    "header says br, kept unpacked": (PAGE, (("Content-Encoding", "br"),)),
    "header says chunked, kept whole": (PAGE, (("Transfer-Encoding", "chunked"),)),
}  # fmt: skip


@pytest.mark.parametrize(("body", "headers"), BODIES.values(), ids=BODIES)
def test_bodies_are_unpacked_as_browsers_do(
    db: Database, tmp_path: Path, body: bytes, headers: tuple[tuple[str, str], ...]
) -> None:
    warc = Warc()
    warc.page("/ad/x", body, headers=headers)
    assert counts(take(db, tmp_path, warc.bytes)) == (1, 0, 0, 0, 0, 0)
    assert stored(db) == [("x", "Two rooms near the harbour.")]


def test_rendered_pages_are_read_and_their_bare_responses_forgotten(db: Database, tmp_path: Path) -> None:
    warc = Warc()
    warc.page("/ad/1", "<div id='root'></div>")
    warc.page("/ad/2", "<div id='root'></div>")
    warc.page(f"urn:dom:{HOST}/ad/1", ad_page(1), type="resource", kind=HTML)
    warc.page(f"urn:view:{HOST}/ad/1", b"\x89PNG", type="resource", kind="image/png")
    report = take(db, tmp_path, warc.bytes, site=make_site(tables="[browser]\nad = true"))
    assert counts(report) == (1, 0, 0, 0, 1, 1)
    assert [ad.url for ad in ad_rows(db)] == [f"{HOST}/ad/1"]
    assert rejected(report)[0]["row"]["url"] == f"{HOST}/ad/2"


def test_feeds_are_read_too(db: Database, tmp_path: Path) -> None:
    entry = {"uuid": nav_id(1), "status": "ACTIVE"}
    pages: dict[str, Any] = {
        "feed": {"items": [{"id": nav_id(1), "url": "/api/v1/feedentry/1", "_feed_entry": entry}], "next_url": None},
        "feedentry/1": entry | {"ad_content": nav_ad(1)},
        "feedentry/2": {"uuid": nav_id(2), "status": "INACTIVE", "ad_content": None},
    }
    warc = Warc()
    for path, value in pages.items():
        warc.page(f"/api/v1/{path}", json.dumps(value), kind="application/json")
    assert counts(take(db, tmp_path, warc.bytes, site=make_feed("nav", HOST))) == (1, 0, 0, 2, 0, 0)


# damage


def three() -> tuple[bytes, int, int]:
    """Three records, and where the second begins and ends."""
    warc = Warc()
    warc.page("/ad/1", ad_page(1))
    start = warc.page("/ad/2", ad_page(2))
    end = warc.page("/ad/3", ad_page(3))
    return warc.bytes, start, end


def test_archive_that_breaks_off_gives_what_came_before(db: Database, tmp_path: Path) -> None:
    content, start, end = three()
    report = take(db, tmp_path, content[: end - 80])
    assert (stored(db), report.rejected) == ([("1", "Two rooms near the harbour.")], 1)
    (kept,) = rejected(report)
    assert kept["row"]["offset"] == start
    assert f"the archive is damaged from byte {start} on: the record breaks off after" in kept["reason"]


def read_all(path: Path, content: bytes) -> list[Record]:
    path.write_bytes(content)
    return list(read_records(path, limit=1_000_000))


def test_archive_may_break_off_anywhere(tmp_path: Path) -> None:
    content, start, end = three()
    whole = read_all(tmp_path / "a.warc.gz", content)
    for cut in range(start + 1, end - 12):  # the last bytes of a gzip member tell nothing of its content
        good, bad = read_all(tmp_path / "a.warc.gz", content[:cut])
        assert good == whole[0], cut
        assert bad.problem, cut
        assert bad.offset == start, cut


def test_every_bent_byte_is_said_or_costs_nothing(tmp_path: Path) -> None:
    """What is behind it may be lost, but never without a word; what is before it is given."""
    content, start, end = three()
    whole = read_all(tmp_path / "a.warc.gz", content)
    for place in range(start, end):
        bent = bytearray(content)
        bent[place] ^= 0x55
        found = read_all(tmp_path / "a.warc.gz", bytes(bent))
        assert found[0] == whole[0]
        assert found == whole or any(record.problem for record in found), place


def test_uncompressed_archive_with_a_wrong_length_is_said(db: Database, tmp_path: Path) -> None:
    warc = Warc(zipped=False)
    warc.page("/ad/1", ad_page(1))
    warc.page("/ad/2", ad_page(2))
    content = warc.bytes.replace(b"Content-Length: ", b"Content-Length: 9", 1)
    report = take(db, tmp_path, content, name="a.warc")
    assert (report.new, report.rejected) == (0, 1)
    assert "the record breaks off" in rejected(report)[0]["reason"]


def test_record_that_is_not_what_its_digest_says_is_rejected(db: Database, tmp_path: Path) -> None:
    warc = Warc(zipped=False)
    warc.page("/ad/1", ad_page(1))
    warc.page("/ad/2", ad_page(2))
    report = take(db, tmp_path, warc.bytes.replace(b"harbour", b"station", 1), name="a.warc")
    assert (report.new, report.rejected) == (1, 1)
    assert "is not what its digest says (sha1:" in rejected(report)[0]["reason"]


@pytest.mark.parametrize("date", ["", "yesterday", "20260501"], ids=repr)
def test_page_without_a_date_is_rejected(db: Database, tmp_path: Path, date: str) -> None:
    warc = Warc(zipped=False)
    warc.page("/ad/1", ad_page(1))
    content = warc.bytes.replace(b"WARC-Date: " + DATE.encode(), b"WARC-Date: " + date.encode())
    report = take(db, tmp_path, content, name="a.warc")
    if date == "20260501":
        assert report.new == 1
    else:
        assert f"WARC-Date is {date!r}" in rejected(report)[0]["reason"]


NO_ARCHIVES: dict[str, bytes] = {
    "text": b"hello\r\n",
    "zeros": bytes(1000),
    "broken gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03hello",
    "long line": b"WARC/1.1\r\nX: " + b"a" * 1_000_000,
    "many headers": b"WARC/1.1\r\n" + b"X: a\r\n" * 100_000,
    "endless record": b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 99999999999999\r\n\r\n",
}


@pytest.mark.parametrize("content", NO_ARCHIVES.values(), ids=NO_ARCHIVES)
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
def test_what_is_no_archive_is_said(db: Database, tmp_path: Path, content: bytes, zipped: bool) -> None:
    report = take(db, tmp_path, gzip.compress(content) if zipped else content, name="a.warc")
    assert (report.new, report.rejected) == (0, 1)
    assert "the archive is damaged, or no WARC, from byte 0 on" in rejected(report)[0]["reason"]


def test_empty_archive_gives_nothing(db: Database, tmp_path: Path) -> None:
    assert counts(take(db, tmp_path, b"")) == (0, 0, 0, 0, 0, 0)


def test_bombs_are_rejected_and_the_next_page_is_read(db: Database, tmp_path: Path) -> None:
    warc = Warc()
    warc.page("/bomb", gzip.compress(bytes(50_000_000)), headers=(("Content-Encoding", "gzip"),))
    warc.page("/large", bytes(20_000_000))
    warc.page("/ad/1", ad_page(1))
    report = take(db, tmp_path, warc.bytes)
    assert (report.new, report.rejected) == (1, 2)
    assert ["unpacks to more than 8,388,608 bytes" in rejected(report)[0]["reason"],
            "at most 8,650,752 are read" in rejected(report)[1]["reason"]] == [True, True]  # fmt: skip


# WACZ


def package(archives: dict[str, bytes], **changes: Any) -> bytes:
    """A WACZ with its datapackage; `changes` replace a member, None takes it away."""
    resources = [{"name": name, "path": name, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
                 for name, data in archives.items()]  # fmt: skip
    described = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}).encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
    members: dict[str, Any] = dict(archives) | {
        "datapackage.json": described, "datapackage-digest.json": json.dumps(digest).encode(),
    } | changes  # fmt: skip
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, data in members.items():
            if data is not None:
                zipped.writestr(name, data)
    return file.getvalue()


def small(number: int) -> bytes:
    warc = Warc()
    warc.page(f"/ad/{number}", ad_page(number))
    return warc.bytes


def test_every_archive_of_a_package_is_read(db: Database, tmp_path: Path) -> None:
    content = package({"archive/a.warc.gz": small(1), "archive/b.warc.gz": small(2)})
    report = take(db, tmp_path, content, name="a.wacz")
    assert (report.new, report.rejected) == (2, 0)
    assert sources(db) == ["import a.wacz:archive/a.warc.gz:0", "import a.wacz:archive/b.warc.gz:0"]


def test_damage_inside_a_package_names_the_archive(db: Database, tmp_path: Path) -> None:
    content = package({"archive/a.warc.gz": small(1)[:-60], "archive/b.warc.gz": small(2)})
    report = take(db, tmp_path, content, name="a.wacz")
    assert (report.new, report.rejected) == (1, 1)
    assert rejected(report)[0]["row"]["archive"] == "archive/a.warc.gz"


def doubled() -> bytes:
    file = BytesIO(package({"archive/a.warc.gz": small(1)}))
    with zipfile.ZipFile(file, "a") as zipped, pytest.warns(UserWarning, match="Duplicate name"):
        zipped.writestr("archive/a.warc.gz", small(2))
    return file.getvalue()


def bomb() -> bytes:
    data = bytes(200_000_000)
    resources = [{"path": "archive/a.warc", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}]
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("archive/a.warc", data)
        zipped.writestr("datapackage.json", json.dumps({"resources": resources}))
    return file.getvalue()


ONE = {"archive/a.warc.gz": small(1)}
BAD_PACKAGES: dict[str, tuple[bytes, str]] = {
    "no zip": (b"hello", "no WACZ that can be read"),
    "cut": (package(ONE)[:-200], "no WACZ that can be read"),
    "no archive": (package({"pages/pages.jsonl": b"{}"}), r"no archive/\*.warc.gz in it"),
    "another archive": (package(ONE, **{"archive/a.warc.gz": small(2)}), "a.warc.gz does not have the hash"),
    "no datapackage": (package(ONE, **{"datapackage.json": None}), "datapackage.json is missing"),
    "another datapackage": (package(ONE, **{"datapackage.json": b"{}"}), "datapackage.json does not have the hash"),
    "datapackage is no JSON": (
        package(ONE, **{"datapackage.json": b"[" * 100_000, "datapackage-digest.json": None}), "is not JSON"
    ),
    "archive without a hash": (package(ONE, **{"archive/b.warc.gz": small(2)}), "b.warc.gz has no sha256 hash"),
    "archive twice": (doubled(), "'archive/a.warc.gz' is there twice"),
    "bomb": (bomb(), "unpacks to more than 104,857,600 bytes"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), BAD_PACKAGES.values(), ids=BAD_PACKAGES)
def test_package_that_is_not_what_it_says_gives_nothing(
    db: Database, tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(ImportFault, match=f"a.wacz: .*{reason}"):
        take(db, tmp_path, content, name="a.wacz")
    assert stored(db) == []


@pytest.mark.parametrize(
    "name", ["../../evil.warc.gz", "/evil.warc.gz", "archive/../../evil.warc.gz", "archive/x/a.warc.gz"]
)
def test_no_name_of_a_package_is_a_path(db: Database, tmp_path: Path, name: str) -> None:
    before = {path.name for path in tmp_path.iterdir()}
    report = take(db, tmp_path, package({**ONE, name: small(2)}), name="a.wacz")
    assert report.new == 1
    assert {path.name for path in tmp_path.iterdir()} - before == {"a.wacz"}


# the command


def test_command_reads_an_archive_with_a_site_file(varde: Varde, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "sites", "a.example", f"{HOST}/")
    content, _ = mixed()
    (tmp_path / "a.warc.gz").write_bytes(content)
    done = varde("import", "a.warc.gz", "--site", "a.example", "--sites", folder, "--json")
    assert done.returncode == 3, done.stderr
    (report,) = printed(done)
    assert {key: report[key] for key in ("new", "lists", "passed_over", "rejected", "rejected_file")} == {
        "new": 3, "lists": 1, "passed_over": 5, "rejected": 1, "rejected_file": "a.warc.gz.rejected.jsonl"
    }  # fmt: skip


def test_command_wants_a_site_for_an_archive(varde: Varde, tmp_path: Path) -> None:
    (tmp_path / "a.wacz").write_bytes(b"")
    done = varde("import", "a.wacz")
    assert done.returncode == 2
    assert "a web archive is read with a site file; say which: --site NAME" in done.stderr
    done = varde("import", "a.wacz", "--site", "none.example")
    assert done.returncode == 1
    assert "no site file for none.example" in done.stderr


def test_records_that_nobody_reads_are_not_held(tmp_path: Path) -> None:
    warc = Warc()
    warc.page("/a", bytes(10_000_000), type="request")
    (tmp_path / "a.warc.gz").write_bytes(warc.bytes)
    (record,) = read_records(tmp_path / "a.warc.gz", limit=100)
    assert (record.type, record.block, record.problem) == ("request", b"", "")
