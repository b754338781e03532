"""`varde crawl`: run the spiders now."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from crawler.console import json_option, say, show, store_option
from crawler.database import Database, OperationalError
from crawler.evidence import archive_folder
from crawler.manifest import write_missing_manifests
from crawler.runs import CrawlReport
from crawler.runs import crawl as run_crawls
from crawler.signing import SigningKey, load_signing_key
from crawler.sites import load_all, load_sites
from crawler.sitesfolder import sites_option
from crawler.stamps import stamp_pending
from crawler.store import open_store

_REASONS = 10  # the most that are told of one site


@click.command()
@click.argument("sites", nargs=-1, metavar="SITE...")
@click.option("--all", "all_sites", is_flag=True, help="Every site file of the folder.")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Fetch at most this many pages of each site; the next run goes on."
)
@sites_option
@store_option
@json_option
def crawl(
    sites: tuple[str, ...], *, all_sites: bool, limit: int | None, folder: Path, store: Path, as_json: bool
) -> None:
    """Run the spiders of one site, several, or all, now.

    A crawl that was interrupted, or stopped by --limit, goes on where it stood. Ctrl-C stops cleanly.
    Exits with 1 when a site was left out, gave no page, was stopped before its end, or blocks the crawl.
    """
    if sites and all_sites:
        raise click.UsageError("--all is every site of the folder; name sites, or give --all, not both")
    if not sites and not all_sites:
        raise click.UsageError("name one or more sites, or --all; `varde sites` lists them")
    chosen, faults = load_all(folder) if all_sites else (load_sites(folder, dict.fromkeys(sites)), [])
    for line in "\n".join(faults).splitlines():
        say(f"Error: {line}")
    if faults and not chosen:
        raise click.exceptions.Exit(1)
    db, folder = open_store(store, create=True), archive_folder(store)
    key = load_signing_key(store)  # before anything is fetched that it could not sign
    say(f"crawling {', '.join(site.name for site in chosen)} into {store}")
    reports = run_crawls(chosen, db, folder, limit=limit)
    _sign_off(db, folder, key)
    show([_row(report) for report in reports], as_json=as_json, empty="no sites")
    for report in reports:
        _explain(report)
    if faults or any(_is_short(report) for report in reports):
        sys.stdout.flush()
        raise click.exceptions.Exit(1)


def _sign_off(db: Database, folder: Path, key: SigningKey) -> None:
    """Sign what is finished, also what a run that was cut off left unsigned, and have it timestamped."""
    try:
        write_missing_manifests(db, folder, key)
        stamp_pending(folder)
    except (OSError, OperationalError) as error:
        say(f"not signed yet: {error}; the next crawl signs it")


def _is_short(report: CrawlReport) -> bool:
    """Was the site left out, stopped before its end, or gave it no page?"""
    return report.outcome not in ("finished", "changed", "limited") or not report.states.get("done")


def _row(report: CrawlReport) -> dict[str, object]:
    states = report.states
    return {
        "site": report.site, "outcome": report.outcome, "pages": report.pages, "done": states.get("done", 0),
        "failed": states.get("failed", 0), "excluded": states.get("excluded", 0), "queued": states.get("queued", 0),
        "new": report.ads["new"], "changed": report.ads["changed"], "same": report.ads["same"],
        "events": sum(happened.times for happened in report.events),
    }  # fmt: skip


def _explain(report: CrawlReport) -> None:
    """Say in words what the table's numbers do not."""
    if report.resumed:
        say(f"{report.site}: went on with an interrupted crawl")
    for line in (*_reasons(report), *_pictures(report), *_events(report)):
        say(f"{report.site}: {line}")
    if report.note:
        say(f"{report.site}: {report.note}")
    if report.outcome == "limited":
        say(f"{report.site}: stopped at the limit; the next `varde crawl {report.site}` goes on")
    if report.outcome == "running":
        say(f"{report.site}: stopped; `varde crawl {report.site}` goes on")


def _reasons(report: CrawlReport) -> Iterator[str]:
    """Why pages gave nothing."""
    reasons = list(report.reasons.items())
    if len(reasons) == 1 and reasons[0][0] in report.note:  # every page failed for it, as the note says
        return
    for reason, pages in reasons[:_REASONS]:
        yield f"{pages} page{'s' if pages > 1 else ''}: {reason}"
    if len(reasons) > _REASONS:
        yield f"and {len(reasons) - _REASONS} more reasons"


def _pictures(report: CrawlReport) -> Iterator[str]:
    """What became of the ads' pictures, where the site file lets them be hashed."""
    if report.pictures:
        yield "pictures: " + ", ".join(f"{number} {outcome}" for outcome, number in report.pictures.items())


def _events(report: CrawlReport) -> Iterator[str]:
    """What the site did that it should not have, but for what the reasons and the note say already."""
    told = {report.note, *report.reasons}
    events = [happened for happened in report.events if happened.detail not in told]
    for happened in events[:_REASONS]:
        times = f"{happened.times} times " if happened.times > 1 else ""
        yield f"security event {happened.kind}: {times}{happened.detail}"
    if len(events) > _REASONS:
        yield f"and {len(events) - _REASONS} more security events"
