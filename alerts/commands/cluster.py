"""`varde cluster`: one cluster, whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import to_builtins

from alerts.casefile import load_case
from alerts.cases import Case, Stay
from alerts.commands.alerts import alert_lines
from alerts.commands.template import template_lines, template_row
from alerts.export import CannotWrite, write_jsonl, write_rows
from alerts.linking.clusters import Group
from alerts.linking.counterfactual import without as without_key
from alerts.linking.history import heir_of
from alerts.movement.geojson import as_geojson
from alerts.store import open_alerts
from alerts.templates.incase import align, case_templates
from crawler.console import json_option, say, show, store_option, table, write, write_json
from crawler.database import Database
from crawler.errors import VardeError


class NoCluster(VardeError):
    """There is no cluster of that name. Raised by `varde cluster`."""


@click.command()
@click.argument("cluster", metavar="ID")
@store_option
@json_option
@click.option(
    "--geojson",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help='Write its stays to a file as GeoJSON instead; "-" is stdout.',
)
@click.option(
    "--templates", is_flag=True, help="Show the texts that its ads share instead, with what each has in the slots."
)
@click.option("--without", metavar="KIND:VALUE", help="Say what would be left if this key did not count.")
def cluster(
    *, cluster: str, store: Path, as_json: bool, geojson: Path | None, templates: bool, without: str | None
) -> None:
    """Show one cluster: members, links with reasons, timeline, stays, history."""
    if as_json and (geojson or templates):
        raise click.UsageError("--json excludes --geojson and --templates; stays and templates are in --json too")
    db = open_alerts(store)
    case = load_case(db, cluster)
    if case is None:
        raise NoCluster(_missing(db, cluster))
    if without:
        _show_without(db, case, without, as_json=as_json)
    elif geojson:
        _write_stays(case, geojson)
    elif as_json:
        write_json(to_builtins(case) | {"templates": list(map(template_row, align(case, case_templates(case))))})
    elif templates:
        _show_templates(case)
    else:
        write(case_lines(case))


def _missing(db: Database, cluster: str) -> str:
    if heir := heir_of(db, cluster):
        return f"{cluster} became part of {heir}; look at that one"
    return f"no cluster {cluster!r}; `varde export clusters` lists them, `varde alerts` those to look at"


def _show_without(db: Database, case: Case, key: str, *, as_json: bool) -> None:
    """What the cluster would fall into: nothing is changed."""
    kind, _, value = key.partition(":")
    try:
        parts = without_key(db, case.cluster, kind=kind, value=value)
    except LookupError as error:
        keys = dict.fromkeys(f"{link.kind}:{link.value}" for link in case.links)
        raise NoCluster(f"{error.args[0]}; its keys are {', '.join(list(keys)[:20]) or 'none'}") from error
    names = _names(case)
    rows = [{"part": number, "ads": len(part.ads), "held_by": ", ".join(_held_by(part)),
             "members": [names[ad] for ad in part.ads] if as_json else ", ".join(names[ad] for ad in part.ads[:4])}
            for number, part in enumerate(parts, 1)]  # fmt: skip
    if not as_json:
        whole = "its ads hang together without it" if len(parts) == 1 else f"it would fall into {len(parts)} parts"
        write([f"{case.cluster} without {key}: {whole}", ""])
    show(rows, as_json=as_json, empty="")


def _names(case: Case) -> dict[int, str]:
    return {ad.ad: f"{ad.site}/{ad.ad_id}" for ad in case.ads}


def _show_templates(case: Case) -> None:
    found = align(case, case_templates(case))
    if not found:
        say(f"no text is shared by two ads of {case.cluster}")
    for aligned in found:
        write(template_lines(aligned, _names(case)))


def _held_by(part: Group) -> list[str]:
    """The keys that would still hold a part together, the strongest first."""
    ties = sorted((link for link in part.links if not link.contested), key=lambda link: -link.strength)
    return list(dict.fromkeys(f"{link.kind}:{link.value}" for link in ties))[:4]


def _write_stays(case: Case, path: Path) -> None:
    try:
        write_rows([as_geojson(case.cluster, case.stays)], path, write_jsonl)
    except OSError as error:
        if str(path) == "-":
            raise  # crawler.cli ends every command whose stdout fails
        raise CannotWrite(f"{path}: cannot be written ({error.strerror})") from error
    if str(path) != "-":
        say(f"{len(case.stays)} stays of {case.cluster} written to {path}")


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
    yield from _part("Groups that hang together more closely:", [
        {"group": number, "ads": len(one.ads), "share": ", ".join(one.keys), "and with others": ", ".join(one.outside)}
        for number, one in enumerate(case.communities, 1)
    ])  # fmt: skip
    yield from _part(
        "Timeline:", [{"at": event.at[:16], "ad": event.ad, "what": event.what} for event in case.timeline]
    )
    yield from _part("Stays, by what the ads say:", list(map(_stay_row, case.stays)))
    yield from _part("On the watch-list:", [
        {"case": hit.case_ref, "kind": hit.kind, "value": hit.typed[:60], "ad": hit.ad, "found": hit.at[:10],
         "entry": hit.entry, "state": hit.state}
        for hit in case.watched
    ])  # fmt: skip
    if case.history:
        yield from ("", "How it came about:", *(f"  {change}" for change in case.history))
    if shared := case_templates(case):
        texts = "1 text is" if len(shared) == 1 else f"{len(shared)} texts are"
        yield from ("", f"{texts} shared by several ads; `varde cluster {case.cluster} --templates` shows them")
    yield from ("", "Whom to turn to:")
    yield from (f"  {body.body}: {body.contact} ({body.why})" for body in case.referral)


def _stay_row(stay: Stay) -> dict[str, object]:
    return {
        "from": stay.first[:10], "to": stay.last[:10], "place": stay.place, "country": stay.country,
        "contact": ", ".join(stay.contacts), "ads": ", ".join(map(str, stay.ads[:6])),
        "how": "stated dates" if stay.stated else "seen", "km": "" if stay.km is None else stay.km,
        "border": stay.border, "note": stay.note,
    }  # fmt: skip


def _part(heading: str, rows: list[dict[str, object]]) -> Iterator[str]:
    """A table under its heading; nothing where there are no rows."""
    if rows:
        yield from ("", heading, *table(rows).splitlines())
