"""Observation: one version of an ad as the store hands it over; apart from it, so that a reader loads no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crawler.ads import Kind


@dataclass(frozen=True, slots=True)
class Observation:
    """One stored version of one ad. `ad` is the store's number of the ad, `document` its content."""

    id: int
    ad: int
    site: str
    ad_id: str
    kind: Kind
    seen_at: str
    capture: int | None
    document: dict[str, Any]
