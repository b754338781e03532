"""The outermost layer of the review page: refuses what it must not answer, hardens all it answers."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing remote may ever load: a request made by the page would tell an advertiser who is reading.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

HARDENED = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

# A name that merely resolves to loopback is how a hostile page reaches a local server (DNS rebinding).
_CASE = re.compile(r"/cluster/[^/]+")
_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)


class Guard:
    """ASGI layer around the whole app, so that error pages are hardened like all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        app = refusal(scope) or self.app
        await app(scope, receive, hardened(send))
        return None


def refusal(scope: Scope) -> ASGIApp | None:
    """The answer to a request that must not reach the pages, or None when it may."""
    hosts = Headers(scope=scope).getlist("host")
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        return PlainTextResponse("This page answers only to localhost, 127.0.0.1 and [::1].\n", status_code=400)
    if scope["method"] in ("GET", "HEAD"):
        return None
    takes_forms = _CASE.fullmatch(scope["path"]) is not None
    if scope["method"] != "POST" or not takes_forms:
        allowed = "GET, HEAD, POST" if takes_forms else "GET, HEAD"
        return PlainTextResponse("This page is only read.\n", status_code=405, headers={"allow": allowed})
    if not is_own_form(Headers(scope=scope)):
        return PlainTextResponse("A decision is sent from the review page itself.\n", status_code=403)
    return None


def is_own_form(headers: Headers) -> bool:
    """False for a form that another page had the browser send. That it carries the page's token is asked later.

    A page that sends no referrer, as these do, names its origin "null" in a form; then the browser's own word on where
    the request comes from must be there.
    """
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if len(origins) > 1 or len(sites) > 1 or (sites and sites != ["same-origin"]):
        return False
    if origins and origins[0].lower() != f"http://{headers['host'].lower()}" and not (origins == ["null"] and sites):
        return False
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def hardened(send: Send) -> Send:
    async def send_hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HARDENED)
        await send(message)

    return send_hardened
