"""Revisits: what is known of a page from the last time, so that it need not be sent, or read, again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler import __version__
from crawler.ads import canonical
from crawler.database import Database
from crawler.pages import Capture
from crawler.results import Validators

if TYPE_CHECKING:
    from crawler.sites import Site

_READING: Mapping[str, Any] = dict.fromkeys(
    ("spider", "listing", "page_json", "ad", "browser", "feed", "kind", "language"), True
) | {"images": {"per_ad", "max_bytes"}}  # not the words of its legal basis


@dataclass(frozen=True, slots=True)
class Visit:
    """The last reading of a page: by what to ask whether it changed, its capture, and the ads it showed (numbers)."""

    etag: str
    last_modified: str
    sha256: str
    capture: Capture | None
    ads: tuple[int, ...]


def rules_sha256(site: Site) -> str:
    """What the reading of a page depends on besides the page: after a change of it nothing is taken as read."""
    rules = site.model_dump(mode="json", include=dict(_READING))
    return hashlib.sha256(f"{__version__} {canonical(rules)}".encode()).hexdigest()


def find_visits(db: Database, site: str, rules: str, urls: Iterable[str]) -> dict[str, Visit]:
    """The last visits of those pages that were read by the same rules, by URL."""
    sql = (
        "SELECT v.url, v.etag, v.last_modified, v.sha256, "
        "(SELECT json_group_array(ad) FROM visit_ads a WHERE a.site = v.site AND a.url = v.url), "
        "c.url, c.fetched_at, c.status, c.sha256, c.size, c.via, c.file, c.offset, c.length "
        "FROM visits v LEFT JOIN captures c ON c.id = v.capture "
        "WHERE v.site = ? AND v.rules = ? AND v.url IN (SELECT value FROM json_each(?))"
    )
    found = {}
    for url, etag, modified, sha256, ads, *capture in db.execute(sql, (site, rules, json.dumps(list(urls)))):
        found[url] = Visit(etag, modified, sha256, _capture(capture), tuple(sorted(json.loads(ads))))
    return found


def keep_visit(
    db: Database, site: str, url: str, *, rules: str, validators: Validators, capture: int | None, ads: Iterable[int]
) -> None:
    """Remember how a page was read, inside the caller's transaction."""
    db.execute(
        "INSERT OR REPLACE INTO visits (site, url, rules, etag, last_modified, sha256, capture) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (site, url, rules, validators.etag, validators.last_modified, validators.sha256, capture),
    )
    db.execute("DELETE FROM visit_ads WHERE site = ? AND url = ?", (site, url))
    db.conn.executemany(
        "INSERT OR IGNORE INTO visit_ads (site, url, ad) VALUES (?, ?, ?)", [(site, url, ad) for ad in ads]
    )


def _capture(row: list[object]) -> Capture | None:
    if row[0] is None:
        return None
    url, fetched_at, status, sha256, size, via, file, offset, length = row
    return Capture(url=url, fetched_at=fetched_at, status=status, sha256=sha256, size=size, via=via,  # type: ignore[arg-type]
                   file=file, offset=offset, length=length)  # type: ignore[arg-type]  # fmt: skip
