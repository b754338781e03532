"""`varde watch`: values that cases wait for, the ads of the past that carry them, and those to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from alerts.notify import notices
from alerts.notify.channels import choose, load_channels
from alerts.store import open_alerts
from alerts.watch import watchwords
from alerts.watch.watchlist import EXPIRES, Shown, Wanted, add, show_hits
from alerts.watch.watchrows import entry_line, entry_row, history_rows, hit_line, hit_row
from alerts.watch.watchstore import (
    NO_HITS,
    WATCH_KINDS,
    Tally,
    Watch,
    WatchError,
    WatchKind,
    find_watch,
    hits,
    mark_seen,
    remove_watch,
    tallies,
    watches,
)
from crawler.console import json_option, say, show, store_option, table, write, write_json

SHOWN = 50  # hits that are printed; with --json up to JSON_SHOWN
JSON_SHOWN = 1_000

_STANDINGS = {
    "pending": "to be sent",
    "sending": "being sent",
    "uncertain": "that may have been sent, and are not sent again",
    "failed": "given up",
}


@click.group()
def watch() -> None:
    """Watch for phones, accounts, pictures and texts: in the past and from now on."""


@watch.command("add")
@click.argument("kind", type=click.Choice(WATCH_KINDS))
@click.argument("value")
@click.option("--case", "case_ref", required=True, help="The reference of the case it is for.")
@click.option("--expires", metavar="DATE", help=f"The last day it stands on; {EXPIRES.days} days from now if left out.")
@click.option("--distance", type=int, help="Of an image: how many of the 256 bits may differ (31 if left out).")
@click.option("--notify", multiple=True, metavar="CHANNEL", help="Tell only this channel (again for more), or none.")
@store_option
@json_option
def add_entry(*, kind: WatchKind, value: str, case_ref: str, store: Path, as_json: bool, **more: Any) -> None:
    """Put a value on the watch-list, and search the whole past for it at once.

    KIND is phone, email, handle, url, payment, image (64 hexadecimal digits of a perceptual hash), text (words that
    must occur, next to each other) or template (the text of an ad, or the number of one: near-duplicates of it).
    """
    choose(load_channels(), more["notify"])
    db = open_alerts(store)
    entry, found = add(db, Wanted(kind=kind, typed=value, case_ref=case_ref, **more), say=say)
    shown = show_hits(db, entry, found[: JSON_SHOWN if as_json else SHOWN])
    if as_json:
        write_json(entry_row(entry, Tally(len(found), 0)) | {"found": [hit_row(one) for one in shown]})
        return
    if shown:
        write(table([hit_line(one) for one in shown]).splitlines())
    say(_added(entry, len(found)))
    if len(found) > SHOWN:
        say(f"{SHOWN} are shown; `varde watch hits {entry.id}` shows all")


def _added(entry: Watch, count: int) -> str:
    ads = "no ad" if count == 0 else f"{count:,} {'ad' if count == 1 else 'ads'}"
    value = entry.typed if entry.kind in ("text", "template") else entry.value
    return (
        f"entry {entry.id}: {ads} of the past; {entry.kind} {value} is watched for {entry.case_ref} until "
        f"{entry.expires_on}"
    )


@watch.command("list")
@click.option("--all", "removed_too", is_flag=True, help="Those that were removed too.")
@store_option
@json_option
def list_entries(*, removed_too: bool, store: Path, as_json: bool) -> None:
    """Every entry with its case, who added it, until when it stands, and how many ads matched."""
    db = open_alerts(store)
    counted = tallies(db)
    entries = [entry for entry in watches(db) if removed_too or entry.state != "removed"]
    if as_json:
        none = Tally(0, 0)
        write_json(
            [entry_row(entry, counted.get(entry.id, none)) | {"history": history_rows(db, entry)} for entry in entries]
        )
    else:
        show([entry_line(entry, counted.get(entry.id, NO_HITS)) for entry in entries], as_json=False, empty=_EMPTY)
    _say_standings(notices.standings(db))


_EMPTY = "nothing is watched for; `varde watch add KIND VALUE --case REF` does so, `--all` lists what was removed"


@watch.command("hits")
@click.argument("number", type=int, metavar="[ID]", required=False)
@click.option("--seen", is_flag=True, help="Count its hits as looked at from now on.")
@store_option
@json_option
def list_hits(*, number: int | None, seen: bool, store: Path, as_json: bool) -> None:
    """The ads that matched an entry, or those new ones that no one has looked at, the newest first."""
    db = open_alerts(store)
    if number is None:
        if seen:
            raise click.UsageError("--seen needs the ID of an entry")
        counted = tallies(db)
        new = {w.id: hits(db, w.id)[: counted[w.id].new] for w in watches(db) if w.id in counted}
        found = [(w, one) for w in watches(db) for one in show_hits(db, w, new.get(w.id, []))]
    else:
        entry = find_watch(db, number)
        found = [(entry, one) for one in show_hits(db, entry, hits(db, entry.id))]
    line: Callable[[Shown], dict[str, object]] = hit_row if as_json else hit_line
    rows = [{"entry": entry.id, "case": entry.case_ref} | line(one) for entry, one in found]
    show(rows, as_json=as_json, empty="no ad matched" if number else "no new hits; `varde watch hits ID` shows the old")
    if number is not None and seen:
        mark_seen(db, number)


@watch.command("remove")
@click.argument("number", type=int, metavar="ID")
@click.option("--reason", required=True, help="Why; it stays in the history.")
@store_option
def remove_entry(*, number: int, reason: str, store: Path) -> None:
    """Take an entry off the list. Entry, hits and reason stay in the history."""
    if not reason.strip():
        raise WatchError("--reason is empty; say why the entry is removed, such as 'case closed'")
    remove_watch(open_alerts(store), number, " ".join(reason.split()))
    say(f"entry {number} is removed; `varde watch list --all` shows it")


@watch.command("notify")
@store_option
@json_option
def send(*, store: Path, as_json: bool) -> None:
    """Send what is due to the channels of the file in $VARDE_NOTIFY."""
    channels = load_channels()
    if not channels:
        raise WatchError("VARDE_NOTIFY names no file with channels to send on; docs/watch.md shows one")
    db = open_alerts(store)
    done = import_module("alerts.notify.due").send_due(db, store, channels=channels, say=say)
    row = {"sent": done.sent, "put_off": done.put_off, "uncertain": done.uncertain, "failed": done.failed}
    show([row], as_json=as_json, empty="")
    _say_standings(notices.standings(db), known=[channel.name for channel in channels])


@watch.command("index")
@click.option("--off", is_flag=True, help="Drop it, and do without: texts and templates can then not be added.")
@store_option
def index(*, off: bool, store: Path) -> None:
    """Build the index of words that texts and templates are searched by, which is else done as ads are read."""
    db = open_alerts(store)
    watchwords.switch(db, on=not off)
    if off:
        say("the index is dropped, and not kept any more; `varde watch index` builds it again")
    else:
        say(f"{watchwords.catch_up(db, say=say):,} versions of ads indexed; what comes is added as it is read")


def _say_standings(standings: Sequence[notices.Standing], known: Iterable[str] | None = None) -> None:
    for line in standing_lines(standings, known):
        say(line)


def standing_lines(standings: Sequence[notices.Standing], known: Iterable[str] | None = None) -> Iterator[str]:
    """What waits to be sent or went wrong, in single lines."""
    for one in standings:
        lost = ", but no such channel is in the file" if known is not None and one.channel not in set(known) else ""
        when = f" from {one.due_at[:16]}" if one.state == "pending" else f", {one.changed_at[:16]}"
        why = f": {one.error}" if one.error else ""
        yield f"{one.channel}: {one.notices:,} notices {_STANDINGS[one.state]}{when}{lost}{why}"
