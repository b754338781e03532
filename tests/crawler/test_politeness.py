"""Retry-After: waited for, or the crawl ends and is not begun again before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.politeness import parse_retry_after
from tests.conftest import Serve, Varde, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import Answer, Hit

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
VALUES = {
    "120": 120.0,
    "0": 0.0,
    "Fri, 01 May 2026 12:02:00 GMT": 120.0,
    "Fri, 01 May 2020 12:02:00 GMT": 0.0,
    "Fri, 01 May 2026 14:02:00 +0200": 120.0,
    "9" * 30: 7 * 86400.0,
    "Fri, 31 Dec 9999 12:02:00 GMT": 7 * 86400.0,
    "-5": None,
    "": None,
    "soon": None,
    "٣": None,
}


@pytest.mark.parametrize(("value", "seconds"), VALUES.items(), ids=[value or "nothing" for value in VALUES])
def test_header_is_read(value: str, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


class Busy:
    """Answers 429 at first, then the page."""

    def __init__(self, times: int, retry_after: str) -> None:
        self.times, self.headers = times, {"Retry-After": retry_after}
        self.asked: list[float] = []

    def __call__(self, hit: Hit) -> str | Answer:
        self.asked.append(hit.at)
        return Answer(b"<p>busy</p>", status=429, headers=self.headers) if len(self.asked) <= self.times else ad_page(1)


def test_short_wait_is_waited(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    busy = Busy(1, "2")
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": busy})
    done = varde(
        "crawl", "a.example", "--sites", write_site(tmp_path / "sites", "a.example", f"{server.url}/"), "--json"
    )
    assert printed(done)[0]["new"] == 1, done.stderr
    assert "a.example: asked to wait 2 s" in done.stderr
    assert busy.asked[1] - busy.asked[0] >= 2


def test_long_wait_ends_the_crawl_and_holds_off_the_next(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    busy = Busy(99, "7200")
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": busy})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    first = varde("crawl", "a.example", "--sites", folder, "--json")
    assert (first.returncode, printed(first)[0]["outcome"]) == (1, "halted")
    assert "the site asks to be left alone for 7200 s" in first.stderr
    asked = len(server.hits)
    second = varde("crawl", "a.example", "--sites", folder, "--json")
    assert (second.returncode, printed(second)[0]["outcome"]) == (1, "waiting")
    assert "it asked to be left alone until" in second.stderr
    assert len(server.hits) == asked
