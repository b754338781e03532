"""Writes one message from what it is to tell: counts, case references and clusters; more only where that is allowed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from alerts.notify.notices import Notice
from alerts.notify.notifyfile import Channel
from alerts.watch.watchstore import Hit, Watch, hits_numbered, watches
from crawler.console import harmless
from crawler.database import Database

_CAVEAT = "A hit or an alert is a question to look at, not a finding about anyone."


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same at every try; `document` is what webhooks and files get, `text` what mail does."""

    id: str
    subject: str
    text: str
    document: Mapping[str, Any]


def write_message(db: Database, channel: Channel, id: str, notices: Sequence[Notice], *, at: str) -> Message:
    """What these notices tell on that channel."""
    hits = hits_numbered(db, [notice.subject for notice in notices if notice.kind == "watch"])
    alerts = list(_alerts(db, channel, [notice.subject for notice in notices if notice.kind == "alerts"]))
    entries = list(_entries(db, channel, hits))
    subject = _subject(len(hits), len(alerts))
    document = {"message": id, "at": at, "subject": subject, "watch": entries, "alerts": alerts,
                "review": channel.review, "note": _CAVEAT}  # fmt: skip
    return Message(id, subject, "\n".join([*_lines(document), ""]), document)


def _subject(hits: int, alerts: int) -> str:
    parts = [
        f"{count} {word if count == 1 else word + 's'}"
        for count, word in ((hits, "watch-list hit"), (alerts, "alert"))
        if count
    ]
    return f"Varde: {' and '.join(parts)}"


def _entries(db: Database, channel: Channel, hits: Sequence[Hit]) -> Iterator[dict[str, Any]]:
    """One row an entry of the watch-list."""
    of_watch: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        of_watch[hit.watch].append(hit)
    clusters = dict(_rows(db, "SELECT ad, cluster FROM members WHERE ad IN (SELECT value FROM json_each(?))",
                          [hit.ad for hit in hits]))  # fmt: skip
    by_number: dict[int, Watch] = {watch.id: watch for watch in watches(db)} if hits else {}
    for number, found in sorted(of_watch.items()):
        watch = by_number[number]
        names = sorted({clusters[hit.ad] for hit in found if hit.ad in clusters})
        row: dict[str, Any] = {
            "entry": number, "case": watch.case_ref, "ads": len(found), "clusters": names,
            "links": [_link(channel, name) for name in names if channel.review],
        }  # fmt: skip
        if channel.details:
            row |= {"kind": watch.kind, "value": watch.typed, "hits": list(_told(db, found))}
        yield row


def _told(db: Database, hits: Sequence[Hit]) -> Iterator[dict[str, str]]:
    sql = "SELECT id, site, ad_id FROM ads WHERE id IN (SELECT value FROM json_each(?))"
    ads = {number: f"{site}/{ad_id}" for number, site, ad_id in _rows(db, sql, [hit.ad for hit in hits])}
    return ({"ad": ads[hit.ad], "at": hit.at, "quote": hit.quote or ""} for hit in hits)


def _alerts(db: Database, channel: Channel, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    sql = "SELECT id, level, cluster, why_now FROM alerts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    for number, level, cluster, why in _rows(db, sql, numbers):
        row = {"alert": number, "level": level, "cluster": cluster}
        row |= {"link": _link(channel, cluster)} if channel.review else {}
        yield row | ({"why": why} if channel.details else {})


def _link(channel: Channel, cluster: str) -> str:
    return f"{channel.review}/cluster/{cluster}"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The message for a person; what comes from ads cannot forge a line."""
    for entry in document["watch"]:
        ads = f"{entry['ads']} new {'ad' if entry['ads'] == 1 else 'ads'}"
        shown = f" ({entry['kind']} {entry['value']})" if "kind" in entry else ""
        clusters = f", in {', '.join(entry['clusters'])}" if entry["clusters"] else ""
        yield harmless(f"Case {entry['case']}: {ads} on entry {entry['entry']}{shown}{clusters}")
        yield from (harmless(f"  {hit['ad']}: {hit['quote']}") for hit in entry.get("hits", ()))
        yield from (f"  {link}" for link in entry["links"])
    for alert in document["alerts"]:
        why = f": {alert['why']}" if "why" in alert else ""
        yield harmless(f"Alert {alert['alert']}: {alert['level']}, cluster {alert['cluster']}{why}")
        if "link" in alert:
            yield f"  {alert['link']}"
    yield ""
    yield (
        "`varde watch hits`, `varde alerts` and the review page show more."
        if not document["review"]
        else (f"More on the review page: {document['review']}")
    )
    yield document["note"]


def _rows(db: Database, sql: str, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, (json.dumps(list(numbers)),)))
