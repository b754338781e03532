"""The archive: what went over the wire is kept byte for byte, and other people's tools can read it."""

from __future__ import annotations

import gzip
import hashlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.evidence import Archive, ArchiveFault, archive_folder, read_capture
from crawler.exchange import Exchange, Rendering, Tls

BODY = "<p>Blåbær 4️⃣2</p>\r\n\r\n\0".encode()
ZIPPED = gzip.compress(BODY, mtime=0)
CHUNKED = b"5;name=x\r\n<p>hi\r\n3\r\n!\r\n\r\n0\r\nTrailer: x\r\n\r\n"
URL = "https://a.example/ad/17?a=å"
AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
TLS = Tls(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", chain=(b"\x30\x03leaf", b"\x30\x03root"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "captures", "a.example", info={"software": "varde 0", "site": "a.example"})
    yield opened
    opened.close()


def exchange(wire: bytes = BODY, *headers: bytes, status: int = 200, body: bytes | None = None) -> Exchange:
    lines = [b"HTTP/1.1 %d OK" % status, *headers, b"", b""]
    return Exchange(
        url=URL, sent_at=AT, address="192.0.2.7", status=status,
        request=b"GET /ad/17 HTTP/1.1\r\nHost: a.example\r\n\r\n",
        head=b"\r\n".join(lines), wire=wire, body=wire if body is None else body,
    )  # fmt: skip


EXCHANGES = {
    "html": exchange(BODY, b"Content-Type: text/html"),
    "gzip": exchange(ZIPPED, b"Content-Type: text/html", b"Content-Encoding: gzip"),
    "gzip that is none": exchange(b"not zipped", b"Content-Encoding: gzip"),
    "chunked": exchange(CHUNKED, b"Transfer-Encoding: chunked", body=b"<p>hi!\r\n"),
    "chunked and gzip": exchange(
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(ZIPPED), ZIPPED), b"Transfer-Encoding: chunked", b"Content-Encoding: gzip",
        body=ZIPPED,
    ),
    "chunks cut off": exchange(b"9\r\nhello", b"Transfer-Encoding: chunked", body=b"hello"),
    "looks chunked": exchange(b"5\r\nhello\r\n0\r\n\r\n"),
    "wrong length": exchange(BODY, b"Content-Length: 5"),
    "empty": exchange(b""),
    "redirect": exchange(b"", b"Location: https://b.example/", status=302),
    "error": exchange(b"gone", status=410),
    "status nobody knows": exchange(b"x", status=599),
    "header in Latin-1": exchange(b"x", "X-Name: blå".encode("latin-1")),
    "header twice, case as sent": exchange(b"x", b"set-COOKIE: a=1", b"Set-Cookie: b=2"),
    "line feeds alone": replace(exchange(b"\r\n\r\nx"), head=b"HTTP/1.1 200 OK\nX: 1\n\n"),
    "looks like a record": exchange(b"WARC/1.1\r\nWARC-Type: response\r\n\r\n\r\n\r\n"),
    "binary": exchange(bytes(range(256)) * 300),
    "over TLS": replace(exchange(), tls=TLS),
}  # fmt: skip


@pytest.mark.parametrize("sent", EXCHANGES.values(), ids=EXCHANGES)
def test_bytes_come_back_as_received(archive: Archive, sent: Exchange) -> None:
    archive.keep(exchange(b"before"))
    capture = archive.keep(sent).capture
    archive.keep(exchange(b"after"))
    assert read_capture(archive.path.parent, capture) == sent.body
    assert capture.sha256 == hashlib.sha256(sent.body).hexdigest()
    assert (capture.size, capture.status, capture.url) == (len(sent.body), sent.status, sent.url)
    (block,) = [block for record, block in blocks(archive.path) if record.rec_type == "response"][1:2]
    assert block == sent.head + sent.wire


def warcio_check(path: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_other_tools_accept_the_file(archive: Archive) -> None:
    for sent in EXCHANGES.values():
        archive.keep(sent)
    refers_to = archive.keep(exchange()).capture
    archive.keep_revisit(exchange(b"", b'ETag: "1"', status=304), refers_to=refers_to)
    archive.keep_rendering(rendering(exchange(CHUNKED, b"Transfer-Encoding: chunked", body=b"<p>hi!\r\n")))
    assert warcio_check(archive.path) == (0, "")


def test_other_tools_find_a_changed_body(archive: Archive) -> None:
    archive.keep(exchange())
    archive.path.write_bytes(gzip.compress(gzip.decompress(archive.path.read_bytes()).replace(b"<p>", b"<b>")))
    assert warcio_check(archive.path)[0] == 1


def test_other_tools_unpack_chunks_and_gzip(archive: Archive) -> None:
    archive.keep(EXCHANGES["chunked and gzip"])
    with archive.path.open("rb") as file:
        (body,) = [record.content_stream().read() for record in ArchiveIterator(file) if record.rec_type == "response"]
    assert body == BODY


def blocks(path: Path) -> list[tuple[Any, bytes]]:
    """The records of a file, with their blocks as they lie there."""
    with path.open("rb") as file:
        return [(record, record.raw_stream.read()) for record in ArchiveIterator(file, no_record_parse=True)]


def header(record: Any, name: str) -> str:
    return str(record.rec_headers.get_header(name))


def rendering(sent: Exchange | None = None, screenshot: bytes = b"\x89PNG") -> Rendering:
    return Rendering(
        url=URL, rendered_at=AT, exchange=sent, html=b"<html>seen</html>", screenshot=screenshot,
        denied=(("foreign_host", "https://c.example/x\r\nX: y"),),
    )  # fmt: skip


def test_page_leaves_request_response_and_what_the_connection_was(archive: Archive) -> None:
    sent = replace(exchange(BODY, b"Content-Type: text/html"), tls=TLS)
    kept = archive.keep(sent, via="http")
    found = blocks(archive.path)
    assert [record.rec_type for record, _ in found] == ["warcinfo", "resource", "request", "metadata", "response"]
    info, chain, request, metadata, response = found
    assert b"software: varde 0\r\nsite: a.example\r\n" in info[1]
    assert request[1] == sent.request
    assert chain[1].decode().count("BEGIN CERTIFICATE") == 2
    assert header(chain[0], "WARC-Target-URI") == f"urn:varde:tls:{hashlib.sha256(chain[1]).hexdigest()}"
    assert metadata[1].decode().splitlines() == [
        "address: 192.0.2.7", "tlsVersion: TLSv1.3", "tlsCipher: TLS_AES_256_GCM_SHA384",
        f"tlsChain: {header(chain[0], 'WARC-Target-URI')}",
    ]  # fmt: skip
    for record, _ in (request, metadata):
        assert header(record, "WARC-Concurrent-To") == header(response[0], "WARC-Record-ID")
    for record, _ in (request, response):
        assert header(record, "WARC-IP-Address") == "192.0.2.7"
        assert header(record, "WARC-Date") == "2026-11-21T12:00:00.123456Z"
        assert header(record, "WARC-Target-URI") == URL
    assert kept.capture.fetched_at == "2026-11-21T12:00:00.123+00:00"
    assert header(response[0], "X-Varde-Via") == "http"


def test_certificates_are_written_once_a_file(archive: Archive) -> None:
    other = replace(TLS, chain=(b"\x30\x03else",))
    for tls in (TLS, TLS, other, TLS, None):
        archive.keep(replace(exchange(), tls=tls))
    assert sum(record.rec_type == "resource" for record, _ in blocks(archive.path)) == 2


def test_records_place_every_byte_of_the_file(archive: Archive) -> None:
    kept = [archive.keep(replace(exchange(str(i).encode()), tls=TLS)) for i in range(3)]
    records = [record for item in kept for record in item.records]
    assert [record.offset for record in records] == [sum(r.length for r in records[:i]) for i in range(len(records))]
    stored = archive.path.read_bytes()
    assert sum(record.length for record in records) == len(stored)
    for record, (found, _) in zip(records, blocks(archive.path), strict=True):
        member = stored[record.offset : record.offset + record.length]
        assert record.sha256 == hashlib.sha256(member).hexdigest()
        assert f"<{record.record_id}>" == header(found, "WARC-Record-ID")
        assert record.date == header(found, "WARC-Date")


def test_revisit_names_what_it_is_the_same_as(archive: Archive) -> None:
    first = archive.keep(exchange()).capture
    kept = archive.keep_revisit(exchange(b"", b'ETag: "1"', status=304), refers_to=first)
    record, block = blocks(archive.path)[-1]
    assert header(record, "WARC-Type") == "revisit"
    assert header(record, "WARC-Profile").endswith("/revisit/server-not-modified")
    assert header(record, "WARC-Refers-To-Target-URI") == URL
    assert header(record, "WARC-Refers-To-Date")[:23] == header(blocks(archive.path)[3][0], "WARC-Date")[:23]
    assert block.startswith(b"HTTP/1.1 304 ")
    assert (kept.capture.status, read_capture(archive.path.parent, kept.capture)) == (304, b"")


@pytest.mark.parametrize("sent", [exchange(), None], ids=["with what was sent", "without"])
def test_rendered_page_is_its_dom_and_its_picture(archive: Archive, sent: Exchange | None) -> None:
    kept = archive.keep_rendering(rendering(sent))
    found = {header(record, "WARC-Target-URI"): (record, block) for record, block in blocks(archive.path)[1:]}
    assert found[f"urn:dom:{URL}"][1] == b"<html>seen</html>"
    assert found[f"urn:view:{URL}"][1] == b"\x89PNG"
    assert header(found[f"urn:view:{URL}"][0], "Content-Type") == "image/png"
    assert (URL in found) == (sent is not None)
    assert kept.capture.via == "browser"
    assert kept.capture.url == URL
    assert read_capture(archive.path.parent, kept.capture) == b"<html>seen</html>"
    denied = [block for record, block in blocks(archive.path) if b"via: browser" in block]
    assert b"denied: foreign_host https://c.example/x%0D%0AX:%20y\r\n" in denied[0]


def test_no_picture_no_record_of_one(archive: Archive) -> None:
    archive.keep_rendering(rendering(screenshot=b""))
    assert not any("urn:view:" in header(record, "WARC-Target-URI") for record, _ in blocks(archive.path))


ODD_URLS = [
    "https://a.example/\r\nWARC-Type: x",
    "https://a.example/ <b>",
    "https://a.example/\udcff",
    "https://a.example/\x00\x85\u2028",
]


@pytest.mark.parametrize("url", ODD_URLS, ids=ascii)
def test_url_cannot_forge_a_header(archive: Archive, url: str) -> None:
    archive.keep(replace(exchange(), url=url))
    assert [record.rec_type for record, _ in blocks(archive.path)] == ["warcinfo", "request", "metadata", "response"]
    assert warcio_check(archive.path) == (0, "")


def test_whole_records_of_a_torn_file_stay_readable(archive: Archive) -> None:
    kept = [archive.keep(exchange(bytes([i]) * 5000)).capture for i in range(5)]
    whole = archive.path.read_bytes()
    for cut in (kept[4].offset, kept[4].offset + 1, kept[4].offset + kept[4].length // 2, len(whole) - 1):
        archive.path.write_bytes(whole[:cut])
        assert [read_capture(archive.path.parent, item) for item in kept[:4]] == [bytes([i]) * 5000 for i in range(4)]


@pytest.mark.parametrize("fault", ["cut", "gone"])
def test_capture_that_cannot_be_read_is_an_os_error(archive: Archive, fault: str) -> None:
    capture = archive.keep(exchange()).capture
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
    captures = [item.keep(exchange(body)).capture for item, body in ((first, b"1"), (second, b"2"))]
    first.close()
    second.close()
    assert [read_capture(tmp_path, capture) for capture in captures] == [b"1", b"2"]
    assert first.path != second.path


def test_archive_without_records_leaves_no_file(tmp_path: Path) -> None:
    empty = Archive(tmp_path, "a.example")
    empty.close()
    assert list(tmp_path.iterdir()) == []


def test_archive_lies_beside_the_store(tmp_path: Path) -> None:
    assert archive_folder(tmp_path / "x.db") == tmp_path / "x.db.captures"


def test_full_disk_leaves_whole_records_only(tmp_path: Path) -> None:
    """A file-size limit stands in for the full disk: the write that does not fit fails half done."""
    archive, before = Archive(tmp_path, "a.example"), resource.getrlimit(resource.RLIMIT_FSIZE)
    first = archive.keep(exchange(b"first"))
    size = archive.path.stat().st_size
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            archive.keep(exchange(os.urandom(50_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert archive.path.stat().st_size == size
    assert read_capture(tmp_path, first.capture) == b"first"
    with pytest.raises(ArchiveFault, match="File too large"):  # an archive that failed once is not written to again
        archive.keep(exchange(b"after"))
    archive.close()
    assert archive.path.stat().st_size == size
