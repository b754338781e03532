"""Rows and stores that the tests of linking and judging share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from alerts.cases import Link
from alerts.facts import AdFacts, Cluster, Version
from alerts.intake import analyse
from alerts.linking.clusters import Group, find_groups, name
from alerts.linking.rulings import Rulings
from alerts.linking.ties import find_ties
from alerts.linking.uses import Card, Carrier, Guard, KeyUse
from alerts.reading.keys import Key, KeyKind
from alerts.store import open_alerts
from crawler.ads import parse_ad_row
from crawler.store import observe_all
from nlp import read

Row = dict[str, Any]
SEEN = "2026-11-01T12:00:00+01:00"
LATER = "2026-11-08T12:00:00+01:00"
LATEST = "2026-11-15T12:00:00+01:00"

# Four texts with nothing in common, so that they are no template of each other.
TEXTS = (
    "Quiet apartment near the harbour, appointments in the evening, please write a message some hours before.",
    "Rolig leilighet ved parken. Jeg tar imot avtaler på dagtid, og du kan parkere gratis i gata utenfor huset.",
    "Relaxing massage with warm oil by a trained therapist, ninety minutes, card and cash are both accepted here.",
    "Liker lange turer, gode bøker og samtaler om reise. Send noen ord om deg selv, så finner vi en tid som passer.",
)


def escort(ad_id: str, text: str, **more: Any) -> Row:
    return {"site": "a.example", "ad_id": ad_id, "kind": "escort", "seen_at": SEEN, "text": text} | more


def job(ad_id: str, text: str, **more: Any) -> Row:
    return escort(ad_id, text, **{"site": "jobs.example", "kind": "job"} | more)


def named(ad_id: str, site: str = "a.example") -> str:
    """What the cluster is called whose oldest ad this is."""
    return name(site, ad_id)


def take(db: Database, rows: Iterable[Row]) -> None:
    observe_all(db, [(parse_ad_row(row), "test") for row in rows])


def judged_store(folder: Path, rows: Iterable[Row]) -> Database:
    """A new store with these rows, read, linked and judged."""
    db = open_alerts(folder / "varde.db", create=True)
    take(db, rows)
    analyse(db)
    return db


def facts(number: int, text: str = "", *, kind: str = "escort", **more: Any) -> AdFacts:
    """One ad as linking sees it; `keys` are (kind, value) pairs seen as long as the ad."""
    first, last = more.pop("first_seen", SEEN), more.pop("last_seen", SEEN)
    keys = tuple((Key(k, v, 1.0, "plain"), first, last) for k, v in more.pop("keys", ()))
    fields = {"text": text} | ({"name": name} if (name := more.pop("name", "")) else {})
    reading = read([fields], kinds=[kind])[0]
    return AdFacts(
        ad=number, observation=number * 10, site=more.pop("site", "a.example"), ad_id=f"n{number}", kind=kind,
        first_seen=first, last_seen=last, text=text, employer=more.pop("employer", ""),
        org_number=more.pop("org_number", ""), most_phones=more.pop("most_phones", 0),
        reading=reading, keys=keys,
        versions=(Version(observation=number * 10, first_seen=first, last_seen=last, reading=reading),),
    )  # fmt: skip


def tie(kind: str, value: str, *numbers: int) -> list[Link]:
    """The star of one key over ads, oldest first."""
    return [
        Link(cluster=f"c-{numbers[0]}", ad=number, other=numbers[0], kind=kind, value=value, strength=1.0,
             why=f"same {kind}", contested=False, first_seen=SEEN, last_seen=SEEN)
        for number in numbers[1:]
    ]  # fmt: skip


def cluster(ads: Iterable[AdFacts], links: Iterable[Link] = ()) -> Cluster:
    ads = tuple(ads)
    return Cluster(id=f"c-{ads[0].ad}", ads=ads, links=tuple(links))


def groups(ads: Iterable[AdFacts], templates: Mapping[int, str] | None = None, *, rulings: Rulings | None = None,
           guard: Guard | None = None) -> list[Group]:  # fmt: skip
    """The clusters of a few ads, as linking finds them."""
    ads, templates = list(ads), templates or {}
    cards = {one.ad: _card(one, templates.get(one.ad, "")) for one in ads}
    carried: dict[tuple[KeyKind, str], list[Carrier]] = defaultdict(list)
    for one in ads:
        for key, first, last in one.keys:
            carried[key.kind, key.value].append(Carrier(one.ad, first, last, key.confidence, key.how))
        if one.ad in templates:
            carried["template", templates[one.ad]].append(Carrier(one.ad, one.first_seen, one.last_seen, 0.9, "text"))
    uses = [KeyUse(kind, value, tuple(some)) for (kind, value), some in sorted(carried.items()) if len(some) > 1]
    rulings, guard = rulings or Rulings(), guard or Guard()
    return find_groups(cards, cards, list(find_ties(uses, cards, rulings, guard)), rulings, guard)


def _card(one: AdFacts, template: str) -> Card:
    owner = one.persona or one.employer.casefold() or template or one.ad_id
    return Card(ad=one.ad, site=one.site, ad_id=one.ad_id, owner=owner, first_seen=one.first_seen,
                last_seen=one.last_seen, listed=one.most_phones, employer=one.org_number)  # fmt: skip
