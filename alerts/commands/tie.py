"""`varde tie`: what a person decides about a key that ties ads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from alerts.linking import history
from alerts.linking.rulings import RulingKind
from alerts.reading.keys import KEY_KINDS
from alerts.store import open_alerts
from alerts.users import user_option
from crawler.console import json_option, say, show, store_option

_NEXT = "the next `varde analyse` links anew the ads that carry it"


@click.group()
def tie() -> None:
    """Cut or confirm what ties ads together; it can be taken back."""


def _ruling(command: Callable[..., None]) -> Callable[..., None]:
    """The options that both rulings have."""
    for option in reversed(
        [
            click.argument("kind", type=click.Choice(KEY_KINDS)),
            click.argument("value"),
            click.option("--reason", required=True, help="Why, for whoever reads it later."),
            user_option,
            store_option,
        ]
    ):
        command = option(command)
    return command


@tie.command("cut")
@_ruling
@click.option("--ad", default="", metavar="SITE/AD_ID", help="Cut only this ad off from the key.")
def cut(*, kind: str, value: str, reason: str, by: str, ad: str, store: Path) -> None:
    """Have a key tie no ads any more, or one ad no more."""
    _rule("cut", kind=kind, value=value, ad=ad, by=by, reason=reason, store=store)


@tie.command("confirm")
@_ruling
def confirm(*, kind: str, value: str, reason: str, by: str, store: Path) -> None:
    """Have a key tie the ads that carry it, though it is contested or held."""
    _rule("confirm", kind=kind, value=value, ad="", by=by, reason=reason, store=store)


@tie.command("undo")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why, for whoever reads it later.")
@user_option
@store_option
def undo(*, number: int, reason: str, by: str, store: Path) -> None:
    """Take a ruling back."""
    history.undo_ruling(open_alerts(store), number, by=by, reason=reason)
    say(f"ruling {number} taken back; {_NEXT}")


@tie.command("list")
@store_option
@json_option
def list_rulings(*, store: Path, as_json: bool) -> None:
    """List the rulings in force."""
    rows: list[dict[str, Any]] = [asdict(ruling) for ruling in history.rulings(open_alerts(store))]
    show(rows, as_json=as_json, empty="no ruling is in force")


def _rule(ruling: RulingKind, *, store: Path, **what: str) -> None:
    number = history.rule(open_alerts(store), ruling, **what)
    say(f"ruling {number}: {what['kind']} {what['value']} {ruling}; {_NEXT}")
