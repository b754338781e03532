"""Health: a redesign is told as such, with the field that broke, and a quiet week is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.health import CrawlFacts, find_changes, site_history
from crawler.store import begin_crawl, finish_crawl, open_store
from tests.conftest import Serve, Varde, printed
from tests.crawler.samples import ad_page, list_page, make_site, write_site

USUAL = CrawlFacts(
    pages=110, failed=1, ads=100, letters=400.0, shares={"text": 1.0, "phones": 0.7, "age": 0.1, "name": 0.9}
)
HISTORY = [replace(USUAL, ads=ads) for ads in (90, 100, 110, 95)]


def changed(**values: object) -> CrawlFacts:
    return replace(USUAL, **values)  # type: ignore[arg-type]


# (the crawl, parts of what is told; none: it is healthy)
CRAWLS = {
    "as ever": (USUAL, []),
    "a quiet week": (changed(ads=70), []),
    "half the ads gone": (changed(ads=40), ["40 ads, usually 98"]),
    "phones vanish": (changed(shares=USUAL.shares | {"phones": 0.02}), ["field 'phones' on 2% of ads, usually 70%"]),
    "a rare field vanishes": (changed(shares=USUAL.shares | {"age": 0.0}), []),
    "text is cut": (changed(letters=30.0), ["texts of 30 letters on average, usually 400"]),
    "text is the whole page": (changed(letters=9000.0), ["texts of 9000 letters on average, usually 400"]),
    "pages fail": (changed(failed=60), ["55% of pages failed, usually 1%"]),
    "few ads": (changed(ads=3, shares={"phones": 0.0}, letters=10.0), ["3 ads, usually 98"]),
    "two things at once": (
        changed(ads=10, shares=USUAL.shares | {"name": 0.0}),
        ["10 ads, usually 98", "field 'name' on 0% of ads, usually 90%"],
    ),
}


@pytest.mark.parametrize(("now", "told"), CRAWLS.values(), ids=CRAWLS)
def test_crawl_is_held_against_the_past(now: CrawlFacts, told: list[str]) -> None:
    found = find_changes(make_site(), now, HISTORY, incomplete=False)
    assert len(found) == len(told), found
    assert [part for part in told if not any(part in line for line in found)] == []


def test_nothing_is_said_without_a_past() -> None:
    assert find_changes(make_site(), changed(ads=1), HISTORY[:2], incomplete=False) == []


def test_counts_say_nothing_where_pages_were_left_out() -> None:
    assert find_changes(make_site(), changed(ads=1), HISTORY, incomplete=True) == []


def test_counts_of_a_feed_say_nothing_against_its_past() -> None:
    feed = make_site().model_copy(update={"spider": "nav"})
    assert find_changes(feed, changed(ads=1, pages=2), HISTORY, incomplete=False) == []
    assert find_changes(feed, changed(shares=USUAL.shares | {"phones": 0.0}), HISTORY, incomplete=False) != []


# (rules of the crawls before, first day that counts, how many of four count)
PASTS = {"the same rules": ("r", "", 4), "other rules": ("s", "", 0), "before that day": ("r", "9999-01-01", 0)}


@pytest.mark.parametrize(("rules", "since", "counted"), PASTS.values(), ids=PASTS)
def test_history_begins_anew_with_the_rules_or_the_day(tmp_path: Path, rules: str, since: str, counted: int) -> None:
    db = open_store(tmp_path / "varde.db", create=True)
    for note in ("", "", "", "", "0 ads, expected 5 to 9"):
        crawl = begin_crawl(db, "a.example", legal_basis="t", software="t", seeds=[], site_sha256=rules)
        finish_crawl(db, crawl.id, outcome="finished", note=note)
    site = make_site(tables=f'[expect]\nsince = "{since}"')
    assert len(site_history(db, site, rules="r", before=99)) == counted
    db.close()


BOUNDS = {
    "ads = [200, 300]": "100 ads, expected 200 to 300",
    "phones = 0.8": "70% of ads show a phone, expected 80% or more",
    "letters = [500, 900]": "texts of 400 letters on average, expected 500 to 900",
    "errors = 0.0": "1% of pages failed, expected 0% or less",
}


@pytest.mark.parametrize(("bound", "told"), BOUNDS.items(), ids=BOUNDS)
def test_bounds_of_the_site_file_hold(bound: str, told: str) -> None:
    site = make_site(tables=f"[expect]\n{bound}")
    assert find_changes(site, USUAL, [], incomplete=False) == [told]


def test_redesign_is_told_by_the_crawl(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    style = {"phone": "phone"}

    def page(path: str) -> str | None:
        if path == "/":
            return list_page([f"/ad/{number}" for number in range(12)])
        return ad_page(path).replace('class="phone"', f'class="{style["phone"]}"') if path.startswith("/ad/") else None

    folder = write_site(tmp_path / "sites", "a.example", f"{serve(page).url}/")
    for _ in range(3):
        assert printed(varde("crawl", "a.example", "--sites", folder, "--json"))[0]["outcome"] == "finished"
    style["phone"] = "tel"
    done = varde("crawl", "a.example", "--sites", folder, "--json")
    assert printed(done)[0]["outcome"] == "changed"
    assert "a.example: site changed: field 'phones' on 0% of ads, usually 100%" in done.stderr
    assert printed(varde("sites", "--sites", folder, "--json"))[0]["health"].startswith("site changed: field 'phones'")
