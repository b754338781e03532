"""`varde import`: ads from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from crawler.ads import KEYS, KINDS
from crawler.archived import import_archive, is_archive
from crawler.console import json_option, resumable, say, show, store_option
from crawler.imports import ImportReport, import_file
from crawler.sites import Site, load_sites
from crawler.sitesfolder import sites_option
from crawler.store import open_store


def _columns(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    wrong = [value for value, (col, _sep, key) in zip(values, pairs, strict=True) if not col or not _is_target(key)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r}; it takes COLUMN=KEY with KEY one of {', '.join(KEYS)}, extra.x, or -")
    return {col: key for col, _sep, key in pairs}


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Said at once, not once for every row of a long file."""
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        moment = None
    if not value or (moment and moment.tzinfo):
        return value
    raise click.BadParameter(f"{value!r}; it takes ISO 8601 with an offset, such as 2026-05-01T12:00:00+02:00")


def _is_target(key: str) -> bool:
    return key in KEYS or key == "-" or (key.startswith("extra.") and len(key) > len("extra."))


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@click.option("--kind", type=click.Choice(KINDS), help="What the ads are, for rows that do not say it.")
@click.option(
    "--site", help="Where the ads come from, for rows that do not say it; for web archives the name of a site file."
)
@click.option(
    "--seen-at", callback=_moment, help="When they were seen (ISO 8601 with offset), for rows that do not say it."
)
@click.option("--map", "columns", multiple=True, callback=_columns, metavar="COLUMN=KEY",
              help="What a column is; extra.x keeps it aside, - leaves it out, # is the row's number.")  # fmt: skip
@sites_option
@store_option
@json_option
def import_ads(files: tuple[Path, ...], *, columns: dict[str, str], folder: Path, store: Path, as_json: bool,
               **given: str | None) -> None:  # fmt: skip
    """Take ads from JSON Lines or CSV files, or from web archives (WARC, WACZ).

    "-" is JSON Lines on stdin. Rows and pages that are no ads are kept in FILE.rejected.jsonl, and the exit code is 3.
    """
    values = {key: value for key, value in given.items() if value}
    sites = {file: _site_of(file, folder, given["site"]) for file in files if is_archive(file)}
    db = open_store(store, create=True)
    reports: list[ImportReport] = []
    with resumable():
        for file in files:
            say(f"importing {file}")
            if site := sites.get(file):
                reports.append(import_archive(db, file, site))
            else:
                reports.append(import_file(db, file, given=values, columns=columns))
    show(_rows(reports, as_json=as_json), as_json=as_json, empty="no files")
    if any(report.rejected for report in reports):
        raise click.exceptions.Exit(3)


def _rows(reports: Sequence[ImportReport], *, as_json: bool) -> list[dict[str, object]]:
    """A row a file; what only archives have is not shown where there is none of it."""
    rows = [asdict(report) for report in reports]
    unused = {name for name in ("lists", "passed_over") if not as_json and not any(row[name] for row in rows)}
    return [{name: value for name, value in row.items() if name not in unused} for row in rows]


def _site_of(file: Path, folder: Path, name: str | None) -> Site:
    """The site file that says how the pages of an archive are read. Raises SiteError."""
    if not name:
        raise click.UsageError(f"{file}: a web archive is read with a site file; say which: --site NAME [--sites DIR]")
    return load_sites(folder, [name])[0]
