"""Site: what one site file says: where, what, how politely, and on what legal basis."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from crawler.ads import Kind
from crawler.cronline import schedule_complaints
from crawler.errors import VardeError
from crawler.htmltree import check_selector

MIN_DELAY = 1.0  # seconds between two requests to a site that is not on loopback


class SiteError(VardeError):
    """A site file cannot be used; the message names file, key and the known ones. Raised by `load_site`."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Selectors(_Table):
    """A table whose every value is a CSS selector, or empty."""

    @field_validator("*")
    @classmethod
    def _is_css(cls, selector: str) -> str:
        if selector:
            check_selector(selector)
        return selector


class ListRules(_Selectors):
    """Where a list page keeps its links. A selector ends in ::attr(href)."""

    ads: str = ""
    next: str = ""


class JsonRules(_Table):
    """Where the page's own JSON keeps its links: the script that holds it ("" where the page is JSON itself),
    and JMESPath expressions that give URLs.
    """

    script: str = ""
    ads: str
    next: str = ""

    @field_validator("script")
    @classmethod
    def _is_css(cls, selector: str) -> str:
        if selector:
            check_selector(selector)
        return selector


class AdRules(_Selectors):
    """Where an ad page keeps each field of an ad: CSS selectors, with ::text or ::attr(x)."""

    ad_id: str
    text: str
    title: str = ""
    location: str = ""
    name: str = ""
    age: str = ""
    price: str = ""
    phones: str = ""
    emails: str = ""
    handles: str = ""
    images: str = ""
    posted_at: str = ""
    language: str = ""
    employer: str = ""
    org_number: str = ""


class BrowserRules(_Table):
    """Which pages need a browser, what to click in them, and what to wait for.

    `more` is clicked, or with `scroll` the page is scrolled, until nothing new comes, at most `rounds` times.
    """

    list: bool = False
    ad: bool = False
    click: tuple[str, ...] = ()
    wait_for: str = ""
    more: str = ""
    scroll: bool = False
    rounds: int = Field(default=20, ge=1, le=200)
    screenshot: bool = True


class FeedRules(_Table):
    """What is asked of a feed: from when on, how much a page, and which ads of it."""

    since: str = ""
    page_size: int = Field(default=50, ge=1, le=10_000)
    keywords: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    token_env: str = Field(default="", pattern=r"^[A-Z0-9_]*$")


class ImageRules(_Table):
    """That pictures of ads may be fetched for their perceptual hash, and why: a legal basis of its own, how many of
    an ad at most, and the bytes of one. A picture is never kept.
    """

    legal_basis: str = Field(min_length=8)
    per_ad: int = Field(default=4, ge=1, le=20)
    max_bytes: int = Field(default=5 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)


class Expect(_Table):
    """Bounds that a healthy crawl keeps: how many ads, what share of them shows a phone field, how long their
    texts are on average, and what share of pages may fail. Crawls begun before the day `since` are no measure.
    """

    ads: tuple[int, int] = (0, 1_000_000_000)
    phones: float = Field(default=0.0, ge=0, le=1)
    letters: tuple[int, int] = (0, 1_000_000_000)
    since: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d)?$")
    errors: float = Field(default=1.0, ge=0, le=1)


class Site(_Table):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")
    title: str = ""
    country: str = Field(pattern=r"^[A-Z]{2}$")
    kind: Kind
    spider: Literal["listing", "jobposting", "nav", "jobtech", "eures", "rss", "sitemap"] = "listing"
    legal_basis: str = Field(min_length=8)
    contact: str = ""
    start: tuple[str, ...] = Field(min_length=1)
    hosts: tuple[str, ...] = ()
    delay: float = Field(ge=0, le=3600)
    loopback: bool = False
    language: str = ""
    max_pages: int = Field(default=20_000, ge=1)
    max_depth: int = Field(default=200, ge=0)
    max_bytes: int = Field(default=8 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    schedule: str = ""
    timezone: str = "Europe/Oslo"
    jitter: int = Field(default=0, ge=0, le=6 * 3600)
    blackout: tuple[str, ...] = ()
    listing: ListRules | None = Field(default=None, alias="list")
    page_json: JsonRules | None = Field(default=None, alias="json")
    feed: FeedRules = FeedRules()
    ad: AdRules | None = None
    browser: BrowserRules = BrowserRules()
    images: ImageRules | None = None
    expect: Expect = Expect()

    @model_validator(mode="after")
    def _consistent(self) -> Site:
        for complaint in _complaints(self):
            raise ValueError(complaint)
        return self

    @property
    def netlocs(self) -> frozenset[str]:
        """The only `host[:port]` a crawl of this site may contact, in lower case."""
        return frozenset(urlsplit(url).netloc.lower() for url in self.start) | {h.lower() for h in self.hosts}

    @property
    def is_whole(self) -> bool:
        """Does a crawl of it meet every ad that it offers? A feed tells only what changed."""
        return self.spider in ("listing", "jobposting")

    @property
    def needs_browser(self) -> bool:
        return self.browser.list or self.browser.ad


def load_site(path: Path) -> Site:
    """The Site that the TOML file at `path` describes. Raises SiteError."""
    try:
        return Site.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SiteError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise SiteError("\n".join(f"{path}: {_explain(item)}" for item in error.errors())) from error


def load_sites(folder: Path, names: Iterable[str] = ()) -> list[Site]:
    """The sites of `folder`, all or those named, in the order of their names. Raises SiteError."""
    files = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    wanted = list(names) or list(files)
    unknown = [name for name in wanted if name not in files]
    if unknown:
        raise SiteError(f"no site file for {', '.join(unknown)} in {folder}; known: {', '.join(files) or 'none'}")
    return [_load_named(files[name]) for name in wanted]


def load_all(folder: Path) -> tuple[list[Site], list[str]]:
    """The good sites of `folder` in the order of their names, and what is wrong with each other file."""
    sites, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            sites.append(_load_named(path))
        except SiteError as error:
            faults.append(str(error))
    return sites, faults


def _load_named(path: Path) -> Site:
    """The site of a file that is named after it. Raises SiteError."""
    site = load_site(path)
    if site.name != path.stem:
        raise SiteError(f"{path}: name is {site.name!r}; it must be the file's, {path.stem!r}")
    return site


def _complaints(site: Site) -> Iterable[str]:
    if site.spider == "listing" and (site.ad is None or not (site.page_json or (site.listing and site.listing.ads))):
        yield "spider 'listing' needs the tables [list] (ads, next), or [json], and [ad] (ad_id, text …)"
    if site.images and (site.ad is None or not site.ad.images):
        yield "[images] needs spider 'listing' and, in [ad], the selector images that says where an ad's pictures are"
    starts = [urlsplit(url) for url in site.start]
    if any(part.scheme not in ("http", "https") or not part.hostname for part in starts):
        yield "start takes http or https URLs"
    yield from _loopback_complaints(site, "start URL", [part.hostname or "" for part in starts])
    yield from _loopback_complaints(
        site, "host of hosts", [urlsplit(f"//{host}").hostname or "" for host in site.hosts]
    )
    if not site.loopback and site.delay < MIN_DELAY:
        yield f"delay is {site.delay}; at least {MIN_DELAY} second between requests"
    yield from schedule_complaints(site.schedule, site.timezone, site.jitter, site.blackout)


def _loopback_complaints(site: Site, what: str, hosts: Iterable[str]) -> Iterable[str]:
    local = [is_loopback(host) for host in hosts]
    if site.loopback and not all(local):
        yield f"loopback = true is for hosts on this machine only; every {what} must be on 127.0.0.1 or localhost"
    if any(local) and not site.loopback:
        yield f"a {what} is on this machine; only the sample market and tests may be, with loopback = true"


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _explain(item: Any) -> str:
    """One pydantic complaint as a sentence that names the key and what would have worked."""
    place = ".".join(str(part) for part in item["loc"])
    table, _, key = place.rpartition(".")
    known = ", ".join(_known_keys(table))
    match item["type"]:
        case "extra_forbidden":
            return f"unknown key {key!r}{f' in [{table}]' if table else ''}; known: {known}"
        case "missing" if place == "legal_basis":
            return "legal_basis is missing; a site is crawled only with one (an order, a statute, a decision)"
        case "missing" if place == "images.legal_basis":
            return "images.legal_basis is missing; pictures are hashed only with a legal basis of their own"
        case "missing":
            return f"missing key {key!r}{f' in [{table}]' if table else ''}; known: {known}"
        case "value_error":
            return f"{place}: {item['ctx']['error']}" if place else str(item["ctx"]["error"])
    return f"{place}: {item['msg']} (it is {item['input']!r})"


def _known_keys(table: str) -> list[str]:
    tables: dict[str, type[_Table]] = {
        "list": ListRules,
        "json": JsonRules,
        "feed": FeedRules,
        "ad": AdRules,
        "browser": BrowserRules,
        "images": ImageRules,
        "expect": Expect,
    }
    model = tables.get(table, Site)
    return [info.alias or name for name, info in model.model_fields.items()]
