"""The review page as a web app: routes, answers to errors, and the server on loopback."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from alerts.cases import Case, Level
from alerts.decisions.verdicts import BadDecision
from alerts.referral import load_referral
from alerts.review.desk import Desk
from alerts.review.forms import BadForm, Draft, draft, read_form, store_form
from alerts.review.guard import Guard
from alerts.review.render import Pages
from alerts.review.views import Asked, case_view, is_id, is_state, queue_view, template_page
from alerts.review.words import load_words
from crawler.errors import VardeError
from crawler.interrupts import terminable

STATIC = Path(__file__).with_name("static")
LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}
LEVELS: dict[str, Level] = {"L1": "L1", "L2": "L2", "L3": "L3"}


class ServeError(VardeError):
    """The review page cannot be served there; the message says why and what would work."""


class Review(Starlette):
    """Starlette with the guard outside of everything, its own error pages included."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack())


class Handlers:
    """One method a page. They run on the server's own thread, and so may share one database connection."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.pages = Pages(load_words(), load_referral())
        # No cookie says who asks, so none can be ridden on: a form counts if it carries what only our pages show.
        self.token = secrets.token_urlsafe(32)

    async def queue(self, request: Request) -> Response:
        asked, more = Asked(level=_level(request), state=_state(request), whole=_whole(request)), 0
        if asked.is_today:
            today = self.desk.queue()
            alerts, more = list(today.shown), today.more
        else:
            alerts = self.desk.alerts(asked.level, asked.state)
        view = queue_view(self.desk.totals(), alerts, _page(request), asked, more=more)
        if view is None:
            raise HTTPException(404)
        return HTMLResponse(self.pages.queue(view))

    async def case(self, request: Request) -> Response:
        return self._case(self._find(request), _page(request))

    async def template(self, request: Request) -> Response:
        view = template_page(self._find(request), request.path_params["value"], _page(request))
        if view is None:
            raise HTTPException(404)
        return HTMLResponse(self.pages.template(view))

    async def decide(self, request: Request) -> Response:
        """Store what a form says and lead back to the page; what cannot be stored is said there, its text kept."""
        case = self._find(request)
        try:
            form = await read_form(request)
        except BadForm as error:
            raise HTTPException(400) from error
        if not secrets.compare_digest(form.get("token", "").encode(), self.token.encode()):
            stale = "the review page was started anew since you opened this; send it again"
            return self._case(case, 1, draft(form, stale), status=403)
        try:
            store_form(self.desk, case, form)
        except BadDecision as error:
            return self._case(case, 1, draft(form, str(error)), status=422)
        return RedirectResponse(f"/cluster/{case.cluster}#decisions", status_code=303)

    def _find(self, request: Request) -> Case:
        """The case that the address names. Raises HTTPException."""
        cluster = request.path_params["cluster"]
        case = self.desk.case(cluster) if is_id(cluster) else None
        if case is None:
            raise HTTPException(404)
        return case

    def _case(self, case: Case, page: int, kept: Draft | None = None, *, status: int = 200) -> Response:
        view = case_view(case, page)
        if view is None:
            raise HTTPException(404)
        shown = self.pages.case(view, kept or Draft(), user=self.desk.user, token=self.token)
        return HTMLResponse(shown, status_code=status)

    async def about(self, request: Request) -> Response:
        return HTMLResponse(self.pages.about())

    async def refused(self, request: Request, error: Exception) -> Response:
        advice = "Nothing was stored. Go back, and send the form of the page itself."
        return HTMLResponse(self.pages.error(400, "That is no form of this page", advice), status_code=400)

    async def missing(self, request: Request, error: Exception) -> Response:
        heading = "There is no such page"
        advice = "The cluster may have been joined to another since, or the address may be mistyped."
        return HTMLResponse(self.pages.error(404, heading, advice), status_code=404)

    async def broken(self, request: Request, error: Exception) -> Response:
        heading = "This page could not be made"
        advice = "Nothing was changed. The reason stands in the terminal that runs the review page."
        return HTMLResponse(self.pages.error(500, heading, advice), status_code=500)


def make_app(desk: Desk) -> Starlette:
    handlers = Handlers(desk)
    app = Review(
        routes=[
            Route("/", handlers.queue),
            Route("/cluster/{cluster}", handlers.case, methods=["GET"]),
            Route("/cluster/{cluster}", handlers.decide, methods=["POST"]),
            Route("/cluster/{cluster}/template/{value}", handlers.template),
            Route("/about", handlers.about),
            _file("review.css", "text/css; charset=utf-8"),
            _file("varde.svg", "image/svg+xml"),
        ],
        exception_handlers={400: handlers.refused, 404: handlers.missing, 500: handlers.broken},
    )
    app.router.redirect_slashes = False
    return app


def serve(desk: Desk, host: str, port: int, *, announce: Callable[[str], None]) -> None:
    """Serves until Ctrl-C or SIGTERM. `announce` gets the address once it answers; port 0 takes a free one.

    Raises ServeError when the host is not loopback or the port is taken.
    """
    if host not in LOOPBACK:
        raise ServeError(
            f"--host {host}: the review page answers on this machine only; use --host 127.0.0.1, "
            "localhost or ::1. From another machine: ssh -L 8000:127.0.0.1:8000 THIS-MACHINE"
        )
    config = uvicorn.Config(
        make_app(desk), log_level="warning", access_log=False, server_header=False, lifespan="off",
        proxy_headers=False, ws="none",
    )  # fmt: skip
    with _listen(host, port) as listener, suppress(KeyboardInterrupt), terminable():
        shown = f"[{host}]" if ":" in host else host
        announce(f"http://{shown}:{listener.getsockname()[1]}/")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    address = "127.0.0.1" if host == "localhost" else host
    try:
        return socket.create_server((address, port), family=LOOPBACK[host])
    except OSError as error:
        raise ServeError(f"--port {port}: {error.strerror}; choose another, or --port 0 for any free one") from error


def _file(name: str, media_type: str) -> Route:
    """One static file, read once: nothing in a request can name another."""
    content = (STATIC / name).read_bytes()

    async def answer(_: Request) -> Response:
        return Response(content, media_type=media_type)

    return Route(f"/static/{name}", answer)


def _level(request: Request) -> Level | None:
    asked = request.query_params.get("level")
    if asked is not None and asked not in LEVELS:
        raise HTTPException(404)
    return LEVELS[asked] if asked else None


def _state(request: Request) -> str | None:
    asked = request.query_params.get("state")
    if asked is not None and not is_state(asked):
        raise HTTPException(404)
    return asked


def _whole(request: Request) -> bool:
    asked = request.query_params.get("all")
    if asked not in (None, "yes"):
        raise HTTPException(404)
    return asked == "yes"


def _page(request: Request) -> int:
    asked = request.query_params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 6):
        raise HTTPException(404)
    return int(asked)
