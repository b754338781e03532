"""Runs crawls: one Scrapy crawler a site, all in one process, resumed where they were interrupted."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from w3lib.url import canonicalize_url

from crawler import __version__, store
from crawler.browser import NO_BROWSER, find_browser
from crawler.database import Database
from crawler.errors import VardeError
from crawler.evidence import Archive
from crawler.job import CrawlJob
from crawler.pages import PageKind
from crawler.settings import settings_for, user_agent
from crawler.sites import Site


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What one run over one site brought home; `states` and `reasons` count pages of the whole crawl.

    `outcome` is `finished`; or, with pages left for the next run, `limited` (by --limit) or `running`
    (stopped); or `locked` where another process crawls the site.
    """

    site: str
    resumed: bool
    outcome: str
    pages: int
    ads: Mapping[str, int]
    states: Mapping[str, int]
    reasons: Mapping[str, int]
    note: str


def crawl(sites: Sequence[Site], db: Database, archives: Path, *, limit: int | None = None) -> list[CrawlReport]:
    """Crawl the sites now; each that was interrupted goes on where it stood.

    A site that another process crawls is left out. Raises NoContact before anything is fetched.
    SIGINT and SIGTERM stop cleanly: pages in flight are finished and stored, the rest stays queued.
    """
    names = [site.name for site in sites]
    browser = find_browser() if any(site.needs_browser for site in sites) else None
    all_settings = [settings_for(site, browser=browser) for site in sites]
    process = AsyncCrawlerProcess(_project_settings())
    _quiet()  # after the process, whose logging starts from nothing
    jobs: list[CrawlJob] = []
    locked: list[CrawlReport] = []
    with ExitStack() as stack:
        for site, settings in zip(sites, all_settings, strict=True):
            try:
                stack.enter_context(_only_crawl_of(site, archives))
            except AlreadyCrawled as error:
                locked.append(_locked(site, str(error)))
                continue
            archive = stack.enter_context(closing(Archive(archives, site.name)))
            job = CrawlJob(site, db, _begin(db, site), archive, browser=browser, limit=limit)
            spider = process.spider_loader.load(site.spider)
            process.crawl(Crawler(spider, _project_settings(settings)), job=job)
            jobs.append(job)
        if jobs:
            process.start()
        reports = [*map(_finish, jobs), *locked]  # the locks are held until a crawl is closed in the store
    return sorted(reports, key=lambda report: names.index(report.site))


class AlreadyCrawled(VardeError):
    """Another process crawls the site now. Raised by `_only_crawl_of`."""


@contextmanager
def _only_crawl_of(site: Site, archives: Path) -> Iterator[None]:
    """Two crawls of one site would ask it twice as often as its delay allows. A lock dies with its process."""
    archives.mkdir(parents=True, exist_ok=True)
    with (archives / f"{site.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyCrawled("left out: another `varde crawl` of it is running on this store") from error
        yield


def _quiet() -> None:
    """What the report says of every page that failed, Scrapy need not say twice."""
    for name in ("downloadermiddlewares.retry", "downloadermiddlewares.robotstxt", "core.downloader.handlers"):
        logging.getLogger(f"scrapy.{name}").setLevel(logging.CRITICAL)


def _project_settings(extra: Mapping[str, object] | None = None) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(dict(extra or {}), priority="cmdline")
    return settings


def _begin(db: Database, site: Site) -> store.Crawl:
    kind: PageKind = "list" if site.listing else "ad"
    seeds = [(canonicalize_url(url), kind) for url in site.start]
    software = f"varde {__version__}; {user_agent(site)}"
    return store.begin_crawl(db, site.name, legal_basis=site.legal_basis, software=software, seeds=seeds)


def _finish(job: CrawlJob) -> CrawlReport:
    """Close the crawl in the store unless pages are left: the next run goes on with them."""
    states = store.crawl_states(job.db, job.crawl.id)
    left = states.get("queued", 0)
    outcome = "finished" if not left else "limited" if job.is_at_limit else "running"
    reasons = store.drop_reasons(job.db, job.crawl.id)
    note = f"{left} page{'s' if left > 1 else ''} left"
    if outcome == "finished":
        note = _health(job, states, reasons)
        store.finish_crawl(job.db, job.crawl.id, outcome=outcome, note=note)
    else:
        store.note_crawl(job.db, job.crawl.id, note)
    return CrawlReport(
        job.site.name, job.crawl.resumed, outcome, job.pages, dict(job.ads), states, reasons, note,
    )  # fmt: skip


def _locked(site: Site, note: str) -> CrawlReport:
    return CrawlReport(site.name, False, "locked", 0, {"new": 0, "changed": 0, "same": 0}, {}, {}, note)


def _health(job: CrawlJob, states: Mapping[str, int], reasons: Mapping[str, int]) -> str:
    """What is outside the bounds that the site file expects, in words; empty when all is well."""
    if reasons and not states.get("done"):
        return f"all {sum(states.values())} pages failed: {next(iter(reasons))}"
    ads, with_phone = store.crawl_ads(job.db, job.crawl.id)
    low, high = job.site.expect.ads
    notes = []
    if sum(states.values()) >= job.site.max_pages:
        notes.append(f"stopped at max_pages = {job.site.max_pages}")
    if not low <= ads <= high and NO_BROWSER not in reasons:
        notes.append(f"{ads} ads, expected {low} to {high}: has the site changed?")
    if ads and with_phone / ads < job.site.expect.phones:
        notes.append(f"{with_phone / ads:.0%} of ads show a phone, expected {job.site.expect.phones:.0%} or more")
    return "; ".join(notes)
