"""`varde review`: the review page on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from alerts.review.app import serve
from alerts.storedesk import StoreDesk
from crawler.console import say, store_option


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="An address of this machine; no other is served.")
@click.option("--port", type=click.IntRange(0, 65535), default=8800, show_default=True, help="0 takes any free one.")
@store_option
def review(*, host: str, port: int, store: Path) -> None:
    """Open the review page for investigators on this machine.

    It changes nothing but adds decisions, and is reachable from this machine only. Ctrl-C ends it.
    """
    serve(StoreDesk(store), host, port, announce=lambda url: say(f"review page: {url}  (Ctrl-C ends it)"))
