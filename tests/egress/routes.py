"""What a route is, a small site whose pages try one way to lead a crawler elsewhere, and how such pages are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from tests.egress.servers import HTML, Answer
from tests.egress.spellings import few

Fetcher = Literal["client", "internet", "browser", "importer"]
Group = Literal["page", "wire", "feed", "robots", "file"]
Pages = dict[str, Answer]
Maker = Callable[[Sequence[str]], Pages]
CRAWLS: tuple[Fetcher, ...] = ("client", "internet")
BROWSER: tuple[Fetcher, ...] = ("browser",)
SHOWN: tuple[Fetcher, ...] = (*CRAWLS, "browser")
LISTING = """
[list]
ads = "a.ad::attr(href)"
next = "a.next::attr(href)"
"""
AD = '\n[ad]\nad_id = ".id::text"\ntext = ".text::text"\nimages = ".photo::attr(src)"\n'


@dataclass(frozen=True, slots=True)
class Route:
    """`pages` makes the pages of a site, by path, that lead to each of some URLs, beginning at `start`.

    `followed` names those who take what leads away for something to follow, and so must name what they refuse;
    `group` what the route is made of. `lines` and `tables` are of the site file.
    """

    name: str
    pages: Maker
    followed: tuple[Fetcher, ...] = SHOWN
    group: Group = "page"
    lines: str = ""
    tables: str = LISTING + AD
    start: str = "/"


def host(urls: Sequence[str]) -> str:
    """host:port of the plainest URL."""
    return urlsplit(urls[0]).netloc


def html(body: str, *headers: tuple[str, str]) -> Answer:
    """A page that is a whole ad as well."""
    page = f"<!doctype html><title>x</title>{body}<p class='id'>1</p><p class='text'>A text.</p>"
    return Answer(page.encode("utf-8", "replace"), kind=HTML, headers=headers)


def ad_paths(pages: Mapping[str, Answer]) -> Pages:
    """A list of all `pages`, and they."""
    links = "".join(f"<a class=ad href='{path}'>x</a>" for path, page in pages.items() if page.role == "page")
    return {"/": html(links), **pages}


def list_paths(pages: Mapping[str, Answer]) -> Pages:
    """A list page that leads to further ones, and they."""
    return {"/": html("".join(f"<a class=next href='{path}'>x</a>" for path in pages)), **pages}


def each(make: Callable[[str], Answer], most: int = 8) -> Maker:
    """An ad page a URL."""
    return lambda urls: ad_paths({f"/ad/{number}": make(url) for number, url in enumerate(few(urls, most))})


def lists(make: Callable[[str], Answer], most: int = 8) -> Maker:
    """A list page a URL, reached from the first."""
    return lambda urls: list_paths({f"/list/{number}": make(url) for number, url in enumerate(few(urls, most))})


def on_one(markup: str) -> Maker:
    """One ad page that has some markup for every URL, in which {url} and {host} stand for it."""

    def pages(urls: Sequence[str]) -> Pages:
        said = "".join(markup.replace("{url}", attribute(url)).replace("{host}", host(urls)) for url in urls)
        return ad_paths({"/ad/0": html(said)})

    return pages


def header(url: str) -> str:
    """A URL as a header holds it: no line ends, and its UTF-8 as bytes."""
    return url.replace("\n", "").replace("\t", "").encode().decode("latin-1")


def attribute(url: str) -> str:
    return url.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
