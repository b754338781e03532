"""The archive: what a server sent is kept byte for byte, and other people's tools can read it."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Response
from warcio.archiveiterator import ArchiveIterator

from crawler.evidence import Archive, archive_folder, read_capture

BODY = "<p>Blåbær 4️⃣2</p>\r\n\r\n\0".encode()
ZIPPED = gzip.compress(BODY, mtime=0)
URL = "https://a.example/ad/17?a=å"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "captures", "a.example")
    yield opened
    opened.close()


def response(body: bytes = BODY, *, status: int = 200, **headers: Any) -> Response:
    return Response(
        URL,
        status=status,
        body=body,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


BODIES = {
    "html": response(Content_Type="text/html"),
    "gzip": response(ZIPPED, Content_Type="text/html", Content_Encoding="gzip"),
    "gzip that is none": response(b"not zipped", Content_Encoding="gzip"),
    "chunked, as said by the server": response(Transfer_Encoding="chunked"),
    "looks chunked": response(b"5\r\nhello\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
    "wrong length": response(Content_Length="5"),
    "empty": response(b""),
    "redirect": response(b"", status=302, Location="https://b.example/"),
    "error": response(b"gone", status=410),
    "status nobody knows": response(b"x", status=599),
    "header in Latin-1": response(X_Name="bl\xe5".encode("latin-1")),
    "header twice": response(Set_Cookie=["a=1", "b=2"]),
    "looks like a record": response(b"WARC/1.1\r\nWARC-Type: response\r\n\r\n\r\n\r\n"),
    "binary": response(bytes(range(256)) * 300),
}


@pytest.mark.parametrize("sent", BODIES.values(), ids=BODIES)
def test_bytes_come_back_as_received(archive: Archive, sent: Response) -> None:
    archive.keep(response(b"before"), via="http")
    capture = archive.keep(sent, via="http")
    archive.keep(response(b"after"), via="http")
    assert read_capture(archive.path.parent, capture) == sent.body
    assert capture.sha256 == hashlib.sha256(sent.body).hexdigest()
    assert (capture.size, capture.status, capture.url) == (len(sent.body), sent.status, sent.url)


@pytest.mark.parametrize("sent", BODIES.values(), ids=BODIES)
def test_other_tools_accept_the_file(archive: Archive, sent: Response) -> None:
    for _ in range(2):
        archive.keep(sent, via="http")
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(archive.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_the_check_finds_a_changed_body(archive: Archive) -> None:
    archive.keep(response(), via="http")
    archive.path.write_bytes(gzip.compress(gzip.decompress(archive.path.read_bytes()).replace(b"<p>", b"<b>")))
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(archive.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1


def records(path: Path) -> list[Any]:
    with path.open("rb") as file:
        return [(record, record.raw_stream.read()) for record in ArchiveIterator(file)]


def test_record_holds_url_status_headers_and_the_manner(archive: Archive) -> None:
    archive.keep(response(Content_Type="text/html", Set_Cookie=["a=1", "b=2"]), via="browser")
    ((record, _),) = records(archive.path)
    assert record.rec_type == "response"
    assert record.rec_headers.get_header("WARC-Target-URI") == URL
    assert record.rec_headers.get_header("X-Varde-Via") == "browser"
    assert record.http_headers.get_statuscode() == "200"
    assert sorted(record.http_headers.headers) == [
        ("Content-Type", "text/html"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]


def test_capture_names_the_place_and_the_moment(archive: Archive) -> None:
    before = datetime.now().astimezone()
    kept = [archive.keep(response(str(i).encode()), via="http") for i in range(3)]
    assert [item.offset for item in kept] == [0, kept[0].length, kept[0].length + kept[1].length]
    assert {item.file for item in kept} == {archive.path.name}
    assert sum(item.length for item in kept) == archive.path.stat().st_size
    assert all(abs(datetime.fromisoformat(item.fetched_at) - before) < timedelta(seconds=5) for item in kept)
    dates = [record.rec_headers.get_header("WARC-Date") for record, _ in records(archive.path)]
    assert [date[:23] for date in dates] == [item.fetched_at[:23] for item in kept]


def test_whole_records_of_a_torn_file_stay_readable(archive: Archive) -> None:
    kept = [archive.keep(response(bytes([i]) * 5000), via="http") for i in range(5)]
    whole = archive.path.read_bytes()
    for cut in (kept[4].offset, kept[4].offset + 1, kept[4].offset + kept[4].length // 2, len(whole) - 1):
        archive.path.write_bytes(whole[:cut])
        assert [read_capture(archive.path.parent, item) for item in kept[:4]] == [bytes([i]) * 5000 for i in range(4)]


@pytest.mark.parametrize("fault", ["cut", "gone"])
def test_capture_that_cannot_be_read_is_an_os_error(archive: Archive, fault: str) -> None:
    capture = archive.keep(response(), via="http")
    if fault == "gone":
        archive.path.rename(archive.path.with_suffix(".away"))
    else:
        archive.path.write_bytes(archive.path.read_bytes()[:-20])
    with pytest.raises((OSError, EOFError)):
        read_capture(archive.path.parent, capture)
    if fault == "gone":
        archive.path.with_suffix(".away").rename(archive.path)


def test_two_archives_of_one_site_never_share_a_file(tmp_path: Path) -> None:
    first, second = Archive(tmp_path, "a.example"), Archive(tmp_path, "a.example")
    first.keep(response(b"1"), via="http")
    second.keep(response(b"2"), via="http")
    first.close()
    second.close()
    assert [body for path in (first.path, second.path) for _, body in records(path)] == [b"1", b"2"]


def test_archive_without_records_leaves_no_file(tmp_path: Path) -> None:
    empty = Archive(tmp_path, "a.example")
    empty.close()
    assert list(tmp_path.iterdir()) == []


def test_page_with_a_charset_is_kept_undecoded(archive: Archive) -> None:
    page = HtmlResponse(URL, body="<p>på</p>".encode("latin-1"), encoding="latin-1")
    assert read_capture(archive.path.parent, archive.keep(page, via="http")) == b"<p>p\xe5</p>"


def test_archive_lies_beside_the_store(tmp_path: Path) -> None:
    assert archive_folder(tmp_path / "x.db") == tmp_path / "x.db.captures"
