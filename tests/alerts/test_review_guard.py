from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from alerts.cases import Queue
from alerts.review.app import ServeError, make_app, serve
from tests.alerts.desk import PlainDesk, desk

EXPECTED = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
ROUTES = sorted({route.path for route in make_app(desk()).routes if isinstance(route, Route)})
ODD = ["/nowhere", "/cluster/c-404", "/static/none.css", "/?level=L9", "/?page=7", "/cluster/%2e%2e"]
SERVE = """
import sys
from alerts.review.app import serve
from tests.alerts.desk import desk
serve(desk(), "127.0.0.1", 0, announce=lambda url: print(url, file=sys.stderr, flush=True))
print("closed", flush=True)
"""


class Broken(PlainDesk):
    def queue(self) -> Queue:
        raise RuntimeError("broken on purpose")


def client(shown: PlainDesk) -> TestClient:
    return TestClient(make_app(shown), base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def pages() -> Iterator[TestClient]:
    with client(desk()) as opened:
        yield opened


def hardening(headers: dict[str, str]) -> dict[str, str]:
    return {name: headers.get(name, "") for name in EXPECTED}


def test_routes_are_the_known_ones() -> None:
    cluster = "/cluster/{cluster}"
    assert [
        "/",
        "/about",
        cluster,
        f"{cluster}/template/{{value}}",
        "/static/review.css",
        "/static/varde.svg",
    ] == ROUTES


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ROUTES + ODD)
def test_every_answer_is_hardened(pages: TestClient, path: str, method: str) -> None:
    answer = pages.request(method, path.format(cluster="c-42", value="0123456789ab"))
    assert hardening(dict(answer.headers)) == EXPECTED
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers
    takes_forms = path.startswith("/cluster/") and "/template/" not in path
    if method == "POST" and takes_forms:
        assert answer.status_code == 403
    elif method not in ("GET", "HEAD"):
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST" if takes_forms else "GET, HEAD")


def test_a_broken_page_is_hardened() -> None:
    with client(Broken()) as pages:
        answer = pages.get("/")
    assert answer.status_code == 500
    assert hardening(dict(answer.headers)) == EXPECTED


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:8000", "LOCALHOST"],
)
def test_own_names_are_answered(pages: TestClient, host: str) -> None:
    assert pages.get("/about", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8000", "127.0.0.2",
     "::1", "", "localhost:", "localhost:8000:1", "localhost@evil.example", "[::1", "0.0.0.0", "127.1",
     "localhost:\u0663"],
)  # fmt: skip
def test_other_names_are_refused(pages: TestClient, host: str) -> None:
    answer = pages.get("/cluster/c-42", headers={b"host": host.encode()})
    assert answer.status_code == 400
    assert "c-42" not in answer.text
    assert hardening(dict(answer.headers)) == EXPECTED


def test_client_headers_do_not_stand_in_for_the_host(pages: TestClient) -> None:
    headers = {"host": "evil.example", "x-forwarded-host": "localhost", "forwarded": "host=localhost"}
    assert pages.get("/", headers=headers).status_code == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::", "192.0.2.1", "review.example", "127.0.0.2"])
def test_serve_refuses_what_is_not_loopback(host: str) -> None:
    with pytest.raises(ServeError, match=r"--host .*answers on this machine only; use --host 127\.0\.0\.1"):
        serve(desk(), host, 0, announce=print)


def test_serve_names_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"--port {port}: .*in use.*; choose another"):
            serve(desk(), "127.0.0.1", port, announce=print)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_serve_answers_on_loopback_and_ends_quietly(ending: signal.Signals) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert server.stderr
    address = server.stderr.readline().strip()
    try:
        status, headers = fetch(address.removeprefix("http://").rstrip("/"))
    finally:
        server.send_signal(ending)
        out, err = server.communicate(timeout=20)
    assert (status, hardening(headers), server.returncode) == (200, EXPECTED, 0)
    assert "server" not in headers
    assert (out, err) == ("closed\n", "")


def fetch(netloc: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection(netloc, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}
