"""Parser: hostile pages and broken families cost a worker, never the crawl, and what a worker says is checked."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.document import Document
from crawler.pages import PageKind, PageLink
from crawler.parsing import FAMILIES, Parsed, Parser
from crawler.sites import AdRules, Site
from tests.crawler.samples import ad_page, list_page, make_site

URL = "http://127.0.0.1:9/ad/17?b=1"
HTML = "text/html; charset=utf-8"
NOW = datetime(2026, 5, 1, tzinfo=UTC)
PHONE = "42 00 00 17"
MAX_BODY = 8 * 1024 * 1024
LIMIT = 10.0  # seconds of processor time for one page, whatever it is


def run(pages: list[tuple[PageKind, str]], site: Site | None = None, **options: Any) -> list[Parsed]:
    """What a parser makes of (kind, body) pages, one after the other."""

    async def parse() -> list[Parsed]:
        parser = Parser(size=1, **options)
        try:
            documents = [Document(URL, kind, HTML, body.encode()[:MAX_BODY]) for kind, body in pages]
            return [await parser.parse(document, site or make_site(), seen_at=NOW) for document in documents]
        finally:
            await parser.close()

    return asyncio.run(parse())


def acting(*acts: str, **options: Any) -> list[Parsed]:
    """What comes of a family that does `acts`."""
    families = {**FAMILIES, "listing": "tests.crawler.families"}
    return run([("ad", act) for act in acts], families=families, **options)


def kinds(parsed: Parsed) -> list[str]:
    return [event.kind for event in parsed.events]


def test_page_is_read_as_the_family_reads_it() -> None:
    ad, links = run([("ad", ad_page(17)), ("list", list_page(["/ad/1"], after="/2"))])
    (found,) = ad.content.ads
    assert (found.site, found.kind, found.ad_id, found.seen_at) == ("a.example", "escort", "17", NOW)
    assert (found.title, found.phones, found.url, found.raw) == ("Ad 17", ("42 00 00 17",), URL, {})
    assert links.content.links == (PageLink("http://127.0.0.1:9/ad/1", "ad"), PageLink("http://127.0.0.1:9/2", "list"))
    assert ad.events == links.events == ()


def test_page_without_an_ad_has_a_fault_and_no_event() -> None:
    (parsed,) = run([("ad", "<p>new design</p>")])
    assert (parsed.content.fault, parsed.content.ads) == ("no ad_id: '.id::text' finds nothing", ())
    assert parsed.events == ()


def test_raw_form_of_a_field_comes_through() -> None:
    site = make_site().model_copy(update={"spider": "jobposting"})
    block = '{"@type": "JobPosting", "title": "Packer", "description": "<p>Pack fish.</p>"}'
    (parsed,) = run([("ad", f'<script type="application/ld+json">{block}</script>')], site)
    (ad,) = parsed.content.ads
    assert (ad.text, ad.raw) == ("Pack fish.", {"description": "<p>Pack fish.</p>"})


def test_unknown_charset_is_told() -> None:
    async def parse() -> Parsed:
        parser = Parser(size=1)
        document = Document(URL, "ad", "text/html; charset=hex", ad_page(17).encode())
        found = await parser.parse(document, make_site(), seen_at=NOW)
        await parser.close()
        return found

    assert kinds(asyncio.run(parse())) == ["charset"]


@pytest.mark.parametrize(
    ("act", "reason"),
    [("loop", "not done within"), ("die", "worker ended"), ("exhaust", "worker ended"), ("recurse", "RecursionError")],
)
def test_family_that_breaks_costs_its_page_only(act: str, reason: str) -> None:
    broken, good = acting(act, ad_page(17), patience=0.3)
    assert [event.detail.partition(":")[0] for event in broken.events] == ["full", "tame", "http"]
    assert all(reason in event.detail for event in broken.events[:2])
    (ad,) = broken.content.ads  # its bare text
    assert (ad.ad_id, ad.text, "text_cut" in ad.extra) == ("/ad/17?b=1", act, True)
    assert good.content.ads[0].ad_id == "17"


def test_what_a_family_prints_is_no_answer() -> None:
    assert acting("print")[0].content.fault == "printed"


def test_lies_of_a_worker_are_found_out() -> None:
    (parsed,) = acting("lie")
    (ad,) = parsed.content.ads
    assert (ad.site, ad.kind, ad.seen_at, ad.text) == ("a.example", "escort", NOW, f"{PHONE} \ufffd")
    assert parsed.content.links == (PageLink("http://b.example/1", "ad"),)
    assert kinds(parsed) == ["bad_url"] * 3
    assert parsed.content.fault.startswith("an ad that is none: missing keys ['ad_id']")


def test_links_without_end_are_cut() -> None:
    (parsed,) = acting("flood")
    assert len(parsed.content.links) == 5000
    assert kinds(parsed) == ["link_flood"]


def test_answer_that_is_none_is_not_taken() -> None:
    (parsed,) = acting("no link", patience=1)
    assert kinds(parsed)[:2] == ["parse_limit", "parse_limit"]
    assert parsed.content.links == ()


def test_list_that_cannot_be_read_is_not_made_up() -> None:
    families = {**FAMILIES, "listing": "tests.crawler.families"}
    (parsed,) = run([("list", "recurse")], families=families)
    assert parsed.content.fault == "the page is built so that it cannot be parsed"
    assert (parsed.content.ads, parsed.content.links) == ((), ())


def in_text(markup: str) -> str:
    return f"<!doctype html><p class=id>7</p><div class=text>{PHONE} {markup}{PHONE}</div>"


HOSTILE: dict[str, Callable[[], str]] = {
    "200,000 attributes": lambda: in_text(f"<b {' '.join(f'a{i}=xxxxx' for i in range(200_000))}>x</b>"),
    "attributes with >": lambda: in_text(f"<b {' '.join(f'''a{i}='>' ''' for i in range(100_000))}>x</b>"),
    "5,000 nested": lambda: in_text("<div>" * 5000),
    "5,000 around": lambda: "<div>" * 5000 + in_text(""),
    "1,000,000 nested": lambda: in_text("<div>" * 1_000_000),
    "8 MB of text": lambda: in_text("æ" * 4_000_000),
    "comments without end": lambda: in_text("<p>x</p>") + "<!--" * 2_000_000,
    "short comments": lambda: in_text("<!-->" * 1_500_000),
    "references": lambda: in_text("&amp" * 1_500_000),
    "nothing": lambda: in_text("\0" * 6_000_000),
    "garbage": lambda: in_text("".join(chr(i * 7919 % 255 + 1) for i in range(1_000_000))),
    "less than": lambda: in_text("<" * 2_000_000),
    "text in 500,000 elements": lambda: in_text("<p class=text>x" * 500_000),
    "paragraphs": lambda: in_text("<p>" * 2_000_000),
    "tables": lambda: in_text("<table><tr><td>" * 300_000),
    "misnested": lambda: in_text("<b i><i i>x</b>" * 300_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("build", HOSTILE.values(), ids=HOSTILE)
def test_hostile_page_is_read_in_time(build: Callable[[], str]) -> None:
    before = _processor_time()
    (parsed,) = run([("ad", build())])
    assert _processor_time() - before <= LIMIT
    (ad,) = parsed.content.ads
    assert PHONE in ad.text or "text_cut" in ad.extra


@pytest.mark.slow
def test_flood_of_links_is_cut_in_time() -> None:
    before = _processor_time()
    page = "".join(f"<a class=ad href=/{n}>" for n in range(400_000))
    (parsed,) = run([("list", page)])
    assert _processor_time() - before <= LIMIT
    assert len(parsed.content.links) == 5000
    assert "link_flood" in kinds(parsed)


def test_text_that_is_longer_than_an_ad_says_so() -> None:
    site = make_site().model_copy(update={"ad": AdRules(ad_id=".id::text", text=".text::text")})
    (parsed,) = run([("ad", f"<p class=id>7</p><p class=text>{PHONE} {'x' * 6_000_000}</p>")], site)
    (ad,) = parsed.content.ads
    assert len(ad.text) == 5 * 1024 * 1024
    assert "text_cut" in ad.extra
    assert kinds(parsed) == ["text_cut"]


def _processor_time() -> float:
    """Seconds that the workers that have ended computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
