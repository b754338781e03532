"""Routes by which a page leads elsewhere: its links, what it embeds, what its scripts do, what its data say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.crawler.browser_pages import escapes, service_script
from tests.egress.redirecting import ALL, moved
from tests.egress.routes import (
    AD,
    BROWSER,
    SHOWN,
    Fetcher,
    Maker,
    Pages,
    Route,
    ad_paths,
    attribute,
    each,
    host,
    html,
    lists,
    on_one,
)
from tests.egress.servers import Answer
from tests.egress.spellings import few

# Ways of which nobody is told, or only if it is in time: what is not asked for at all, and what workers ask for.
_UNTOLD = {
    "img", "webrtc", "webtransport", "file-frame", "file-location", "ping", "speculation", "service-worker", "beacon",
    "unload-beacon", "eventsource", "worker", "shared-worker", "import-scripts", "xml-dtd", "xml-entity", "xml-include",
}  # fmt: skip


def _told(name: str) -> tuple[Fetcher, ...]:
    if name == "meta-refresh":
        return SHOWN
    return () if name in _UNTOLD else BROWSER


def link(name: str) -> Maker:
    return lists(lambda url: html(f'<a class="{name}" href="{attribute(url)}">x</a>'), ALL)


def base(url: str) -> Answer:
    return html(f'<base href="{attribute(url)}"><a class="ad" href="based">x</a><a class="next" href="further">x</a>')


RELATED = "".join(
    f'<link rel="{rel}" href="{{url}}">'
    for rel in ("canonical", "alternate", "amphtml", "next", "prev", "icon", "stylesheet", "preload", "dns-prefetch")
)
MEDIA = (
    '<img src="{url}" srcset="{url} 2x"><iframe src="{url}"></iframe><script src="{url}"></script>'
    '<object data="{url}"></object><video src="{url}"></video><form action="{url}"></form>'
)
SRCSET = (
    '<img srcset="{url} 1x, {url} 2x" sizes="100vw"><picture><source srcset="{url} 100w" media="all"><img></picture>'
    '<link rel=preload as=image imagesrcset="{url} 1x"><video poster="{url}"><source src="{url}"><track src="{url}">'
    '</video><audio src="{url}" autoplay></audio><input type=image src="{url}"><img lowsrc="{url}" loading=lazy>'
)
LEGACY = (
    '<table background="{url}"><tr><td background="{url}"></table><bgsound src="{url}"><embed src="{url}"><applet '
    'archive="{url}" code="{url}"></applet><q cite="{url}">x</q><img longdesc="{url}" usemap="{url}"><map><area '
    'href="{url}" ping="{url}"></map><isindex action="{url}"><marquee src="{url}"></marquee><portal '
    'src="{url}"></portal><img attributionsrc="{url}" dynsrc="{url}"><button formaction="{url}">x</button>'
    '<!--[if IE]><img src="{url}">'
    "<![endif]--><template><img src='{url}'></template><noscript><img src='{url}'></noscript>"
)
SVG = (
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image href="{url}" xlink:href="{url}"/><use href="{url}#x"/>'
    '<script href="{url}"></script><a href="{url}">x</a><feImage href="{url}"/><foreignObject><iframe src="{url}">'
    '</iframe></foreignObject><style>@import "{url}";</style></svg>'
)
MICRODATA = (
    '<div itemscope itemtype="{url}" itemid="{url}"><a itemprop=url href="{url}">x</a><link itemprop=image '
    'href="{url}"><meta itemprop=sameAs content="{url}"></div><p vocab="{url}" resource="{url}" property="{url}">x</p>'
)
OPEN_GRAPH = "".join(
    f'<meta property="{name}" content="{{url}}">' for name in ("og:url", "og:image", "og:video", "og:see_also")
) + "".join(f'<meta name="{name}" content="{{url}}">' for name in (
    "twitter:image", "twitter:player", "msapplication-TileImage", "thumbnail", "next"))  # fmt: skip
STYLED = (
    "@import '{url}'; @import url({url}) print; @font-face {font-family: x; src: url({url})} p {font-family: x; "
    "background: url({url}); cursor: url({url}), auto; list-style-image: url({url})} @namespace url({url});"
)
SCRIPT = "fetch(String.raw`{url}`).catch(() => 0);\n//# sourceMappingURL={url}\n"
SCRIPTS = {
    "dynamic-import": "import('{url}').catch(() => 0)",
    "shared-worker": "try {{ new SharedWorker('{url}') }} catch (e) {{}}; new SharedWorker(URL.createObjectURL("
                     "new Blob([\"fetch('{url}', {{mode: 'no-cors'}}); importScripts('{url}')\"])))",
    "import-scripts": "new Worker(URL.createObjectURL(new Blob([\"importScripts('{url}')\"])))",
    "worklet": "CSS.paintWorklet?.addModule('{url}').catch(() => 0); new OfflineAudioContext(1, 1, 8000).audioWorklet"
               "?.addModule('{url}').catch(() => 0)",
    "unload-beacon": "addEventListener('pagehide', () => {{ navigator.sendBeacon('{url}', 'x'); fetch('{url}', "
                     "{{method: 'POST', body: 'x', keepalive: true, mode: 'no-cors'}}) }}); "
                     "try {{ fetchLater('{url}') }} catch (e) {{}}",
    "synchronous-request": "const x = new XMLHttpRequest(); x.open('GET', '{url}', false); "
                           "try {{ x.send() }} catch (e) {{}}",
    "written-page": "document.write('<script src=\"{url}\"></' + 'script><iframe src=\"{url}\"></iframe>')",
    "blob-page": "location.href = URL.createObjectURL(new Blob(['<script src=\"{url}\"></' + 'script>'], "
                 "{{type: 'text/html'}}))",
    "named-window": "open('{url}', 'w'); const f = document.createElement('form'); f.action = '{url}'; f.target = 'w'; "
                    "document.body.append(f); f.submit()",
}  # fmt: skip


def scripted(text: str) -> Maker:
    """A page that runs a script for every URL."""

    def pages(urls: Sequence[str]) -> Pages:
        runs = [text.format(url=json.dumps(url)[1:-1].replace("<", "")) for url in few(urls, 4)]
        return ad_paths({"/ad/0": html("<body>" + "".join(f"<script>{run}</script>" for run in runs))})

    return pages


def way(name: str) -> Maker:
    """One of the ways of a rendered page."""

    def pages(urls: Sequence[str]) -> Pages:
        canary = host(urls)
        page = escapes(canary)[name]
        found = {"/ad/0": html(page)}
        if "/to-canary" in page:
            found["/to-canary"] = replace(
                moved(302, f"http://{canary}/redirected"), role="bait" if name == "popup" else "part"
            )  # a popup is closed before it asks for anything
        if "/service.js" in page:
            found["/service.js"] = Answer(service_script(canary).encode(), kind="text/javascript", role="bait")
        return ad_paths(found)

    return pages


def with_parts(markup: str, **parts: tuple[str, str]) -> Maker:
    """A page that takes parts from its own site (name: type and text), which lead away."""

    def pages(urls: Sequence[str]) -> Pages:
        found = {"/ad/0": html(markup)}
        for name, (kind, text) in parts.items():
            said = "".join(text.replace("{url}", url) for url in few(urls, 4)).encode("utf-8", "replace")
            found[f"/{name}"] = Answer(said, kind=kind, role="part")
        return ad_paths(found)

    return pages


def moved_parts(urls: Sequence[str]) -> Pages:
    """Parts of a page on its own site that are somewhere else."""
    parts = {f"/part/{n}": Answer(status=302, headers=(("Location", urls[0]),), role="part") for n in range(3)}
    page = "<script src=/part/0></script><link rel=stylesheet href=/part/1><script>fetch('/part/2')</script>"
    return ad_paths({"/ad/0": html(page), **parts})


def import_map(urls: Sequence[str]) -> Pages:
    mapped = json.dumps({"imports": {"x": urls[0], "/own.js": urls[0]}})
    page = f"<script type=importmap>{mapped}</script><script type=module>import 'x'</script>"
    return ad_paths({"/ad/0": html(page), "/ad/1": html(page + "<script type=module src=/own.js></script>")})


def xhtml(head: str, body: str = "") -> Maker:
    """Pages that are XML."""

    def pages(urls: Sequence[str]) -> Pages:
        said = [_XHTML.format(head=head, body=body).replace("{url}", attribute(url)) for url in few(urls, 4)]
        return ad_paths({f"/ad/{number}": Answer(page.encode("utf-8", "replace"), kind="application/xhtml+xml")
                         for number, page in enumerate(said)})  # fmt: skip

    return pages


_XHTML = (
    '<?xml version="1.0"?>{head}<html xmlns="http://www.w3.org/1999/xhtml" xmlns:xi="http://www.w3.org/2001/XInclude">'
    '<head><title>x</title></head><body>{body}<p class="id">1</p><p class="text">A text.</p></body></html>'
)
XML_WAYS: Mapping[str, tuple[str, str]] = {
    "xml-stylesheet": ("".join(f'<?xml-stylesheet type="text/{kind}" href="{{url}}"?>' for kind in ("css", "xsl")), ""),
    "xml-dtd": ('<!DOCTYPE html SYSTEM "{url}">', ""),
    "xml-entity": ('<!DOCTYPE html [<!ENTITY x SYSTEM "{url}">]>', "<p class='text'>&x;</p>"),
    "xml-include": ("", '<xi:include href="{url}" parse="text"/><p xml:base="{url}"><a href="x">x</a></p>'),
}


def job(url: str) -> Answer:
    posting = {
        "@context": url, "@type": "JobPosting", "title": "x", "description": "Work.", "url": url, "@id": url,
        "image": url, "sameAs": url, "hiringOrganization": {"name": "x", "sameAs": url, "logo": url},
    }  # fmt: skip
    return html(f"<script type='application/ld+json'>{json.dumps(posting).replace('<', '')}</script>")


def job_markup(url: str) -> Answer:
    said = attribute(url)
    return html(
        f"<div itemscope itemtype='https://schema.org/JobPosting' itemid=\"{said}\"><p itemprop=title>x</p><p itemprop="
        f'description>Work.</p><a itemprop=url href="{said}">x</a><img itemprop=image src="{said}"></div>'
    )


def script_json(urls: Sequence[str]) -> Pages:
    """A list page whose own script names the ads."""
    found = json.dumps({"ads": list(urls), "next": list(urls)}).replace("<", "")
    return {"/": html(f"<script id=data type=application/json>{found}</script>")}


_JOBS = 'spider = "jobposting"'
_JOB_LIST = '[list]\nads = "a.ad::attr(href)"\n'
_BY_SCRIPT = '[json]\nscript = "script#data"\nads = "ads"\nnext = "next"\n' + AD

ROUTES = (
    Route("ad-link", link("ad")),
    Route("next-link", link("next")),
    Route("base", lists(base, ALL)),
    Route("related", on_one(RELATED), followed=BROWSER),
    Route("media", on_one(MEDIA), followed=BROWSER),
    Route("srcset", on_one(SRCSET), followed=()),
    Route("legacy-markup", on_one(LEGACY), followed=BROWSER),
    Route("svg", on_one(SVG), followed=BROWSER),
    Route("microdata", on_one(MICRODATA), followed=()),
    Route("open-graph", on_one(OPEN_GRAPH), followed=()),
    Route("ad-fields", on_one('<img class=photo src="{url}"><a class=photo src="{url}">x</a>'), followed=()),
    Route("style-attributes", on_one('<p style="background: url({url}); cursor: url({url}), auto">x</p>'), followed=()),
    Route("own-stylesheet", with_parts("<link rel=stylesheet href=/own.css>", **{"own.css": ("text/css", STYLED)}),
          followed=BROWSER),
    Route("own-script", with_parts("<script src=/own.js></script>", **{"own.js": ("text/javascript", SCRIPT)}),
          followed=BROWSER),
    Route("moved-parts", moved_parts, followed=BROWSER),
    Route("import-map", import_map, followed=BROWSER),
    *(Route(name, scripted(text), followed=_told(name)) for name, text in SCRIPTS.items()),
    *(Route(name, xhtml(*parts), followed=_told(name)) for name, parts in XML_WAYS.items()),
    *(Route(f"page-{name}", way(name), followed=_told(name)) for name in escapes("x:1")),
    Route("json-ld", each(job, ALL), followed=(), lines=_JOBS, tables=_JOB_LIST),
    Route("job-microdata", each(job_markup), followed=(), lines=_JOBS, tables=_JOB_LIST),
    Route("page-json-script", script_json, tables=_BY_SCRIPT),
)  # fmt: skip
