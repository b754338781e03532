"""One page, fetched as a crawl fetches it: robots.txt, guards, browser and all, into a store that is thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crawler.database import Database
from crawler.errors import VardeError
from crawler.evidence import archive_folder
from crawler.pages import PageLink
from crawler.runs import crawl
from crawler.sites import Site
from crawler.store import observation_ids, observations, open_store
from crawler.unpack import unpacked
from crawler.warcs import Record, parse_response, read_records


class PageFault(VardeError):
    """The page could not be had, or gives nothing; the message says why. Raised by `fetch_page`."""


@dataclass(frozen=True, slots=True)
class OnePage:
    """A page as it came, without its content encoding, and what its site file reads on it."""

    content_type: str
    body: bytes
    ads: tuple[Mapping[str, Any], ...]
    links: tuple[str, ...]


def fetch_page(site: Site, link: PageLink) -> OnePage:
    """Fetch one page of `site`. Raises PageFault."""
    with TemporaryDirectory(prefix="varde-page-") as folder:
        path = Path(folder) / "page.db"
        db = open_store(path, create=True)
        (report,) = crawl([site], db, archive_folder(path), limit=1, seeds=[link])
        if not report.states.get("done"):
            raise PageFault(f"{link.url}: {'; '.join(report.reasons) or report.note}")
        found = _page(archive_folder(path), link.url, site)
        page = OnePage(*found, _ads(db), _links(db, link.url))
        db.close()
    return page


def _page(folder: Path, url: str, site: Site) -> tuple[str, bytes]:
    """Content type and body of the last thing that is the page: what a browser made of it, or the server's answer."""
    pages = [record for file in sorted(folder.glob("*.warc.gz")) for record in read_records(file, limit=site.max_bytes)
             if _is_page(record)]  # fmt: skip
    if not pages:
        raise PageFault(f"{url}: nothing of it was kept")
    last = pages[-1]
    if last.type == "resource":
        return "text/html; charset=utf-8", last.block
    response = parse_response(last.block)
    return response.content_type, unpacked(response.body, response.encoding, site.max_bytes)


def _is_page(record: Record) -> bool:
    if record.type == "resource":
        return record.url.startswith("urn:dom:")
    return record.type == "response" and not record.url.endswith("/robots.txt")


def _ads(db: Database) -> tuple[Mapping[str, Any], ...]:
    """The fields of each ad but those that the page's address says already."""
    left_out = {"url", "kind", "raw", "extra"}
    return tuple(
        {"ad_id": seen.ad_id} | {name: value for name, value in seen.document.items() if name not in left_out}
        for seen in observations(db, observation_ids(db))
    )


def _links(db: Database, url: str) -> tuple[str, ...]:
    return tuple(found for (found,) in db.execute("SELECT url FROM frontier WHERE url <> ? ORDER BY id", (url,)))
