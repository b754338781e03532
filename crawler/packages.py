"""WACZ packages of others: their archives as streams, after every hash of the package was checked."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any

from crawler.errors import VardeError

_ARCHIVE = re.compile(r"archive/[^/]+\.warc(\.gz)?")
_HASH = re.compile(r"sha(256|512):[0-9a-f]+")
_MAX_MEMBERS = 10_000
_MAX_JSON = 16 * 1024 * 1024  # bytes of datapackage.json
_FREE, _RATIO = 100 * 1024 * 1024, 50  # a member may unpack to this many bytes, or times, whichever is more
_STEP = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)


class PackageError(VardeError):
    """A package is not what it says it is; the message names the member. Raised by `archives_of`."""


def archives_of(file: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """The WARC files in a package by name, each open for reading. Nothing is written anywhere.

    Raises PackageError before the first where any archive lacks a hash, or does not have the one it should.
    """
    try:
        with zipfile.ZipFile(file) as package:
            names = _archives(package)
            hashes = _hashes(package)
            for name in names:
                _check(package, name, hashes.get(name, ""))
            for name in names:
                with package.open(name) as stream:
                    yield name, stream
    except _BROKEN as error:  # encrypted or packed in a way that nobody reads are RuntimeError, NotImplementedError
        raise PackageError(f"no WACZ that can be read: {error}") from error


def _archives(package: zipfile.ZipFile) -> list[str]:
    members = package.infolist()
    names = [member.filename for member in members]
    if len(members) > _MAX_MEMBERS:
        raise PackageError(f"{len(members):,} members; at most {_MAX_MEMBERS:,} are read")
    if len(set(names)) < len(names):
        raise PackageError(f"member {Counter(names).most_common(1)[0][0]!r} is there twice")
    found = [name for name in names if _ARCHIVE.fullmatch(name)]
    if not found:
        raise PackageError("no archive/*.warc.gz in it")
    return found


def _hashes(package: zipfile.ZipFile) -> dict[str, str]:
    """The hashes that datapackage.json gives, by path; it is itself checked where the package has its digest."""
    described = _member(package, "datapackage.json")
    if "datapackage-digest.json" in package.namelist():
        expected = _object(_member(package, "datapackage-digest.json"), "datapackage-digest.json").get("hash")
        if expected != f"sha256:{hashlib.sha256(described).hexdigest()}":
            raise PackageError("datapackage.json does not have the hash that datapackage-digest.json gives")
    resources = _object(described, "datapackage.json").get("resources")
    found = {}
    for resource in resources if isinstance(resources, list) else []:
        if isinstance(resource, dict):
            found[str(resource.get("path"))] = str(resource.get("hash"))
    return found


def _member(package: zipfile.ZipFile, name: str) -> bytes:
    try:
        with package.open(name) as stream:
            data = stream.read(_MAX_JSON + 1)
    except KeyError as error:
        raise PackageError(f"{name} is missing, so nothing of it can be checked") from error
    if len(data) > _MAX_JSON:
        raise PackageError(f"{name} has more than {_MAX_JSON:,} bytes")
    return data


def _object(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{name} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise PackageError(f"{name} is {type(value).__name__}; it is one object")
    return value


def _check(package: zipfile.ZipFile, name: str, expected: str) -> None:
    """Raises PackageError where a member has another hash, or unpacks to more than any archive does."""
    if not _HASH.fullmatch(expected):
        raise PackageError(f"{name} has no sha256 hash in datapackage.json")
    hashed, size = hashlib.new(expected.partition(":")[0]), 0
    limit = max(_FREE, _RATIO * package.getinfo(name).compress_size)
    with package.open(name) as stream:
        while part := stream.read(_STEP):
            size += len(part)
            if size > limit:
                raise PackageError(f"{name} unpacks to more than {limit:,} bytes")
            hashed.update(part)
    if f"{expected.partition(':')[0]}:{hashed.hexdigest()}" != expected:
        raise PackageError(f"{name} does not have the hash that datapackage.json gives: it was changed or damaged")
