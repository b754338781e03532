"""`varde alerts`: the queue, or one alert with every reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from alerts.alertstore import alerts as find_alerts
from alerts.cases import Alert, Reason
from alerts.review.words import load_words
from alerts.rows import alert_row
from alerts.store import open_alerts
from crawler.console import json_option, show, store_option, write, write_json
from crawler.errors import VardeError


class NoAlert(VardeError):
    """There is no alert of that number. Raised by `varde alerts show`."""


@click.group(invoke_without_command=True)
@click.option("--level", type=click.Choice(["L2", "L3"]), help="Only this level.")
@click.option(
    "--state",
    type=click.Choice(["new", "lapsed", "joined"]),
    help="Only this state; those joined to another alert are left out otherwise.",
)
@store_option
@json_option
@click.pass_context
def alerts(ctx: click.Context, *, level: str | None, state: str | None, store: Path, as_json: bool) -> None:
    """Show the queue of alerts, or one alert with every reason."""
    ctx.obj = store
    if ctx.invoked_subcommand is None:
        found = find_alerts(open_alerts(store), level=level, state=state)
        rows = [alert_row(alert) for alert in found] if as_json else [_line(alert) for alert in found]
        show(
            rows,
            as_json=as_json,
            empty=_empty(level, state),
        )


def _empty(level: str | None, state: str | None) -> str:
    """Why the queue is empty, as far as the options say it."""
    if level or state:
        asked = " and ".join(part for part in (level and f"level {level}", state and f"state {state}") if part)
        return f"no alerts of {asked}; `varde alerts` without these options lists all that stand"
    return "no alerts; `varde analyse` raises them from what was crawled or imported"


@alerts.command("show")
@click.argument("number", type=int, metavar="ID")
@store_option
@json_option
def show_alert(*, number: int, store: Path, as_json: bool) -> None:
    """One alert with every reason for and against it, quoted."""
    found = find_alerts(open_alerts(store), number=number)
    if not found:
        raise NoAlert(f"no alert {number}; `varde alerts` lists those that stand")
    if as_json:
        write_json(alert_row(found[0]))
    else:
        write(alert_lines(found[0]))


def _line(alert: Alert) -> dict[str, object]:
    return {
        "alert": alert.id, "level": alert.level, "state": alert.state, "cluster": alert.cluster, "ads": alert.ads,
        "sites": len(alert.sites), "kinds": ", ".join(alert.kinds), "score": alert.score,
        "last_seen": alert.last_seen[:10], "why": alert.rule,
    }  # fmt: skip


def alert_lines(alert: Alert) -> Iterator[str]:
    """An alert as single lines for a terminal."""
    words = load_words()
    yield f"Alert {alert.id}: {alert.level} {words.levels[alert.level].name} · cluster {alert.cluster} · {alert.state}"
    yield f"Rule: {alert.rule}"
    yield f"Why now: {alert.why_now}"
    yield f"{alert.ads} ads on {', '.join(alert.sites)}, {alert.first_seen[:10]} to {alert.last_seen[:10]}"
    yield from reason_lines("For", alert.reasons)
    yield from reason_lines("Against", alert.against)
    yield ""
    yield f"{words.caveat} ({words.caveat_source})"


def reason_lines(heading: str, reasons: tuple[Reason, ...]) -> Iterator[str]:
    """Reasons as single lines for a terminal: weight, title, grade, source, quotes and the harmless reading."""
    words = load_words()
    yield ""
    yield f"{heading}:" if reasons else f"{heading}: nothing"
    for reason in reasons:
        support = f"{words.grade(reason.grade).name}; {reason.source}"
        yield f"  {reason.indicator:4} {reason.weight:+.1f}  {reason.title} ({support})"
        if reason.note:
            yield f"             {reason.note}"
        for quote in reason.evidence[:3]:
            yield f"             “{' '.join(quote.quote.split())[:160]}”  {quote.site}/{quote.ad_id} {quote.field}"
        if reason.benign and heading == "For":
            yield f"             It may be harmless: {reason.benign}"
