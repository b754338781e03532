"""Redirects, links, feeds and robots.txt that lead the crawler in circles, away, or nowhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from tests.crawler.samples import ad_page, list_page
from tests.hostile.behaviour import Behaviour
from tests.hostile.bodies import ZEROS, deflated
from tests.hostile.wire import Act, Talk, answer, head, says, streams

ROUND = ("redirects",)
AWAY = ("bad_url", "foreign_host")


def moved(to: str, status: str = "302 Found") -> bytes:
    return answer("", f"Location: {to}", status=status)


def refresh(to: str) -> bytes:
    return answer(f'<meta http-equiv="refresh" content="0; url={to}"><p>moving on</p>')


def numbered(give: Callable[[int], bytes]) -> Act:
    """An answer with a number that no earlier one had."""
    counter = itertools.count(1)
    return lambda talk: talk.send(give(next(counter)))


def in_turn(path: str) -> str:
    return "/b" if path == "/a" else "/a"


REDIRECTS = (
    Behaviour("redirect to itself", lambda talk: talk.send(moved(talk.path)), ROUND, ("excluded",), asked=7),
    Behaviour("redirect loop", lambda talk: talk.send(moved(in_turn(talk.path))), ROUND, ("excluded",), asked=7),
    Behaviour("redirects without end", numbered(lambda i: moved(f"/{i}")), ROUND, ("excluded",)),
    Behaviour("permanent redirects without end", numbered(lambda i: moved(f"/{i}", "308 x")), ROUND, ("excluded",)),
    Behaviour("location of 15 KB", numbered(lambda i: moved(f"/{i}?" + "a" * 15_000)), ROUND, ("excluded",)),
    Behaviour("refresh loop", lambda talk: talk.send(refresh(in_turn(talk.path))), ROUND, ("excluded",), asked=7),
    Behaviour("refreshes without end", numbered(lambda i: refresh(f"/{i}")), ROUND, ("excluded",)),
    Behaviour("redirect with a bomb", streams(head("Location: /x", "Content-Encoding: gzip", status="302 Found"),
              lambda: deflated(31)), ("too_large", "bomb")),
    Behaviour("redirect to nowhere", says(answer("", status="302 Found"))),
    *(Behaviour(f"redirect to {name}", says(moved(to)), AWAY, ("failed", "excluded")) for name, to in {
        "file": "file:///etc/hostname", "ftp": "ftp://127.0.0.1/x", "data": "data:text/html,x",
        "javascript": "javascript:alert(1)", "gopher": "gopher://127.0.0.1:6379/_x", "another port":
        "http://127.0.0.1:9/", "a user name": "http://a:b@127.0.0.1/", "a broken host": "http://[broken/",
        "s3": "s3://bucket/key", "about": "about:blank", "ws": "ws://127.0.0.1/",
    }.items()),
)  # fmt: skip


def calendar(talk: Talk) -> None:
    number = int(talk.path.partition("=")[2] or 0)
    talk.send(answer(list_page(after=f"/?day={number + 1}")))


def inwards(talk: Talk) -> None:
    talk.send(answer('<a class="next" href="deeper/">on</a>'))


def many_links(count: int) -> Iterator[bytes]:
    for start in range(0, count, 1000):
        yield b"".join(b'<a class="ad" href="/ad/%d">x</a>' % i for i in range(start, start + 1000))


def link_flood(talk: Talk) -> None:
    talk.send(answer(b"".join(many_links(200_000)) if talk.path == "/" else ad_page(talk.path[4:])))


SHORT = "max_pages = 40"

LINKS = (
    Behaviour("calendar", calendar, ("page_flood",), ("done",), extra=SHORT, requests=50),
    Behaviour("a million links", streams(head(), lambda: many_links(1_000_000)), ("too_large",)),
    Behaviour("200,000 links", link_flood, ("link_flood", "page_flood"), ("done",), extra=SHORT, requests=50),
    Behaviour("list within itself", inwards, (), ("done",), extra="max_depth = 8", requests=12),
    Behaviour("URL of a megabyte", says(answer(list_page(["/" + "a" * 1_000_000]))), ("bad_url",), ("done",)),
)  # fmt: skip

URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)) + "]>"
)
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
XML = "application/xml"


def xml(body: str | bytes, *lines: str) -> Act:
    return says(answer(body, *lines, kind=XML))


def zipped_zeros() -> bytes:
    """A gigabyte of zeros in one."""
    return b"".join(itertools.islice(deflated(31), 64))


def lazily(make: Callable[[], bytes]) -> Act:
    return lambda talk: talk.send(make())


def index(talk: Talk) -> None:
    """A sitemap index that leads to itself under new names."""
    number = int(talk.path.strip("/").partition(".")[0] or 0)
    places = "".join(
        f"<sitemap><loc>http://127.0.0.1:{talk.socket.getsockname()[1]}/{10 * number + i}.xml</loc></sitemap>"
        for i in range(10)
    )
    talk.send(answer(f"<sitemapindex>{places}</sitemapindex>", kind=XML))


def sitemap_of(count: int) -> bytes:
    return (URLSET + "".join(f"<url><loc>/ad/{i}</loc></url>" for i in range(count)) + "</urlset>").encode()


def big_sitemap(talk: Talk) -> None:
    body = sitemap_of(200_000) if talk.path == "/" else b"<html><p>none</p>"
    talk.send(answer(body, kind=XML if talk.path == "/" else "text/html"))


def rss(items: str, doctype: str = "") -> str:
    return f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


def item(number: int, text: str = "Two rooms.") -> str:
    return f"<item><guid>{number}</guid><title>Ad {number}</title><description>{text}</description></item>"


def some_state() -> tuple[str, ...]:
    return ("done", "failed")


def sitemap(name: str, act: Act, kinds: tuple[str, ...] = (), **more: object) -> Behaviour:
    told = {"states": ("failed",), "extra": SHORT, "requests": 50} | more
    return Behaviour(f"sitemap, {name}", act, kinds, spider="sitemap", **told)  # type: ignore[arg-type]


def feed(name: str, act: Act, kinds: tuple[str, ...] = (), **more: object) -> Behaviour:
    told = {"states": ("failed",)} | more
    return Behaviour(f"feed, {name}", act, kinds, spider="rss", **told)  # type: ignore[arg-type]


FEEDS = (
    sitemap("gzip file of a gigabyte", lazily(lambda: answer(zipped_zeros(), kind="application/gzip"))),
    sitemap("gzip coding of a gigabyte", lazily(lambda: answer(zipped_zeros(), "Content-Encoding: gzip",
            kind=XML)), ("bomb",)),
    sitemap("a million URLs", streams(head(kind=XML), lambda: itertools.repeat(b"<url><loc>/x</loc></url>" * 999)),
            ("too_large",)),
    sitemap("200,000 URLs", big_sitemap, states=("done", "failed")),
    sitemap("index of itself", index, ("page_flood",), states=("done",)),
    sitemap("billion laughs", xml(f"{LAUGHS}{URLSET}<url><loc>&a11;</loc></url></urlset>"), states=some_state()),
    sitemap("outer entity", xml(f"{XXE}{URLSET}<url><loc>http://127.0.0.1/&a;</loc></url></urlset>"),
            states=some_state()),
    sitemap("nested without end", xml(URLSET + "<a>" * 300_000)),
    feed("billion laughs", xml(rss(item(1, "&a11;"), LAUGHS)), states=some_state()),
    feed("outer entity", xml(rss(item(1, "&a;"), XXE)), states=some_state()),
    feed("100,000 entries", lazily(lambda: answer(rss("".join(map(item, range(60_000)))), kind=XML)),
         states=some_state()),
    feed("nested without end", xml(rss("<a>" * 300_000)), states=some_state()),
    feed("gzip bomb", lazily(lambda: answer(zipped_zeros(), "Content-Encoding: gzip", kind=XML)), ("bomb",)),
)  # fmt: skip

HALTED = ("robots",)


def robots(name: str, act: Act, kinds: tuple[str, ...] = HALTED, **more: object) -> Behaviour:
    told = {"states": ("queued",), "outcome": "halted"} | more
    return Behaviour(f"robots.txt, {name}", act, kinds, at="/robots.txt", **told)  # type: ignore[arg-type]


def plain(body: str | bytes, *lines: str) -> Act:
    return says(answer(body, *lines, kind="text/plain"))


def rule(text: str) -> Act:
    return plain(f"User-agent: *\n{text}\n")


RULES = "User-agent: *\n" + "".join(f"Disallow: /x{i}*y$\n" for i in range(150_000))
DONE = {"states": ("done",), "outcome": "finished"}
ROBOTS = (
    robots("a gigabyte", streams(head("Content-Length: 1000000000"), lambda: itertools.repeat(ZEROS))),
    robots("without end", streams(head(), lambda: itertools.repeat(b"Disallow: /a\n" * 9999))),
    robots("150,000 rules", plain(RULES), **DONE),
    robots("a bomb", streams(head("Content-Encoding: gzip"), lambda: deflated(31))),
    robots("never", lambda talk: talk.wait()),
    robots("a loop", says(moved("/robots.txt")), asked=7),
    robots("elsewhere", says(moved("http://127.0.0.1:9/robots.txt"))),
    robots("error", says(answer("", status="500 Oops"))),
    robots("garbage", says(bytes(range(256)) * 9)),
    robots("binary", plain(bytes(range(256)) * 999), (), **DONE),
    robots("stars", rule("Disallow: /" + "a*" * 2000 + "b"), (), **DONE),
    robots("one line", plain(b"Disallow: /" + b"a" * 4_000_000), **DONE),
    robots("delay of 30 years", rule("Crawl-delay: 1000000000")),
    robots("delay of nan", rule("Crawl-delay: nan"), (), **DONE),
    robots("negative delay", rule("Crawl-delay: -5"), (), **DONE),
    robots("endless delay", rule("Crawl-delay: inf"), (), states=("done", "queued"), outcome=""),
    robots("all agents", plain("".join(f"User-agent: bot{i}\nDisallow: /\n" for i in range(20_000))), (), **DONE),
)  # fmt: skip
