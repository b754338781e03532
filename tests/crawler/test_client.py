"""The HTTP client against servers that say exactly what a test wants said."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from crawler import client as client_module
from crawler.client import FetchFault, HttpClient, Unreachable
from crawler.egress import Egress, Network
from crawler.exchange import Exchange

AGENT = "Varde/test (test@varde.example)"
LIMIT = 100_000
OK = b"HTTP/1.1 200 OK\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"
Handle = Callable[[StreamReader, StreamWriter], Coroutine[Any, Any, None]]
Fetch = Callable[..., Awaitable[Exchange]]


class Server:
    """Answers the requests of one connection after another with `answers`, then closes it; remembers the requests."""

    def __init__(self, *answers: bytes, rest: bytes = b"", linger: float = 0) -> None:
        self.answers, self.rest, self.linger = list(answers), rest, linger
        self.requests: list[bytes] = []
        self.connections = 0

    async def __call__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        try:
            for answer in self.answers:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(answer)
                await writer.drain()
            await asyncio.sleep(self.linger)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


def talk(handle: Handle, work: Callable[[Fetch, str], Awaitable[Any]], *, network: Network | None = None) -> Any:
    """What `work` gives, which gets a function that fetches, and the URL of a server."""

    async def run() -> Any:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        netloc = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        http = HttpClient(Egress(frozenset([netloc]), loopback=True, network=network), user_agent=AGENT)

        async def fetch(url: str, **options: Any) -> Exchange:
            return await http.fetch(url, **{"limit": LIMIT, "patience": 5.0} | options)

        try:
            return await work(fetch, f"http://{netloc}")
        finally:
            http.close()
            server.close()

    return asyncio.run(run())


def once(answer: bytes, **options: Any) -> Exchange:
    found: Exchange = talk(Server(answer), lambda fetch, url: fetch(f"{url}/a?b=c", **options))
    return found


def test_request_names_who_asks() -> None:
    found = once(HELLO)
    lines = found.request.decode().split("\r\n")
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert lines[1].startswith("Host: 127.0.0.1:")
    assert f"User-Agent: {AGENT}" in lines
    assert "Accept-Encoding: gzip, deflate, br, zstd" in lines
    assert (found.address, found.tls) == ("127.0.0.1", None)


def test_body_is_posted_as_json() -> None:
    server = Server(HELLO)
    found: Exchange = talk(server, lambda fetch, url: fetch(url, body=b"{}"))
    assert found.request.startswith(b"POST / HTTP/1.1\r\n")
    assert found.request.endswith(b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    assert found.body == b"hello"


@pytest.mark.parametrize(
    ("wire", "framing", "body"),
    [
        pytest.param(b"hello", "Content-Length: 5", b"hello", id="length"),
        pytest.param(b"hello", "X: y", b"hello", id="until it closes"),
        pytest.param(b"5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked", b"hello", id="chunks"),
        pytest.param(b"2;x=y\r\nhe\r\n03\r\nllo\r\n0\r\nX: y\r\n\r\n", "Transfer-Encoding: chunked", b"hello",
                     id="chunks with all that may be"),
        pytest.param(b"0\r\n\r\n", "Transfer-Encoding: chunked", b"", id="no chunk"),
        pytest.param(b"", "Content-Length: 0", b"", id="nothing"),
    ],
)  # fmt: skip
def test_what_came_is_kept_exactly(wire: bytes, framing: str, body: bytes) -> None:
    head = OK + b"x-ODD:  y \r\n" + framing.encode() + b"\r\n\r\n"
    found = once(head + wire)
    assert (found.head, found.wire, found.body) == (head, wire, body)
    assert found.headers[0] == (b"x-odd", b"y")


def test_interim_answers_are_passed_over() -> None:
    found = once(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 3 + HELLO)
    assert (found.status, found.head, found.body) == (200, HELLO[:-5], b"hello")


def two(fetch: Fetch, url: str) -> Awaitable[list[Exchange]]:
    async def both() -> list[Exchange]:
        first = await fetch(f"{url}/1")
        await asyncio.sleep(0.05)
        return [first, await fetch(f"{url}/2")]

    return both()


def test_connection_is_used_again() -> None:
    server = Server(HELLO, OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nyo\r\n0\r\n\r\n", linger=1)
    first, second = talk(server, two)
    assert (first.body, second.body, server.connections) == (b"hello", b"yo", 1)
    assert second.wire == b"2\r\nyo\r\n0\r\n\r\n"


def test_connection_that_the_server_closed_meanwhile_is_opened_anew() -> None:
    server = Server(HELLO)
    assert [found.body for found in talk(server, two)] == [b"hello"] * 2
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(HELLO + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", id="a second answer"),
        pytest.param(OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", id="close"),
        pytest.param(HELLO + b"\0", id="a byte too many"),
    ],
)
def test_connection_with_more_on_it_is_not_used_again(answer: bytes) -> None:
    server = Server(answer, linger=0.5)
    assert [(found.body, found.wire) for found in talk(server, two)] == [(b"hello", b"hello")] * 2
    assert server.connections == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (OK + b"Content-Length: 100001\r\n\r\n", "too_large"),
        (OK + b"\r\n" + b"a" * 100_001, "too_large"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"186a1\r\n" + b"a" * 100_001, "too_large"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + (b"14;" + b"x" * 9000 + b"\r\n" + b"a" * 20 + b"\r\n") * 99,
         "too_large"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 1500, "too_slow"),
        (OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n", "header_flood"),
        (OK + b"a: b\r\n" * 50_000 + b"\r\n", "header_flood"),
        (b"HTTP/1.1 103 x\r\n\r\n" * 11 + HELLO, "bad_response"),
        (b"HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n", "bad_response"),
        (OK + b"nonsense\r\n\r\n", "bad_response"),
        (b"<p>HTTP 0.9", "bad_response"),
    ],
)  # fmt: skip
def test_answer_that_cannot_be_used_is_named(answer: bytes, kind: str) -> None:
    with pytest.raises(FetchFault) as caught:
        once(answer)
    assert caught.value.kind == kind


def test_head_as_large_as_is_allowed_is_read() -> None:
    head = OK + b"a:\r\n" * (client_module.MAX_HEAD // 4 - 20) + b"\r\n"
    assert len(once(head).headers) > 30_000


@pytest.mark.parametrize(
    "answer",
    [b"", OK + b"Content-Length: 9\r\n\r\nhello", OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ids=["nothing", "length", "chunks"],
)
def test_answer_that_breaks_off_is_worth_another_try(answer: bytes) -> None:
    with pytest.raises(Unreachable) as caught:
        once(answer)
    assert caught.value.kind is None


def test_first_answer_that_breaks_off_is_asked_for_once() -> None:
    server = Server(b"")
    with pytest.raises(Unreachable):
        talk(server, lambda fetch, url: fetch(url))
    assert server.connections == 1


@pytest.mark.parametrize("answer", [b"", OK, OK + b"\r\n", OK + b"Content-Length: 9\r\n\r\nhello"])
def test_patience_is_for_the_whole_answer(answer: bytes) -> None:
    begin = time.monotonic()
    with pytest.raises(FetchFault, match="within 0 s") as caught:
        talk(Server(answer, linger=5), lambda fetch, url: fetch(url, patience=0.4))
    assert caught.value.kind == "too_slow"
    assert time.monotonic() - begin < 3


class Hanging(Network):
    """A resolver that does not answer."""

    async def lookup(self, host: str, port: int) -> list[str]:
        await asyncio.to_thread(time.sleep, 1.5)
        return ["127.0.0.1"]


def test_patience_is_for_the_resolver_too() -> None:
    async def timed(fetch: Fetch, url: str) -> float:
        begin = time.monotonic()
        with pytest.raises(FetchFault) as caught:
            await fetch(url, patience=0.3)
        assert caught.value.kind == "too_slow"
        return time.monotonic() - begin

    assert talk(Server(), timed, network=Hanging()) < 1.2


def test_others_get_their_turn_while_a_flood_comes_in() -> None:
    """What is read without waiting must not hold the loop."""

    async def beside(fetch: Fetch, url: str) -> float:
        longest, last = 0.0, time.thread_time()
        task = asyncio.ensure_future(fetch(url, limit=40_000_000, patience=60))
        while not task.done():
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, last = max(longest, now - last), now
        assert len((await task).body) == 30_000_000
        return longest

    flood = OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"64\r\n%b\r\n" % (b"a" * 100) * 300_000 + b"0\r\n\r\n"
    assert talk(Server(flood), beside) < 0.5


@pytest.mark.parametrize("url", ["/a b", "/\u00f8", "/" + "a" * 10 + "\x00"])
def test_url_that_no_request_can_hold_is_refused(url: str) -> None:
    with pytest.raises(FetchFault) as caught:
        talk(Server(HELLO), lambda fetch, base: fetch(base + url))
    assert caught.value.kind == "bad_url"


def test_nobody_there_is_worth_another_try() -> None:
    async def nobody(fetch: Fetch, url: str) -> None:
        with pytest.raises(Unreachable, match="cannot be reached"):
            await HttpClient(Egress(frozenset(["127.0.0.1:1"]), loopback=True), user_agent=AGENT).fetch(
                "http://127.0.0.1:1/", limit=LIMIT, patience=5
            )

    talk(Server(), nobody)


# TLS, with certificates of an authority that the tests make


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem, and the chains and keys of three servers."""
    folder = tmp_path_factory.mktemp("tls")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test CA",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    for name, host, days in (("good", "localhost", "30"), ("other", "other.example", "30"), ("old", "localhost", "-1")):
        (folder / "ext").write_text(f"subjectAltName=DNS:{host}\n")
        openssl(folder, "req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.crt", "-days", days, "-extfile", "ext")  # fmt: skip
        (folder / f"{name}.pem").write_text((folder / f"{name}.crt").read_text() + (folder / "ca.pem").read_text())
    return folder


def secured(folder: Path, name: str) -> Exchange:
    """What a server with the certificate `name` answers, as "localhost"."""

    async def run() -> Exchange:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        server = await asyncio.start_server(Server(HELLO), "127.0.0.1", 0, ssl=context)
        netloc = f"localhost:{server.sockets[0].getsockname()[1]}"
        http = HttpClient(Egress(frozenset([netloc]), loopback=True), user_agent=AGENT)
        try:
            return await http.fetch(f"https://{netloc}/", limit=LIMIT, patience=5)
        finally:
            http.close()
            server.close()

    return asyncio.run(run())


def test_certificates_are_kept(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    found = secured(certificates, "good")
    chain = [ssl.PEM_cert_to_DER_cert((certificates / name).read_text()) for name in ("good.crt", "ca.pem")]
    assert found.tls
    assert (found.tls.version, list(found.tls.chain), found.body) == ("TLSv1.3", chain, b"hello")
    assert found.tls.cipher


@pytest.mark.parametrize(
    ("name", "trusted", "says"),
    [
        ("good", False, "certificate"),
        ("other", True, "Hostname mismatch"),
        ("old", True, "certificate has expired"),
    ],
    ids=["unknown authority", "another name", "expired"],
)
def test_certificate_that_does_not_hold_is_named(
    name: str, trusted: bool, says: str, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    with pytest.raises(FetchFault, match=says) as caught:
        secured(certificates, name)
    assert caught.value.kind == "tls"


def test_plain_server_has_no_tls() -> None:
    async def asked(fetch: Fetch, url: str) -> Exchange:
        return await fetch(url.replace("http", "https", 1))

    with pytest.raises(FetchFault) as caught:
        talk(Rude(), asked)
    assert caught.value.kind == "tls"


class Rude(Server):
    """Answers whatever is said first."""

    async def __call__(self, reader: StreamReader, writer: StreamWriter) -> None:
        await reader.read(10)
        writer.write(HELLO)
        writer.close()
