"""Packs the archive of one crawl as WACZ 1.1.1: one file that other people's viewers open and `varde verify` reads."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from crawler import __version__
from crawler.durable import sync_folder
from crawler.errors import VardeError
from crawler.manifest import MANIFEST, find_manifests, signature_path, stamp_path
from crawler.recordcheck import UNREADABLE, Pack
from crawler.records import TORN
from crawler.warcformat import unpack

_INDEXED = ("response", "revisit", "resource")
_CONTENT_TYPE = re.compile(rb"(?im)^content-type:[ \t]*([^;\s]+)")
_DATAPACKAGE, _DIGEST = "datapackage.json", "datapackage-digest.json"


class WaczError(VardeError):
    """There is nothing to pack, or it cannot be packed; the message says why."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the index and the list of pages say of one record."""

    url: str
    date: str
    mime: str
    status: int | None
    digest: str
    file: str
    offset: int
    length: int
    id: str


def pack(folder: Path, manifest: Path, out: Path) -> Path:
    """Write the crawl of `manifest` as a WACZ to `out`; equal archives give equal files. Raises WaczError, OSError."""
    content = json.loads(manifest.read_bytes())
    draft = out.with_name(f".{out.name}.part")
    try:
        _pack(folder, manifest, content, draft)
        draft.replace(out)
        sync_folder(out.parent)
    except FileNotFoundError as error:
        raise WaczError(f"{error.filename}: is missing; `varde verify` says what else is wrong") from error
    except ValueError as error:
        raise WaczError(f"{folder}: a record cannot be read ({error}); `varde verify` says which") from error
    finally:
        draft.unlink(missing_ok=True)
    return out


def _pack(folder: Path, manifest: Path, content: Mapping[str, Any], draft: Path) -> None:
    entries = sorted(_entries(folder, content), key=lambda entry: (_sort_key(entry.url), entry.date, entry.offset))
    with zipfile.ZipFile(draft, "w", allowZip64=True) as packed:
        writer = _Writer(packed, datetime.fromisoformat(content["created"]).astimezone(UTC))
        for part in content["files"]:
            writer.add_file(f"archive/{part['name']}", folder / part["name"])
        writer.add("indexes/index.cdx.gz", gzip.compress("".join(map(_index_line, entries)).encode(), mtime=0))
        writer.add("pages/pages.jsonl", "".join(_page_lines(entries, content)).encode())
        for path in _ours(folder, manifest, content):
            writer.add_file(f"varde/{path.name}", path)
        writer.finish(content)


def find_manifest(folder: Path, crawl: int) -> Path:
    """The manifest of a crawl. Raises WaczError with the crawls there are."""
    found = {path.name.removesuffix(MANIFEST).rpartition("-")[2]: path for path in find_manifests(folder)}
    if str(crawl) not in found:
        raise WaczError(f"{folder}: no manifest of crawl {crawl}; there are {', '.join(found) or 'none'}")
    return found[str(crawl)]


def package_faults(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """What in a WACZ is not as its own datapackage.json says, as (file, what)."""
    names = packed.namelist()
    yield from ((name, "is there twice") for name in sorted({name for name in names if names.count(name) > 1}))
    try:
        described = packed.read(_DATAPACKAGE)
        signed_off = json.loads(packed.read(_DIGEST))["hash"]
        resources = {part["path"]: part["hash"] for part in json.loads(described)["resources"]}
    except UNREADABLE as error:
        yield _DATAPACKAGE, f"cannot be read ({error!r})"
        return
    if signed_off != _hash(BytesIO(described)):
        yield _DATAPACKAGE, f"is not what {_DIGEST} says"
    for path, wanted in resources.items():
        try:
            with packed.open(path) as part:
                found = _hash(part)
        except UNREADABLE:
            found = "missing or damaged"
        if found != wanted:
            yield path, f"is not what {_DATAPACKAGE} says"
    yield from ((name, f"is not in {_DATAPACKAGE}") for name in sorted({*names} - {*resources, _DATAPACKAGE, _DIGEST}))


def open_pack(path: Path) -> Pack:
    """Raises WaczError for a file that is no ZIP."""
    try:
        return Pack(zipfile.ZipFile(path))
    except (OSError, zipfile.BadZipFile) as error:
        raise WaczError(f"{path}: cannot be read as WACZ ({error})") from error


class _Writer:
    """Adds files to a ZIP without compressing them, all of one time, and keeps what datapackage.json says of each."""

    def __init__(self, packed: zipfile.ZipFile, moment: datetime) -> None:
        self._packed, self._moment = packed, moment
        self._resources: list[dict[str, Any]] = []

    def add(self, path: str, data: bytes) -> None:
        self._write(path, BytesIO(data))

    def add_file(self, path: str, source: Path) -> None:
        with source.open("rb") as file:
            self._write(path, file)

    def finish(self, content: Mapping[str, Any]) -> None:
        crawl = content["crawl"]
        package = {
            "profile": "data-package", "wacz_version": "1.1.1", "software": f"varde {__version__}",
            "title": f"{crawl['site']}, crawl {crawl['id']}", "created": _zulu(self._moment),
            "resources": self._resources,
        }  # fmt: skip
        described = json.dumps(package, indent=1).encode()
        self._write(_DATAPACKAGE, BytesIO(described))
        digest = {"path": _DATAPACKAGE, "hash": _hash(BytesIO(described))}
        self._write(_DIGEST, BytesIO(json.dumps(digest, indent=1).encode()))

    def _write(self, path: str, source: IO[bytes]) -> None:
        info = zipfile.ZipInfo(path, self._moment.timetuple()[:6])
        info.external_attr = 0o644 << 16
        hashed, size = hashlib.sha256(), 0
        with self._packed.open(info, "w", force_zip64=True) as part:
            while piece := source.read(1 << 20):
                part.write(piece)
                hashed.update(piece)
                size += len(piece)
        name = re.sub(r"[^a-z0-9._-]", "-", path.rpartition("/")[2].lower())
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{hashed.hexdigest()}", "bytes": size})


def _ours(folder: Path, manifest: Path, content: Mapping[str, Any]) -> Iterator[Path]:
    yield from (folder / content["chain"]["file"], manifest, signature_path(manifest))
    if stamp_path(manifest).exists():
        yield stamp_path(manifest)


def _entries(folder: Path, content: Mapping[str, Any]) -> Iterator[_Entry]:
    """Read record by record as the chain names them."""
    sizes = {part["name"] for part in content["files"]}
    with (folder / content["chain"]["file"]).open("rb") as chain:
        for line in chain:
            record = json.loads(line)
            if record["type"] in _INDEXED and record["type"] != TORN and record["file"] in sizes:
                yield _entry(folder, record)


def _entry(folder: Path, record: Mapping[str, Any]) -> _Entry:
    with (folder / record["file"]).open("rb") as file:
        file.seek(record["offset"])
        headers, block = unpack(file.read(record["length"]))
    mime, status = headers.get("content-type", "").partition(";")[0], None
    if mime == "application/http":
        head = block[: 1 << 16].replace(b"\r", b"").partition(b"\n\n")[0]
        kind = _CONTENT_TYPE.search(head)
        mime, status = kind[1].decode("latin-1") if kind else "unk", _status(head)
    if record["type"] == "revisit":
        mime = "warc/revisit"
    digest = headers.get("warc-payload-digest") or headers["warc-block-digest"]
    return _Entry(record["url"], record["date"], mime, status, digest, record["file"], record["offset"],
                  record["length"], record["record"].rpartition(":")[2])  # fmt: skip


def _status(head: bytes) -> int:
    code = head.split(maxsplit=2)[1:2]
    return int(code[0]) if code and code[0].isdigit() else 0


def _index_line(entry: _Entry) -> str:
    """CDXJ: sortable URL, time, and where the record lies."""
    fields = {"url": entry.url, "mime": entry.mime, "digest": entry.digest, "length": entry.length,
              "offset": entry.offset, "filename": entry.file}  # fmt: skip
    if entry.status is not None:
        fields["status"] = entry.status
    return f"{_sort_key(entry.url)} {re.sub('[^0-9]', '', entry.date)[:14]} {json.dumps(fields)}\n"


def _sort_key(url: str) -> str:
    """The host's labels turned round, then the path: com,example)/path?b=2. What is no web address stays as it is."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return url
    host, _, port = parts.netloc.lower().rpartition("@")[2].partition(":")
    labels = re.sub(r"^www\d*\.", "", host).split(".")
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    place = f"{':' + port if port else ''}){parts.path.lower() or '/'}"
    return ",".join(reversed(labels)) + place + (f"?{query}" if query else "")


def _page_lines(entries: list[_Entry], content: Mapping[str, Any]) -> Iterator[str]:
    """The pages by the time they were fetched; a rendered one is listed once, as it was sent."""
    crawl = content["crawl"]
    title = f"{crawl['site']}, crawl {crawl['id']}"
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": title}) + "\n"
    for entry in sorted(entries, key=lambda entry: (entry.date, entry.file, entry.offset)):
        if entry.status == 200 and entry.mime in ("text/html", "application/xhtml+xml"):
            yield json.dumps({"id": entry.id, "url": entry.url, "ts": entry.date[:19] + "Z"}) + "\n"


def _hash(source: IO[bytes]) -> str:
    hashed = hashlib.sha256()
    while piece := source.read(1 << 20):
        hashed.update(piece)
    return f"sha256:{hashed.hexdigest()}"


def _zulu(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
