"""Block pages and captchas end a crawl; a page that only has a captcha on it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.blocks import find_block
from tests.conftest import Serve, Varde, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import Answer

CHALLENGE = '<title>Just a moment</title><script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>'
CAPTCHA = '<form><div class="g-recaptcha" data-sitekey="x"></div></form>'

# (status, page, gave nothing, is a block)
PAGES = {
    "challenge": (403, CHALLENGE, True, True),
    "challenge as 503": (503, CHALLENGE, True, True),
    "captcha instead of the page": (200, CAPTCHA, True, True),
    "captcha in the contact form of an ad": (200, ad_page(1) + CAPTCHA, False, False),
    "plain refusal": (403, "<h1>Forbidden</h1>", True, False),
    "missing page with a captcha": (404, CAPTCHA, True, False),
    "mark far behind": (403, " " * 200_000 + CHALLENGE, True, False),
}


@pytest.mark.parametrize(("status", "page", "gave_nothing", "is_block"), PAGES.values(), ids=PAGES)
def test_block_is_told_from_a_page(status: int, page: str, gave_nothing: bool, is_block: bool) -> None:
    assert bool(find_block(status, page.encode(), gave_nothing=gave_nothing)) == is_block


@pytest.mark.parametrize("status", [403, 200])
def test_block_page_stops_the_site_and_says_so(serve: Serve, varde: Varde, tmp_path: Path, status: int) -> None:
    blocked = Answer(CHALLENGE.encode(), status=status)
    ads = {f"/ad/{number}": ad_page(number) for number in range(20)}
    server = serve({"/": list_page(["/ad/0", "/ad/blocked", *list(ads)[1:]]), "/ad/blocked": blocked, **ads})
    other = serve({"/": list_page(["/ad/1"]), "/ad/1": ad_page(1)})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    write_site(folder, "b.example", f"{other.url}/")
    done = varde("crawl", "--all", "--sites", folder, "--json")
    a, b = printed(done)
    assert (done.returncode, a["outcome"], b["outcome"]) == (1, "blocked", "finished")
    assert f"a.example: a Cloudflare challenge stands before {server.url}/ad/blocked" in done.stderr
    assert len(server.paths()) < 8, "the site was asked on"
    assert a["new"] >= 1
