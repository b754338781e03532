"""The proxy of one page: what its site allows goes through unchanged, all else is refused and noted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crawler.egress import Egress, Network
from crawler.proxy import MAX_DENIALS, Proxy
from tests.conftest import Serve
from tests.crawler.server import Answer


async def say(proxy: Proxy, text: bytes) -> bytes:
    """Everything that the proxy answers to `text` on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
    try:
        writer.write(text)
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


def through(*texts: bytes, allowed: str, loopback: bool = True, **options: Any) -> tuple[Proxy, list[bytes]]:
    """A proxy for the site `allowed`, closed again, and what it answered to each text."""

    async def work() -> tuple[Proxy, list[bytes]]:
        network = options.pop("network", None)
        egress = Egress(frozenset([allowed]), loopback=loopback, network=network)
        async with Proxy(egress, **options) as proxy:
            return proxy, [await say(proxy, text) for text in texts]

    return asyncio.run(work())


def get(url: str, *headers: str) -> bytes:
    netloc = url.split("/")[2]
    return "\r\n".join([f"GET {url} HTTP/1.1", f"Host: {netloc}", *headers, "", ""]).encode()


def connect(authority: str) -> bytes:
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()


def test_plain_request_goes_through_once(serve: Serve) -> None:
    server = serve({"/a?b=c": Answer(b"body", headers={"X-Odd": "kept", "Connection": "keep-alive"})})
    second = get(f"{server.url}/second")
    headers = ("Proxy-Connection: keep-alive", "X-Own: kept")
    proxy, (answer,) = through(get(f"{server.url}/a?b=c", *headers) + second, allowed=server.netloc)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nbody")
    assert (b"X-Odd: kept" in answer, b"keep-alive" in answer) == (True, False)
    assert server.paths() == ["/a?b=c"]
    assert (server.hits[0].headers["X-Own"], "Proxy-Connection" in server.hits[0].headers) == ("kept", False)
    assert proxy.addresses == {server.netloc: "127.0.0.1"}
    assert proxy.denied == ()


def test_body_of_a_request_goes_through() -> None:
    async def work() -> bytes:
        got = asyncio.get_running_loop().create_future()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.set_result(await reader.readuntil(b"12345"))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        netloc = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, Proxy(Egress(frozenset([netloc]), loopback=True)) as proxy:
            head = f"POST http://{netloc}/x HTTP/1.1\r\nHost: {netloc}\r\nContent-Length: 5\r\n\r\n".encode()
            assert (await say(proxy, head + b"12345")).startswith(b"HTTP/1.1 204")
        return await got

    assert asyncio.run(work()).startswith(b"POST /x HTTP/1.1\r\n")


def test_tunnel_carries_bytes_both_ways(serve: Serve) -> None:
    server = serve({"/a": "through"})
    proxy, (answer,) = through(connect(server.netloc) + b"GET /a HTTP/1.0\r\n\r\n", allowed=server.netloc)
    assert answer.startswith(b"HTTP/1.1 200 Connection Established\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"through")
    assert proxy.addresses == {server.netloc: "127.0.0.1"}


REFUSED = {
    "another host": (get("http://127.0.0.2:9/"), "foreign_host", "127.0.0.2:9"),
    "another port": (get("http://127.0.0.1:10/"), "foreign_host", "127.0.0.1:10"),
    "another spelling": (get("http://0x7f000001:10/"), "foreign_host", "0x7f000001:10"),
    "tunnel to another host": (connect("accounts.google.com:443"), "foreign_host", "accounts.google.com:443"),
    "user name": (get("http://127.0.0.1:9@127.0.0.1:9/"), "bad_url", "127.0.0.1:9"),
    "user name in a tunnel": (connect("x@127.0.0.1:9"), "bad_url", "x@127.0.0.1:9"),
    "path in a tunnel": (connect("127.0.0.1:9/x"), "bad_url", "127.0.0.1:9/x"),
    "https in clear": (get("https://127.0.0.1:9/"), "bad_url", "https://127.0.0.1:9/"),
    "ftp": (get("ftp://127.0.0.1:9/"), "bad_url", "ftp://127.0.0.1:9/"),
    "file": (get("file://127.0.0.1/etc/hostname"), "bad_url", "file://127.0.0.1/etc/hostname"),
    "the proxy itself": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bad_url", "/"),
}


@pytest.mark.egress
@pytest.mark.parametrize(("text", "kind", "what"), REFUSED.values(), ids=REFUSED)
def test_all_else_is_refused_and_noted(text: bytes, kind: str, what: str) -> None:
    proxy, (answer,) = through(text, allowed="127.0.0.1:9")
    assert proxy.denied == ((kind, what),)
    assert answer == b"" or (text.startswith(b"CONNECT") and answer.startswith(b"HTTP/1.1 403 "))
    assert proxy.addresses == {}


class Private(Network):
    async def lookup(self, host: str, port: int) -> list[str]:
        return ["127.0.0.1"]


@pytest.mark.egress
def test_name_that_leads_to_a_private_address_is_refused(serve: Serve) -> None:
    server = serve({})
    port = server.netloc.rpartition(":")[2]
    texts = (get(f"http://a.example:{port}/"), connect(f"a.example:{port}"))
    proxy, _ = through(*texts, allowed=f"a.example:{port}", loopback=False, network=Private())
    assert proxy.denied == (("private_address", f"a.example:{port}"),)
    assert server.hits == []


BROKEN = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "endless head": b"GET http://127.0.0.1:9/ HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000,
    "no host": b"GET http://127.0.0.1:9/ HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_request_is_not_passed_on(text: bytes) -> None:
    proxy, (answer,) = through(text, allowed="127.0.0.1:9")
    assert answer == b""
    assert [kind for kind, _ in proxy.denied] == ["bad_response"]


def test_host_that_does_not_answer_is_no_denial() -> None:
    proxy, (answer,) = through(get("http://127.0.0.1:1/"), allowed="127.0.0.1:1")
    assert (answer, proxy.denied, list(proxy.faults)) == (b"", (), ["127.0.0.1:1"])


@pytest.mark.parametrize("way", ["plain", "tunnel"])
def test_page_that_takes_too_much_gets_no_more(way: str, serve: Serve) -> None:
    server = serve({"/a": Answer(b"x" * 300_000)})
    text = get(f"{server.url}/a") if way == "plain" else connect(server.netloc) + b"GET /a HTTP/1.0\r\n\r\n"
    proxy, answers = through(text, text, text, text, allowed=server.netloc, max_bytes=700_000)
    assert [len(answer) > 300_000 for answer in answers] == [True, True, False, False]
    assert proxy.full.is_set()
    assert [kind for kind, _ in proxy.denied] == ["too_large"]


def test_denials_are_counted_once_and_bounded() -> None:
    texts = [get(f"http://127.0.0.1:{port % 60 + 10}/") for port in range(120)]
    proxy, _ = through(*texts, allowed="127.0.0.1:9")
    assert len(proxy.denied) == len(set(proxy.denied)) == MAX_DENIALS
