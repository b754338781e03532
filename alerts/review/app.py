"""The review page as a web app: routes, answers to errors, and the server on loopback."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from alerts.cases import Level
from alerts.referral import load_referral
from alerts.review.desk import Desk
from alerts.review.guard import Guard
from alerts.review.render import Pages
from alerts.review.views import case_view, is_id, is_state, queue_view
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

    async def queue(self, request: Request) -> Response:
        level, state = _level(request), _state(request)
        alerts = self.desk.queue(level, state)
        view = queue_view(self.desk.totals(), alerts, _page(request), level=level, state=state)
        if view is None:
            raise HTTPException(404)
        return HTMLResponse(self.pages.queue(view))

    async def case(self, request: Request) -> Response:
        cluster = request.path_params["cluster"]
        case = self.desk.case(cluster) if is_id(cluster) else None
        view = case_view(case, _page(request)) if case else None
        if view is None:
            raise HTTPException(404)
        return HTMLResponse(self.pages.case(view))

    async def about(self, request: Request) -> Response:
        return HTMLResponse(self.pages.about())

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
            Route("/cluster/{cluster}", handlers.case),
            Route("/about", handlers.about),
            _file("review.css", "text/css; charset=utf-8"),
            _file("varde.svg", "image/svg+xml"),
        ],
        exception_handlers={404: handlers.missing, 500: handlers.broken},
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


def _page(request: Request) -> int:
    asked = request.query_params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 6):
        raise HTTPException(404)
    return int(asked)
