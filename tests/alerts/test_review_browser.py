from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from alerts.alertstore import alerts
from alerts.review.app import make_app
from alerts.storedesk import StoreDesk
from crawler.browser import find_browser
from tests.alerts.desk import desk, hostile_desk
from tests.alerts.hostile import PAYLOADS, aimed_at
from tests.alerts.stores import TEXTS, job, judged_store

CHROMIUM = find_browser()
PAGES = ("/", "/cluster/c-42", "/cluster/c-300", "/about", "/nowhere")


@dataclass
class Canary:
    """A server that nobody should ever ask for anything."""

    address: str = ""
    hits: list[str] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.hits.append(str(request.url))
        return PlainTextResponse("", headers={"access-control-allow-origin": "*"})


@dataclass
class Witness:
    """What a browser did beyond showing the page."""

    origin: str
    strangers: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self._asked(request.url))
        page.on("dialog", self._dismiss)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("popup", lambda popup: self.strangers.append(f"popup {popup.url}"))

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith(self.origin + "/"):
            self.strangers.append(url)

    def visit(self, page: Page, path: str) -> None:
        page.goto(self.origin + path)
        # The clicks and the focus that a reader would give; an injected handler would answer them.
        page.evaluate("document.querySelectorAll('summary').forEach(each => each.click())")
        page.keyboard.press("Tab")
        page.mouse.move(200, 300)
        if page.evaluate("'pwned' in window") or page.url != self.origin + path:
            self.ran.append(path)


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium found; install one or name it in VARDE_CHROMIUM")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        except Error as error:
            pytest.skip(f"{CHROMIUM} does not start: {error}")
        yield opened
        opened.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    watched = Canary()
    with running(Starlette(routes=[Route("/{rest:path}", watched.answer)])) as address:
        watched.address = address
        yield watched


@contextmanager
def opened(browser: Browser, **options: object) -> Iterator[BrowserContext]:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    try:
        yield context
    finally:
        context.close()


@pytest.mark.slow
# Without the policy only the escaping stands between the text and the browser; it has to hold alone.
@pytest.mark.parametrize("bypass", [False, True], ids=["as served", "without the policy"])
def test_hostile_text_runs_nothing_and_calls_nowhere(browser: Browser, canary: Canary, bypass: bool) -> None:
    payloads = aimed_at(canary.address)
    paths = ["/", "/?level=L3", *(f"/cluster/p-{number}" for number in range(len(payloads)))]
    with running(make_app(hostile_desk(payloads))) as origin, opened(browser, bypass_csp=bypass) as context:
        witness = Witness(origin)
        page = context.new_page()
        witness.watch(page)
        for path in paths:
            witness.visit(page, path)
    assert (witness.ran, witness.dialogs, witness.errors, witness.strangers) == ([], [], [], [])
    assert canary.hits == []


def test_the_witness_sees_what_raw_text_would_do(browser: Browser, canary: Canary) -> None:
    """The same corpus, unescaped and without the policy, is caught: the test above can fail."""
    payloads = aimed_at(canary.address)

    async def raw(request: Request) -> Response:
        return HTMLResponse(f"<!doctype html><p>{payloads[int(request.path_params['number'])]}</p>")

    with running(Starlette(routes=[Route("/{number:int}", raw)])) as origin, opened(browser) as context:
        witness = Witness(origin)
        page = context.new_page()
        witness.watch(page)
        for number in (0, 5, 6, 10):
            witness.visit(page, f"/{number}")
    assert "/0" in witness.ran
    assert "/10" in witness.ran
    assert witness.dialogs == ["1"]
    assert witness.strangers
    assert canary.hits


def test_bidi_controls_do_not_reorder_the_page(browser: Browser) -> None:
    number = next(index for index, payload in enumerate(PAYLOADS) if payload.startswith("\u202ereversed"))
    with running(make_app(hostile_desk(PAYLOADS))) as origin, opened(browser) as context:
        page = context.new_page()
        page.goto(f"{origin}/cluster/p-{number}")
        text = page.locator("#ad-1 .text .stored")
        order = [round(chip.bounding_box()["x"]) for chip in text.locator(".hidden-char").all()[:1]]  # type: ignore[index]
        assert order == [round(text.bounding_box()["x"] + 1)]  # type: ignore[index]
        assert "\u202e" not in page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 760, 360])
def test_pages_fit_the_screen_and_have_contrast(browser: Browser, scheme: str, width: int) -> None:
    size = {"width": width, "height": 800}
    with running(make_app(desk())) as origin, opened(browser, color_scheme=scheme, viewport=size) as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(origin + path)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
            assert page.evaluate(FAINT) == [], path


def test_everything_is_reached_by_keyboard_and_focus_is_seen(browser: Browser) -> None:
    with running(make_app(desk())) as origin, opened(browser) as context:
        page = context.new_page()
        page.goto(origin + "/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        for _ in range(3):
            page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_quote_leads_to_its_ad(browser: Browser) -> None:
    with running(make_app(desk())) as origin, opened(browser) as context:
        page = context.new_page()
        page.goto(origin + "/")
        page.click("text=c-42")
        page.locator(".quotes a", has_text="Your passport").click()
        page.wait_for_url(f"{origin}/cluster/c-42#ad-4", timeout=15_000)
        assert page.locator("#ad-4").evaluate("ad => ad.matches(':target')")


def test_a_decision_is_made_with_the_keyboard_and_stored_without_a_script(browser: Browser, tmp_path: Path) -> None:
    db = judged_store(tmp_path, [job("1", f"{TEXTS[0]} Hand in your passport on arrival.")])
    (alert,) = alerts(db)
    with (
        running(make_app(StoreDesk(tmp_path / "varde.db"))) as origin,
        opened(browser, java_script_enabled=False) as context,
    ):
        page = context.new_page()
        page.goto(f"{origin}/cluster/{alert.cluster}")
        page.locator("#reason").fill("Staff flat of a named hotel.\nContract seen. <b>&amp;")
        page.locator("button", has_text="Store this decision").press("Enter")
        assert page.url == f"{origin}/cluster/{alert.cluster}"  # the browser itself asks for a verdict first
        page.get_by_label("Benign").check()
        page.locator("button", has_text="Store this decision").press("Enter")
        page.wait_for_url("**#decisions")
        assert "Staff flat of a named hotel.\nContract seen. <b>&amp;" in page.locator(".said").inner_text()
        page.locator("summary", has_text="Undo it").press("Enter")
        page.get_by_label("Why is it taken back?").fill("another cluster")
        page.locator("button", has_text="Take it back").press("Enter")
        page.wait_for_url("**#decisions")
        assert "undone by entry 2" in page.locator(".decisions").inner_text()
    assert [one.verdict for one in alerts(db)[0].decisions] == ["benign", "undone"]


def test_a_form_of_another_page_decides_nothing(browser: Browser, tmp_path: Path) -> None:
    db = judged_store(tmp_path, [job("1", f"{TEXTS[0]} Hand in your passport on arrival.")])
    (alert,) = alerts(db)
    app = make_app(StoreDesk(tmp_path / "varde.db"))

    async def lure(request: Request) -> Response:
        fields = "".join(
            f'<input name="{name}" value="{value}">'
            for name, value in {"alert": alert.id, "verdict": "benign", "reason": "lured", "token": ""}.items()
        )
        return HTMLResponse(
            f'<form method="post" action="{target}/cluster/{alert.cluster}">{fields}<button>x</button></form>'
        )

    with running(app) as target, running(Starlette(routes=[Route("/", lure)])) as origin, opened(browser) as context:
        page = context.new_page()
        page.goto(origin)
        with page.expect_response("**/cluster/*") as answered:
            page.click("button")
        assert answered.value.status == 403
    assert alerts(db)[0].state == "new"


# Every visible stretch of text whose contrast with what is behind it is below WCAG 2 level AA.
FAINT = """() => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const faint = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (own && contrast(parse(getComputedStyle(node).color), behind(node)) < 4.5)
      faint.push(node.tagName + '.' + node.className + ' ' + node.textContent.trim().slice(0, 40));
    if (node.classList.contains('tag')) {
      const drawn = getComputedStyle(node, '::before');
      if (contrast(parse(drawn.color), parse(drawn.backgroundColor)) < 4.5) faint.push(node.className);
    }
  }
  return faint;
}"""
