"""How much of the sample market's truth was found: shares, each with its numerator and denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

Row = Mapping[str, Any]  # an exported ad, cluster or alert, or a row of the truth file
Key = tuple[str, str]  # site and ad_id
ALERTED = ("L2", "L3")


@dataclass(frozen=True, slots=True)
class Share:
    """`hit` of `of`."""

    hit: int
    of: int

    @property
    def percent(self) -> str:
        return f"{100 * self.hit / self.of:.1f} %" if self.of else "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What was found against what is there.

    Phones are counted as (ad, number) pairs on the ads found; ties as pairs of found ads that stand
    in one cluster. `alerted` counts operators that warrant an alert, `alerts_on_benign` alerts that
    touch none of those, and `benign_touched` operators that warrant none and stand in an alert.
    """

    ads: Mapping[str, Share]
    phone_precision: Share
    phone_recall: Share
    phone_recall_by_writing: Mapping[str, Share]
    tie_precision: Share
    tie_recall: Share
    alerted: Share
    alerts_on_benign: Share
    benign_touched: Share


def score(truth: Row, ads: Sequence[Row], alerts: Sequence[Row]) -> Score:
    """The score of exported `ads` and `alerts` rows against a truth file."""
    known = {_key(row): row for row in truth["ads"]}
    found = {_key(row): row for row in ads if _key(row) in known}
    pairs = {(key, phone["e164"]) for key, row in found.items() for phone in row["phones"]}
    return Score(
        ads=_ads_by_site(known, found),
        phone_precision=_share(pairs, {(key, p["e164"]) for key in found for p in known[key]["phones"]}),
        phone_recall=Share(*_recall(known, found, pairs)[""]),
        phone_recall_by_writing={how: Share(*n) for how, n in _recall(known, found, pairs).items() if how},
        tie_precision=_ties(known, found)[0],
        tie_recall=_ties(known, found)[1],
        **_alert_shares(truth["operators"], known, found, alerts),
    )


def _key(row: Row) -> Key:
    return str(row["site"]), str(row["ad_id"])


def _share(said: Collection[Any], true: Collection[Any]) -> Share:
    return Share(sum(item in true for item in said), len(said))


def _ads_by_site(known: Mapping[Key, Row], found: Collection[Key]) -> dict[str, Share]:
    there, here = Counter(site for site, _ in known), Counter(site for site, _ in found)
    return {site: Share(here[site], there[site]) for site in there}


def _recall(known: Mapping[Key, Row], found: Iterable[Key], pairs: Collection[Any]) -> dict[str, tuple[int, int]]:
    """Hits and total by way of writing, most frequent first; under "" all of them."""
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter({"": 0})
    for key in found:
        for phone in known[key]["phones"]:
            for how in ("", phone["written"]):
                total[how] += 1
                hits[how] += (key, phone["e164"]) in pairs
    return {how: (hits[how], number) for how, number in total.most_common()}


def _ties(known: Mapping[Key, Row], found: Mapping[Key, Row]) -> tuple[Share, Share]:
    """Precision and recall of "these two ads belong together", counted from the sizes of groups."""
    clusters, operators, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for key, row in found.items():
        operator, cluster = known[key]["operator"], row["cluster"]
        operators[operator] += 1
        if cluster is not None:
            clusters[cluster] += 1
            both[cluster, operator] += 1
    right = _pairs(both.values())
    return Share(right, _pairs(clusters.values())), Share(right, _pairs(operators.values()))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(comb(size, 2) for size in sizes)


def _alert_shares(
    operators: Sequence[Row], known: Mapping[Key, Row], found: Mapping[Key, Row], alerts: Sequence[Row]
) -> dict[str, Share]:
    warranted = {row["operator"] for row in operators if row["alert"]}
    benign = {row["operator"] for row in operators} - warranted
    touched = _operators_alerted(known, found, alerts)
    everyone = set().union(*touched)
    return {
        "alerted": Share(len(warranted & everyone), len(warranted)),
        "alerts_on_benign": Share(sum(not operators & warranted for operators in touched), len(touched)),
        "benign_touched": Share(len(benign & everyone), len(benign)),
    }


def _operators_alerted(known: Mapping[Key, Row], found: Mapping[Key, Row], alerts: Sequence[Row]) -> list[set[str]]:
    """For each alert of L2 or L3, whose ads it shows. An ad tied to nothing carries its level alone."""
    clusters = [row["cluster"] for row in alerts if row["level"] in ALERTED]
    members: dict[str, set[str]] = {cluster: set() for cluster in clusters}
    alone = []
    for key, row in found.items():
        if row["cluster"] in members:
            members[row["cluster"]].add(known[key]["operator"])
        elif row["cluster"] is None and row["level"] in ALERTED:
            alone.append({known[key]["operator"]})
    return [*filter(None, members.values()), *alone]
