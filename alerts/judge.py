"""Judges a cluster: which indicators speak for and against it, and what level the rules give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from alerts.cases import Evidence, Level, Reason
from alerts.facts import AdFacts, Cluster
from alerts.judgements import Judgement
from alerts.levels import Levels, load_levels
from alerts.market.usual import Market
from alerts.relations import SELLING, evidence, find_relations
from nlp import catalogue
from nlp.catalog_file import Indicator
from nlp.orgnumbers import is_org_number
from nlp.reading import Finding

QUOTES = 6  # shown for one reason
LONG = 60  # days one persona must be seen over to count as a long history
_EXPERT = "benign reading; rules of review"


def judge(cluster: Cluster, market: Market | None = None) -> Judgement:
    """Level and reasons by the table of level rules. Pure: the same cluster and market give the same judgement."""
    levels, entries = load_levels(), catalogue()
    found = [*_from_ads(cluster, entries), *_between_ads(cluster, entries, market)]
    reasons = _ordered(reason for reason in found if reason.weight > 0)
    against = _ordered([*(r for r in found if r.weight <= 0), *_contradicted(cluster, entries), *_benign(cluster)])
    present = {r.indicator: r.weight for r in reasons if r.indicator[0] not in levels.context}
    level, says = _level(levels, _ballots(cluster, present, entries), entries)
    return Judgement(level=level, rule=says, score=_score(present, against, entries), reasons=reasons, against=against)


def _from_ads(cluster: Cluster, entries: Mapping[str, Indicator]) -> list[Reason]:
    return [_reason(entries[id], found) for id, found in _findings(cluster, "present", entries).items()]


def _contradicted(cluster: Cluster, entries: Mapping[str, Indicator]) -> list[Reason]:
    """What an ad says the opposite of, where no other ad of the cluster shows it."""
    present = _findings(cluster, "present", entries)
    denied = _findings(cluster, "absent", entries)
    return [_reason(entries[id], found, note="the ad says the opposite", weight=0.0)
            for id, found in denied.items() if id not in present]  # fmt: skip


def _findings(
    cluster: Cluster, state: str, entries: Mapping[str, Indicator]
) -> dict[str, list[tuple[AdFacts, Finding]]]:
    found: dict[str, list[tuple[AdFacts, Finding]]] = defaultdict(list)
    for ad in cluster.ads:
        for finding in ad.reading.indicators:
            if finding.state == state and finding.id in entries:
                found[finding.id].append((ad, finding))
    return found


def _reason(
    entry: Indicator, found: list[tuple[AdFacts, Finding]], *, note: str = "", weight: float | None = None
) -> Reason:
    quoted = tuple(evidence(ad, finding) for ad, finding in found[:QUOTES] if finding.quote)
    notes = list(dict.fromkeys(finding.note for _, finding in found if finding.note))
    ads = len({ad.ad for ad, _ in found})
    return _as_reason(entry, note=note or "; ".join(notes[:3]), evidence=quoted, ads=ads, weight=weight)


def _between_ads(cluster: Cluster, entries: Mapping[str, Indicator], market: Market | None) -> list[Reason]:
    """What several ads, or several versions of one, show together."""
    return [
        _as_reason(entries[r.indicator], note=r.note, evidence=r.evidence, ads=r.ads)
        for r in find_relations(cluster, market)
    ]


def _as_reason(
    entry: Indicator, *, note: str, evidence: tuple[Evidence, ...], ads: int, weight: float | None = None
) -> Reason:
    return Reason(
        indicator=entry.id, title=entry.title, groups=entry.groups, weight=entry.weight if weight is None else weight,
        grade=entry.grade, source=entry.source, benign=entry.benign, note=note, evidence=evidence, ads=ads,
    )  # fmt: skip


def _level(
    levels: Levels, ballots: Iterable[Mapping[str, float]], entries: Mapping[str, Indicator]
) -> tuple[Level, str]:
    """The first rule that holds for what one ad shows together with what stands between ads."""
    votes = [(ballot, _groups(ballot, entries)) for ballot in ballots]
    for rule in levels.rules:
        if any(rule.holds(ballot, groups, strong_weight=levels.strong_weight) for ballot, groups in votes):
            return rule.level, rule.says
    return "L0", "nothing was found"


def _ballots(
    cluster: Cluster, present: Mapping[str, float], entries: Mapping[str, Indicator]
) -> list[dict[str, float]]:
    """For each ad what votes with it: its own indicators and those between ads; equal ones once.

    A large cluster must not gather its votes from many ads with one each.
    """
    between = frozenset(id for id in present if entries[id].is_cross_ad)
    shown = ([f.id for f in ad.reading.indicators if f.state == "present"] for ad in cluster.ads)
    own = {frozenset(id for id in ids if id in present) for ids in shown}
    return [{id: present[id] for id in sorted(ids | between)} for ids in own]


def _groups(ids: Iterable[str], entries: Mapping[str, Indicator]) -> frozenset[str]:
    """An indicator has one vote, that of its first group: one idea must not stand for two."""
    return frozenset(entries[id].groups[0] for id in ids)


def _score(present: Mapping[str, float], against: Iterable[Reason], entries: Mapping[str, Indicator]) -> float:
    heaviest: dict[str, float] = {}
    for id, weight in present.items():
        group = entries[id].groups[0]
        heaviest[group] = max(weight, heaviest.get(group, 0.0))
    return round(sum(heaviest.values()) + sum(reason.weight for reason in against), 2)


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.indicator)))


def _benign(cluster: Cluster) -> list[Reason]:
    """Plain facts that speak for a harmless reading; they lower the score and are always shown."""
    checks = (_long_single_persona(cluster), _named_employers(cluster), _own_website(cluster))
    return [reason for reason in checks if reason]


def _long_single_persona(cluster: Cluster) -> Reason | None:
    ads = cluster.ads
    personas = {ad.persona for ad in ads if ad.persona}
    first, last = min(ad.first_seen for ad in ads), max(ad.last_seen for ad in ads)
    days = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).days
    if len(personas) != 1 or days < LONG or not all(ad.kind in SELLING for ad in ads):
        return None
    return _fact("N01", "One name and a long history", -1.0, f"one name over {days} days", ads)


def _named_employers(cluster: Cluster) -> Reason | None:
    ads = cluster.ads
    if not all(ad.kind == "job" and is_org_number(ad.org_number) for ad in ads):
        return None
    numbers = sorted({ad.org_number for ad in ads})
    return _fact("N02", "Employer named with a valid organisation number", -1.0, ", ".join(numbers[:3]), ads)


def _own_website(cluster: Cluster) -> Reason | None:
    ads = cluster.ads
    personas = {ad.persona for ad in ads if ad.persona}
    carried = [{key.value for key, _, _ in ad.keys if key.kind == "url"} for ad in ads]
    shared = sorted(set.intersection(*carried))
    if len(personas) != 1 or not shared or not all(ad.kind in SELLING for ad in ads):
        return None
    return _fact("N03", "One name with a web address of its own", -0.5, f"{shared[0]} in every ad", ads)


def _fact(id: str, title: str, weight: float, note: str, ads: tuple[AdFacts, ...]) -> Reason:
    return Reason(
        indicator=id, title=title, groups=("benign",), weight=weight, grade="expert", source=_EXPERT,
        benign="", note=note, evidence=(), ads=len(ads),
    )  # fmt: skip
