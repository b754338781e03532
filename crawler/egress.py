"""The one way out: a site's crawl contacts that site's own public hosts, and nothing else.

Every connection of the crawler and of its browser is opened here. A host is resolved once, every
address it gives is judged, and the connection goes to the address that was judged: a name that
answers otherwise a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.errors import VardeError
from crawler.events import EventKind

_DEFAULT_PORTS = {"http": 80, "https": 443}
_READ_LIMIT = 256 * 1024  # bytes that one connection buffers
# Ways to write an IPv4 address inside an IPv6 one (RFC 6052, RFC 3056): what they hold is what is reached.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA gives out of IPv6; the rest is local, old or kept back


class Refused(VardeError):
    """Something may not be contacted. `kind` names the security event. Raised by Egress."""

    def __init__(self, kind: EventKind, message: str) -> None:
        super().__init__(message)
        self.kind: EventKind = kind


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads. `host` is in lower case and ASCII; an IPv6 address is without its brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULT_PORTS.get(self.scheme) else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection to `address` (an IP address)."""

    reader: StreamReader
    writer: StreamWriter
    address: str

    def close(self) -> None:
        self.writer.transport.abort()


class Network:
    """The machine's own resolver and sockets. Tests put another in its place, by `settings.NETWORK`."""

    async def lookup(self, host: str, port: int) -> list[str]:
        """The addresses of a host as text. Raises OSError."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(item[4][0]) for item in found))

    async def dial(
        self, address: str, port: int, *, tls: ssl.SSLContext | None = None, name: str | None = None
    ) -> tuple[StreamReader, StreamWriter]:
        """Open a connection; `name` is what the certificate must be for. Raises OSError."""
        return await asyncio.open_connection(address, port, ssl=tls, server_hostname=name, limit=_READ_LIMIT)


class Egress:
    """What one site's crawl may contact: the hosts of its site file, at addresses that are public.

    With `loopback`, which site files of the sample market and of tests have, at loopback addresses only.
    """

    def __init__(self, netlocs: frozenset[str], *, loopback: bool, network: Network | None = None) -> None:
        self._allowed = frozenset(_netloc(netloc) for netloc in netlocs)
        self._loopback = loopback
        self._network = network or Network()

    def check(self, url: str) -> Target:
        """Where `url` leads, if it may be contacted. Raises Refused."""
        target = parse_target(url)
        port = None if target.port == _DEFAULT_PORTS[target.scheme] else target.port
        if not {(target.host, port), (target.host, target.port)} & self._allowed:
            hosts = ", ".join(sorted(host if port is None else f"{host}:{port}" for host, port in self._allowed))
            raise Refused("foreign_host", f"{target.scheme}://{target} is not of this site ({hosts})")
        return target

    async def connect(self, target: Target, *, tls: ssl.SSLContext | None = None) -> Connection:
        """Connect to a checked target, with TLS where a context is given. Raises Refused or OSError."""
        addresses = await self._network.lookup(target.host, target.port)
        self._judge(target, addresses)
        fault: OSError = OSError(f"{target.host} has no address")
        for address in addresses:
            try:
                name = target.host if tls else None
                return Connection(*await self._network.dial(address, target.port, tls=tls, name=name), address)
            except ssl.SSLError:
                raise
            except OSError as error:
                fault = error
        raise fault

    def _judge(self, target: Target, addresses: Sequence[str]) -> None:
        """One address that is not as it should be refuses the host: a mixed answer is an attempt."""
        for address in addresses:
            if not (is_loopback_address(address) if self._loopback else is_public(address)):
                wanted = "on this machine" if self._loopback else "public"
                raise Refused("private_address", f"{target.host} leads to {address}, which is not {wanted}")


def parse_target(url: str) -> Target:
    """Where an http or https URL leads. Raises Refused for any other, or one with a user name in it."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if ":" in host else host.encode("idna").decode().lower()
    except ValueError as error:  # UnicodeError of a host that no DNS can hold is one
        raise Refused("bad_url", f"{url[:200]!r} is no URL that is followed ({error})") from error
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc or "\\" in url:
        raise Refused("bad_url", f"{url[:200]!r} is no URL that is followed")
    return Target(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme])


def is_public(address: str) -> bool:
    """Is it an address of the public internet, through every way of wrapping one in another?"""
    ip = _unwrapped(address)
    if ip is None or (ip.version == 6 and ip not in _UNICAST):
        return False
    return ip.is_global and not ip.is_multicast


def is_loopback_address(address: str) -> bool:
    ip = _unwrapped(address)
    return ip is not None and ip.is_loopback


def _unwrapped(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return inner or ip
    return ip


def _netloc(netloc: str) -> tuple[str, int | None]:
    """(host, port) of a netloc of the site file; no port means 80 and 443."""
    target = parse_target(f"http://{netloc}")
    return target.host, urlsplit(f"//{netloc}").port
