"""Why now: the sentence that says what brought an alert up, or back."""

from __future__ import annotations

from alerts.facts import Cluster
from alerts.judge import Judgement


def why_new(cluster: Cluster, judgement: Judgement) -> str:
    ads = f"{len(cluster.ads)} ads" if len(cluster.ads) > 1 else "one ad"
    strongest = "; ".join(reason.title for reason in judgement.reasons[:3])
    return f"first seen in {ads}: {strongest}"


def why_changed(level: str, state: str, judgement: Judgement) -> str:
    strongest = "; ".join(reason.title for reason in judgement.reasons[:3])
    return f"{'had lapsed' if state == 'lapsed' else f'was {level}'}, now {judgement.level}: {strongest}"
