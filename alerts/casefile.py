"""Puts a case together: one cluster with its ads, quotes, ties, timeline and bodies to turn to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from alerts import alertstore, clusterstore
from alerts.cases import AdView, Case, Event, Mark, Watched
from alerts.decisions.decisionstore import current_snapshot
from alerts.decisions.snapshots import fingerprint
from alerts.factload import load_facts
from alerts.facts import AdFacts, Cluster
from alerts.judgements import Judgement
from alerts.linking.communities import find_communities
from alerts.linking.history import changes_of
from alerts.movement.stays import find_stays
from alerts.reading.fields import ad_fields
from alerts.referral import referral_for
from alerts.watch.watchstore import hits_of, watches
from crawler.database import Database, utc_text
from crawler.observation import Observation
from crawler.pages import Capture
from crawler.store import AdRow, ad_rows, captures, observations, observations_of
from nlp import catalogue
from nlp.reading import Reading, Span


def load_case(db: Database, cluster: str) -> Case | None:
    """The whole case of one cluster, or None where there is none of that name."""
    row = next(clusterstore.clusters(db, [cluster]), None)
    if row is None:
        return None
    ads = _members(db, cluster)
    facts = load_facts(db, ads)
    alert = next(iter(alertstore.alerts(db, cluster=cluster) or alertstore.watched(db, cluster)), None)
    links = tuple(clusterstore.links(db, cluster))
    return Case(
        cluster=cluster, alert=alert, ads=_ad_views(db, ads, facts), links=links,
        timeline=tuple(sorted(_events(db, ads), key=lambda event: (event.at, event.ad))),
        referral=referral_for({ad.kind for ad in ads.values()}, _indicators(row.judgement), row.judgement.level),
        stays=find_stays(Cluster(id=cluster, ads=tuple(facts), links=links)),
        history=tuple(map(str, changes_of(db, cluster))),
        communities=tuple(find_communities(list(ads), links)),
        watched=tuple(_watched(db, ads)),
        seen=fingerprint(current_snapshot(db, alert.id)) if alert and alert.id else "",
    )  # fmt: skip


def _watched(db: Database, ads: Mapping[int, AdRow]) -> Iterator[Watched]:
    """What of the cluster's ads is on the watch-list, for which case."""
    entries = {entry.id: entry for entry in watches(db)}
    for hit in hits_of(db, ads):
        entry = entries[hit.watch]
        yield Watched(
            entry=entry.id, case_ref=entry.case_ref, kind=entry.kind, typed=entry.typed, state=entry.state,
            ad=hit.ad, at=hit.at, past=hit.past,
        )  # fmt: skip


def _members(db: Database, cluster: str) -> dict[int, AdRow]:
    return {ad.id: ad for ad in ad_rows(db, clusterstore.members(db, cluster))}


def _indicators(judgement: Judgement) -> set[str]:
    return {reason.indicator for reason in judgement.reasons}


def _ad_views(db: Database, ads: Mapping[int, AdRow], facts: Iterable[AdFacts]) -> tuple[AdView, ...]:
    newest = {fact.ad: fact for fact in facts}
    versions = {o.ad: o for o in observations(db, [fact.observation for fact in newest.values()])}
    kept = dict(captures(db, [o.capture for o in versions.values() if o.capture is not None]))
    return tuple(
        _ad_view(row, versions[number], newest[number].reading, kept.get(versions[number].capture or 0))
        for number, row in ads.items()
        if number in newest
    )


def _ad_view(row: AdRow, version: Observation, reading: Reading, capture: Capture | None) -> AdView:
    return AdView(
        ad=row.id, observation=version.id, site=row.site, ad_id=row.ad_id, kind=row.kind, url=row.url,
        language=reading.language, first_seen=row.first_seen, last_seen=row.last_seen, observations=row.observations,
        fields=ad_fields(version), marks=tuple(_marks(reading)), truncated=reading.truncated,
        capture_sha256=capture.sha256 if capture else None, fetched_at=capture.fetched_at if capture else None,
    )  # fmt: skip


def _marks(reading: Reading) -> Iterator[Mark]:
    entries = catalogue()
    for finding in reading.indicators:
        if finding.state == "present" and finding.quote:
            entry = entries.get(finding.id)  # a reading of an older catalogue may name what is gone
            yield _mark(finding, finding.id, entry.title if entry else finding.id)
    for phone in reading.phones:
        yield _mark(phone, "phone", f"{phone.e164}, written as {phone.method}, confidence {phone.confidence:.2f}")
    for contact in reading.contacts:
        yield _mark(contact, contact.kind, contact.value)


def _mark(span: Span, what: str, title: str) -> Mark:
    return Mark(field=span.field, start=span.start, end=span.end, what=what, title=title)


def _events(db: Database, ads: Mapping[int, AdRow]) -> Iterator[Event]:
    for ad in ads.values():
        yield Event(at=ad.first_seen, what=f"first seen on {ad.site}", ad=ad.id)
        if ad.last_seen != ad.first_seen:
            yield Event(at=ad.last_seen, what=f"last seen on {ad.site}", ad=ad.id)
    for version in observations_of(db, ads):
        if (posted := _moment(version.document.get("posted_at", ""))) and version.seen_at == ads[version.ad].first_seen:
            yield Event(at=posted, what=f"posted, says {version.site}", ad=version.ad)
        if version.seen_at != ads[version.ad].first_seen:
            yield Event(at=version.seen_at, what="changed", ad=version.ad)


def _moment(text: str) -> str | None:
    """A date or time as a site states it, in UTC where it has an offset; None where it is no ISO 8601."""
    try:
        moment = datetime.fromisoformat(text)
        return utc_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the year 1 with an offset is no time in UTC
        return None
