"""The sample market's pages: what a reader and a browser find in them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from parsel import Selector
from playwright.sync_api import Page, sync_playwright

from crawler.browser import find_browser
from spiders.demo.market import build_sample
from spiders.demo.pages import paragraphs, site_pages
from spiders.demo.posts import ARBEID, FJORD, NORDLYS, Post
from spiders.demo.server import Market, start

SAMPLE = build_sample()


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    with start() as running:
        yield running


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    browser = find_browser()
    if browser is None:
        pytest.skip("no browser on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, chromium_sandbox=os.geteuid() != 0)
        yield chromium.new_page()
        chromium.close()


def test_paragraphs_are_split_at_blank_lines() -> None:
    assert paragraphs("a\nb\n\nc") == [["a", "b"], ["c"]]


def test_plain_ad_page_shows_every_field() -> None:
    pages = site_pages(SAMPLE, NORDLYS)
    for post in SAMPLE.on(NORDLYS):
        shown = Selector(pages[f"/annonse/{post.ad_id}"].body.decode())
        assert "\n\n".join("\n".join(p.css("::text").getall()) for p in shown.css(".text p")) == post.text
        assert shown.css("a.phone::text").getall() == ([post.phone.shown] if post.phone.written == "field" else [])
        assert shown.css("h1::text").get() == post.title


def test_job_posting_carries_description_wage_and_employer() -> None:
    post = next(p for p in SAMPLE.on(ARBEID) if p.operator.id == "agency-1")
    body = site_pages(SAMPLE, ARBEID)[f"/stilling/{post.ad_id}"].body.decode()
    postings = json.loads(Selector(body).css("script[type='application/ld+json']::text").get() or "")
    posting = next(p for p in postings if p["identifier"]["value"] == post.ad_id)
    assert len(postings) == 3
    assert posting["hiringOrganization"]["taxID"] == post.org_number
    assert posting["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "value": post.wage,
        "unitText": "HOUR",
    }
    assert posting["description"].count("<p>") == len(paragraphs(post.text))


@pytest.mark.parametrize("written", ["field", "unicode"])
def test_click_reveals_the_number(market: Market, page: Page, written: str) -> None:
    post: Post = next(p for p in market.sample.on(FJORD) if p.phone.written == written)
    page.goto(f"{market.urls[FJORD]}/annonse/{post.ad_id}")
    assert page.locator("#ad a.phone").count() == 0
    page.click("#ad button.reveal")
    page.wait_for_selector("#ad .revealed")
    assert page.locator("#ad a.phone").all_inner_texts() == ([post.phone.shown] if written == "field" else [])
    assert page.inner_text("#ad .text") == post.text
