"""The renderer: pages that mean harm reach nobody, end in time, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from crawler.browser import find_browser, sandbox_state
from crawler.egress import Network
from crawler.exchange import Rendering
from crawler.renderer import Renderer, RenderFault
from crawler.sites import BrowserRules
from tests.conftest import Serve
from tests.crawler.browser_pages import ENDLESS, Canary, escape_routes, service_script
from tests.crawler.samples import ad_page
from tests.crawler.server import Answer, LoopbackServer
from tests.processes import command_of, runs

BROWSER = find_browser() or ""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="no Chromium found (apt-get install chromium)"),
]
AGENT = "Varde/test (test@varde.example)"
SETTLED = "<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<i id=settled>x</i>'), 700)</script>"
Render = Callable[..., Rendering]


def renders(**options: Any) -> Iterator[Render]:
    """A function that renders a page with one renderer, which is closed at the end."""
    with asyncio.Runner() as runner:
        renderer = Renderer(BROWSER, **options)

        def render(url: str, *netlocs: str, loopback: bool = True, kind: str = "ad", **rules: Any) -> Rendering:
            allowed = frozenset(netlocs) or frozenset([url.split("/")[2]])
            told = BrowserRules(**{"ad": True, "screenshot": False} | rules)
            work = renderer.render(url, kind=kind, rules=told, netlocs=allowed, loopback=loopback, user_agent=AGENT)  # type: ignore[arg-type]
            return runner.run(work)

        try:
            yield render
        finally:
            runner.run(renderer.close())


@pytest.fixture(scope="module")
def render() -> Iterator[Render]:
    yield from renders(wall=30.0)


@pytest.fixture(scope="module")
def hasty() -> Iterator[Render]:
    """With six seconds a page."""
    yield from renders(wall=6.0)


def started() -> list[psutil.Process]:
    """Every process that this one started and that still runs."""
    return [each for each in psutil.Process().children(recursive=True) if runs(each)]


def assert_gone(processes: list[psutil.Process], seconds: float) -> None:
    """Do they all end in time?"""
    deadline = time.monotonic() + seconds
    left = processes
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = [each for each in left if runs(each)]
    assert left == []


# What a page may reach


def hostile(canary: str) -> dict[str, Any]:
    pages: dict[str, Any] = {path: page + SETTLED for path, page in escape_routes(canary).items()}
    return pages | {
        "/to-canary": Answer(status=302, headers={"Location": f"http://{canary}/redirected"}),
        "/service.js": Answer(service_script(canary).encode(), kind="text/javascript"),
    }


@pytest.mark.egress
@pytest.mark.parametrize("path", escape_routes("x"), ids=lambda path: path[1:])
def test_page_reaches_no_other_host_and_no_file(path: str, serve: Serve, render: Render) -> None:
    with Canary() as canary:
        server = serve(hostile(canary.netloc))
        shown = render(server.url + path, wait_for="#settled")
    assert canary.leaks == []
    assert b"SECRET" not in shown.html
    assert Path("/etc/hostname").read_bytes().strip() not in shown.html
    assert shown.url.startswith(server.url)
    assert b"42 00 00 17" in shown.html


@pytest.mark.parametrize("path", ["/script", "/css", "/iframe", "/fetch", "/redirected-frame", "/websocket"])
def test_canary_hears_what_is_let_through(path: str, serve: Serve, render: Render) -> None:
    with Canary() as canary:
        server = serve(hostile(canary.netloc))
        render(server.url + path, server.netloc, canary.netloc, wait_for="#settled")
    assert canary.leaks


@pytest.mark.egress
def test_redirect_of_the_page_is_refused(serve: Serve, render: Render) -> None:
    with Canary() as canary:
        server = serve(hostile(canary.netloc))
        with pytest.raises(RenderFault, match=canary.netloc) as caught:
            render(f"{server.url}/to-canary")
    assert caught.value.kind == "browser_denied"
    assert caught.value.denied == (("foreign_host", canary.netloc),)
    assert canary.leaks == []


@pytest.mark.egress
def test_loopback_is_not_reached_past_the_proxy(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYWRIGHT_DISABLE_FORCED_CHROMIUM_PROXIED_LOOPBACK", "1")
    with Canary() as canary:
        server = serve(hostile(canary.netloc))
        for render in renders():
            assert render(f"{server.url}/redirected-frame", wait_for="#settled").denied
    assert canary.leaks == []


@pytest.mark.egress
@pytest.mark.parametrize("url", ["file:///etc/hostname", "data:text/html,x", "ftp://127.0.0.1/", "about:blank"])
def test_only_http_is_opened(url: str, render: Render) -> None:
    with pytest.raises(RenderFault) as caught:
        render(url, "127.0.0.1:9")
    assert caught.value.kind == "bad_url"


def test_denials_say_what_was_tried(serve: Serve, render: Render) -> None:
    with Canary() as canary:
        server = serve(hostile(canary.netloc))
        assert ("foreign_host", canary.netloc) in render(f"{server.url}/fetch", wait_for="#settled").denied


class Rebinding(Network):
    """A name that is public when it is first asked for, then not; public addresses lead to a server on loopback."""

    asked: int = 0
    port: int = int(os.environ.get("TEST_RENDERER_PORT", "0"))

    async def lookup(self, host: str, port: int) -> list[str]:
        type(self).asked += 1
        first = host != "inside.example" and type(self).asked == 1
        return ["93.184.215.14"] if first or host == "fixed.example" else ["127.0.0.1"]

    async def dial(self, address: str, port: int, **tls: Any) -> Any:
        return await super().dial("127.0.0.1", self.port if address == "93.184.215.14" else port, **tls)


@pytest.fixture
def rebinding(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> Iterator[tuple[Render, LoopbackServer]]:
    later = "<script>addEventListener('load', () => fetch('/later').catch(() => 0))</script>"
    server = serve({"/": ad_page(17) + later + SETTLED, "/later": "later"})
    monkeypatch.setenv("TEST_RENDERER_PORT", str(server._server.server_port))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    for render in renders(network=f"{__name__}:Rebinding"):
        yield render, server


@pytest.mark.egress
def test_name_of_a_private_address_is_not_dialled(rebinding: tuple[Render, LoopbackServer]) -> None:
    render, server = rebinding
    with pytest.raises(RenderFault) as caught:
        render("http://inside.example/", loopback=False)
    assert caught.value.denied == (("private_address", "inside.example:80"),)
    assert server.hits == []


@pytest.mark.egress
def test_name_that_changes_its_address_is_judged_again(rebinding: tuple[Render, LoopbackServer]) -> None:
    render, server = rebinding
    shown = render("http://moving.example/", loopback=False, wait_for="#settled")
    assert shown.exchange
    assert shown.exchange.address == "93.184.215.14"
    assert server.paths() == ["/"]
    assert shown.denied == (("private_address", "moving.example:80"),)


def test_name_of_a_public_address_is_reached_there(rebinding: tuple[Render, LoopbackServer]) -> None:
    render, server = rebinding
    assert render("http://fixed.example/", loopback=False, wait_for="#settled").denied == ()
    assert server.paths() == ["/", "/later"]


# Pages without end


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_page_ends_and_costs_no_other(name: str, serve: Serve, hasty: Render) -> None:
    server = serve({"/": ENDLESS[name], "/17": ad_page(17)})
    hasty(f"{server.url}/17")
    begin = time.monotonic()
    with suppress(RenderFault):
        hasty(f"{server.url}/")
    assert time.monotonic() - begin < 8
    assert b"42 00 00 17" in hasty(f"{server.url}/17").html


def test_download_is_none(serve: Serve, render: Render) -> None:
    attachment = Answer(b"x" * 1000, kind="application/zip", headers={"Content-Disposition": "attachment"})
    server = serve({"/": attachment})
    with pytest.raises(RenderFault, match="Download"):
        render(f"{server.url}/")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<script>document.write('x'.repeat(9e6))</script>", id="DOM"),
        pytest.param("<script>onload = () => { for (let i = 0; i < 9; i++) fetch('/mass?' + i) }</script>" + SETTLED,
                     id="fetched"),
        pytest.param(f"<!-- {'x' * 9_000_000} --><p>a page</p>", id="document"),
    ],
)  # fmt: skip
def test_page_that_is_too_large_is_none(page: str, serve: Serve, render: Render) -> None:
    mass = Answer(b"x" * 5_000_000)
    server = serve({"/": page} | {f"/mass?{i}": mass for i in range(9)})
    with pytest.raises(RenderFault) as caught:
        render(f"{server.url}/", wait_for="#settled" if "mass" in page else "")
    assert caught.value.kind == "too_large", caught.value


def test_closed_renderer_leaves_no_process_and_no_file(serve: Serve) -> None:
    server = serve({"/": ad_page(17)})
    before = set(started())
    for render in renders():
        assert render(f"{server.url}/").html
        own = [each for each in started() if each not in before]
        folders = {word.partition("=")[2] for each in own for word in command_of(each) if "--user-data-dir" in word}
        assert len(own) > 3
        assert folders
    assert_gone(own, 3)
    assert [folder for folder in folders if Path(folder).exists()] == []


ALONE = """
import asyncio, sys
from crawler.renderer import Renderer
from crawler.sites import BrowserRules
renderer, netlocs = Renderer(sys.argv[1]), frozenset([sys.argv[2].split("/")[2]])
asyncio.run(renderer.render(sys.argv[2], kind="ad", rules=BrowserRules(), netlocs=netlocs, loopback=True,
                            user_agent="x"))
"""


def test_killed_crawl_takes_its_browser_along(serve: Serve) -> None:
    server = serve({"/": ENDLESS["while"]})
    with subprocess.Popen([sys.executable, "-c", ALONE, BROWSER, f"{server.url}/"]) as crawl:
        deadline = time.monotonic() + 30
        while not server.hits and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        own = psutil.Process(crawl.pid).children(recursive=True)
        folders = [Path(each.environ()["TMPDIR"]) for each in own if command_of(each)[1:2] == ["-m"]]
        crawl.send_signal(signal.SIGKILL)
    assert len(own) > 3
    assert_gone(own, 5)
    assert [folder.exists() for folder in folders] == [False]


def test_browser_is_not_root_and_keeps_its_sandbox(serve: Serve, render: Render) -> None:
    if not sandbox_state(BROWSER).startswith("on"):
        pytest.skip(f"no sandbox on this machine: {sandbox_state(BROWSER)}")
    render(f"{serve({'/': ad_page(17)}).url}/")
    browsers = [each for each in started() if "--user-data-dir" in " ".join(command_of(each))]
    assert browsers
    assert all(0 not in each.uids() and "--no-sandbox" not in command_of(each) for each in browsers)


# What is done on a page, and what is kept of it


MORE = """<ul id=list></ul><button class=more>More</button><script>
let batch = 0;
const add = () => { for (let i = 0; i < 3; i++) list.insertAdjacentHTML("beforeend", `<li class=ad>${batch}-${i}</li>`);
                    if (++batch === 4) document.querySelector(".more").remove(); };
document.querySelector(".more").onclick = () => setTimeout(add, 200);
add();
</script>"""
SCROLLING = """<body><script>
let batch = 0;
const add = () => document.body.insertAdjacentHTML("beforeend", `<p class=ad style="height: 900px">${batch}</p>`);
add(); add();
onscroll = () => { if (++batch < 4) setTimeout(add, 200); };
</script>"""


@pytest.mark.parametrize(
    ("page", "rules", "count"),
    [
        pytest.param(MORE, {}, 3, id="nothing"),
        pytest.param(MORE, {"more": ".more"}, 12, id="more"),
        pytest.param(MORE, {"more": ".more", "rounds": 2}, 9, id="more, two rounds"),
        pytest.param(MORE, {"more": ".none"}, 3, id="no more"),
        pytest.param(SCROLLING, {"scroll": True}, 5, id="scroll"),
        pytest.param(SCROLLING, {"scroll": True, "rounds": 1}, 3, id="scroll, one round"),
    ],
)
def test_list_is_loaded_to_its_end(page: str, rules: dict[str, Any], count: int, serve: Serve, render: Render) -> None:
    assert render(f"{serve({'/': page}).url}/", kind="list", **rules).html.count(b'class="ad"') == count


REVEAL = "<button onclick=\"this.outerHTML = '<p class=phone>42 00 00 17</p>'\">Show</button>"


@pytest.mark.parametrize(("kind", "revealed"), [("ad", True), ("list", False)])
def test_clicks_are_for_ad_pages(kind: str, revealed: bool, serve: Serve, render: Render) -> None:
    shown = render(f"{serve({'/': REVEAL}).url}/", kind=kind, click=["button"])
    assert (b'<p class="phone">' in shown.html) is revealed


@pytest.mark.parametrize("rules", [{"click": ["a.none"]}, {"wait_for": "a.none"}], ids=["click", "wait_for"])
def test_step_that_fails_names_its_selector(rules: dict[str, Any], serve: Serve, hasty: Render) -> None:
    with pytest.raises(RenderFault, match=r"selector 'a\.none'") as caught:
        hasty(f"{serve({'/': ad_page(17)}).url}/", **rules)
    assert caught.value.kind == "too_slow"


def test_error_page_gets_no_steps(serve: Serve, hasty: Render) -> None:
    shown = hasty(f"{serve({}).url}/", click=["a.none"], wait_for="a.none")
    assert shown.exchange
    assert shown.exchange.status == 404


def test_exchange_is_the_document_as_the_browser_got_it(serve: Serve, render: Render) -> None:
    page = ad_page(17) + "<script>document.title = 'changed'</script>"
    server = serve({"/ad": Answer(page.encode(), headers={"X-Odd": "ø".encode().decode("latin-1")}), "/": Answer(
        status=302, headers={"Location": "/ad"})})  # fmt: skip
    shown = render(f"{server.url}/")
    found = shown.exchange
    assert found
    assert (shown.url, found.url, found.status, found.address) == (f"{server.url}/ad",) * 2 + (200, "127.0.0.1")
    assert found.body == found.wire == page.encode()
    assert found.request.startswith(b"GET /ad HTTP/1.1\r\n")
    assert f"\r\nHost: {server.netloc}\r\n".encode() in found.request
    assert f"User-Agent: {AGENT}\r\n".encode() in found.request
    assert found.head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert found.head.endswith(b"\r\n\r\n")
    assert found.header(b"content-type") == "text/html; charset=utf-8"
    assert b"<title>changed</title>" in shown.html
    assert server.hits[-1].headers["Accept-Language"].startswith("nb-NO")


PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQ"
    "DwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
PICTURES = {
    "img": "<img {style} src='{picture}'>",
    "background": "<div {style}></div><style>div {{background: url({picture}) !important}}</style>",
    "content": "<div {style}></div><style>div::before {{content: url({picture}) !important}}</style>",
    "svg": "<svg {style}><image href='{picture}' width=200 height=200 /></svg>",
    "canvas": "<canvas {style} id=c></canvas><script>const p = c.getContext('2d');"
    "p.fillStyle = 'red'; p.fillRect(0, 0, 200, 200)</script>",
}


@pytest.mark.parametrize("way", PICTURES)
def test_screenshot_shows_no_picture(way: str, serve: Serve, render: Render) -> None:
    style = "style='display: block; width: 200px; height: 200px'"
    page = PICTURES[way].format(style=style, picture=PICTURE)
    server = serve({"/": page + "<p>Text.</p>", "/empty": f"<div {style}></div><p>Text.</p>"})
    shown, empty = (render(server.url + path, screenshot=True).screenshot for path in ("/", "/empty"))
    assert shown.startswith(b"\x89PNG")
    assert shown == empty


def test_screenshot_has_a_bound(serve: Serve, render: Render) -> None:
    server = serve({"/": "<div style='height: 30000px'>Text.</div>"})
    shown = render(f"{server.url}/", screenshot=True).screenshot
    assert int.from_bytes(shown[20:24], "big") == 10_000
