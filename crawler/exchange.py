"""What went over the wire for one page, exactly, before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How a connection was secured. `chain` holds the server's certificates as DER, its own first."""

    version: str
    cipher: str
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and its response.

    `request` and `head` (status line and header lines up to and with the empty line) are bytes as sent
    and received. `wire` is the body as received, chunk framing included; `body` is the same without the
    framing, its content encoding (gzip, br …) still on. `headers` are the response's, names in lower case.
    `address` is the IP address that answered.
    """

    url: str
    sent_at: datetime
    address: str
    status: int
    request: bytes
    head: bytes
    wire: bytes
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    tls: Tls | None = None

    def header(self, name: bytes) -> str:
        """The values of a header named in lower case, as one; "" where there is none."""
        return ", ".join(value.decode("latin-1") for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a browser made of a page: the document it was sent, the DOM it ended with, a picture of it.

    `url` is where the browser ended up; `html` is the DOM as UTF-8; `screenshot` is PNG, empty where
    none was taken; `denied` says what the page tried to reach and was not let to, as (event kind, what).
    """

    url: str
    rendered_at: datetime
    exchange: Exchange | None
    html: bytes
    screenshot: bytes
    denied: tuple[tuple[str, str], ...] = ()
