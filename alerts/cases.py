"""What a person is shown: the queue of alerts and the case behind each, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from msgspec import Struct

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


class Verdict(StrEnum):
    """What a person found an alert to be; words.toml explains each."""

    CONFIRMED = "confirmed"
    USEFUL = "useful"
    BENIGN = "benign"
    WRONG_LINK = "wrong-link"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided on an alert. `verdict` is "undone" where the entry takes back the decision `undoes`;
    `undone_by` is the number of the entry that took this one back.
    """

    id: int
    at: str
    by: str
    alert: int
    cluster: str
    verdict: str
    reason: str
    undoes: int | None = None
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Of `decided` alerts that an indicator or a rule spoke for, `held` were confirmed or useful.

    `low` and `high` bound the share with 95 % confidence; None where nothing is decided.
    """

    held: int = 0
    decided: int = 0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An explained alert on one cluster. `rule` is the sentence of the level rule that raised it.

    `woken_at` is when it was opened, or came back; `place` is the day whose budget holds a place for it, None while
    it waits. `held` is the track record of its indicators, by id.
    """

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
    woken_at: str = ""
    place: str | None = None
    rule_held: Held = Held()
    held: Mapping[str, Held] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()

    @property
    def is_undecided(self) -> bool:
        return self.state not in ("decided", "joined")


@dataclass(frozen=True, slots=True)
class Queue:
    """The alerts that nobody decided and that have a place, the most pressing first; `more` wait for one."""

    shown: tuple[Alert, ...]
    more: int


class Link(Struct, frozen=True, kw_only=True, gc=False):
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
class Stay:
    """One place that the ads of a contact were in, from `first` to `last` (ISO 8601, UTC), by what they say.

    `contacts` are "phone:+47…", "email:…", or "ad:site/id" for an ad without any; several stand in the very same ads.
    `stated` means dates that the ad announces, else it was seen naming the place. Coordinates are those of the
    municipality or town. `km` is the great circle from the contact's stay before, `border` the countries of a crossing
    ("NO-SE"); `elsewhere` are places that the contact was in at that time too, and `note` explains it.
    """

    contacts: tuple[str, ...]
    place: str
    country: str
    code: str | None
    latitude: float
    longitude: float
    first: str
    last: str
    stated: bool
    ads: tuple[int, ...]
    km: int | None
    border: str
    note: str
    elsewhere: tuple[str, ...] = ()
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One body to turn to, why for this case, and how; from a dated data file."""

    body: str
    use: str
    contact: str
    why: str


@dataclass(frozen=True, slots=True)
class Community:
    """Ads, by number, that hang together closely; `keys` are what most of them share, as "kind:value", and
    `outside` those of them that also tie ads of other communities.
    """

    ads: tuple[int, ...]
    keys: tuple[str, ...]
    outside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An ad that matched an entry of the watch-list at `at` (ISO 8601, UTC). `typed` is the value as a person wrote it;
    `state` of the entry is "stands", "expired" or "removed"; `past`: the ad was there when the entry was added.
    """

    entry: int
    case_ref: str
    kind: str
    typed: str
    state: str
    ad: int
    at: str
    past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One cluster, whole: what the review page shows and `varde cluster ID` prints.

    `seen` stands for all that a decision on its alert would be about; it changes when any of that does.
    """

    cluster: str
    alert: Alert | None
    ads: tuple[AdView, ...]
    links: tuple[Link, ...]
    timeline: tuple[Event, ...]
    referral: tuple[Referral, ...]
    stays: tuple[Stay, ...] = ()
    history: tuple[str, ...] = ()
    communities: tuple[Community, ...] = ()
    watched: tuple[Watched, ...] = ()
    seen: str = ""
