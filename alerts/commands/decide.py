"""`varde alerts decide` and `undo`: what a person found an alert to be, kept for good."""

from __future__ import annotations

from pathlib import Path

import click

from alerts.cases import Decision, Verdict
from alerts.decisions import decisionstore
from alerts.decisions.verdicts import UNDONE, parse_verdict
from alerts.review.words import load_words
from alerts.store import open_alerts
from alerts.users import user_option
from crawler.console import json_option, say, store_option, write_json


def _explained() -> str:
    """The verdicts with what each means, a line each."""
    words = load_words().verdicts
    return "\b\n" + "\n".join(f"{verdict:10}  {words[verdict].meaning}" for verdict in Verdict)


@click.command(epilog=_explained())
@click.argument("number", type=int, metavar="ID")
@click.argument("verdict", type=click.Choice([str(verdict) for verdict in Verdict]), metavar="VERDICT")
@click.option("--reason", required=True, help="What it rests on, in a few words.")
@user_option
@store_option
@json_option
def decide(*, number: int, verdict: str, reason: str, by: str, store: Path, as_json: bool) -> None:
    """Store what you found an alert to be. Nothing is changed or deleted later: `undo` takes it back by a new entry.

    VERDICT is one of those explained below.
    """
    db = open_alerts(store)
    _show(decisionstore.decide(db, number, parse_verdict(verdict), reason=reason, by=by), as_json)


@click.command()
@click.argument("decision", type=int, metavar="DECISION_ID")
@click.option("--reason", required=True, help="Why it is taken back.")
@user_option
@store_option
@json_option
def undo(*, decision: int, reason: str, by: str, store: Path, as_json: bool) -> None:
    """Take a decision back. It stays in the record, marked as undone."""
    db = open_alerts(store)
    _show(decisionstore.undo(db, decision, reason=reason, by=by), as_json)


def _show(decision: Decision, as_json: bool) -> None:
    if as_json:
        write_json(decision_row(decision))
    elif decision.verdict == UNDONE:
        say(f"decision {decision.undoes} on alert {decision.alert} is undone, by entry {decision.id}")
    else:
        say(f"decision {decision.id}: alert {decision.alert} is {decision.verdict}; "
            f"`varde alerts undo {decision.id}` takes it back")  # fmt: skip


def decision_row(decision: Decision) -> dict[str, object]:
    return {
        "decision": decision.id, "alert": decision.alert, "at": decision.at, "by": decision.by,
        "verdict": decision.verdict, "reason": decision.reason, "undoes": decision.undoes,
    }  # fmt: skip
