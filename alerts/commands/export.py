"""`varde export`: what was collected and concluded, for other systems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from alerts import rows
from alerts.export import FORMATS, CannotWrite, write_rows
from alerts.store import open_alerts
from crawler.console import say, store_option
from crawler.database import Database
from crawler.evidence import archive_folder
from crawler.manifest import newest_signed_crawl
from crawler.store import count_ads, open_store
from crawler.wacz import find_manifest, pack

WHAT: dict[str, Callable[[Database], Iterator[dict[str, Any]]]] = {
    "ads": rows.ads, "clusters": rows.clusters, "alerts": rows.alerts, "links": rows.links, "stays": rows.stays,
    "captures": rows.captures,
}  # fmt: skip


WACZ = "wacz"  # the format that packs evidence rather than writing rows


@click.command()
@click.argument("what", type=click.Choice(list(WHAT)))
@click.option("--format", "form", type=click.Choice([*FORMATS, WACZ]), default="jsonl", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help='"-" is stdout.',
)
@click.option("--crawl", type=int, help="Captures as wacz: the number of the crawl; the newest where it is left out.")
@click.option("--all-states", is_flag=True, help="Ads: also the indicators that are not stated or not computable.")
@store_option
def export(*, what: str, form: str, out: Path, crawl: int | None, all_states: bool, store: Path) -> None:
    """Write ads, clusters, alerts, links, stays or captures to a file.

    \b
    WHAT       jsonl  csv  wacz
    ads        yes    yes  no
    clusters   yes    yes  no
    alerts     yes    yes  no
    links      yes    yes  no
    stays      yes    yes  no
    captures   yes    yes  yes: one crawl with its pages, chain, signature and timestamp
    """
    if form == WACZ or crawl is not None:
        _pack(what, form, out, crawl, store)
        return
    if all_states and what != "ads":
        raise click.UsageError("--all-states goes with ads only")
    db = open_alerts(store)
    found: Iterable[dict[str, Any]] = rows.ads(db, all_states=all_states) if what == "ads" else WHAT[what](db)
    try:
        count = write_rows(found, out, FORMATS[form])
    except OSError as error:
        if str(out) == "-":
            raise  # crawler.cli ends every command whose stdout fails
        raise CannotWrite(f"{out}: cannot be written ({error.strerror})") from error
    if str(out) != "-":
        say(f"{count} {what} written to {out}")
    if what == "ads" and (unread := count_ads(db) - count):
        say(f"{unread} ad{'s are' if unread > 1 else ' is'} not read yet and left out; `varde analyse` reads them")


def _pack(what: str, form: str, out: Path, crawl: int | None, store: Path) -> None:
    if (what, form) != ("captures", WACZ) or str(out) == "-":
        raise click.UsageError(
            "wacz and --crawl go with captures, into a file: export captures --format wacz --out FILE"
        )
    newest = crawl or newest_signed_crawl(open_store(store, create=False))
    if newest is None:
        raise CannotWrite(f"{store}: no crawl in it is finished and signed; only such are packed")
    folder = archive_folder(store)
    try:
        pack(folder, find_manifest(folder, newest), out)
    except OSError as error:
        raise CannotWrite(f"{out}: cannot be written ({error.strerror})") from error
    say(f"crawl {newest} packed into {out}; `varde verify {out}` checks it")
