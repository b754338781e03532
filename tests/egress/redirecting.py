"""Routes by which an answer leads elsewhere: redirects of every status, refreshes, and other headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.egress.routes import (
    BROWSER,
    CRAWLS,
    Maker,
    Pages,
    Route,
    ad_paths,
    attribute,
    each,
    header,
    host,
    html,
    lists,
)
from tests.egress.servers import Answer
from tests.egress.spellings import few

ALL = 1000  # pages: one for every spelling
_CHAINED = 3
_LATE = f"<!--{'x' * 5000}-->{{meta}}"
STATUSES = (301, 302, 303, 307, 308)
_RELATIONS = ("next", "prev", "canonical", "alternate", "amphtml", "icon", "manifest", "search", "pingback", "license")
_HINTS = ("preload; as=script", "preload; as=style", "preload; as=fetch; crossorigin", "modulepreload", "prefetch",
          "preconnect", "dns-prefetch", "prerender", "stylesheet", "compression-dictionary")  # fmt: skip


def moved(status: int, url: str, name: str = "Location") -> Answer:
    return Answer(status=status, headers=((name, header(url)),))


def moving(status: int, name: str = "Location", most: int = 8) -> Maker:
    return each(lambda url: moved(status, url, name), most)


def refresh(url: str, content: str = '"0; url={url}"', place: str = "{meta}") -> Answer:
    return html(place.format(meta=f"<meta http-equiv=refresh content={content.format(url=attribute(url))}>"))


def stepping(*steps: Callable[[str], Answer]) -> Maker:
    """Pages of the site lead from one to the next, the last of them away."""

    def pages(urls: Sequence[str]) -> Pages:
        found: Pages = {}
        chosen = few(urls, _CHAINED)
        for number, url in enumerate(chosen):
            for place, step in enumerate(steps):
                is_last = place == len(steps) - 1
                found[f"/step/{number}/{place}"] = step(url if is_last else f"/step/{number}/{place + 1}")
        links = "".join(f"<a class=ad href='/step/{number}/0'>x</a>" for number in range(len(chosen)))
        return {"/": html(links), **found}

    return pages


def by(status: int) -> Callable[[str], Answer]:
    return lambda url: moved(status, url)


def twice(urls: Sequence[str]) -> Pages:
    """Two Location headers: of the site and not, and the other way round."""
    own, away = ("Location", "/"), ("Location", urls[0])
    return ad_paths(
        {"/ad/0": Answer(status=302, headers=(own, away)), "/ad/1": Answer(status=302, headers=(away, own))}
    )


def oddly(urls: Sequence[str]) -> Pages:
    """Relative and odd forms of a whole URL."""
    name = host(urls)
    forms = (
        f"//{name}/", f"///{name}/", f"/\\{name}/", f"\\\\{name}/", f"HTTP://{name}/", f"hTtP:\\\\{name}/",
        f"http:{name}", f" \t http://{name}/ ", f"http://{name}/\x0b", f"./../..//{name}/",
        f"http://{name}/#/../", f"//x@{name}/",
    )  # fmt: skip
    return ad_paths({f"/ad/{number}": moved(302, form) for number, form in enumerate(forms)})


def says(*fields: tuple[str, str]) -> Maker:
    """Two ad pages with headers for every URL, in which {url} and {host} stand for it."""

    def pages(urls: Sequence[str]) -> Pages:
        found = [(name, text.replace("{url}", header(url)).replace("{host}", host(urls)))
                 for url in few(urls, 10) for name, text in fields]  # fmt: skip
        return ad_paths({f"/ad/{number}": html("<script>x = 1</script>", *found) for number in range(2)})

    return pages


def hinted(urls: Sequence[str]) -> Pages:
    """103 Early Hints ahead of the page."""
    links = "".join(f"Link: <{header(url)}>; rel={rel}\r\n" for url in few(urls, 4) for rel in _HINTS[:6])
    early = f"HTTP/1.1 103 Early Hints\r\n{links}\r\n".encode("latin-1")
    page = html("")
    return ad_paths({"/ad/0": Answer(page.body, before=early), "/ad/1": Answer(page.body, before=2 * early)})


def upgraded(urls: Sequence[str]) -> Pages:
    """An answer that wants to go on as a WebSocket."""
    fields = (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", "x"),
              ("Location", urls[0]))  # fmt: skip
    return ad_paths({"/ad/0": Answer(b"\x81\x05hello", status=101, headers=fields)})


def links(relations: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(("Link", f"<{{url}}>; rel={rel}") for rel in relations)


ROUTES = (
    *(Route(f"redirect-{status}", moving(status, most=ALL)) for status in STATUSES),
    Route("redirect-300", moving(300, most=ALL), followed=()),
    *(Route(f"redirect-{status}", moving(status), followed=()) for status in (201, 305, 306, 401, 404, 407)),
    Route("redirect-chain", stepping(by(302), by(302), by(302))),
    Route("redirect-chain-mixed", stepping(by(301), by(308), by(303), by(307))),
    Route("redirect-cased", moving(302, "lOcAtIoN")),
    Route("redirect-odd", oddly),
    Route("redirect-twice", twice, followed=CRAWLS),
    Route("redirect-of-list", lists(by(307))),
    Route("redirect-of-start", lambda urls: {"/": moved(301, urls[0])}),
    Route("redirect-then-refresh", stepping(by(302), refresh)),
    Route("refresh-then-redirect", stepping(refresh, by(302))),
    Route("meta-refresh", each(refresh, ALL)),
    Route("meta-refresh-chain", stepping(refresh, refresh, refresh)),
    Route("meta-refresh-quoted", each(lambda url: refresh(url, "\"0;URL='{url}'\""))),
    Route("meta-refresh-in-body", each(lambda url: refresh(url, place="<body><div><p>x</p>{meta}</div>"))),
    Route("meta-refresh-in-noscript", each(lambda url: refresh(url, place="<noscript>{meta}</noscript>")), followed=()),
    Route("meta-refresh-late", each(lambda url: refresh(url, place=_LATE)), followed=BROWSER),
    Route("meta-refresh-delayed", each(lambda url: refresh(url, '"4; url={url}"'))),
    Route("refresh-header", each(lambda url: html("", ("Refresh", f"0; url={header(url)}")), ALL), followed=BROWSER),
    Route("link-header", says(*links(_RELATIONS)), followed=()),
    Route("link-header-hints", says(*links(_HINTS)), followed=BROWSER),
    Route("content-location", says(("Content-Location", "{url}"), ("Content-Base", "{url}"), ("URI", "<{url}>")),
          followed=()),
    Route("alt-svc", says(("Alt-Svc", 'h2="{host}"; ma=9999, h3="{host}", http/1.1="{host}"; persist=1')), followed=()),
    Route("cookies", says(("Set-Cookie", "a=b; Domain=127.0.0.1"), ("Set-Cookie", "c={url}; Path=/"),
                          ("Strict-Transport-Security", "max-age=9999; includeSubDomains")), followed=()),
    Route("reports", says(("Content-Security-Policy", "default-src 'none'; report-uri {url}; report-to x"),
                          ("Content-Security-Policy-Report-Only", "script-src 'none'; report-uri {url}"),
                          ("Reporting-Endpoints", 'x="{url}", default="{url}"'),
                          ("Report-To", '{"group": "x", "max_age": 9, "endpoints": [{"url": "{url}"}]}'),
                          ("NEL", '{"report_to": "x", "max_age": 9, "success_fraction": 1}')), followed=()),
    Route("speculation-header", says(("Speculation-Rules", '"{url}"')), followed=()),
    Route("proxy-headers", says(("X-Accel-Redirect", "{url}"), ("X-Sendfile", "{url}"), ("X-Forwarded-Host", "{host}"),
                                ("Via", "1.1 {host}"), ("Proxy-Authenticate", 'Basic realm="{url}"'),
                                ("X-Original-URL", "{url}"), ("Forwarded", "host={host}")), followed=()),
    Route("tool-headers", says(("SourceMap", "{url}"), ("X-SourceMap", "{url}"), ("X-Pingback", "{url}"),
                               ("P3P", 'policyref="{url}"'), ("Service-Worker-Allowed", "{url}")), followed=()),
    Route("early-hints", hinted, followed=(), group="wire"),
    Route("websocket-answer", upgraded, followed=(), group="wire"),
)  # fmt: skip
