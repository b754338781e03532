"""Routes by which a feed, a sitemap, a portal's data or a robots.txt leads elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.egress.redirecting import STATUSES, moved, refresh
from tests.egress.routes import AD, CRAWLS, Maker, Pages, Route, ad_paths, attribute, header, html
from tests.egress.servers import Answer
from tests.egress.spellings import few

XML, JSON = "application/xml", "application/json"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MEDIA = "http://search.yahoo.com/mrss/"
_SEARCH = "/public/jv-search/search"


def only(body: str, kind: str = XML) -> Pages:
    return {"/": Answer(body.encode("utf-8", "replace"), kind=kind)}


def joined(form: str, urls: Sequence[str]) -> str:
    """A text for each URL, in which {url} and {n} stand for it and its number."""
    return "".join(form.replace("{url}", attribute(url)).replace("{n}", str(n)) for n, url in enumerate(urls))


def _of(head: str, urls: Sequence[str]) -> str:
    """What stands before the entries: {url} is the first URL, {file} the last, which is a file's."""
    return head.replace("{url}", attribute(urls[0])).replace("{file}", urls[-1])


def sitemap(root: str, entry: str, head: str = "", more: str = "") -> Maker:
    """`more` stands in the root's tag."""

    def pages(urls: Sequence[str]) -> Pages:
        begin = (f'<?xml version="1.0"?>{head}<{root} xmlns="{_SPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
                 f'xmlns:image="{_SPACE}/i" xmlns:video="{_SPACE}/v" xmlns:news="{_SPACE}/n" {more}>')  # fmt: skip
        return only(_of(begin, urls) + joined(entry, urls) + f"</{root}>")

    return pages


def with_own(maker: Maker, path: str = "/own") -> Maker:
    """The ad that the feed leads to, on the site itself."""
    return lambda urls: {**maker(urls), path: html("")}


def rss(item: str, channel: str = "", head: str = "") -> Maker:
    def pages(urls: Sequence[str]) -> Pages:
        items = joined(f"<item><title>x</title><guid>{{n}}</guid><description>x</description>{item}</item>", urls)
        begin = f'{_of(head, urls)}<rss version="2.0" xmlns:media="{_MEDIA}"><channel>'
        return only(f"{begin}<title>x</title>{joined(channel, urls)}{items}</channel></rss>", "application/rss+xml")

    return pages


def atom(feed: str, entry: str = "") -> Maker:
    def pages(urls: Sequence[str]) -> Pages:
        entries = joined(f"<entry><id>{{n}}</id><title>x</title><summary>x</summary>{entry}</entry>", urls)
        text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{joined(feed, urls)}{entries}</feed>'
        return only(text, "application/atom+xml")

    return pages


def data(make: Callable[[Sequence[str]], Any]) -> Maker:
    return lambda urls: only(json.dumps(make(urls)), JSON)


def nav(urls: Sequence[str], further: str | None) -> Any:
    items = [{"id": str(n), "url": url, "date_modified": "2026-08-01T00:00:00Z",
              "_feed_entry": {"uuid": str(n), "status": "ACTIVE"}} for n, url in enumerate(urls)]  # fmt: skip
    return {"version": "1", "items": items, "next_url": further, "feed_url": further, "next_id": further}


def nav_entry(number: int, url: str) -> Answer:
    content = {"title": "x", "description": f"Work. <img src='{url}'>", "link": url, "sourceurl": url,
               "applicationUrl": url, "employer": {"name": "x", "homepage": url}}  # fmt: skip
    entry = {"uuid": str(number), "status": "ACTIVE", "ad_content": content}
    return Answer(json.dumps(entry).encode(), kind=JSON)


def nav_entries(urls: Sequence[str]) -> Pages:
    """Entries on the site itself whose content names other places."""
    entries = {f"/entry/{number}": nav_entry(number, url) for number, url in enumerate(few(urls, 8))}
    return only(json.dumps(nav(list(entries), None)), JSON) | entries


def jobtech(urls: Sequence[str]) -> Any:
    return [{"id": str(n), "headline": "x", "removed": False, "webpage_url": url, "logo_url": url, "description": {
        "text": "Work.", "text_formatted": f"<img src='{url}'>"}, "employer": {"name": "x", "url": url},
        "application_details": {"url": url}} for n, url in enumerate(urls)]  # fmt: skip


def eures_moved(status: int) -> Maker:
    """A search, which is a POST, that is answered with a redirect: away, or by one of the site's own first."""
    return lambda urls: {_SEARCH: moved(status, "/further"), "/further": moved(status, urls[0])}


def eures_entries(urls: Sequence[str]) -> Pages:
    """Results whose ids are URLs and paths, and a vacancy that names other places."""
    ids = [*urls, *(f"../../../..//{url}" for url in urls[:3]), "x@127.0.0.1", "own"]
    found = {"numberRecords": len(ids), "jvs": [{"id": id, "url": id, "links": [id]} for id in ids]}
    profile = {"title": "x", "description": "".join(f"<img src='{url}'>" for url in urls) + "Work.",
               "employer": {"name": "x", "website": urls[0], "logo": urls[0]},
               "applicationInstructions": list(urls)}  # fmt: skip
    vacancy = {"id": "own", "preferredLanguage": "en", "jvProfiles": {"en": profile}, "url": urls[0]}
    return {
        _SEARCH: Answer(json.dumps(found).encode(), kind=JSON),
        "/public/jv/id/own": Answer(json.dumps(vacancy).encode(), kind=JSON),
    }


def start_moved(status: int) -> Maker:
    return lambda urls: {"/": moved(status, urls[0])}


def robots_moved(status: int, number: int = 0) -> Maker:
    return lambda urls: {"/robots.txt": moved(status, urls[number % len(urls) if number >= 0 else number])}


def robots_chain(urls: Sequence[str]) -> Pages:
    return {"/robots.txt": moved(302, "/further"), "/further": moved(307, urls[0])}


def robots_saying(*lines: str) -> Maker:
    """A robots.txt that allows all and has lines for every URL."""

    def pages(urls: Sequence[str]) -> Pages:
        said = "".join(line.replace("{url}", url.strip()) + "\n" for url in urls for line in lines)
        text = f"User-agent: *\nAllow: /\n{said}".encode("utf-8", "replace")
        return ad_paths({"/ad/0": html(""), "/robots.txt": Answer(text, kind="text/plain", role="part")})

    return pages


def robots_refresh(urls: Sequence[str]) -> Pages:
    """A robots.txt that is a page, with everything that sends a browser on."""
    page = refresh(urls[0])
    fields = (("Refresh", f"0; url={header(urls[0])}"), ("Content-Location", header(urls[0])))
    return ad_paths({"/ad/0": html(""), "/robots.txt": Answer(page.body, headers=fields, role="part")})


def feed(name: str, pages: Maker, spider: str, *, tables: str = "", follows: bool = True, start: str = "/") -> Route:
    return Route(name, pages, CRAWLS if follows else (), "feed", f'spider = "{spider}"', tables, start)


def robots(name: str, pages: Maker, *, follows: bool = True) -> Route:
    return Route(name, pages, CRAWLS if follows else (), "robots")


_LOC = "<{item}><loc>{{url}}</loc></{item}>"
_OWN = "<url><loc>/own</loc>{}</url>"
_ENTITY = (
    '<!DOCTYPE x SYSTEM "{url}" [<!ENTITY x SYSTEM "{file}"><!ENTITY y SYSTEM "{url}">]>'
    '<?xml-stylesheet type="text/xsl" href="{url}"?>'
)
_ENTITIES = "<url><loc>/own</loc></url><url><loc>/own?&x;</loc></url><url><loc>/own?&y;</loc></url>"
_ENCLOSED = (
    '<enclosure url="{url}" type="image/png" length="1"/><media:content url="{url}"/><media:thumbnail url="{url}"/>'
    '<comments>{url}</comments><source url="{url}">x</source>'
)
_CHANNEL = (
    "<link>{url}</link><docs>{url}</docs><image><url>{url}</url><link>{url}</link></image>"
    '<cloud domain="{url}" port="80" path="/" protocol="http-post"/><textInput><link>{url}</link></textInput>'
)
_SELF = "".join(f'<link rel="{rel}" href="{{url}}"/>' for rel in ("self", "hub", "first", "last", "edit", "service"))
_SEE_ALSO = (
    '<link rel="alternate" href="{url}"/><link rel="enclosure" href="{url}" type="image/png"/><link rel="replies" '
    'href="{url}"/><content src="{url}" type="text/html"/>'
)

ROUTES = (
    Route("page-json", data(lambda urls: {"ads": list(urls), "next": list(urls)}), CRAWLS, "feed",
          tables='[json]\nads = "ads"\nnext = "next"\n' + AD),
    feed("sitemap", sitemap("urlset", _LOC.format(item="url")), "sitemap"),
    feed("sitemap-index", sitemap("sitemapindex", _LOC.format(item="sitemap")), "sitemap"),
    feed("sitemap-alternates", with_own(sitemap("urlset", _OWN.format(
        '<xhtml:link rel="alternate" hreflang="nb" href="{url}"/>'))), "sitemap", follows=False),
    feed("sitemap-media", with_own(sitemap("urlset", _OWN.format(
        "<image:image><image:loc>{url}</image:loc></image:image><video:video><video:content_loc>{url}</video:content_loc>"
        "<video:player_loc>{url}</video:player_loc></video:video><news:news><news:url>{url}</news:url></news:news>"))),
        "sitemap", follows=False),
    feed("sitemap-schema", with_own(sitemap("urlset", _OWN.format(""), more=(
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{url} {url}" xml:base="/own"'))),
        "sitemap", follows=False),
    feed("sitemap-entity", with_own(sitemap("urlset", _ENTITIES, _ENTITY)), "sitemap",
         follows=False),
    feed("sitemap-moved", lambda urls: {"/": moved(301, "/further"), "/further": moved(307, urls[0])}, "sitemap"),
    feed("feed-entry", rss("<link>{url}</link>" + _ENCLOSED, "<link>{url}</link>"), "rss", tables=AD),
    feed("feed-of-ads", rss("<link>{url}</link>" + _ENCLOSED), "rss", follows=False),
    feed("feed-enclosure", with_own(rss("<link>/own</link>" + _ENCLOSED)), "rss", tables=AD, follows=False),
    feed("feed-channel", rss("", _CHANNEL), "rss", follows=False),
    feed("feed-entity", rss("<link>/&x;&y;</link>", head=_ENTITY), "rss", follows=False),
    feed("feed-moved", lambda urls: {"/": moved(308, urls[0])}, "rss"),
    feed("feed-next", atom('<link rel="next" href="{url}"/>'), "rss"),
    feed("feed-self", atom(_SELF), "rss", follows=False),
    feed("feed-content", atom("", _SEE_ALSO), "rss", follows=False),
    feed("feed-base", atom('<link xml:base="{url}" rel="self" href="x"/>', '<link xml:base="{url}" href="x"/>'), "rss",
         follows=False),
    feed("feed-of-jobs", data(lambda urls: nav(urls, urls[0])), "nav"),
    feed("feed-of-jobs-next", lambda urls: only(json.dumps(nav([], urls[0])), JSON), "nav"),
    feed("feed-of-jobs-entries", nav_entries, "nav", follows=False),
    feed("feed-of-jobs-moved", lambda urls: {"/": moved(302, urls[0])}, "nav"),
    feed("jobtech-entries", data(jobtech), "jobtech", follows=False),
    *(feed(f"jobtech-moved-{status}", start_moved(status), "jobtech")
      for status in (302, 307)),
    *(feed(f"eures-moved-{status}", eures_moved(status), "eures", start=_SEARCH) for status in STATUSES),
    feed("eures-entries", eures_entries, "eures", start=_SEARCH, follows=False),
    *(robots(f"robots-{status}", robots_moved(status)) for status in STATUSES),
    *(robots(f"robots-spelled-{number}", robots_moved(302, number)) for number in (4, 14, 25)),
    robots("robots-file", robots_moved(302, -1), follows=False),
    robots("robots-chain", robots_chain),
    robots("robots-refresh", robots_refresh, follows=False),
    robots("robots-sitemap", robots_saying("Sitemap: {url}"), follows=False),
    robots("robots-host", robots_saying("Host: {url}", "Clean-param: a {url}", "Crawl-from: {url}"), follows=False),
)  # fmt: skip
