"""Runs crawls: one Scrapy crawler a site, all in one process, resumed where they were interrupted."""

from __future__ import annotations

import fcntl
import gc
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from w3lib.url import canonicalize_url

from crawler import __version__, store
from crawler.browser import NO_BROWSER, find_browser
from crawler.cursors import find_cursor, settle_cursor
from crawler.database import Database, OperationalError, transaction, utc_now
from crawler.egress import Egress
from crawler.errors import VardeError
from crawler.eventlog import LoggedEvent, crawl_events
from crawler.events import event
from crawler.evidence import Archive
from crawler.gone import mark_missing
from crawler.health import crawl_facts, find_changes, site_history
from crawler.job import CrawlJob
from crawler.pages import PageKind, PageLink
from crawler.parsing import FAMILIES, Parser
from crawler.pictures import Hasher
from crawler.picturestore import note_basis, picture_counts
from crawler.records import note_torn_tails
from crawler.renderer import Renderer
from crawler.revisits import rules_sha256
from crawler.settings import settings_for, user_agent
from crawler.sites import Site
from crawler.software import installed_sha256
from crawler.spider import SiteSpider


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What one run over one site brought home; `states`, `reasons`, `events` and `pictures` (how many
    came to what) are of the whole crawl.

    `outcome` is `finished`; `changed` where the site is not as it was; `blocked` or `halted` where it does not
    want to be crawled now; or, with pages left for the next run, `limited` (by --limit) or `running` (stopped);
    or `locked` where another process crawls the site, `waiting` where the site asked to be left alone till later.
    """

    site: str
    resumed: bool
    outcome: str
    pages: int
    ads: Mapping[str, int]
    states: Mapping[str, int]
    reasons: Mapping[str, int]
    note: str
    events: Sequence[LoggedEvent] = ()
    pictures: Mapping[str, int] = field(default_factory=dict)


def crawl(
    sites: Sequence[Site],
    db: Database,
    archives: Path,
    *,
    limit: int | None = None,
    seeds: Sequence[PageLink] = (),
) -> list[CrawlReport]:
    """Crawl the sites now; each that was interrupted goes on where it stood. `seeds` replace their first pages.

    A site that another process crawls is left out. Raises NoContact before anything is fetched.
    SIGINT and SIGTERM stop cleanly: pages in flight are finished and stored, the rest stays queued.
    """
    names = [site.name for site in sites]
    all_settings = [settings_for(site) for site in sites]
    tools = _Tools(sites)
    process = AsyncCrawlerProcess(_project_settings())
    _quiet()  # after the process, whose logging starts from nothing
    jobs: list[CrawlJob] = []
    left_out: list[CrawlReport] = []
    with ExitStack() as stack:
        stack.callback(tools.end)
        for site, settings in zip(sites, all_settings, strict=True):
            try:
                stack.enter_context(_only_crawl_of(site, archives))
                _respect_wish(db, site)
            except _LeftOut as error:
                left_out.append(_report_left_out(site, error))
                continue
            job = _begin(db, site, archives, tools, limit, seeds or _seeds(db, site))
            stack.enter_context(closing(job.archive))
            process.crawl(Crawler(SiteSpider, _project_settings(settings)), job=job)
            jobs.append(job)
        if jobs:
            gc.freeze()  # what is loaded by now stays: it need not be looked through again and again
            process.start()
        reports = [*map(_finish, jobs), *left_out]  # the locks are held until a crawl is closed in the store
    return sorted(reports, key=lambda report: names.index(report.site))


class _Tools:
    """What all crawls of one process share: the parser, and the renderer where a browser is and is needed."""

    def __init__(self, sites: Sequence[Site]) -> None:
        network = str(_project_settings()["NETWORK"])
        wall = _project_settings().getfloat("BROWSER_PAGE_TIMEOUT")
        browser = find_browser() if any(site.needs_browser for site in sites) else None
        self.parser = Parser()
        self.hasher = Hasher()  # its process starts with the first picture
        self.renderer = Renderer(browser, network=network, wall=wall) if browser else None
        module, _, name = network.partition(":")
        self.network = getattr(import_module(module), name)()

    def end(self) -> None:
        self.parser.end()
        self.hasher.end()
        if self.renderer:
            self.renderer.end()


class _LeftOut(VardeError):
    """A site is not crawled by this run."""

    outcome = ""


class AlreadyCrawled(_LeftOut):
    """Another process crawls the site now. Raised by `_only_crawl_of`."""

    outcome = "locked"


class AskedToWait(_LeftOut):
    """The site asked to be left alone until later. Raised by `_respect_wish`."""

    outcome = "waiting"


def _respect_wish(db: Database, site: Site) -> None:
    until = store.not_before(db, site.name)
    if until and until > utc_now():
        raise AskedToWait(f"left out: it asked to be left alone until {until[:16]} UTC (Retry-After)")


@contextmanager
def _only_crawl_of(site: Site, archives: Path) -> Iterator[None]:
    """Two crawls of one site would ask it twice as often as its delay allows. A lock dies with its process."""
    try:
        archives.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VardeError(f"{archives}: cannot be made ({error.strerror})") from error
    with (archives / f"{site.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyCrawled("left out: another `varde crawl` of it is running on this store") from error
        yield


def _quiet() -> None:
    """What the report says of every page that failed, Scrapy need not say twice; and what is not shown is not made."""
    logging.getLogger("scrapy").setLevel(_project_settings()["LOG_LEVEL"])
    for name in ("downloadermiddlewares.retry", "downloadermiddlewares.robotstxt", "core.downloader.handlers"):
        logging.getLogger(f"scrapy.{name}").setLevel(logging.CRITICAL)


def _project_settings(extra: Mapping[str, object] | None = None) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(dict(extra or {}), priority="cmdline")
    return settings


def _begin(
    db: Database, site: Site, archives: Path, tools: _Tools, limit: int | None, seeds: Sequence[PageLink]
) -> CrawlJob:
    software = f"varde {__version__}; {user_agent(site)}"
    rules = rules_sha256(site)
    begun = store.begin_crawl(
        db, site.name, legal_basis=site.legal_basis, software=software, seeds=seeds, site_sha256=rules
    )
    note_basis(db, begun.id, site.images.legal_basis if site.images else "")
    note_torn_tails(db, begun.id, archives)
    info = {
        "software": software, "packages-sha256": installed_sha256(), "site": site.name, "legal-basis": site.legal_basis,
        "settings-sha256": rules, **({"images-legal-basis": site.images.legal_basis} if site.images else {}),
    }  # fmt: skip
    return CrawlJob(
        site, db, begun, Archive(archives, site.name, info=info),
        Egress(site.netlocs, loopback=site.loopback, network=tools.network), tools.parser,
        tools.renderer if site.needs_browser else None, tools.hasher if site.images else None, limit=limit,
    )  # fmt: skip


def _seeds(db: Database, site: Site) -> list[PageLink]:
    """The first pages of a crawl: the start pages; for a feed, where the last one ended and what it could not get."""
    if site.is_whole:
        kind: PageKind = "list" if site.listing or site.page_json else "ad"
        return [PageLink(canonicalize_url(url), kind) for url in site.start]
    family = import_module(FAMILIES[site.spider])
    cursor = find_cursor(db, site.name)
    links: list[PageLink] = family.seeds(site, cursor.cursor if cursor else None)
    return [*links, *store.pages_to_try_again(db, site.name)]


def _finish(job: CrawlJob) -> CrawlReport:
    """Close the crawl in the store unless pages are left: the next run goes on with them."""
    try:
        job.flush()
        outcome, note = _close(job)
    except (OperationalError, OSError) as error:  # what is not written now, the next run writes
        job.break_off(error)
        outcome, note = job.ending, job.halted
    return CrawlReport(
        job.site.name, job.crawl.resumed, outcome, job.pages, dict(job.ads),
        store.crawl_states(job.db, job.crawl.id), store.drop_reasons(job.db, job.crawl.id), note,
        crawl_events(job.db, job.crawl.id), picture_counts(job.db, job.crawl.id),
    )  # fmt: skip


def _close(job: CrawlJob) -> tuple[str, str]:
    states = store.crawl_states(job.db, job.crawl.id)
    if _is_full(job, states):
        job.note(event("page_flood", f"more pages than max_pages = {job.site.max_pages}"), job.site.start[0])
        job.flush()
    outcome, note = _outcome(job, states, store.drop_reasons(job.db, job.crawl.id))
    if outcome in ("running", "limited"):
        store.note_crawl(job.db, job.crawl.id, note)
        return outcome, note
    is_good = outcome == "finished" and not _is_partial(job, states)
    if is_good and job.site.is_whole:
        mark_missing(job.db, job.crawl.id)
    with transaction(job.db):
        settle_cursor(job.db, job.site.name, job.crawl.id, keep=is_good)
    # last: a run that is killed before leaves a crawl that the next run closes again
    store.finish_crawl(job.db, job.crawl.id, outcome=outcome, note=note, not_before=job.not_before_text)
    return outcome, note


def _outcome(job: CrawlJob, states: Mapping[str, int], reasons: Mapping[str, int]) -> tuple[str, str]:
    """How the crawl ended, and what there is to say of it."""
    left = states.get("queued", 0)
    if job.halted:
        return job.ending, job.halted
    if left:
        return "limited" if job.is_at_limit else "running", f"{left} page{'s' if left > 1 else ''} left"
    if reasons and not states.get("done"):
        return "finished", f"all {sum(states.values())} pages failed: {next(iter(reasons))}"
    now = crawl_facts(job.db, job.crawl.id)
    history = site_history(job.db, job.site, rules=job.rules, before=job.crawl.id)
    changes = find_changes(job.site, now, history, incomplete=NO_BROWSER in reasons)
    notes = [f"stopped at max_pages = {job.site.max_pages}"] if _is_full(job, states) else []
    if changes:
        return "changed", "; ".join(["site changed: " + "; ".join(changes), *notes])
    return "finished", "; ".join(notes)


def _is_full(job: CrawlJob, states: Mapping[str, int]) -> bool:
    return sum(states.values()) >= job.site.max_pages


def _is_partial(job: CrawlJob, states: Mapping[str, int]) -> bool:
    """Did it see less than the whole site? Then an ad that it did not meet may still be there."""
    return _is_full(job, states) or store.has_failed_lists(job.db, job.crawl.id)


def _report_left_out(site: Site, error: _LeftOut) -> CrawlReport:
    return CrawlReport(site.name, False, error.outcome, 0, {"new": 0, "changed": 0, "same": 0}, {}, {}, str(error))
