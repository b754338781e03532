"""The document that a browser was sent, as an exchange for the archive."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response

from crawler.exchange import Exchange, Tls
from crawler.proxy import Proxy, netloc
from crawler.renderer import RenderFault

MAX_BODY = 8 * 1024 * 1024
# The body is had without its codings, so these headers would say what is not so.
_CODINGS = {"content-encoding", "transfer-encoding", "content-length"}


async def read_exchange(response: Response, proxy: Proxy) -> Exchange:
    """The request and the answer, rebuilt from what the browser tells. Raises RenderFault for a body over MAX_BODY.

    The headers of how the body was packed are kept under names that begin with X-Archive-Orig-.
    """
    request = response.request
    sent = [(header["name"], header["value"]) for header in await request.headers_array()]
    if not any(name.lower() == "host" for name, _ in sent):  # Chromium does not tell of it
        sent.insert(0, ("Host", urlsplit(response.url).netloc))
    got = [(_archived(header["name"]), header["value"]) for header in await response.headers_array()]
    body = await _body(response)
    started = request.timing["startTime"]
    return Exchange(
        url=response.url,
        sent_at=datetime.fromtimestamp(started / 1000, UTC) if started > 0 else datetime.now(UTC),
        address=proxy.addresses.get(netloc(response.url), ""),
        status=response.status,
        request=_lines(f"{request.method} {_path(response.url)} HTTP/1.1", sent),
        head=_lines(_status_line(response), got),
        wire=body,
        body=body,
        headers=tuple((_bytes(name.lower()), _bytes(value)) for name, value in got),
        tls=await _tls(response),
    )


async def _body(response: Response) -> bytes:
    """The body without its codings; empty where the browser has let go of it."""
    try:
        body = await response.body()
    except PlaywrightError:
        return b""
    if len(body) > MAX_BODY:
        raise RenderFault("too_large", f"document of {len(body):,} bytes; at most {MAX_BODY:,}")
    return body


async def _tls(response: Response) -> Tls | None:
    """The version of TLS; Playwright tells neither cipher nor certificates."""
    try:
        details = await response.security_details()
    except PlaywrightError:
        return None
    return Tls(version=details.get("protocol") or "", cipher="", chain=()) if details else None


def _status_line(response: Response) -> str:
    """HTTP/2 has no reason: the usual one is given."""
    known = response.status in HTTPStatus._value2member_map_
    reason = response.status_text or (HTTPStatus(response.status).phrase if known else "")
    return f"HTTP/1.1 {response.status} {reason}"


def _archived(name: str) -> str:
    return f"X-Archive-Orig-{name}" if name.lower() in _CODINGS else name


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _lines(first: str, headers: list[tuple[str, str]]) -> bytes:
    """A message head; HTTP/2's own pseudo-headers, which begin with a colon, are left out."""
    lines = [first, *(f"{name}: {' '.join(value.split(chr(10)))}" for name, value in headers if name[:1] != ":")]
    return _bytes("\r\n".join([*lines, "", ""]))


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")
