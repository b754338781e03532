"""The manifest of a crawl: what its archive holds, signed, and bound to the manifest before it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.database import Database, transaction, utc_now
from crawler.durable import sync_folder, write_whole
from crawler.errors import VardeError
from crawler.records import canonical, chain_head, crawl_facts, crawl_records, note_torn_tails, record_fields
from crawler.signing import SigningKey
from crawler.warcformat import unpack

FORMAT = "varde manifest 1"
MANIFEST, CHAIN, SIGNATURE, STAMP = ".manifest.json", ".chain.jsonl", ".sig", ".tsr"


class ManifestError(VardeError):
    """A manifest cannot be written; the message says which file is not as it was. Raised by `write_manifest`."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """What the store knows of a manifest; `previous` is the SHA-256 of the one before it, "" for the first."""

    created_at: str
    previous: str
    sha256: str


def write_manifest(db: Database, crawl: int, folder: Path, key: SigningKey) -> Path:
    """Write and sign the manifest of a crawl that is over; returns its path. Raises ManifestError, OSError.

    May be killed at any point and called again: what was begun is finished with the same bytes.
    """
    path = folder / f"{crawl_facts(db, crawl)['site']}-{crawl}{MANIFEST}"
    signed = _signed(db, crawl)
    if signed is None:
        note_torn_tails(db, crawl, folder)
    elif _is_whole(path, signed, key):
        return path
    facts = _facts(db, crawl, folder, key, _write_chain(db, crawl, _beside(path, CHAIN)))
    data = _sign_off(db, crawl, facts)
    write_whole(path, data)
    write_whole(_beside(path, MANIFEST + SIGNATURE), key.sign(data))
    return path


def write_missing_manifests(db: Database, folder: Path, key: SigningKey) -> list[Path]:
    """The manifests of crawls that are over but were cut off before theirs was whole, written now."""
    sql = (
        "SELECT id FROM crawls c WHERE finished_at IS NOT NULL AND EXISTS (SELECT 1 FROM records WHERE crawl = c.id) "
        "AND NOT EXISTS (SELECT 1 FROM manifests WHERE crawl = c.id) ORDER BY id"
    )
    crawls = [number for (number,) in db.execute(sql)]
    return [write_manifest(db, crawl, folder, key) for crawl in [*crawls, *_cut_off(db, folder)]]


def newest_signed_crawl(db: Database) -> int | None:
    row = db.execute("SELECT max(crawl) FROM manifests").fetchone()
    return None if row[0] is None else int(row[0])


def find_manifests(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{MANIFEST}"))


def signature_path(manifest: Path) -> Path:
    return manifest.with_name(manifest.name + SIGNATURE)


def stamp_path(manifest: Path) -> Path:
    return manifest.with_name(manifest.name + STAMP)


def _beside(manifest: Path, suffix: str) -> Path:
    return manifest.with_name(manifest.name.removesuffix(MANIFEST) + suffix)


def _signed(db: Database, crawl: int) -> _Signed | None:
    sql = "SELECT created_at, previous, sha256 FROM manifests WHERE crawl = ?"
    row = db.execute(sql, (crawl,)).fetchone()
    return _Signed(*row) if row else None


def _cut_off(db: Database, folder: Path) -> Iterator[int]:
    sql = "SELECT m.crawl, c.site FROM manifests m JOIN crawls c ON c.id = m.crawl ORDER BY m.id"
    for crawl, site in db.execute(sql).fetchall():
        if not signature_path(folder / f"{site}-{crawl}{MANIFEST}").exists():
            yield crawl


def _is_whole(path: Path, signed: _Signed, key: SigningKey) -> bool:
    try:
        data, signature = path.read_bytes(), signature_path(path).read_bytes()
    except FileNotFoundError:
        return False
    return hashlib.sha256(data).hexdigest() == signed.sha256 and key.public.has_signed(data, signature)


def _write_chain(db: Database, crawl: int, path: Path) -> dict[str, Any]:
    """Write every record of the crawl in order, a line each; returns what the manifest says of that file."""
    hashed, count = hashlib.sha256(), 0
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        for count, link in enumerate(crawl_records(db, crawl), 1):
            line = canonical({"n": count, **record_fields(link.record), "chain": link.chain}) + b"\n"
            hashed.update(line)
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    return {"file": path.name, "records": count, "sha256": hashed.hexdigest(), "head": chain_head(db, crawl)}


def _facts(db: Database, crawl: int, folder: Path, key: SigningKey, chain: Mapping[str, Any]) -> dict[str, Any]:
    finished_at, outcome = db.execute("SELECT finished_at, outcome FROM crawls WHERE id = ?", (crawl,)).fetchone()
    return {
        "format": FORMAT,
        "crawl": crawl_facts(db, crawl) | {"finished_at": finished_at, "outcome": outcome},
        "files": [_file_facts(db, folder / name) for name in _files(db, crawl)],
        "chain": chain,
        "key": {"id": key.public.id, "public": key.public.pem},
    }


def _files(db: Database, crawl: int) -> list[str]:
    rows = db.execute("SELECT file FROM records WHERE crawl = ? GROUP BY file ORDER BY min(id)", (crawl,))
    return [name for (name,) in rows]


def _file_facts(db: Database, path: Path) -> dict[str, Any]:
    """`info` is what the file's own first record says: software, lock, settings, legal basis of that run."""
    sql = "SELECT length FROM records WHERE file = ? AND offset = 0 AND type = 'warcinfo'"
    row = db.execute(sql, (path.name,)).fetchone()
    with path.open("rb") as file:
        info = _warc_info(file.read(row[0])) if row else {}
        file.seek(0)
        return {"name": path.name, "size": path.stat().st_size, "info": info,
                "sha256": hashlib.file_digest(file, "sha256").hexdigest()}  # fmt: skip


def _warc_info(stored: bytes) -> dict[str, str]:
    _, block = unpack(stored)
    fields = (line.partition(": ") for line in block.decode().splitlines())
    return {name: value for name, _, value in fields}


def _sign_off(db: Database, crawl: int, facts: Mapping[str, Any]) -> bytes:
    """The manifest's bytes; the store remembers them by hash before they are written, so that they stay the same."""
    with transaction(db):
        signed = _signed(db, crawl)
        if signed is None:
            return _note_manifest(db, crawl, facts)
    data = _encode(facts, signed.created_at, signed.previous)
    if hashlib.sha256(data).hexdigest() != signed.sha256:
        raise ManifestError(
            f"crawl {crawl} has changed since it was signed off at {signed.created_at}: its files, its rows or "
            "the key; `varde verify` says which; a copy of the archive mends it"
        )
    return data


def _note_manifest(db: Database, crawl: int, facts: Mapping[str, Any]) -> bytes:
    row = db.execute("SELECT sha256 FROM manifests ORDER BY id DESC LIMIT 1").fetchone()
    created_at, previous = utc_now(), row[0] if row else ""
    data = _encode(facts, created_at, previous)
    db.execute(
        "INSERT INTO manifests (crawl, created_at, previous, sha256) VALUES (?, ?, ?, ?)",
        (crawl, created_at, previous, hashlib.sha256(data).hexdigest()),
    )
    return data


def _encode(facts: Mapping[str, Any], created_at: str, previous: str) -> bytes:
    whole = {**facts, "created": created_at, "previous": previous}
    return json.dumps(whole, sort_keys=True, indent=1).encode() + b"\n"
