"""Which indicators of the catalogue were shown: by how many ads, clusters and alerts, each counted apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from alerts.cases import Alert
from alerts.reports.common import Ground
from alerts.reports.exhibits import Cell, Exhibit, Said
from alerts.reports.hiding import hide
from crawler.database import Database
from nlp.catalog_file import Indicator, catalogue

_CLUSTERS = (
    "WITH of AS (SELECT DISTINCT m.cluster AS id FROM json_each(?) w JOIN members m ON m.ad = w.value) "
    "SELECT r.value ->> '$.indicator', side.key, count(DISTINCT c.id) FROM of JOIN clusters c ON c.id = of.id, "
    "json_each(json_array(c.document -> '$.reasons', c.document -> '$.against')) side, json_each(side.value) r "
    "GROUP BY 1, 2"
)
_ELSEWHERE = {"cross-ad": Said("not-of-one-ad"), "register": Said("not-looked-up"), "never": Said("not-computed")}


def find_shown(db: Database, ground: Ground) -> Mapping[str, int]:
    """Indicator -> how many clusters show it, of those with an ad that was seen in the period."""
    rows = db.execute(_CLUSTERS, (json.dumps(ground.seen.numbers()),))
    return Counter({name: number for name, against, number in rows if _shows(name, against=bool(against))})


def _shows(name: str, *, against: bool) -> bool:
    """What stands against an alert is shown if it is no sign at all; of a sign, an ad says the opposite."""
    return name in catalogue() and (not against or catalogue()[name].weight <= 0)


def indicators(ground: Ground, clusters: Mapping[str, int], raised: Sequence[Alert]) -> Exhibit:
    """All of the catalogue, in its order; those that are shown for context and never vote too."""
    ads = Counter(indicator for ad in ground.ads for indicator in ad.shown)
    in_alerts = Counter(name for one in raised for name in _of_alert(one))
    whole = len(ground.ads)
    rows = tuple(
        (one.id, one.title, Said(f"grade-{one.grade}"), _of_ads(one, ads[one.id], whole),
         *_of_several(one, clusters.get(one.id, 0), in_alerts[one.id]))
        for one in catalogue().values()
    )  # fmt: skip
    return Exhibit(key="indicators", unit="apart", n=whole,
                   columns=("id", "indicator", "grade", "ads", "clusters", "alerts"), rows=rows)  # fmt: skip


def _of_alert(one: Alert) -> set[str]:
    shown = {each.indicator for each in one.reasons}
    return shown | {each.indicator for each in one.against if _shows(each.indicator, against=True)}


def _of_ads(one: Indicator, count: int, whole: int) -> Cell:
    return hide(count, whole) if one.is_of_one_ad else _ELSEWHERE[one.rule or ""]


def _of_several(one: Indicator, clusters: int, alerts: int) -> tuple[Cell, Cell]:
    """Clusters and alerts that it is given as a reason of."""
    if not one.is_of_one_ad and not one.is_cross_ad:
        return _ELSEWHERE[one.rule or ""], _ELSEWHERE[one.rule or ""]
    return hide(clusters), hide(alerts)
