"""WACZ: packed the same each time, complete, read by others, and verified by itself."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from crawler.commands.verify import verify
from crawler.database import utc_now
from crawler.evidence import Archive
from crawler.exchange import Rendering
from crawler.manifest import write_manifest
from crawler.signing import load_signing_key, public_keys_path
from crawler.wacz import WaczError, find_manifest, pack
from tests.crawler.archives import SITE, TLS, begin, exchange, keep, store, store_at

URL = "https://www.A.example:8443/Ad/1?b=2&a=1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two crawls of the same site; the second with a chunked page, one as before and a rendered one."""
    monkeypatch.delenv("VARDE_SIGNING_KEY", raising=False)
    db, folder = store_at(tmp_path / "varde.db"), tmp_path / "varde.db.captures"
    for number in (1, 2):
        crawl, archive = begin(db), Archive(folder, SITE, info={"software": "varde 0"})
        keep(db, crawl, archive, b"<p>1</p>")
        if number == 2:
            sent = exchange(b"<p>2</p>", URL, TLS)
            chunked = replace(
                sent, head=sent.head[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", wire=b"8\r\n<p>2</p>\r\n0\r\n\r\n"
            )
            seen = Rendering(url=URL, rendered_at=sent.sent_at, exchange=chunked, html=b"<p>3</p>", screenshot=b"PNG")
            rendered = archive.keep_rendering(seen)
            as_before = replace(exchange(b""), head=b"HTTP/1.1 304 Not Modified\r\n\r\n", status=304)
            store(db, crawl, archive, [rendered, archive.keep_revisit(as_before, refers_to=rendered.capture)])
        archive.close()
        db.execute("UPDATE crawls SET finished_at = ?, outcome = 'finished' WHERE id = ?", (utc_now(), crawl))
        write_manifest(db, crawl, folder, load_signing_key(tmp_path / "varde.db"))
    db.close()
    return folder


@pytest.fixture
def packed(folder: Path, tmp_path: Path) -> Path:
    return pack(folder, find_manifest(folder, 2), tmp_path / "crawl.wacz")


def test_parts_are_where_the_format_wants_them(packed: Path, folder: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        names = opened.namelist()
        warcs = [name for name in names if name.startswith("archive/")]
        assert [name for name in names if not name.startswith(("archive/", "varde/"))] == [
            "indexes/index.cdx.gz", "pages/pages.jsonl", "datapackage.json", "datapackage-digest.json",
        ]  # fmt: skip
        assert sorted(name for name in names if name.startswith("varde/")) == [
            f"varde/{SITE}-2.chain.jsonl", f"varde/{SITE}-2.manifest.json", f"varde/{SITE}-2.manifest.json.sig",
        ]  # fmt: skip
        assert len(warcs) == 1
        assert opened.read(warcs[0]) == (folder / Path(warcs[0]).name).read_bytes()
        assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_STORED}
        package = json.loads(opened.read("datapackage.json"))
        assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
        for part in package["resources"]:
            data = opened.read(part["path"])
            assert (part["hash"], part["bytes"]) == (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))
        digest = json.loads(opened.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(opened.read('datapackage.json')).hexdigest()}"


def test_index_leads_to_every_response(packed: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        lines = gzip.decompress(opened.read("indexes/index.cdx.gz")).decode().splitlines()
        assert lines == sorted(lines)
        kinds = []
        for line in lines:
            key, moment, fields = line.split(" ", 2)
            entry = json.loads(fields)
            assert re.fullmatch(r"\d{14}", moment)
            with opened.open(f"archive/{entry['filename']}") as warc:
                warc.seek(entry["offset"])
                record = next(iter(ArchiveIterator(BytesIO(warc.read(entry["length"])))))
            assert record.rec_headers.get_header("WARC-Target-URI") == entry["url"]
            kinds.append((key, record.rec_type, entry["mime"], entry.get("status")))
    found = {kind for kind in kinds if not kind[0].startswith("urn:varde:tls:")}
    assert found == {
        ("example,a)/ad/1", "response", "text/html", 200),
        ("example,a)/ad/1", "revisit", "warc/revisit", 304),
        ("example,a:8443)/ad/1?a=1&b=2", "response", "text/html", 200),
        (f"urn:dom:{URL}", "resource", "text/html", None),
        (f"urn:view:{URL}", "resource", "image/png", None),
    }


def test_pages_are_listed_once(packed: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        head, *pages = [json.loads(line) for line in opened.read("pages/pages.jsonl").splitlines()]
    assert (head["format"], head["title"]) == ("json-pages-1.0", f"{SITE}, crawl 2")
    assert [page["url"] for page in pages] == ["https://a.example/ad/1", URL]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["ts"]) for page in pages)


def test_packed_again_it_is_the_same(packed: Path, folder: Path, tmp_path: Path) -> None:
    again = pack(folder, find_manifest(folder, 2), tmp_path / "again.wacz")
    assert again.read_bytes() == packed.read_bytes()
    assert not list(tmp_path.glob(".*"))


def run(path: Path, *args: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(verify, [str(path), *map(str, args)])
    return done.exit_code, done.stdout, done.stderr


def test_pack_is_verified_by_itself(packed: Path, tmp_path: Path) -> None:
    code, out, err = run(packed, "--key", public_keys_path(tmp_path / "varde.db"))
    assert (code, "1 crawl, 1 file, " in out) == (0, True), out
    assert "follows a manifest that is not in here" in err


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Rewrite one part of a pack, with its checksum in the ZIP right."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    (found,) = [name for name in parts if name.endswith(part)]
    parts[found] = change(parts[found])
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)


CHANGES = {
    "archive": (".warc.gz", lambda data: data[:400] + bytes([data[400] ^ 1]) + data[401:], "not those that were kept"),
    "pages": ("pages.jsonl", lambda data: data + b"{}\n", "pages/pages.jsonl: is not what datapackage.json says"),
    "index": ("index.cdx.gz", lambda data: data[:-1], "indexes/index.cdx.gz: is not what"),
    "datapackage": ("datapackage.json", lambda data: data + b" ", "datapackage.json: is not what datapackage-digest"),
    "no datapackage": ("datapackage.json", lambda _: b"{", "datapackage.json: cannot be read"),
    "manifest": (
        ".manifest.json",
        lambda data: data.replace(b"finished", b"stopped!", 1),
        "the signature does not hold",
    ),
}


@pytest.mark.parametrize(("part", "change", "found"), CHANGES.values(), ids=CHANGES)
def test_changed_pack_is_found(packed: Path, part: str, change: Callable[[bytes], bytes], found: str) -> None:
    changed(packed, part, change)
    code, out, _ = run(packed)
    assert (code, found in out) == (1, True), out


def test_added_part_is_found(packed: Path) -> None:
    with zipfile.ZipFile(packed, "a") as opened:
        opened.writestr("archive/more.warc.gz", b"x")
    code, out, _ = run(packed)
    assert code == 1
    assert "archive/more.warc.gz: is not in datapackage.json" in out


def test_no_zip_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.wacz").write_bytes(b"hello")
    done = CliRunner().invoke(verify, [str(tmp_path / "x.wacz")])
    assert isinstance(done.exception, WaczError)


def test_crawl_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(WaczError, match="no manifest of crawl 7; there are 1, 2"):
        find_manifest(folder, 7)


def test_missing_file_is_named_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    manifest = find_manifest(folder, 2)
    (folder / json.loads(manifest.read_bytes())["files"][0]["name"]).unlink()
    with pytest.raises(WaczError, match=r"warc\.gz: is missing"):
        pack(folder, manifest, tmp_path / "x.wacz")
    assert not list(tmp_path.glob("*x.wacz*"))


def test_damaged_record_is_not_packed(folder: Path, tmp_path: Path) -> None:
    manifest = find_manifest(folder, 2)
    warc = folder / json.loads(manifest.read_bytes())["files"][0]["name"]
    warc.write_bytes(warc.read_bytes()[:-30] + b"\0" * 30)
    with pytest.raises(WaczError, match="a record cannot be read"):
        pack(folder, manifest, tmp_path / "x.wacz")


WACZ = shutil.which(
    "wacz", path=f"{Path(__file__).parents[2]}/.dev/wacz/bin:{os.environ['PATH']}"
)  # the gate installs it there


@pytest.mark.skipif(WACZ is None, reason="no py-wacz (python3 -m venv .dev/wacz && .dev/wacz/bin/pip install wacz)")
def test_others_accept_it(packed: Path) -> None:
    assert WACZ
    done = subprocess.run([WACZ, "validate", "-f", str(packed)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
