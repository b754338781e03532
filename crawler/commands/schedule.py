"""`varde schedule`: run the crawls when the site files say so."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from crawler import runlog
from crawler.console import json_option, say, show, store_option
from crawler.database import Database
from crawler.keeper import Keeper
from crawler.sites import Site, load_all
from crawler.sitesfolder import sites_option
from crawler.store import open_store
from crawler.timelock import is_held, only_timetable, timetable_lock
from crawler.timetable import next_turn, plan_of


@click.command()
@click.option("--list", "as_list", is_flag=True, help="Show each site's next and last run, and start nothing.")
@click.option(
    "--at-once", type=click.IntRange(1, 64), default=4, show_default=True,
    help="How many sites are crawled at once; others wait.",
)  # fmt: skip
@sites_option
@store_option
@json_option
def schedule(*, as_list: bool, at_once: int, folder: Path, store: Path, as_json: bool) -> None:
    """Run the crawls when the site files say so, until stopped.

    After the machine was off or the process was killed, one missed run a site is caught up, and a crawl that was
    interrupted goes on. Site files are read again when they change. Ctrl-C or SIGTERM stops cleanly.
    """
    if as_list:
        _list(folder, store, as_json=as_json)
        return
    if as_json:
        raise click.UsageError("--json is for --list")
    with only_timetable(store), closing(open_store(store, create=True)) as db:
        say(f"crawling the sites of {folder} into {store} when they are due; Ctrl-C stops")
        asyncio.run(Keeper(db, store, folder, at_once=at_once).keep())
    say("stopped; what was read is stored, `varde schedule` goes on")


def _list(folder: Path, store: Path, *, as_json: bool) -> None:
    sites, faults = load_all(folder)
    is_running = is_held(timetable_lock(store))
    with ExitStack() as stack:
        db = stack.enter_context(closing(open_store(store, create=False))) if store.exists() else None
        rows = [_row(site, db, is_running=is_running) for site in sites]
    for row in [] if as_json else rows:
        row["schedule"] = row["schedule"] or "no schedule"
    show(rows, as_json=as_json, empty=f"no site files in {folder}")
    if not is_running:
        say("no `varde schedule` is running on this store: nothing starts by itself")
    for line in "\n".join(faults).splitlines():
        say(f"Error: {line}")
    if faults:
        sys.stdout.flush()
        raise click.exceptions.Exit(1)


def _row(site: Site, db: Database | None, *, is_running: bool) -> dict[str, object]:
    zone, now, plan = ZoneInfo(site.timezone), datetime.now(UTC), plan_of(site)
    past = (db and runlog.past_of(db, site.name, now)) or runlog.Past(now)
    last = runlog.last_run(db, site.name) if db else None
    if last and last.outcome == "running" and not is_running:  # its timetable died
        last, past = replace(last, outcome="interrupted"), replace(past, unfinished=last.due_at)
    turn = next_turn(plan, past, now) if plan else None
    return {
        "site": site.name,
        "schedule": site.schedule or None,
        "timezone": site.timezone,
        "next_run": _local(turn.start_at, zone) if turn else None,
        "last_run": _local(last.started_at, zone) if last else None,
        "outcome": last.outcome if last else None,
        "health": runlog.crawl_note(db, site.name) if db else "",
    }


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")
