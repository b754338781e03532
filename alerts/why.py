"""Why now: the sentence that says what brought an alert up, or back."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.cases import Decision
from alerts.facts import Cluster
from alerts.judgements import Judgement

LAPSED = "what raised it no longer stands in the newest version of its ads, or no longer ties them"


def why_new(cluster: Cluster, judgement: Judgement) -> str:
    ads = f"{len(cluster.ads)} ads" if len(cluster.ads) > 1 else "one ad"
    return f"first seen in {ads}: {_strongest(judgement)}"


def why_changed(level: str, state: str, judgement: Judgement) -> str:
    was = "had lapsed" if state == "lapsed" else f"was {level}"
    return f"{was}, now {judgement.level}: {_strongest(judgement)}"


def why_woken(decision: Decision, news: Sequence[str]) -> str:
    return f"decided {decision.verdict} on {decision.at[:10]}; new since then: {'; '.join(news)}"


def why_undone(decision: Decision, reason: str) -> str:
    return f"the decision of {decision.at[:10]} ({decision.verdict}) was undone: {' '.join(reason.split())[:200]}"


def why_moved(old: str, new: str) -> str:
    return f"{old} became part of {new}"


def why_joined(heir: str) -> str:
    return f"its ads are now part of {heir}, which has an alert of its own"


def why_gained(number: int, old: str) -> str:
    return f"{old} became part of it, whose alert {number} nobody had decided yet"


def _strongest(judgement: Judgement) -> str:
    return "; ".join(reason.title for reason in judgement.reasons[:3])
