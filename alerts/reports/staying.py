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
    """The points of the curve after each of which five more ended, and while five were left."""
    shown, ended = [], 0
    points = kaplan_meier(chain.from_iterable(repeat(Span(days, end), count) for days, end, count in spans))
    for point in points:
        ended += point.ended
        if ended >= FEW and point.at_risk - point.ended >= FEW:
            shown.append(point)
            ended = 0
    return shown
