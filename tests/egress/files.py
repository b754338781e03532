"""Routes by which a file that is imported leads elsewhere; and archives of the pages of all other routes."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.egress.routes import AD, LISTING, Pages, Route, html
from tests.egress.servers import Answer

DATE = "2026-05-01T12:00:00Z"
_FIRST = datetime(2026, 5, 1, 12, tzinfo=UTC)
_SECONDS = count(1)
_HEADERS = ("WARC_Refers_To_Target_URI", "WARC_Profile", "WARC_Source_URI", "WARC_Filename", "WARC_Page_ID",
            "WARC_Truncated")  # fmt: skip
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """A file of one route, and how many pages or rows of it are to be read."""

    path: Path
    pages: int


class Warc:
    """A WARC file, byte for byte as it is told: libraries would not write what some servers send."""

    def __init__(self, site: str) -> None:
        self.site, self.bytes = site, b""

    def page(self, path: str, answer: Answer, **more: str) -> None:
        """A response; `more` are headers of the record, "_" for "-"."""
        self.record(self.site + path, "response", answer.wire(), "application/http; msgtype=response", **more)

    def record(self, url: str, type: str, block: bytes, kind: str, **more: str) -> None:
        date = (_FIRST + timedelta(seconds=next(_SECONDS))).strftime("%Y-%m-%dT%H:%M:%SZ")  # each a sighting of its own
        headers = {
            "WARC-Type": type, "WARC-Record-ID": f"<{uuid4().urn}>", "WARC-Target-URI": url, "WARC-Date": date,
            "Content-Type": kind, "Content-Length": str(len(block)),
        } | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip
        head = "\r\n".join(["WARC/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        self.bytes += gzip.compress(head.encode() + block + b"\r\n\r\n")


def is_read(answer: Answer) -> bool:
    """Is it a page, by what an archive says of it?"""
    return answer.status == 200 and answer.kind not in ("text/css", "text/javascript")


def package(archives: Mapping[str, bytes], resources: Sequence[Mapping[str, Any]] = (), **members: bytes) -> bytes:
    """A WACZ whose datapackage names its archives, and `resources` that are not in it."""
    own = [{"name": name, "path": name, "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
           for name, data in archives.items()]  # fmt: skip
    described = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": [*resources, *own]})
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in {**archives, "datapackage.json": described.encode(), **members}.items():
            packed.writestr(name.replace("__", "/"), data)
    return file.getvalue()


# Each writes files into a folder, with the pages of `site`, that name URLs.


def record_headers(folder: Path, site: str, urls: Sequence[str]) -> Written:
    """Every header of a record that may hold a URL."""
    warc = Warc(site)
    for number, url in enumerate(_plain(urls)):
        warc.page(f"/ad/{number}", html(""), WARC_IP_Address="127.0.0.1", WARC_Concurrent_To=f"<{url}>",
                  **dict.fromkeys(_HEADERS, url))  # fmt: skip
    return _written(folder / "record-headers.warc.gz", warc.bytes, len(_plain(urls)))


def foreign_records(folder: Path, site: str, urls: Sequence[str]) -> Written:
    """Records of other hosts, of links, of what is elsewhere; and one page of the site, which is read."""
    warc = Warc(site)
    for url in _plain(urls):
        block = "".join(f"outlink: {url} L a/@href\r\nvia: {url}\r\n" for url in _plain(urls)).encode()
        warc.record(url, "response", html("").wire(), "application/http; msgtype=response")
        warc.record(f"{site}/", "metadata", block, "application/warc-fields")
        warc.record(f"{site}/ad/0", "revisit", b"", "application/http", WARC_Profile=_PROFILE,
                    WARC_Refers_To_Target_URI=url, WARC_Refers_To_Date=DATE)  # fmt: skip
        warc.record(url, "resource", b"x", "text/html")
        warc.record(f"{site}/", "request", f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), "application/http")
    warc.page("/ad/0", html(""))
    return _written(folder / "foreign-records.warc.gz", warc.bytes, 1)


def named_resources(folder: Path, site: str, urls: Sequence[str]) -> Written:
    """A package that says parts of it are elsewhere."""
    warc = Warc(site)
    warc.page("/ad/0", html(""))
    away = [{"name": url, "path": url, "hash": f"sha256:{'0' * 64}", "bytes": 9} for url in urls]
    pages = "".join(json.dumps({"url": url, "ts": DATE, "favIconUrl": url}) + "\n" for url in urls)
    index = "".join(f"x 2026 {json.dumps({'url': url, 'filename': url, 'offset': 0})}\n" for url in _plain(urls))
    packed = package({"archive/data.warc.gz": warc.bytes}, away, pages__pages_jsonl=pages.encode(),
                     indexes__index_cdx=index.encode(), fuzzy_json=json.dumps(list(urls)).encode())  # fmt: skip
    return _written(folder / "named-resources.wacz", packed, 1)


def rows(urls: Sequence[str]) -> list[dict[str, Any]]:
    return [{"site": "rows.example", "ad_id": str(n), "kind": "job", "seen_at": DATE, "text": f"See {url}", "url": url,
             "images": [{"url": url}], "handles": [url], "extra": {"source": url, "$ref": url}, "employer": url}
            for n, url in enumerate(urls)]  # fmt: skip


def rows_jsonl(folder: Path, site: str, urls: Sequence[str]) -> Written:
    text = "".join(json.dumps(row) + "\n" for row in rows(urls))
    return _written(folder / "rows.jsonl", text.encode(), len(urls))


def rows_csv(folder: Path, site: str, urls: Sequence[str]) -> Written:
    names = ("site", "ad_id", "kind", "seen_at", "text", "url", "handles", "employer")
    file = StringIO()
    writer = csv.DictWriter(file, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(row | {"handles": row["url"], "employer": f'=WEBSERVICE("{row["url"]}")'} for row in rows(urls))
    return _written(folder / "rows.csv", file.getvalue().encode(), len(urls))


def _plain(urls: Sequence[str]) -> list[str]:
    """Those that a header can hold, and that are not of the site in any reader's eyes."""
    return [url for url in urls if url.isascii() and url.isprintable() and "#" not in url]


def _written(path: Path, data: bytes, pages: int) -> Written:
    path.write_bytes(data)
    return Written(path, pages)


FILES: Mapping[str, Callable[[Path, str, Sequence[str]], Written]] = {
    "record-headers": record_headers, "foreign-records": foreign_records, "package-resources": named_resources,
    "rows-jsonl": rows_jsonl, "rows-csv": rows_csv,
}  # fmt: skip


def _none(urls: Sequence[str]) -> Pages:
    return {}


ROUTES = tuple(Route(name, _none, (), "file", tables=LISTING + AD) for name in FILES)
