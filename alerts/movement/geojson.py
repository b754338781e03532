"""Stays as GeoJSON (RFC 7946): a point for each, and a line for each contact in time order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from alerts.cases import Stay
from alerts.movement.places import SOURCE

Feature = dict[str, Any]
PRECISION = "municipality or town, never an address"


def as_geojson(cluster: str, stays: Iterable[Stay]) -> dict[str, Any]:
    """A FeatureCollection; `source`, `precision` and `cluster` are members of our own."""
    by_contact: dict[tuple[str, ...], list[Stay]] = defaultdict(list)
    points = []
    for stay in stays:
        by_contact[stay.contacts].append(stay)
        points.append(_point(stay))
    lines = [_line(contacts, found) for contacts, found in by_contact.items() if len(found) > 1]
    return {
        "type": "FeatureCollection", "cluster": cluster, "source": SOURCE, "precision": PRECISION,
        "features": points + lines,
    }  # fmt: skip


def _point(stay: Stay) -> Feature:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [stay.longitude, stay.latitude]},
        "properties": {
            "contacts": list(stay.contacts), "place": stay.place, "country": stay.country, "code": stay.code,
            "first": stay.first, "last": stay.last, "stated": stay.stated, "ads": list(stay.ads), "km": stay.km,
            "border": stay.border, "note": stay.note, "quote": stay.evidence.quote,
        },
    }  # fmt: skip


def _line(contacts: tuple[str, ...], stays: Sequence[Stay]) -> Feature:
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[stay.longitude, stay.latitude] for stay in stays]},
        "properties": {
            "contacts": list(contacts), "stays": len(stays), "first": stays[0].first,
            "last": max(stay.last for stay in stays), "km": sum(stay.km or 0 for stay in stays),
            "borders": [stay.border for stay in stays if stay.border],
            "note": next((stay.note for stay in stays if stay.note), ""),
        },
    }  # fmt: skip
