"""What each page shows, worked out before it is drawn: the queue by level, a case with each key told once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from alerts.cases import AdView, Alert, Case, Held, Level, Link, Reason
from alerts.review.desk import Totals
from alerts.review.fields import FieldView, field_view
from alerts.review.parts import (
    StayRow,
    TemplateParts,
    TemplateTable,
    WatchRow,
    stay_rows,
    template_parts,
    template_table,
    watch_rows,
)
from alerts.templates.incase import align, case_templates

Item = TypeVar("Item")

ADS_A_PAGE = 50
ALERTS_A_PAGE = 100
QUEUED: tuple[Level, ...] = ("L3", "L2")  # what the queue holds unless another level is asked for
BODY_FIELDS = ("title", "text")

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_STATE = re.compile(r"[a-z][a-z_-]{0,31}", re.ASCII)


def is_id(cluster: str) -> bool:
    """True for a cluster's id as it may stand in an address; all others are shown but not linked."""
    return _ID.fullmatch(cluster) is not None


def is_state(state: str) -> bool:
    return _STATE.fullmatch(state) is not None


@dataclass(frozen=True, slots=True)
class Paging:
    """Page `number` of `last`, counted from 1, with `size` items a page."""

    number: int
    last: int
    size: int

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        return items[(self.number - 1) * self.size : self.number * self.size]


def paging(number: int, items: Sequence[object], size: int) -> Paging | None:
    """The page asked for, or None when there is no such page; an empty list has one page."""
    last = max(1, ceil(len(items) / size))
    return Paging(number, last, size) if 1 <= number <= last else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the queue is asked for: a level, a state, the whole of it; nothing of these is today's."""

    level: Level | None = None
    state: str | None = None
    whole: bool = False

    @property
    def is_today(self) -> bool:
        return not (self.level or self.state or self.whole)

    @property
    def query(self) -> str:
        """The address's query to which a page number is added."""
        parts = [("level", self.level), ("state", self.state), ("all", "yes" if self.whole else None)]
        return "".join(f"{key}={value}&" for key, value in parts if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """`more` alerts wait for a place in today's queue."""

    totals: Totals
    asked: Asked
    more: int
    paging: Paging
    groups: tuple[tuple[Level, tuple[Alert, ...]], ...]


def queue_view(totals: Totals, alerts: Sequence[Alert], page: int, asked: Asked, *, more: int = 0) -> QueueView | None:
    """One page of the queue, the highest level first; None when there is no such page.

    What was decided is shown only where its state is asked for.
    """
    levels = (asked.level,) if asked.level else QUEUED
    fitting = [alert for alert in alerts if asked.state or alert.is_undecided]
    wanted = [alert for wanted in levels for alert in fitting if alert.level == wanted]
    place = paging(page, wanted, ALERTS_A_PAGE)
    if place is None:
        return None
    shown = place.of(wanted)
    groups = ((each, tuple(alert for alert in shown if alert.level == each)) for each in levels)
    return QueueView(
        totals=totals,
        asked=asked,
        more=more,
        paging=place,
        groups=tuple(group for group in groups if group[1]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """All links of one key told once: which ads carry it, and how much it ties."""

    kind: str
    value: str
    strength: float
    why: str
    contested: bool
    ads: tuple[int, ...]
    first_seen: str
    last_seen: str


def find_ties(links: Iterable[Link]) -> list[Tie]:
    """The keys behind `links`; those that tie come before contested ones, the strongest first."""
    by_key: dict[tuple[str, str, bool], list[Link]] = {}
    for link in links:
        by_key.setdefault((link.kind, link.value, link.contested), []).append(link)
    return sorted((_tie(group) for group in by_key.values()), key=lambda tie: (tie.contested, -tie.strength))


def _tie(links: list[Link]) -> Tie:
    strongest = max(links, key=lambda link: link.strength)
    return Tie(
        kind=strongest.kind,
        value=strongest.value,
        strength=strongest.strength,
        why=strongest.why,
        contested=strongest.contested,
        ads=tuple(sorted({ad for link in links for ad in (link.ad, link.other)})),
        first_seen=min(link.first_seen for link in links),
        last_seen=max(link.last_seen for link in links),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One page of a case. `pages` says on which page an ad stands; `speaks` for or against, by indicator."""

    case: Case
    level: Level
    paging: Paging
    ads: tuple[AdView, ...]
    ties: tuple[Tie, ...]
    pages: Mapping[int, int]
    speaks: Mapping[str, str]
    templates: TemplateParts
    watched: tuple[WatchRow, ...]
    stays: tuple[StayRow, ...]

    def anchor(self, ad: int) -> str | None:
        """Where an ad of this case stands, as a link from this page; None for an ad of no page."""
        page = self.pages.get(ad)
        if page is None:
            return None
        return f"#ad-{ad}" if page == self.paging.number else f"?page={page}#ad-{ad}"

    def held(self, reason: Reason) -> Held:
        """How often what this sign pointed at held up."""
        return self.case.alert.held.get(reason.indicator, Held()) if self.case.alert else Held()

    def fields(self, ad: AdView) -> list[FieldView]:
        """The fields beside title and text that say something."""
        rest = [name for name, text in ad.fields.items() if text and name not in BODY_FIELDS]
        return [field_view(name, ad.fields[name], ad.marks) for name in rest]

    def body(self, ad: AdView, name: str) -> FieldView | None:
        text = ad.fields.get(name)
        return field_view(name, text, ad.marks) if text else None


def case_view(case: Case, page: int) -> CaseView | None:
    """One page of a case; None when there is no such page."""
    place = paging(page, case.ads, ADS_A_PAGE)
    if place is None:
        return None
    return CaseView(
        case=case,
        level=case.alert.level if case.alert else "L0",
        paging=place,
        ads=tuple(place.of(case.ads)),
        ties=tuple(find_ties(case.links)),
        pages=_pages(case),
        speaks=_sides(case.alert),
        templates=template_parts(case),
        watched=tuple(watch_rows(case.watched)),
        stays=tuple(stay_rows(case.stays)),
    )


def _pages(case: Case) -> dict[int, int]:
    """On which page of its case each ad stands."""
    return {ad.ad: index // ADS_A_PAGE + 1 for index, ad in enumerate(case.ads)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePage:
    """One template of a case on a page of its own."""

    case: Case
    table: TemplateTable
    paging: Paging
    pages: Mapping[int, int]

    def anchor(self, ad: int) -> str | None:
        """Where an ad stands on its case's page; None where that has no address."""
        page = self.pages.get(ad)
        return f"/cluster/{self.case.cluster}?page={page}#ad-{ad}" if page and is_id(self.case.cluster) else None


def template_page(case: Case, value: str, page: int) -> TemplatePage | None:
    """One page of a template's ads; None when there is no such template in the case, or no such page."""
    found = next((one for one in case_templates(case) if one.value == value), None)
    if found is None:
        return None
    (aligned,) = align(case, [found])
    place = paging(page, aligned.view.rows, ADS_A_PAGE)
    if place is None:
        return None
    table = template_table(aligned, first=(place.number - 1) * ADS_A_PAGE, size=ADS_A_PAGE)
    return TemplatePage(case=case, table=table, paging=place, pages=_pages(case))


def _sides(alert: Alert | None) -> dict[str, str]:
    if alert is None:
        return {}
    against = {reason.indicator: "against" for reason in alert.against if reason.weight < 0}
    return against | {reason.indicator: "for" for reason in alert.reasons}
