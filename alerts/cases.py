"""What a person is shown: the queue of alerts and the case behind each, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["L0", "L1", "L2", "L3"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The quoted words that support a reason, and where they stand: `ad.field[start:end] == quote`.

    `ad` is the store's number of the ad; `observation` the version the quote was read from.
    """

    ad: int
    observation: int
    site: str
    ad_id: str
    field: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One indicator that speaks for or against an alert, with all that a reviewer needs to doubt it."""

    indicator: str
    title: str
    groups: tuple[str, ...]
    weight: float
    grade: str
    source: str
    benign: str
    note: str
    evidence: tuple[Evidence, ...]
    ads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An explained alert on one cluster. `rule` is the sentence of the level rule that raised it."""

    id: int
    cluster: str
    level: Level
    state: str
    opened_at: str
    updated_at: str
    why_now: str
    rule: str
    score: float
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    ads: int
    sites: tuple[str, ...]
    kinds: tuple[str, ...]
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One tie of the star that a shared key makes: `ad` carries it as `other` does, the ad of the lowest number.

    `strength` runs from 0 to 1 and falls with how many ads carry the key; `contested` keys are shown
    but do not tie, and `why` says so.
    """

    cluster: str
    ad: int
    other: int
    kind: str
    value: str
    strength: float
    why: str
    contested: bool
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A stretch of one field to highlight, and what it is: an indicator id, "phone", "email" …"""

    field: str
    start: int
    end: int
    what: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdView:
    """One ad of a case as its latest observation shows it; `fields` maps field name to stored text."""

    ad: int
    observation: int
    site: str
    ad_id: str
    kind: str
    url: str
    language: str
    first_seen: str
    last_seen: str
    observations: int
    fields: dict[str, str]
    marks: tuple[Mark, ...]
    capture_sha256: str | None
    fetched_at: str | None
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a case's timeline; `at` is ISO 8601 in UTC."""

    at: str
    what: str
    ad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One body to turn to, why for this case, and how; from a dated data file."""

    body: str
    use: str
    contact: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One cluster, whole: what the review page shows and `varde cluster ID` prints."""

    cluster: str
    alert: Alert | None
    ads: tuple[AdView, ...]
    links: tuple[Link, ...]
    timeline: tuple[Event, ...]
    referral: tuple[Referral, ...]
