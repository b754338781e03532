"""The ways by which a site can lead a crawler elsewhere, each as a small site whose every page tries one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.crawler.samples import ad_page
from tests.crawler.server import HTML, Answer

XML = "application/xml"
Pages = dict[str, Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`pages` makes the pages of a site, by path, that lead to each of some URLs; a table or lines of its site file
    go into `extra` and `tables`. With `is_listing` false the site is of the family that `extra` names.
    """

    name: str
    pages: Callable[[Sequence[str]], Pages]
    extra: str = ""
    tables: str = ""
    is_listing: bool = True


def ad_paths(pages: Mapping[str, Answer]) -> Pages:
    """A list of all `pages`, and they."""
    links = "".join(f"<a class=ad href='{path}'>x</a>" for path in pages)
    return {"/": html(links), **pages}


def html(body: str) -> Answer:
    return Answer(f"<!doctype html><title>x</title>{body}".encode("utf-8", "replace"), kind=HTML)


def each(make: Callable[[str], Answer]) -> Callable[[Sequence[str]], Pages]:
    """An ad page a URL."""
    return lambda urls: ad_paths({f"/ad/{number}": make(url) for number, url in enumerate(urls)})


def lists(make: Callable[[str], Answer]) -> Callable[[Sequence[str]], Pages]:
    """A list page a URL, reached from the first."""

    def pages(urls: Sequence[str]) -> Pages:
        found = {f"/list/{number}": make(url) for number, url in enumerate(urls)}
        return {"/": html("".join(f"<a class=next href='{path}'>x</a>" for path in found)), **found}

    return pages


def moved(status: int) -> Callable[[Sequence[str]], Pages]:
    return each(lambda url: Answer(status=status, headers={"Location": header(url)}))


def header(url: str) -> str:
    """A URL as a header holds it: no line ends, and its UTF-8 as bytes."""
    return url.replace("\n", "").replace("\t", "").encode().decode("latin-1")


def attribute(url: str) -> str:
    return url.replace("&", "&amp;").replace('"', "&quot;")


def refresh(url: str) -> Answer:
    return html(f'<meta http-equiv="refresh" content="0; url={attribute(url)}">')


def refresh_header(url: str) -> Answer:
    return Answer(html("<p>x</p>").body, headers={"Refresh": f"0; url={header(url)}"})


def link(name: str) -> Callable[[str], Answer]:
    return lambda url: html(f'<a class="{name}" href="{attribute(url)}">x</a>')


def base(url: str) -> Answer:
    return html(f'<base href="{attribute(url)}"><a class="ad" href="based">x</a><a class="next" href="further">x</a>')


def ad_with(markup: str) -> Callable[[str], Answer]:
    """A whole ad with something more on its page."""
    return lambda url: html(ad_page(1) + markup.format(url=attribute(url)))


RELATED = "".join(
    f'<link rel="{rel}" href="{{url}}">'
    for rel in ("canonical", "alternate", "amphtml", "next", "prev", "icon", "stylesheet", "preload", "dns-prefetch")
)
MEDIA = (
    '<img src="{url}" srcset="{url} 2x"><iframe src="{url}"></iframe><script src="{url}"></script>'
    '<object data="{url}"></object><video src="{url}"></video><form action="{url}"></form>'
)


def escaped(url: str) -> str:
    return attribute(url).replace("<", "&lt;")


def only(body: str, kind: str = XML) -> Pages:
    return {"/": Answer(body.encode("utf-8", "replace"), kind=kind)}


def sitemap(root: str, item: str) -> Callable[[Sequence[str]], Pages]:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return lambda urls: only(
        f'<{root} xmlns="{space}">{"".join(f"<{item}><loc>{escaped(url)}</loc></{item}>" for url in urls)}</{root}>'
    )


def rss(urls: Sequence[str]) -> Pages:
    items = "".join(
        f"<item><title>x</title><guid>{n}</guid><link>{escaped(url)}</link><description>x</description>"
        f'<enclosure url="{escaped(url)}" type="image/png" length="1"/></item>'
        for n, url in enumerate(urls)
    )
    return only(f'<rss version="2.0"><channel><title>x</title><link>{escaped(urls[0])}</link>{items}</channel></rss>')


def atom(urls: Sequence[str]) -> Pages:
    further = "".join(f'<link rel="next" href="{escaped(url)}"/>' for url in urls)
    return only(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{further}</feed>', "application/atom+xml")


def job(url: str) -> Answer:
    posting = {
        "@context": url, "@type": "JobPosting", "title": "x", "description": "Work.", "url": url, "@id": url,
        "image": url, "sameAs": url, "hiringOrganization": {"name": "x", "sameAs": url, "logo": url},
    }  # fmt: skip
    return html(f"<script type='application/ld+json'>{json.dumps(posting).replace('<', '')}</script>")


def page_json(urls: Sequence[str]) -> Pages:
    return only(json.dumps({"ads": list(urls), "next": list(urls)}), "application/json")


def nav(urls: Sequence[str]) -> Pages:
    items = [
        {"id": str(n), "url": url, "date_modified": "2026-08-01T00:00:00Z", "_feed_entry": {"uuid": str(n),
         "status": "ACTIVE"}} for n, url in enumerate(urls)
    ]  # fmt: skip
    return only(json.dumps({"version": "1", "items": items, "next_url": urls[0]}), "application/json")


AD = '[ad]\nad_id = ".id::text"\ntext = ".text::text"\n'


def family(name: str) -> dict[str, object]:
    return {"extra": f'spider = "{name}"', "is_listing": False}


ROUTES = (
    *(Route(f"redirect-{status}", moved(status)) for status in (301, 302, 303, 307, 308)),
    Route("redirect-300", moved(300)),
    Route("meta-refresh", each(refresh)),
    Route("refresh-header", each(refresh_header)),
    Route("ad-link", lists(link("ad"))),
    Route("next-link", lists(link("next"))),
    Route("base", lists(base)),
    Route("related", each(ad_with(RELATED))),
    Route("media", each(ad_with(MEDIA))),
    Route("json-ld", each(job), tables='[list]\nads = "a.ad::attr(href)"\n', **family("jobposting")),  # type: ignore[arg-type]
    Route("page-json", page_json, tables='[json]\nads = "ads"\nnext = "next"\n' + AD, **family("listing")),  # type: ignore[arg-type]
    Route("sitemap", sitemap("urlset", "url"), **family("sitemap")),  # type: ignore[arg-type]
    Route("sitemap-index", sitemap("sitemapindex", "sitemap"), **family("sitemap")),  # type: ignore[arg-type]
    Route("feed-entry", rss, tables=AD, **family("rss")),  # type: ignore[arg-type]
    Route("feed-of-ads", rss, **family("rss")),  # type: ignore[arg-type]
    Route("feed-next", atom, **family("rss")),  # type: ignore[arg-type]
    Route("feed-of-jobs", nav, **family("nav")),  # type: ignore[arg-type]
)


def spellings(host: str, port: int) -> list[str]:
    """URLs that lead, in some reader's eyes, to a port of 127.0.0.1; `host` is the site's own, as a disguise."""
    names = (
        "127.0.0.1", "localhost", "LOCALHOST", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
        "017700000001", "127.1", "127.0.1", "0", "0.0.0.0", "127.0.0.2", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1",
        "127.0.0.1%2e", "%31%32%37.0.0.1", f"{host}@127.0.0.1", f"{host}:80@127.0.0.1", "127.0.0.1\u00ad",
        "inside.example",
    )  # fmt: skip
    return [
        *(f"http://{name}:{port}/" for name in names),
        f"//127.0.0.1:{port}/", f"\\\\127.0.0.1:{port}\\", f"/\\127.0.0.1:{port}/", f"http:\\\\127.0.0.1:{port}\\",
        f"http:///127.0.0.1:{port}/", f"http:/127.0.0.1:{port}/", f"HTTP://127.0.0.1:{port}/",
        f"https://127.0.0.1:{port}/", f" http://127.0.0.1:{port}/ ", f"ht\ntp://127.0.0.1:{port}/",
        f"http://127.0.\t0.1:{port}/", f"http://{host}#@127.0.0.1:{port}/", f"http://{host}\\@127.0.0.1:{port}/",
        "http://127.0.0.1/", "http://127.0.0.1:22/", "http://127.0.0.1:6379/", "ftp://127.0.0.1/",
        "gopher://127.0.0.1:6379/_x", "ws://127.0.0.1/", "data:text/html,x", "javascript:alert(1)", "http://[::1",
        "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://10.0.0.1/",
    ]  # fmt: skip
