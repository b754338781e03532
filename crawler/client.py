"""An HTTP/1.1 client for hostile servers: bounded in bytes, headers and time, exact about what went over the wire."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import h11

from crawler.egress import Connection, Egress, Target
from crawler.errors import VardeError
from crawler.events import EventKind
from crawler.exchange import Exchange, Tls
from crawler.unpack import ACCEPTED

MAX_HEAD = 128 * 1024  # bytes of header lines; browsers give up at 256 KB
_READ = 64 * 1024
_MAX_INTERIM = 10  # answers like 103 Early Hints before the real one
_SECRET = re.compile(rb"(?im)^(authorization: )[^\r\n]*")  # a token is no evidence, and no one else's business
_DRIBBLE = 16  # bytes a chunk; less, over a thousand chunks, is meant to keep us busy


class FetchFault(VardeError):
    """An answer that cannot be used. `kind` names the security event, None where the fault is ordinary."""

    def __init__(self, kind: EventKind | None, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Unreachable(FetchFault):
    """No connection, or one that broke off: worth another try."""

    def __init__(self, message: str) -> None:
        super().__init__(None, message)


@dataclass(slots=True)
class _Line:
    """An open connection that can carry one request after another."""

    connection: Connection
    protocol: h11.Connection
    tls: Tls | None
    used: bool = False


@dataclass(slots=True)
class _Answer:
    """An answer as it comes in. `raw` is all that came, `begin` and `end` are those of its last header block.

    Where the body is framed in chunks its `parts` are kept too; else it is what of `raw` comes after the head.
    """

    raw: bytearray = field(default_factory=bytearray)
    begin: int = 0
    end: int = 0
    response: h11.Response | None = None
    parts: bytearray | None = None
    size: int = 0
    pieces: int = 0
    interim: int = 0


class HttpClient:
    """Fetches from one site. Keeps at most one connection a host and port open."""

    def __init__(
        self, egress: Egress, *, user_agent: str, language: str = "", tls: ssl.SSLContext | None = None
    ) -> None:
        self._egress = egress
        self._idle: dict[Target, _Line] = {}
        self._tls = tls or tls_context()
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": ACCEPTED,
            "Accept-Language": f"{language or 'nb'},en;q=0.5",
        }

    async def fetch(
        self, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"", limit: int, patience: float
    ) -> Exchange:
        """One request and its whole answer, within `patience` seconds and `limit` bytes of body.

        A `body` is POSTed. Raises Refused, FetchFault, or Unreachable.
        """
        target = self._egress.check(url)
        request = self._request(url, target, headers or {}, body)
        try:
            async with asyncio.timeout(patience):
                return await self._tried(url, target, request, body, limit)
        except TimeoutError:
            raise FetchFault("too_slow", f"no whole answer within {patience:.0f} s") from None

    def close(self) -> None:
        while self._idle:
            self._idle.popitem()[1].connection.close()

    def _request(self, url: str, target: Target, headers: Mapping[str, str], body: bytes) -> h11.Request:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fields = {"Host": str(target)} | self._headers | dict(headers)
        if body:
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        try:
            return h11.Request(
                method="POST" if body else "GET", target=path.encode("ascii"), headers=list(fields.items())
            )
        except (h11.LocalProtocolError, UnicodeEncodeError) as error:
            raise FetchFault("bad_url", f"{url[:200]!r} cannot be asked for ({error})") from error

    async def _tried(self, url: str, target: Target, request: h11.Request, body: bytes, limit: int) -> Exchange:
        """A connection kept open may be closed by the server at any moment: then once more, on a new one."""
        line = self._idle.pop(target, None) or await self._open(target)
        was_used = line.used
        try:
            return await self._talk(line, url, target, request, body, limit)
        except Unreachable:
            if not was_used:
                raise
        line = await self._open(target)
        return await self._talk(line, url, target, request, body, limit)

    async def _open(self, target: Target) -> _Line:
        try:
            connection = await self._egress.connect(target, tls=self._tls if target.scheme == "https" else None)
        except ssl.SSLCertVerificationError as error:
            raise FetchFault("tls", f"no TLS with {target}: {error.verify_message}") from error
        except ssl.SSLError as error:
            raise FetchFault("tls", f"no TLS with {target}: {error.reason or error}") from error
        except OSError as error:
            raise Unreachable(f"{target} cannot be reached: {error.strerror or error}") from error
        protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        return _Line(connection, protocol, _tls_of(connection))

    async def _talk(
        self, line: _Line, url: str, target: Target, request: h11.Request, body: bytes, limit: int
    ) -> Exchange:
        """One request over an open line, which is kept if the answer lets it."""
        kept = False
        sent_at, answer = datetime.now(UTC), _Answer()
        line.used = True
        try:
            sent = _sent(line.protocol, request, body)
            line.connection.writer.write(sent)
            await _receive(line, answer, limit)
            kept = self._keep(target, line)
        except h11.RemoteProtocolError as error:
            raise _protocol_fault(error, answer) from error
        except OSError as error:
            raise Unreachable(f"{target} broke off: {error.strerror or error}") from error
        finally:
            if not kept:
                line.connection.close()
        return _exchange(url, sent_at, line, sent, answer)

    def _keep(self, target: Target, line: _Line) -> bool:
        protocol = line.protocol
        if protocol.our_state is not h11.DONE or protocol.their_state is not h11.DONE or protocol.trailing_data[0]:
            return False
        protocol.start_next_cycle()
        self._idle[target] = line
        return True


def tls_context() -> ssl.SSLContext:
    """Trusts this machine's authorities, which takes 40 ms to load: one is enough for all clients."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _sent(protocol: h11.Connection, request: h11.Request, body: bytes) -> bytes:
    """The bytes of a whole request."""
    parts = [protocol.send(request)]
    if body:
        parts.append(protocol.send(h11.Data(data=body)))
    parts.append(protocol.send(h11.EndOfMessage()))
    return b"".join(part for part in parts if part)


async def _receive(line: _Line, answer: _Answer, limit: int) -> None:
    """Read one answer to its end. Raises FetchFault, h11.RemoteProtocolError, OSError."""
    while True:
        event = line.protocol.next_event()
        if event is h11.NEED_DATA:
            await _read_more(line, answer, limit)
        elif isinstance(event, h11.InformationalResponse | h11.Response):
            _take_head(line, answer, event, limit)
        elif isinstance(event, h11.Data):
            _take_data(answer, event, limit)
        elif isinstance(event, h11.EndOfMessage):
            return
        else:
            raise ConnectionResetError("it closed the connection in the middle of its answer")


async def _read_more(line: _Line, answer: _Answer, limit: int) -> None:
    data = await line.connection.reader.read(_READ)
    if not data and not answer.raw:
        raise ConnectionResetError("it closed the connection without an answer")
    answer.raw += data
    if len(answer.raw) > 2 * limit + MAX_HEAD:
        raise FetchFault("too_large", f"more framing than body, {len(answer.raw):,} bytes in all")
    line.protocol.receive_data(data)
    if len(data) == _READ:  # what is buffered already is read without a pause; others need their turn
        await asyncio.sleep(0)


def _take_head(line: _Line, answer: _Answer, event: h11.InformationalResponse | h11.Response, limit: int) -> None:
    answer.begin, answer.end = answer.end, len(answer.raw) - len(line.protocol.trailing_data[0])
    if isinstance(event, h11.Response):
        answer.response = event
        if any(name == b"transfer-encoding" for name, _ in event.headers):
            answer.parts = bytearray()
        length = next((value for name, value in event.headers if name == b"content-length"), b"0")
        _check_size(int(length), limit)
        return
    answer.interim += 1
    if event.status_code == 101 or answer.interim > _MAX_INTERIM:
        raise FetchFault(
            "bad_response", f"{answer.interim} interim answers (status {event.status_code}) and no real one"
        )


def _take_data(answer: _Answer, event: h11.Data, limit: int) -> None:
    answer.pieces, answer.size = answer.pieces + 1, answer.size + len(event.data)
    _check_size(answer.size, limit)
    if answer.pieces > 1000 and answer.size < answer.pieces * _DRIBBLE:
        raise FetchFault("too_slow", f"a body in {answer.pieces} chunks of a few bytes each")
    if answer.parts is not None:
        answer.parts += event.data


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise FetchFault("too_large", f"body of more than {limit:,} bytes")


def _exchange(url: str, sent_at: datetime, line: _Line, sent: bytes, answer: _Answer) -> Exchange:
    assert answer.response
    stop = len(answer.raw) - len(line.protocol.trailing_data[0])
    head, wire = bytes(answer.raw[answer.begin : answer.end]), bytes(memoryview(answer.raw)[answer.end : stop])
    answer.raw = bytearray()  # eight megabytes, of which there is one copy now
    body = wire if answer.parts is None else bytes(answer.parts)
    return Exchange(
        url=url.partition("#")[0], sent_at=sent_at, address=line.connection.address,
        status=answer.response.status_code, request=_SECRET.sub(rb"\1[withheld]", sent),
        head=head, headers=tuple(answer.response.headers), body=body, wire=wire, tls=line.tls,
    )  # fmt: skip


def _protocol_fault(error: h11.RemoteProtocolError, answer: _Answer) -> FetchFault:
    if error.error_status_hint == 431 or (len(answer.raw) > MAX_HEAD and answer.response is None):
        return FetchFault("header_flood", f"more than {MAX_HEAD:,} bytes of headers")
    if "peer closed connection" in str(error):
        return Unreachable("it closed the connection in the middle of its answer")
    return FetchFault("bad_response", f"not HTTP: {error}")


def _tls_of(connection: Connection) -> Tls | None:
    secured: Any = connection.writer.get_extra_info("ssl_object")
    if secured is None:
        return None
    cipher = secured.cipher()
    return Tls(version=secured.version() or "", cipher=cipher[0] if cipher else "", chain=_chain(secured))


def _chain(secured: Any) -> tuple[bytes, ...]:
    """The certificates as the server sent them. Python before 3.13 has them in its inner object only."""
    if hasattr(secured, "get_unverified_chain"):
        return tuple(secured.get_unverified_chain())
    chain = secured._sslobj.get_unverified_chain() or ()
    return tuple(ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in chain)
