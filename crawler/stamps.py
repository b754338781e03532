"""RFC 3161 timestamps: an authority states that a manifest's signature existed at a time."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from crawler.console import say
from crawler.durable import write_whole
from crawler.errors import VardeError
from crawler.manifest import find_manifests, signature_path, stamp_path

Roots = tuple[x509.Certificate, ...]
TIMEOUT = 20.0  # seconds, for the whole answer
_CERTIFICATES = 0xA0  # the tag of the certificates in a SignedData
_MAX_BYTES = 64 * 1024
_REQUEST, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class StampError(VardeError):
    """A timestamp was not given, or does not hold; the message says why."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Where timestamps are asked for, and the root certificates that they are held against (none: not checked)."""

    url: str
    roots: Roots = ()


def load_authority() -> Authority | None:
    """As VARDE_TSA_URL and VARDE_TSA_CERT say; None where no authority is set. Raises StampError."""
    url = os.environ.get("VARDE_TSA_URL", "")
    if not url:
        return None
    if urlsplit(url).scheme not in ("http", "https"):
        raise StampError(f"VARDE_TSA_URL is {url!r}; it takes an http or https URL")
    roots = os.environ.get("VARDE_TSA_CERT")
    return Authority(url, load_roots(Path(roots)) if roots else ())


def load_roots(path: Path) -> Roots:
    """The certificates of a PEM file. Raises StampError."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except OSError as error:
        raise StampError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise StampError(f"{path}: holds no certificate as PEM") from error


def stamp_pending(folder: Path) -> list[Path]:
    """Ask for a timestamp for every signed manifest that has none; returns the tokens that came.

    What is not given now stays queued: the next call asks again. Never raises for an authority that
    cannot be reached or refuses: a line on stderr says so.
    """
    pending = [
        path for path in find_manifests(folder) if signature_path(path).exists() and not stamp_path(path).exists()
    ]
    tokens: list[Path] = []
    try:
        authority = load_authority()
        for manifest in pending if authority else []:
            assert authority is not None
            tokens.append(stamp(manifest, authority))
    except StampError as error:
        say(f"timestamps: {error}; {len(pending) - len(tokens)} stay queued, the next crawl asks again")
    return tokens


def stamp(manifest: Path, authority: Authority) -> Path:
    """Get a timestamp over the signature of `manifest` and keep it beside; returns its path. Raises StampError.

    A token that the library cannot read is kept all the same where it is over the right bytes: authorities
    differ in how strictly they order their DER, and `openssl ts -verify` reads more of it.
    """
    data = signature_path(manifest).read_bytes()
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=True)
    asked = request.build()
    reply = _ask(authority.url, asked.as_bytes())
    path = stamp_path(manifest)
    try:
        _check_reply(reply, asked, data, authority)
    except ValueError as error:
        if hashlib.sha256(data).digest() not in reply:
            raise StampError(f"{authority.url} answered with no timestamp of {manifest.name}") from error
        say(f"timestamps: {path.name} is kept but could not be read here ({error}); {how_to_check(path)}")
    write_whole(path, reply)
    return path


def check_stamp(token: bytes, data: bytes, roots: Roots) -> datetime:
    """The time that a token states for `data`. Raises StampError when it does not hold.

    The certificates must have been valid at that time, not now. Without `roots` only the hash is checked.
    """
    try:
        reply = _decode(token)
        _check_imprint(reply, data)
        if roots:
            _verify(VerifierBuilder(roots=list(roots)), reply, data)
        return reply.tst_info.gen_time.astimezone(UTC)
    except VerificationError as error:
        raise StampError(f"the timestamp does not hold: {error}") from error
    except ValueError as error:
        raise StampError(f"the timestamp cannot be read ({error})") from error


def how_to_check(token: Path) -> str:
    """The command that checks a token without Varde."""
    data = token.name.removesuffix(".tsr") + ".sig"
    return f"check it with: openssl ts -verify -data {data} -in {token.name} -CAfile ROOT.pem"


def _check_reply(reply: bytes, asked: TimeStampRequest, data: bytes, authority: Authority) -> None:
    """Raises ValueError for a reply that cannot be read, StampError for one that is no timestamp of `data`."""
    response = _decode(reply)
    if PKIStatus(response.status) not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        reason = "; ".join(response.status_string) or PKIStatus(response.status).name.lower()
        raise StampError(f"{authority.url} refused ({reason})")
    try:
        _check_imprint(response, data)
        if response.tst_info.nonce != asked.nonce:
            raise VerificationError("it answers another request")
        if authority.roots:
            _verify(VerifierBuilder(roots=list(authority.roots), nonce=asked.nonce), response, data)
    except VerificationError as error:
        raise StampError(f"the timestamp of {authority.url} does not hold: {error}") from error


def _decode(token: bytes) -> TimeStampResponse:
    """Raises ValueError. The library wants a token's certificates in the order of their bytes, as DER has it;
    many authorities send them signer first. They are not part of what is signed, so they may be put in order.
    """
    try:
        at = 0
        for step in (1, 1, 0, 3):  # the token, its content, the signed data in that, the certificates
            at = _child(token, at, step)
        start, end = _content(token, at)
        if token[at] != _CERTIFICATES:
            return decode_timestamp_response(token)
        parts = sorted(token[begin:stop] for begin, stop in _children(token, start, end))
    except IndexError:
        return decode_timestamp_response(token)
    return decode_timestamp_response(token[:start] + b"".join(parts) + token[end:])


def _child(data: bytes, at: int, number: int) -> int:
    """Where inside the DER value at `at` its part `number` begins. Raises IndexError."""
    return list(_children(data, *_content(data, at)))[number][0]


def _children(data: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    while at < end:
        stop = _content(data, at)[1]
        yield at, stop
        at = stop


def _content(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the DER value at `at` begins and ends. Raises IndexError."""
    size, start = data[at + 1], at + 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[at + 2 : start])
    return start, start + size


def _check_imprint(response: TimeStampResponse, data: bytes) -> None:
    if response.tst_info.message_imprint.message != hashlib.sha256(data).digest():
        raise VerificationError("it is over other bytes")


def _verify(builder: VerifierBuilder, response: TimeStampResponse, data: bytes) -> None:
    builder.build().verify_message(response, data)


def _ask(url: str, request: bytes) -> bytes:
    """POST; the whole answer must come within TIMEOUT. Raises StampError."""
    headers = {"Content-Type": _REQUEST, "Accept": _REPLY, "User-Agent": "varde"}
    ends = time.monotonic() + TIMEOUT
    try:
        with urlopen(Request(url, data=request, headers=headers), timeout=TIMEOUT) as response:
            return _read(response, ends)
    except HTTPError as error:
        error.close()
        raise StampError(f"{url} answered {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise StampError(f"{url} cannot be reached ({error})") from error


def _read(response: HTTPResponse, ends: float) -> bytes:
    whole = b""
    while piece := response.read1(_MAX_BYTES):
        whole += piece
        if len(whole) > _MAX_BYTES or time.monotonic() > ends:
            raise OSError("its answer is too large or too slow")
    return whole
