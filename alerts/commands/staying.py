"""`varde market turnover` and `varde market survival`: who comes and goes, and how long ads stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from alerts.population.countsfile import SHAPES, BadCounts, read_counts
from alerts.population.histories import Histories
from alerts.population.survival import Span, kaplan_meier, median_days, share_after
from alerts.population.turnover import Turnover, jolly_seber, occasions_of
from alerts.store import open_alerts
from crawler.console import json_option, say, show, store_option, write
from crawler.store import AdRow, ad_rows

WINDOWS = (7, 14, 28, 90)  # days
EVERY = "all sites"
_DAY = 86400
_OF_TURNOVER = (
    "Of what was advertised within reach of the occasions: neither persons nor victims. Intervals are of 95 %.",
    "Whoever is out of reach for a while counts as gone, and then as new.",
)
_OF_SURVIVAL = (
    "Shares of ads that last longer than so many days: of ads, not of persons, and one person may advertise anew.",
    "Ads that were there before the first crawl, or came and went between two, make it too long.",
)


@click.command("turnover", epilog=f"FILE is CSV: {SHAPES}.")
@click.option("--counts", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Capture histories; the lists are occasions, in their order.")  # fmt: skip
@json_option
def turnover(*, file: Path, as_json: bool) -> None:
    """Estimate size, staying and coming at each occasion of an open population (Jolly-Seber).

    `staying` is the share that is still there at the next occasion, `coming` how many are new there.
    """
    counts = read_counts(file)
    if not isinstance(counts, Histories):
        raise BadCounts(f"{file}: who came and went shows in histories only: a list of 0 and 1 for each occasion")
    found = jolly_seber(occasions_of(counts))
    show([asdict(one) if as_json else _line(one) for one in found], as_json=as_json, empty="")
    _limit(_OF_TURNOVER, as_json=as_json)


def _line(one: Turnover) -> dict[str, object]:
    def short(value: float | None, digits: int = 1) -> str:
        return "" if value is None else f"{value:.{digits}f}"

    return {
        "occasion": one.name, "observed": one.observed, "estimate": short(one.estimate), "se": short(one.se),
        "low": short(one.low), "high": short(one.high), "staying": short(one.staying, 3), "coming": short(one.coming),
    }  # fmt: skip


@click.command("survival")
@store_option
@json_option
def survival(*, store: Path, as_json: bool) -> None:
    """Estimate how long the ads of the store stay, by site (Kaplan-Meier).

    An ad stays from when it was first seen to when it was last seen; it ended if its site no longer offered it then.
    One that is still offered counts for as long as it was seen.
    """
    rows = [_site(name, spans, whole=as_json) for name, spans in _spans(ad_rows(open_alerts(store))).items()]
    show(rows, as_json=as_json, empty="the store holds no ads")
    if rows:
        _limit(_OF_SURVIVAL, as_json=as_json)


def _limit(lines: Iterable[str], *, as_json: bool) -> None:
    """What the figures do not say, below the table; beside JSON, on stderr."""
    if not as_json:
        write(["", *lines])
        return
    for line in lines:
        say(line)


def _spans(ads: Iterable[AdRow]) -> Mapping[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for ad in ads:
        length = datetime.fromisoformat(ad.last_seen) - datetime.fromisoformat(ad.first_seen)
        span = Span(length.total_seconds() / _DAY, ad.gone_at is not None)
        found[EVERY].append(span)
        found[ad.site].append(span)
    return found


def _site(name: str, spans: list[Span], *, whole: bool) -> dict[str, object]:
    points = kaplan_meier(spans)
    median = median_days(points)
    row: dict[str, object] = {
        "site": name, "ads": len(spans), "ended": sum(span.ended for span in spans),
        "median_days": None if median is None else round(median, 1),
    }  # fmt: skip
    row |= {f"after_{days}_days": round(share_after(points, days), 3) for days in WINDOWS}
    return row | {"points": [asdict(point) for point in points]} if whole else row
