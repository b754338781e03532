"""`varde alerts`: the queue, or one alert with every reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from alerts.alertstore import STATES, queue
from alerts.alertstore import alerts as find_alerts
from alerts.cases import Alert, Decision, Held, Reason
from alerts.commands.decide import decide, undo
from alerts.decisions.verdicts import held_words
from alerts.review.words import load_words
from alerts.rows import alert_row
from alerts.store import open_alerts
from alerts.watch.watchstore import count_new
from crawler.console import json_option, say, show, store_option, write, write_json
from crawler.errors import VardeError


class NoAlert(VardeError):
    """There is no alert of that number. Raised by `varde alerts show`."""


@click.group(invoke_without_command=True)
@click.option("--level", type=click.Choice(["L2", "L3"]), help="Only this level.")
@click.option(
    "--state",
    type=click.Choice(STATES),
    help="Only this state; those joined to another alert are left out otherwise.",
)
@click.option("--all", "whole", is_flag=True, help="Also those that wait for a place in the queue, and those decided.")
@store_option
@json_option
@click.pass_context
def alerts(
    ctx: click.Context, *, level: str | None, state: str | None, whole: bool, store: Path, as_json: bool
) -> None:
    """Show the queue of alerts, or one alert with every reason.

    The queue takes up so many alerts a day (20, or $VARDE_ALERTS_A_DAY), the most pressing first and fairly across
    sites; it says how many wait. With --level, --state, --all or --json every alert that matches is shown.
    """
    ctx.obj = store
    if ctx.invoked_subcommand is not None:
        return
    if level or state or whole or as_json:
        found = find_alerts(open_alerts(store), level=level, state=state)
        rows = [alert_row(alert) for alert in found] if as_json else [_line(alert) for alert in found]
        show(rows, as_json=as_json, empty=_empty(level, state))
    else:
        _show_queue(store)


def _show_queue(store: Path) -> None:
    db = open_alerts(store)
    today = queue(db)
    show([_line(alert) for alert in today.shown], as_json=False, empty=_empty(None, None))
    if today.more:
        say(f"{today.more:,} more {'wait' if today.more > 1 else 'waits'} for a place; `varde alerts --all` lists all")
    if hits := count_new(db):
        say(f"{hits:,} watch-list {'hits are' if hits > 1 else 'hit is'} new; `varde watch hits` shows them")


def _empty(level: str | None, state: str | None) -> str:
    """Why the queue is empty, as far as the options say it."""
    if level or state:
        asked = " and ".join(part for part in (level and f"level {level}", state and f"state {state}") if part)
        return f"no alerts of {asked}; `varde alerts --all` lists all that stand"
    return "no alerts wait; `varde analyse` raises them from what was collected; --all also lists those decided"


alerts.add_command(decide)
alerts.add_command(undo)


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
    what = f"Alert {alert.id}" if alert.id else "No alert"
    state = alert.state if alert.id else f"{alert.state}: {words.states[alert.state]}"
    yield f"{what}: {alert.level} {words.levels[alert.level].name} · cluster {alert.cluster} · {state}"
    yield f"Rule: {alert.rule} ({held_words(alert.rule_held)})"
    yield f"Why now: {alert.why_now}"
    yield f"{alert.ads} ads on {', '.join(alert.sites)}, {alert.first_seen[:10]} to {alert.last_seen[:10]}"
    yield from reason_lines("For", alert.reasons, alert.held)
    yield from reason_lines("Against", alert.against)
    yield from decision_lines(alert.decisions)
    yield ""
    yield f"{words.caveat} {words.note} ({words.caveat_source})"


def decision_lines(decisions: tuple[Decision, ...]) -> Iterator[str]:
    """Every decision as a single line, those taken back included."""
    if decisions:
        yield from ("", "Decisions:")
    for one in decisions:
        what = f"took back {one.undoes}" if one.undoes else one.verdict
        undone = f" [undone by {one.undone_by}]" if one.undone_by else ""
        yield f"  {one.id:4} {one.at[:16]}  {one.by}: {what}{undone}: {' '.join(one.reason.split())}"


def reason_lines(heading: str, reasons: tuple[Reason, ...], held: Mapping[str, Held] | None = None) -> Iterator[str]:
    """Reasons as single lines for a terminal: weight, title, grade, source, record, quotes and the harmless reading."""
    words = load_words()
    yield ""
    yield f"{heading}:" if reasons else f"{heading}: nothing"
    for reason in reasons:
        support = f"{words.grade(reason.grade).name}; {reason.source}"
        yield f"  {reason.indicator:4} {reason.weight:+.1f}  {reason.title} ({support})"
        if held is not None:
            yield f"             {held_words(held.get(reason.indicator, Held()))}"
        if reason.note:
            yield f"             {reason.note}"
        for quote in reason.evidence[:3]:
            yield f"             “{' '.join(quote.quote.split())[:160]}”  {quote.site}/{quote.ad_id} {quote.field}"
        if reason.benign and heading == "For":
            yield f"             It may be harmless: {reason.benign}"
