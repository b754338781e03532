"""Saved pages: what the selectors of a site file are tried against, one check a field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crawler.sites import Site
from spiders.saved import Check, SavedPage, check_page, saved_pages
from tests.crawler.samples import ad_page, list_page, make_site

URL = "http://127.0.0.1:9/ad/17"


def page(html: str, **expected: Any) -> SavedPage:
    return SavedPage("ad-1", html.encode(), {"url": URL, "kind": "ad", "ads": [], "links": []} | expected)


def failures(saved: SavedPage, site: Site | None = None) -> list[Check]:
    return [check for check in check_page(saved, site or make_site()) if not check.passed]


def test_pages_of_a_folder_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("list-1", "ad-1"):
        (tmp_path / f"{name}.html").write_text("<p>på</p>", encoding="utf-8")
        (tmp_path / f"{name}.json").write_text(json.dumps({"url": URL, "kind": "ad"}), encoding="utf-8")
    pages = saved_pages(tmp_path)
    assert [(saved.name, saved.html, saved.expected["kind"]) for saved in pages] == [
        ("ad-1", "<p>på</p>".encode(), "ad"),
        ("list-1", "<p>på</p>".encode(), "ad"),
    ]


def test_folder_that_is_not_there_holds_no_pages(tmp_path: Path) -> None:
    assert saved_pages(tmp_path / "none") == []


def test_each_expected_field_is_one_check() -> None:
    saved = page(ad_page(17), ads=[{"ad_id": "17", "phones": ["42 00 00 17"], "title": "Ad 17"}])
    checks = list(check_page(saved, make_site()))
    assert [check.name for check in checks] == ["ad-1:ads", "ad-1:ad_id", "ad-1:phones", "ad-1:title"]
    assert all(check.passed for check in checks)


def test_field_that_is_read_otherwise_fails_by_name() -> None:
    saved = page(ad_page(17), ads=[{"ad_id": "17", "title": "Another"}])
    assert failures(saved) == [Check("ad-1:title", "Another", "Ad 17")]


def test_page_that_cannot_be_read_fails_with_the_selector() -> None:
    (failure,) = failures(page("<p>new design</p>", ads=[{"ad_id": "17"}]))
    assert failure == Check("ad-1:page", "readable", "no ad_id: '.id::text' finds nothing")


def test_links_of_a_list_page_are_one_check() -> None:
    html = list_page(["/ad/1"], after="/2")
    good = page(html, kind="list", links=["http://127.0.0.1:9/ad/1", "http://127.0.0.1:9/2"])
    assert failures(good) == []
    (failure,) = failures(page(html, kind="list", links=["http://127.0.0.1:9/ad/1"]))
    assert failure.name == "ad-1:links"


def test_several_postings_of_a_page_are_numbered() -> None:
    blocks = [{"@type": "JobPosting", "title": name, "description": name, "identifier": name} for name in ("a", "b")]
    saved = page(
        f'<script type="application/ld+json">{json.dumps(blocks)}</script>',
        ads=[{"title": "a"}, {"title": "x"}],
    )
    site = make_site().model_copy(update={"spider": "jobposting"})
    assert failures(saved, site) == [Check("ad-1#2:title", "x", "b")]


def test_another_number_of_ads_fails() -> None:
    saved = page(ad_page(17), ads=[{"ad_id": "17"}, {"ad_id": "18"}])
    assert failures(saved) == [Check("ad-1:ads", 2, 1)]
