"""`varde catalogue`: the indicators in use, whether a catalogue is sound, and what a change of it would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from alerts.adopted import BadCatalogue, adopt, load_with
from alerts.cases import Level
from alerts.commands.suggest import suggest
from alerts.whatif import Move, Outcome, moves, outcomes
from crawler.console import json_option, say, show, store_option, write, write_json
from nlp.catalog_file import Indicator, own_folder
from nlp.catalog_page import write_means
from nlp.examples import find_faults
from nlp.list_examples import find_gaps

SHIPPED, CURRENT = "shipped", "current"
_TITLE = 68  # letters of a title in the table, which then is at most 100 wide
_LEVELS: tuple[Level, ...] = ("L0", "L1", "L2", "L3")


@click.group()
def catalogue() -> None:
    """List, show and check the indicators; say what a change would do.

    In use are those that come with Varde, and what the folder in $VARDE_CATALOGUE adds or overrides.
    """


catalogue.add_command(suggest)


@catalogue.command("list")
@json_option
def list_indicators(*, as_json: bool) -> None:
    """Every indicator in a line; with --json also its groups, kinds, languages and how it is found."""
    shipped = load_with(None)
    entries = load_with(own_folder()) if own_folder() else shipped
    line = _whole_line if as_json else _line
    show([line(entry, shipped) for entry in entries.values()], as_json=as_json, empty="")


@catalogue.command("show")
@click.argument("id")
@json_option
def show_indicator(*, id: str, as_json: bool) -> None:
    """One indicator with its source, its benign reading, its phrases and its examples."""
    entries = load_with(own_folder())
    if id.upper() not in entries:
        raise BadCatalogue(f"no indicator {id}; `varde catalogue list` shows them")
    entry = entries[id.upper()]
    if as_json:
        write_json(_whole(entry))
    else:
        write(_page(entry))


@catalogue.command("check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(*, folder: Path | None) -> None:
    """Is a catalogue sound? Reads it strictly, and then every example text, which must show its indicator or must not.

    Each phrase list must have examples of its own in its language, in which it does the work by itself.

    FOLDER holds indicators that add to those that come with Varde, or override them; left out: the catalogue in use.
    """
    adopt(folder or own_folder())  # the examples are read with the catalogue in use
    entries = load_with(own_folder())
    faults, gaps = find_faults(entries), find_gaps(entries)
    write(f"{fault.id}: {fault.says}: {fault.text!r}" for fault in faults)
    write(map(str, gaps))
    examples = sum(_examples(entry) for entry in entries.values())
    if faults or gaps:
        raise BadCatalogue(f"{len(faults)} of {examples:,} examples fail; {len(gaps)} are missing")
    say(f"{len(entries)} indicators; all {examples:,} examples hold, and each phrase list has its own")


@catalogue.command("diff")
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


def _line(entry: Indicator, shipped: Mapping[str, Indicator]) -> dict[str, object]:
    title = entry.title if len(entry.title) <= _TITLE else f"{entry.title[: _TITLE - 1].rstrip()}…"
    return {
        "id": entry.id, "title": title, "weight": entry.weight, "grade": entry.grade, "from": _origin(entry, shipped),
    }  # fmt: skip


def _whole_line(entry: Indicator, shipped: Mapping[str, Indicator]) -> dict[str, object]:
    return {
        "id": entry.id, "title": entry.title, "weight": entry.weight, "grade": entry.grade,
        "groups": " ".join(entry.groups), "kinds": " ".join(entry.applies_to),
        "languages": " ".join(entry.languages), "found_by": write_means(entry, languages=False),
        "from": _origin(entry, shipped),
    }  # fmt: skip


def _origin(entry: Indicator, shipped: Mapping[str, Indicator]) -> str:
    return "Varde" if shipped.get(entry.id) == entry else "own"


def _whole(entry: Indicator) -> dict[str, Any]:
    return {field.name: _plain(getattr(entry, field.name)) for field in fields(entry)}


def _plain(value: Any) -> Any:
    return {key: _plain(part) for key, part in value.items()} if isinstance(value, Mapping) else value


def _page(entry: Indicator) -> Iterator[str]:
    yield f"{entry.id} {entry.title}"
    yield f"  kinds of ad   {', '.join(entry.applies_to)}"
    yield f"  group         {', '.join(entry.groups)}"
    yield f"  weight        {entry.weight:g}, grade {entry.grade}"
    yield f"  source        {entry.source}"
    yield f"  found by      {write_means(entry)}"
    yield f"  benign        {entry.benign}"
    lexicons = {"phrases": entry.phrases, **entry.parts, "contrary": entry.contrary, "unless": entry.unless}
    for name, lexicon in lexicons.items():
        for language, phrases in lexicon.items():
            yield f"  {name} {language}: {' · '.join(phrases)}"
    for pattern in entry.patterns:
        yield f"  pattern       {pattern}"
    for label, texts in (("shows it", entry.hits), ("does not", entry.misses)):
        for text in texts:
            yield f"  {label}      {text}"


def _examples(entry: Indicator) -> int:
    return len(entry.hits) + len(entry.misses)


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
