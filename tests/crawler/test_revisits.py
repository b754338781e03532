"""A second crawl asks for little, stores nothing twice, and marks what is gone."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crawler.store import ad_rows, open_store
from tests.conftest import Serve, Varde, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import Answer, Hit

STAMP = "Fri, 01 May 2026 10:00:00 GMT"


@dataclass(slots=True)
class Board:
    """A site whose ads can be changed between two crawls. `by` is what it lets us ask by."""

    by: str
    ads: dict[str, str] = field(default_factory=dict)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def answer(self, hit: Hit) -> Answer:
        found = self._found(hit)
        self.answers[hit.path, found.status] += 1
        return found

    def _found(self, hit: Hit) -> Answer:
        if hit.path == "/":
            return Answer(list_page([f"/ad/{name}" for name in self.ads]).encode())
        text = self.ads.get(hit.path.removeprefix("/ad/"))
        if text is None:
            return Answer(b"<p>gone</p>", status=404)
        body = ad_page(hit.path.removeprefix("/ad/"), text=text).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"etag": {"ETag": tag}, "modified": {"Last-Modified": STAMP}}.get(self.by, {})
        asked = hit.headers.get("If-None-Match") if self.by == "etag" else hit.headers.get("If-Modified-Since")
        if asked and asked == next(iter(headers.values()), ""):
            return Answer(status=304, headers=headers)
        return Answer(body, headers=headers)


def board(by: str, ads: int = 5) -> Board:
    return Board(by, {str(number): f"Room {number} near the harbour." for number in range(ads)})


def crawled(varde: Varde, folder: Path) -> dict[str, object]:
    done = varde("crawl", "a.example", "--sites", folder, "--json")
    assert done.returncode == 0, done.stderr
    return dict(printed(done)[0])


def served(serve: Serve, shown: Board, tmp_path: Path, *, tables: str = "") -> Path:
    paths = ["/", *(f"/ad/{number}" for number in range(20))]
    server = serve(dict.fromkeys(paths, shown.answer))
    return write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables=tables)


def stored(tmp_path: Path) -> dict[str, tuple[int, str, str | None]]:
    db = open_store(tmp_path / "varde.db", create=False)
    found = {ad.ad_id: (ad.observations, ad.last_seen, ad.gone_at) for ad in ad_rows(db)}
    db.close()
    return found


@pytest.mark.parametrize(("by", "status"), [("etag", 304), ("modified", 304), ("nothing", 200)])
def test_unchanged_ads_are_not_sent_or_not_stored_again(
    serve: Serve, varde: Varde, tmp_path: Path, by: str, status: int
) -> None:
    shown = board(by)
    folder = served(serve, shown, tmp_path)
    assert crawled(varde, folder)["new"] == 5
    before = stored(tmp_path)
    shown.answers.clear()
    again = crawled(varde, folder)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 5)
    assert shown.answers == {("/", 200): 1, **{(f"/ad/{number}", status): 1 for number in range(5)}}
    after = stored(tmp_path)
    assert [ad[0] for ad in after.values()] == [1] * 5
    assert all(after[name][1] > before[name][1] for name in before), "last_seen did not move"


def test_changed_ad_is_sent_and_stored(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    shown = board("etag")
    folder = served(serve, shown, tmp_path)
    crawled(varde, folder)
    shown.ads["3"] = "Room 3 by the station now."
    shown.answers.clear()
    again = crawled(varde, folder)
    assert (again["new"], again["changed"], again["same"]) == (0, 1, 4)
    assert shown.answers[("/ad/3", 200)] == 1
    assert {name: ad[0] for name, ad in stored(tmp_path).items() if ad[0] > 1} == {"3": 2}


def test_change_of_the_site_file_reads_every_page_anew(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    shown = board("etag")
    folder = served(serve, shown, tmp_path)
    crawled(varde, folder)
    path = folder / "a.example.toml"
    path.write_text(path.read_text().replace('title = "h1::text"', 'title = "h1::text"\nlocation = "h1::text"'))
    shown.answers.clear()
    again = crawled(varde, folder)
    assert (again["changed"], shown.answers[("/ad/0", 200)]) == (5, 1)


def test_ad_that_disappears_is_marked_gone_and_kept_and_may_come_back(
    serve: Serve, varde: Varde, tmp_path: Path
) -> None:
    shown = board("etag")
    folder = served(serve, shown, tmp_path)
    crawled(varde, folder)
    text = shown.ads.pop("2")
    crawled(varde, folder)
    assert {name for name, ad in stored(tmp_path).items() if ad[2]} == {"2"}
    assert stored(tmp_path)["2"][0] == 1
    shown.ads["2"] = text
    crawled(varde, folder)
    assert stored(tmp_path)["2"][0] == 1
    assert stored(tmp_path)["2"][2] is None


def test_ad_still_listed_whose_page_is_missing_is_gone_and_one_that_fails_is_not(
    serve: Serve, varde: Varde, tmp_path: Path
) -> None:
    shown = board("etag")
    broken = {"on": False}

    def flaky(hit: Hit) -> Answer:
        return Answer(b"<p>later</p>", status=500) if broken["on"] else shown.answer(hit)

    missing = {"on": False}

    def vanishing(hit: Hit) -> Answer:
        return Answer(b"<p>gone</p>", status=410) if missing["on"] else shown.answer(hit)

    server = serve(
        {"/": shown.answer, "/ad/0": flaky, "/ad/1": vanishing, **{f"/ad/{n}": shown.answer for n in (2, 3, 4)}}
    )
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    crawled(varde, folder)
    broken["on"] = missing["on"] = True
    crawled(varde, folder)
    assert {name for name, ad in stored(tmp_path).items() if ad[2]} == {"1"}


def test_crawl_that_found_the_site_changed_marks_nothing_gone(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    shown = board("etag")
    folder = served(serve, shown, tmp_path, tables="[expect]\nads = [3, 9]")
    crawled(varde, folder)
    shown.ads.clear()
    again = crawled(varde, folder)
    assert again["outcome"] == "changed"
    assert [ad[2] for ad in stored(tmp_path).values()] == [None] * 5
