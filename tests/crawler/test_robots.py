"""robots.txt: what it forbids is not asked for, what it asks for is done."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.robots import MAX_BYTES, parse_robots
from tests.conftest import Serve, Varde, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import Answer

AGENT = "Varde/0.1 (+post@varde.example)"

# (status, body, is /private allowed, is /open allowed)
FILES = {
    "rules": (200, "User-agent: *\nDisallow: /private", False, True),
    "our own group": (200, "User-agent: varde\nDisallow: /open\n\nUser-agent: *\nDisallow: /private", True, False),
    "wildcards": (200, "User-agent: *\nDisallow: /*priv*te$", False, True),
    "missing": (404, "", True, True),
    "forbidden": (403, "", True, True),  # RFC 9309 2.3.1.3: unavailable allows all
    "server error": (503, "", False, False),
    "binary": (200, "\x00\x01\xff" * 1000, True, True),
    "empty": (200, "", True, True),
    "beyond the limit": (
        200,
        "User-agent: *\nDisallow: /private\n" + "#" * MAX_BYTES + "\nDisallow: /open",
        False,
        True,
    ),
}


@pytest.mark.parametrize(("status", "body", "private", "open_"), FILES.values(), ids=FILES)
def test_what_a_file_allows(status: int, body: str, private: bool, open_: bool) -> None:
    rules = parse_robots(status, body.encode())
    assert rules.is_allowed("http://a.example/private", AGENT) == private
    assert rules.is_allowed("http://a.example/open", AGENT) == open_


def test_half_a_line_at_the_limit_is_not_read() -> None:
    head = b"User-agent: *\n"
    body = head + b"#" * (MAX_BYTES - len(head) - len("\nDisallow: /a")) + b"\nDisallow: /ad-and-no-more"
    assert parse_robots(200, body).is_allowed("http://a.example/admin", AGENT)


def test_crawl_delay_is_kept(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    robots = Answer(b"User-agent: *\nCrawl-delay: 0.7\n", kind="text/plain")
    server = serve(
        {"/robots.txt": robots, "/": list_page(["/ad/1", "/ad/2"]), "/ad/1": ad_page(1), "/ad/2": ad_page(2)}
    )
    done = varde(
        "crawl", "a.example", "--sites", write_site(tmp_path / "sites", "a.example", f"{server.url}/"), "--json"
    )
    assert printed(done)[0]["new"] == 2
    gaps = [after.at - before.at for before, after in pairwise(server.hits[1:])]
    assert min(gaps) >= 0.65, gaps


@pytest.mark.parametrize(
    ("robots", "told"),
    [
        (Answer(b"", status=500), "robots.txt cannot be had (HTTP 500)"),
        (Answer(b"User-agent: *\nCrawl-delay: 90000\n"), "robots.txt asks for 90000 s between two requests"),
    ],
    ids=["server error", "absurd delay"],
)
def test_site_is_left_alone(serve: Serve, varde: Varde, tmp_path: Path, robots: Answer, told: str) -> None:
    server = serve({"/robots.txt": robots, "/": list_page(["/ad/1"]), "/ad/1": ad_page(1)})
    began = time.monotonic()
    done = varde(
        "crawl", "a.example", "--sites", write_site(tmp_path / "sites", "a.example", f"{server.url}/"), "--json"
    )
    assert (done.returncode, printed(done)[0]["outcome"]) == (1, "halted")
    assert told in done.stderr
    assert "/ad/1" not in server.paths()
    assert time.monotonic() - began < 60
