"""`varde catalogue suggest`: other weights that the decisions speak for, with the numbers."""

from __future__ import annotations

from pathlib import Path

import click

from alerts.adopted import load_with
from alerts.decisions.suggest import Suggestion, changes, suggestions
from alerts.decisions.trackrecord import load_record
from alerts.store import open_alerts
from crawler.console import json_option, say, show, store_option
from nlp.catalog_file import own_folder


@click.command("suggest")
@store_option
@json_option
def suggest(*, store: Path, as_json: bool) -> None:
    """Propose other weights, by what was decided on the alerts that each indicator spoke for. Nothing is changed.

    To take a proposal up, override the indicator in the folder that $VARDE_CATALOGUE names; `varde catalogue diff` says
    first what that would do.
    """
    record = load_record(open_alerts(store))
    found = suggestions(record, load_with(own_folder()))
    line = _whole_line if as_json else _line
    show([line(one) for one in found], as_json=as_json, empty="no decided alert speaks of an indicator yet")
    if found and not as_json:
        proposed = list(changes(found))
        say(f"{record.overall.held} of {record.overall.decided} alerts decided held up")
        say(f"for {len(proposed)} of {len(found)} indicators another weight is proposed; nothing was changed")
        for why in dict.fromkeys(one.why for one in proposed):
            say(f"the rule: {why}")


def _line(one: Suggestion) -> dict[str, object]:
    low, high = one.held.low or 0.0, one.held.high or 0.0
    return {
        "indicator": one.indicator, "title": one.title[:40], "decided": one.held.decided, "held": one.held.held,
        "interval": f"{low:.0%}–{high:.0%}", "grade": one.grade, "weight": one.weight,
        "proposed": "" if one.proposed is None else f"{one.proposed:g}",
        "why": one.why if one.proposed is None else "the decisions say otherwise",
    }  # fmt: skip


def _whole_line(one: Suggestion) -> dict[str, object]:
    held = one.held
    return {
        "indicator": one.indicator, "title": one.title, "grade": one.grade, "decided": held.decided, "held": held.held,
        "precision": round(held.held / held.decided, 4), "low": held.low, "high": held.high, "weight": one.weight,
        "proposed": one.proposed, "why": one.why,
    }  # fmt: skip
