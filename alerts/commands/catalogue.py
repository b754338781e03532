"""`varde catalogue`: the indicators in use, and the commands that read ads by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import click

from alerts.adopted import BadCatalogue, load_with
from crawler.console import json_option, show, write, write_json
from crawler.latecommands import LateGroup, Target
from nlp.catalog_file import Indicator, own_folder
from nlp.catalog_page import write_means

LATE = {  # they load what reads and judges ads, or decisions, which the others do without
    "check": Target(
        "alerts.commands.check:check", "Is a catalogue sound? Reads it strictly, and then every example text."
    ),
    "diff": Target(
        "alerts.commands.diff:diff",
        "How the alerts over the stored ads would change from one catalogue to another. Nothing is written.",
    ),
    "suggest": Target(
        "alerts.commands.suggest:suggest",
        "Propose other weights, by what was decided on the alerts that each indicator spoke for. Nothing is changed.",
    ),
}
_TITLE = 68  # letters of a title in the table, which then is at most 100 wide


@click.group(cls=LateGroup, late=LATE)
def catalogue() -> None:
    """List, show and check the indicators; say what a change would do.

    In use are those that come with Varde, and what the folder in $VARDE_CATALOGUE adds or overrides.
    """


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
