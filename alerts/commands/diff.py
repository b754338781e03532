"""`varde catalogue diff`: what a change of the catalogue would do to the alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from alerts.adopted import BadCatalogue, load_with
from alerts.cases import Level
from alerts.whatif import Move, Outcome, moves, outcomes
from crawler.console import json_option, say, show, store_option, write, write_json
from nlp.catalog_file import Indicator, own_folder

SHIPPED, CURRENT = "shipped", "current"
_LEVELS: tuple[Level, ...] = ("L0", "L1", "L2", "L3")


@click.command()
@click.argument("old")
@click.argument("new")
@store_option
@json_option
def diff(*, old: str, new: str, store: Path, as_json: bool) -> None:
    """How the alerts over the stored ads would change from one catalogue to another. Nothing is written.

    OLD and NEW are folders of indicators that add to those that come with Varde or override them; or "shipped", or
    "current" for the catalogue in use.
    """
    folders = [_folder(old), _folder(new)]
    entries = [load_with(folder) for folder in folders]
    say("reading the stored ads with both; this takes as long as two analyses")
    before, after = outcomes(store, folders)
    changed = _changed(*entries)
    found = {
        "entries": changed, "ads": _ads(before, after), "levels": _levels(before, after),
        "clusters": [_move(move) for move in moves(before, after)],
    }  # fmt: skip
    if as_json:
        write_json(found)
    else:
        _print(found)


def _folder(named: str) -> Path | None:
    if named == SHIPPED:
        return None
    if named == CURRENT:
        return own_folder()
    if not Path(named).is_dir():
        raise BadCatalogue(f"{named}: no folder; give one that holds *.toml files, or {SHIPPED}, or {CURRENT}")
    return Path(named)


def _changed(old: Mapping[str, Indicator], new: Mapping[str, Indicator]) -> dict[str, str]:
    """What differs between the entries of two catalogues, in words, by id."""
    found = {}
    for id in sorted({*old, *new}):
        if id not in old or id not in new:
            found[id] = "added" if id in new else "gone"
        elif old[id] != new[id]:
            said = [f.name for f in fields(Indicator) if f.compare]
            names = [name for name in said if getattr(old[id], name) != getattr(new[id], name)]
            found[id] = f"changed: {', '.join(names)}"
    return found


def _ads(before: Outcome, after: Outcome) -> dict[str, list[int]]:
    """For each indicator that more or fewer ads would show: how many did, and would."""
    pairs = {id: [before.ads.get(id, 0), after.ads.get(id, 0)] for id in sorted({*before.ads, *after.ads})}
    return {id: pair for id, pair in pairs.items() if pair[0] != pair[1]}


def _levels(before: Outcome, after: Outcome) -> dict[str, list[int]]:
    counted = [Counter(one.level for one in outcome.clusters.values()) for outcome in (before, after)]
    return {level: [levels[level] for levels in counted] for level in _LEVELS}


def _move(move: Move) -> dict[str, object]:
    return {
        "cluster": move.cluster, "from": move.old, "to": move.new, "gained": " ".join(move.gained),
        "lost": " ".join(move.lost), "rule": move.rule,
    }  # fmt: skip


def _print(found: Mapping[str, Any]) -> None:
    write(f"{id} {what}" for id, what in found["entries"].items())
    rows = [{"indicator": id, "ads_before": old, "ads_after": new} for id, (old, new) in found["ads"].items()]
    show(rows, as_json=False, empty="no ad would show anything else than it does")
    levels = found["levels"].items()
    show([{"level": name, "clusters_before": old, "clusters_after": new} for name, (old, new) in levels],
         as_json=False, empty="")  # fmt: skip
    show(found["clusters"], as_json=False, empty="no cluster would change its level")
