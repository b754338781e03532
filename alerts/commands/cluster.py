"""`varde cluster`: one cluster, whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from alerts.casefile import load_case
from alerts.cases import Case
from alerts.commands.alerts import alert_lines
from alerts.store import open_alerts
from crawler.console import json_option, store_option, table, write, write_json
from crawler.errors import VardeError


class NoCluster(VardeError):
    """There is no cluster of that name. Raised by `varde cluster`."""


@click.command()
@click.argument("cluster", metavar="ID")
@store_option
@json_option
def cluster(*, cluster: str, store: Path, as_json: bool) -> None:
    """Show one cluster: members, links with reasons, timeline."""
    case = load_case(open_alerts(store), cluster)
    if case is None:
        raise NoCluster(f"no cluster {cluster!r}; `varde export clusters` lists them, `varde alerts` those to look at")
    if as_json:
        write_json(asdict(case))
    else:
        write(case_lines(case))


def case_lines(case: Case) -> Iterator[str]:
    """A case as single lines for a terminal."""
    if case.alert:
        yield from alert_lines(case.alert)
    yield from _part(f"Ads of {case.cluster}:", [
        {"no": ad.ad, "site": ad.site, "ad": ad.ad_id, "kind": ad.kind, "language": ad.language,
         "first_seen": ad.first_seen[:10], "last_seen": ad.last_seen[:10], "versions": ad.observations,
         "title": ad.fields.get("title", "")[:60]}
        for ad in case.ads
    ])  # fmt: skip
    yield from _part("Links:", [
        {"ad": link.ad, "to": link.other, "by": link.kind, "value": link.value, "strength": link.strength,
         "why": link.why}
        for link in case.links
    ])  # fmt: skip
    yield from _part(
        "Timeline:", [{"at": event.at[:16], "ad": event.ad, "what": event.what} for event in case.timeline]
    )
    yield from ("", "Whom to turn to:")
    yield from (f"  {body.body}: {body.contact} ({body.why})" for body in case.referral)


def _part(heading: str, rows: list[dict[str, object]]) -> Iterator[str]:
    """A table under its heading; nothing where there are no rows."""
    if rows:
        yield from ("", heading, *table(rows).splitlines())
