"""Health of a crawl: held against its site file's bounds and against the site's own history.

A redesign, or a page that stands in front of the site, makes fields vanish all at once. That is said as
"site changed", with the field that broke, and is never to be read as a market that shrank.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import TYPE_CHECKING

from crawler.ads import Ad
from crawler.database import Database

if TYPE_CHECKING:
    from crawler.sites import Site

HISTORY = 10  # crawls that a new one is held against
ENOUGH = 3  # of them, or nothing is said; and ten ads
_FEW = 10
# A value under this share of its median is a break, not a swing. Dropping to half within a day is what no market
# does and every redesign; a field that a third of the ads had is gone when under a tenth of them have it.
_BREAK, _FIELD_BREAK, _USUAL = 0.5, 1 / 3, 0.2
_FIELDS = tuple(f.name for f in fields(Ad) if f.name not in ("site", "ad_id", "kind", "seen_at", "raw", "extra"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlFacts:
    """What health is judged by. `ads` were met, `shares` is the share of them with each field, `letters` their mean
    length of text.
    """

    pages: int
    failed: int
    ads: int
    shares: dict[str, float]
    letters: float


def count_fields(db: Database, crawl: int, ads: Sequence[Ad], again: Sequence[int]) -> None:
    """Add to how many ads of a crawl have each field, and how long their texts are, inside the caller's transaction.

    `again` are numbers of ads that were seen as they were: they have the fields they had.
    """
    counts: dict[str, list[int]] = {}
    for ad in ads:
        for name in ("ad_id", *(name for name in _FIELDS if getattr(ad, name))):
            count = counts.setdefault(name, [0, 0])
            count[0] += 1
            count[1] += len(ad.text) if name == "text" else 0
    if again:
        counts.setdefault("ad_id", [0, 0])[0] += len(again)
        for name, ads_with, letters in db.execute(_AGAIN, (json.dumps(again),)):
            count = counts.setdefault(name, [0, 0])
            count[0], count[1] = count[0] + ads_with, count[1] + letters
    db.conn.executemany(
        "INSERT INTO fills (crawl, field, ads, letters) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET ads = ads + excluded.ads, letters = letters + excluded.letters",
        [(crawl, name, ads_with, letters) for name, (ads_with, letters) in counts.items()],
    )


_AGAIN = """
SELECT f.key, count(*), sum(CASE WHEN f.key = 'text' THEN length(f.value) ELSE 0 END)
FROM json_each(?) AS a
JOIN observations AS o ON o.id = (
    SELECT id FROM observations WHERE ad = a.value ORDER BY seen_at DESC, sha256 DESC LIMIT 1
), json_each(o.document) AS f
GROUP BY f.key
"""


def crawl_facts(db: Database, crawl: int) -> CrawlFacts:
    states = dict(db.execute("SELECT state, count(*) FROM frontier WHERE crawl = ? GROUP BY state", (crawl,)))
    counts = {name: (n, letters) for name, n, letters in
              db.execute("SELECT field, ads, letters FROM fills WHERE crawl = ?", (crawl,))}  # fmt: skip
    ads = counts.get("ad_id", (0, 0))[0]
    with_text, letters = counts.get("text", (0, 0))
    return CrawlFacts(
        pages=sum(states.values()), failed=states.get("failed", 0), ads=ads,
        shares={name: counts.get(name, (0, 0))[0] / ads for name in _FIELDS} if ads else {},
        letters=letters / with_text if with_text else 0.0,
    )  # fmt: skip


def site_history(db: Database, site: Site, *, rules: str, before: int) -> list[CrawlFacts]:
    """The facts of the newest healthy crawls of a site before the one numbered, newest first.

    Only of those that were read by the same `rules`, and begun on the day `expect.since` or later: whoever mends a
    site file, or accepts that a site is another now, begins its history anew.
    """
    sql = (
        "SELECT id FROM crawls WHERE site = ? AND site_sha256 = ? AND started_at >= ? AND id < ? "
        "AND outcome = 'finished' AND note = '' ORDER BY id DESC LIMIT ?"
    )
    rows = db.execute(sql, (site.name, rules, site.expect.since, before, HISTORY)).fetchall()
    return [crawl_facts(db, number) for (number,) in rows]


def find_changes(site: Site, now: CrawlFacts, history: Sequence[CrawlFacts], *, incomplete: bool) -> list[str]:
    """What is outside the bounds of the site file, or far from the site's own past, in words.

    `incomplete`: pages were left out for want of a browser, so that counts of ads say nothing. Nor do those of a
    feed, which tells what is new, against its past.
    """
    found = list(_out_of_bounds(site, now, incomplete=incomplete))
    if len(history) >= ENOUGH:
        found += _unlike(now, history, incomplete=incomplete or not site.is_whole)
    return found


def _out_of_bounds(site: Site, now: CrawlFacts, *, incomplete: bool) -> Iterator[str]:
    low, high = site.expect.ads
    if not low <= now.ads <= high and not incomplete:
        yield f"{now.ads} ads, expected {low} to {high}"
    shown = now.shares.get("phones", 0.0)
    if now.ads and shown < site.expect.phones:
        yield f"{shown:.0%} of ads show a phone, expected {site.expect.phones:.0%} or more"
    if now.pages and now.failed / now.pages > site.expect.errors:
        yield f"{now.failed / now.pages:.0%} of pages failed, expected {site.expect.errors:.0%} or less"
    shortest, longest = site.expect.letters
    if now.ads and not shortest <= now.letters <= longest:
        yield f"texts of {now.letters:.0f} letters on average, expected {shortest} to {longest}"


def _unlike(now: CrawlFacts, history: Sequence[CrawlFacts], *, incomplete: bool) -> Iterator[str]:
    for what, value, past in (
        ("pages", now.pages, [facts.pages for facts in history]),
        ("ads", now.ads, [facts.ads for facts in history]),
    ):
        usual = median(past)
        if usual >= _FEW and value < usual * _BREAK and not incomplete:
            yield f"{value} {what}, usually {usual:.0f}"
    yield from _failures(now, history)
    if now.ads >= _FEW:
        yield from _broken_fields(now, [facts for facts in history if facts.ads >= _FEW])


def _failures(now: CrawlFacts, history: Sequence[CrawlFacts]) -> Iterator[str]:
    share, usual = (
        now.failed / max(1, now.pages),
        median(facts.failed / max(1, facts.pages) for facts in history),
    )
    if now.pages >= _FEW and share > usual + 0.25:
        yield f"{share:.0%} of pages failed, usually {usual:.0%}"


def _broken_fields(now: CrawlFacts, history: Sequence[CrawlFacts]) -> Iterator[str]:
    if len(history) < ENOUGH:
        return
    for name in _FIELDS:
        usual = median(facts.shares.get(name, 0.0) for facts in history)
        share = now.shares.get(name, 0.0)
        if usual >= _USUAL and share < usual * _FIELD_BREAK:
            yield f"field {name!r} on {share:.0%} of ads, usually {usual:.0%}"
    letters = median(facts.letters for facts in history)
    if not letters * _FIELD_BREAK <= now.letters <= letters / _FIELD_BREAK:
        yield f"texts of {now.letters:.0f} letters on average, usually {letters:.0f}: is 'text' still the right part?"
