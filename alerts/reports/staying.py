"""How long the ads stay that were first seen in a period, by site, as far as it tells of no few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, repeat

from alerts.lists.frame import Frame
from alerts.lists.sighted import parameters
from alerts.population.survival import Point, Span, kaplan_meier
from alerts.sampling.designs import FEW
from crawler.database import Database

EVERY = "all"
MARKS = (0, 3, 7, 14, 28, 56, 90, 180, 365, 730)  # days: a table of all points would be read by nobody
_SPANS = (
    "SELECT a.site, (unixepoch(min(a.last_seen, :after)) - unixepoch(a.first_seen)) / 86400, "
    "a.gone_at IS NOT NULL AND a.last_seen < :after, count(*) FROM ads a "
    "WHERE a.first_seen >= :since AND a.first_seen < :after "
    "AND (:sites = '[]' OR a.site IN (SELECT value FROM json_each(:sites))) "
    "AND (:ad_kinds = '[]' OR a.kind IN (SELECT value FROM json_each(:ad_kinds))) GROUP BY 1, 2, 3"
)
Spans = Mapping[str, Sequence[tuple[int, bool, int]]]


def find_spans(db: Database, frame: Frame) -> Spans:
    """By site, and for EVERY: whole days, whether that was the end, and how many ads."""
    found: dict[str, list[tuple[int, bool, int]]] = defaultdict(list)
    for site, days, ended, count in db.execute(_SPANS, parameters(frame) | {"after": frame.after}):
        found[EVERY].append((days, bool(ended), count))
        found[site].append((days, bool(ended), count))
    return found


def curve(spans: Sequence[tuple[int, bool, int]]) -> list[Point]:
    """The last point by each of MARKS, of those between each of which five ended, while five were left."""
    shown: list[Point] = []
    ended = 0
    points = kaplan_meier(chain.from_iterable(repeat(Span(days, end), count) for days, end, count in spans))
    for point in points:
        ended += point.ended
        if ended >= FEW and point.at_risk - point.ended >= FEW:
            shown.append(point)
            ended = 0
    last = [next((point for point in reversed(shown) if point.days <= mark), None) for mark in MARKS]
    return list(dict.fromkeys(point for point in last if point))
