"""What a decision was about: signs and weights, rule, level, ads and keys as they stood; and what is new since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alerts.cases import Level
from alerts.facts import Cluster
from alerts.judgements import Judgement
from alerts.levels import Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`signs` and `against` are indicators with their weights then; `ads` the version of each ad, by their numbers.

    `keys` are the values that could tie each ad, by kind, as digests: a decision is kept for ever, and no
    telephone number needs to be.
    """

    level: Level
    rule: str
    score: float
    signs: Mapping[str, float]
    against: Mapping[str, float]
    ads: Mapping[int, int]
    keys: Mapping[str, frozenset[str]]


def take_snapshot(judgement: Judgement, ads: Mapping[int, int], keys: Iterable[tuple[str, str]]) -> Snapshot:
    """`ads` is each ad's newest version that was read; `keys` are (kind, value)."""
    return Snapshot(
        level=judgement.level, rule=judgement.rule, score=judgement.score,
        signs={reason.indicator: reason.weight for reason in judgement.reasons},
        against={reason.indicator: reason.weight for reason in judgement.against}, ads=dict(ads), keys=_digests(keys),
    )  # fmt: skip


def encode_snapshot(snapshot: Snapshot) -> str:
    return json.dumps({
        "level": snapshot.level, "rule": snapshot.rule, "score": snapshot.score, "signs": dict(snapshot.signs),
        "against": dict(snapshot.against), "ads": sorted(snapshot.ads.items()),
        "keys": {kind: sorted(values) for kind, values in sorted(snapshot.keys.items())},
    }, ensure_ascii=False)  # fmt: skip


def decode_snapshot(document: str) -> Snapshot:
    values: dict[str, Any] = json.loads(document)
    return Snapshot(
        level=values["level"], rule=values["rule"], score=values["score"], signs=values["signs"],
        against=values["against"], ads=dict(values["ads"]),
        keys={kind: frozenset(found) for kind, found in values["keys"].items()},
    )  # fmt: skip


def fingerprint(snapshot: Snapshot) -> str:
    """Changes when anything does that a decision would be about."""
    return hashlib.sha256(encode_snapshot(snapshot).encode()).hexdigest()[:16]


def news(was: Snapshot, cluster: Cluster, judgement: Judgement, levels: Levels) -> list[str]:
    """What is new of weight since a decision, in words; empty where nothing is. The bounds are in levels.toml."""
    return [*_higher(was, judgement), *_signs(was, judgement, levels), *_grown(was, cluster, levels)]


def _higher(was: Snapshot, judgement: Judgement) -> Iterator[str]:
    if judgement.level > was.level:
        yield f"was {was.level}, now {judgement.level}"


def _signs(was: Snapshot, judgement: Judgement, levels: Levels) -> Iterator[str]:
    for reason in judgement.reasons:
        heavier = reason.weight >= levels.wake.indicator_weight and reason.indicator not in was.signs
        if heavier and reason.indicator[0] not in levels.context:
            yield f"{reason.indicator} {reason.title}"


def _grown(was: Snapshot, cluster: Cluster, levels: Levels) -> Iterator[str]:
    wake = levels.wake
    more = sum(ad.ad not in was.ads for ad in cluster.ads)
    if more >= wake.new_ads:
        yield f"{more} more ads"
    carried = {(key.kind, key.value) for ad in cluster.ads for key, _, _ in ad.keys if key.kind in wake.keys}
    for kind, found in sorted(_digests(carried).items()):
        if fresh := len(found - was.keys.get(kind, frozenset())):
            yield f"{fresh} {kind}{'s' if fresh > 1 else ''} that no ad of it had"


def _digests(keys: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind, value in keys:
        found.setdefault(kind, set()).add(hashlib.sha256(f"{kind}\n{value}".encode()).hexdigest()[:16])
    return {kind: frozenset(values) for kind, values in found.items()}
