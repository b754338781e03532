"""Judgements as JSON text and back, for the store."""

from __future__ import annotations

import json
from typing import Any

from alerts.cases import Evidence, Level, Reason
from alerts.judge import Judgement


def decode_judgement(document: str) -> Judgement:
    values = json.loads(document)
    level: Level = values["level"]
    return Judgement(
        level=level, rule=values["rule"], score=values["score"],
        reasons=tuple(map(_reason, values["reasons"])), against=tuple(map(_reason, values["against"])),
    )  # fmt: skip


def _reason(values: dict[str, Any]) -> Reason:
    quotes = tuple(Evidence(**part) for part in values["evidence"])
    return Reason(**values | {"evidence": quotes, "groups": tuple(values["groups"])})
