"""`varde market report` and `varde report yearly`: pages with plots for people, and the tables behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from alerts.commands.framing import frame_of, period_options
from alerts.reports.binding import Bound, bind
from alerts.reports.market import make_market
from alerts.reports.words import LANGUAGES, load_words
from alerts.reports.yearly import make_yearly
from alerts.sampling.folder import check_folder
from alerts.store import open_alerts
from crawler.console import json_option, say, store_option, write, write_json

out_option = click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
language_option = click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True,
                               help="Of the report: Norwegian Bokmål or English.")  # fmt: skip


@click.command("report")
@out_option
@language_option
@click.option("--window", type=click.IntRange(1, 3660), metavar="DAYS", default=14, show_default=True,
              help="How long the stretches of time of the trends are.")  # fmt: skip
@period_options(needed=True)
@store_option
@json_option
def market_report(*, out: Path, language: str, window: int, store: Path, as_json: bool, **options: Any) -> None:
    """Write a market report into a new folder: HTML and PDF with plots, and the tables behind them as CSV.

    Trends with intervals, a map by county, sites compared, how long ads stay, estimates side by side, and coverage.
    Units are counted apart; figures of fewer than five are withheld.
    """
    frame = replace(frame_of({**options, "by": "site", "window": None, "unit": "contact"}), window=window)
    check_folder(out)
    _tell(bind(make_market(open_alerts(store), frame), load_words(language), out), out, as_json=as_json)


@click.group()
def report() -> None:
    """Write the status report of a year, as HTML, PDF and CSV."""


@report.command("yearly")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="The year, by days of UTC.")
@out_option
@language_option
@store_option
@json_option
def yearly(*, year: int, out: Path, language: str, store: Path, as_json: bool) -> None:
    """Write the status report of a year: indicators, forms, places, ages, means, trends, decisions, what is not known.

    Figures of fewer than five are withheld. No texts, names or numbers of anybody are in it.
    """
    check_folder(out)
    _tell(bind(make_yearly(open_alerts(store), year), load_words(language), out), out, as_json=as_json)


def _tell(bound: Bound, out: Path, *, as_json: bool) -> None:
    if bound.no_pdf:
        say(f"no PDF: it {bound.no_pdf}" if bound.no_pdf.startswith("needs") else f"no PDF: {bound.no_pdf}")
    if as_json:
        write_json({"folder": str(out), "files": bound.files, "no_pdf": bound.no_pdf})
    else:
        write([f"report written to {out}: {len(bound.files)} files, report.html first"])
