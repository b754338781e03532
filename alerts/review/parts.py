"""Parts of a case's page: its templates as tables, its watch-list hits by entry, its stays by contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from alerts.cases import Case, Stay, Watched
from alerts.review.fields import FieldView, field_view
from alerts.templates.incase import Aligned, CaseTemplate, align, case_templates
from alerts.templates.view import MAX_ADS, Row, Segment, Span

TABLES = 8  # templates that a case's page shows
ALIGNED = 2 * MAX_ADS  # ads whose texts it aligns for them
ROWS = 25  # ads of a template that a case's page shows; its own page has the others
SLOTS = 24  # columns of a table; texts that differ in every second word would make hundreds
PIECES = 40  # an ad's own words that are shown
FOLD_AT = 80  # characters of a slot that stand open
CUT_AT = 2_000  # characters of a slot that are shown at all


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """What one ad has in each slot and beside them, and `more_own` pieces not shown; `percent` of the shared words."""

    ad: int
    percent: int
    slots: tuple[FieldView | None, ...]
    own: tuple[FieldView, ...]
    more_own: int
    loose: bool


@dataclass(frozen=True, slots=True)
class TemplateTable:
    """A template drawn: its text in pieces, each with the slot behind it, and a row for each ad shown.

    `slots` are those with a column, `more_slots` those without; `left_out` ads are not aligned.
    """

    of: CaseTemplate
    segments: tuple[Segment, ...]
    slots: int
    more_slots: int
    rows: tuple[TemplateRow, ...]
    left_out: int

    @property
    def has_own(self) -> bool:
        return any(row.own for row in self.rows)

    @property
    def more(self) -> int:
        """Aligned ads that have no row here."""
        return len(self.of.ads) - self.left_out - len(self.rows)


@dataclass(frozen=True, slots=True)
class TemplateParts:
    """The templates of a case: the largest as tables, of the others that they are there."""

    tables: tuple[TemplateTable, ...]
    named: tuple[CaseTemplate, ...]

    @property
    def count(self) -> int:
        return len(self.tables) + len(self.named)


def template_parts(case: Case) -> TemplateParts:
    """The largest templates, as many as TABLES and ALIGNED allow; the others by name."""
    found = case_templates(case)
    spent = accumulate(min(len(one.ads), MAX_ADS) for one in found[:TABLES])
    shown = sum(ads <= ALIGNED for ads in spent)
    tables = tuple(template_table(one, first=0, size=ROWS) for one in align(case, found[:shown]))
    return TemplateParts(tables, tuple(found[shown:]))


def template_table(aligned: Aligned, *, first: int, size: int) -> TemplateTable:
    """`size` ads of an aligned template from the `first` on."""
    view, loose = aligned.view, set(aligned.of.loose)
    slots = max((part.slot or 0 for part in view.segments), default=0)
    return TemplateTable(
        of=aligned.of,
        segments=view.segments,
        slots=min(slots, SLOTS),
        more_slots=max(0, slots - SLOTS),
        rows=tuple(_row(row, row.ad in loose) for row in view.rows[first : first + size]),
        left_out=view.left_out,
    )


def _row(row: Row, loose: bool) -> TemplateRow:
    slots = tuple(_cell(f"slot {number}", span) for number, span in enumerate(row.slots[:SLOTS], 1))
    own = tuple(cell for span in row.own[:PIECES] if (cell := _cell("own words", span)))
    return TemplateRow(row.ad, round(100 * row.agreement), slots, own, len(row.own[PIECES:]), loose)


def _cell(name: str, span: Span) -> FieldView | None:
    return field_view(name, span.text, (), fold_at=FOLD_AT, cut_at=CUT_AT) if span.text.strip() else None


@dataclass(frozen=True, slots=True)
class WatchRow:
    """All hits of one entry of the watch-list in a case; `first` and `last` say when they were found."""

    entry: Watched
    ads: tuple[int, ...]
    first: str
    last: str


def watch_rows(watched: Iterable[Watched]) -> list[WatchRow]:
    """One row an entry, that with the newest hit first."""
    by_entry: dict[int, list[Watched]] = defaultdict(list)
    for hit in watched:
        by_entry[hit.entry].append(hit)
    rows = [
        WatchRow(hits[0], tuple(sorted({hit.ad for hit in hits})), min(h.at for h in hits), max(h.at for h in hits))
        for hits in by_entry.values()
    ]
    return sorted(rows, key=lambda row: (row.last, row.entry.entry), reverse=True)


@dataclass(frozen=True, slots=True)
class StayRow:
    """One stay; `begins` where it is the first of its contact."""

    stay: Stay
    begins: bool


def stay_rows(stays: Iterable[Stay]) -> list[StayRow]:
    """The stays of each contact together, in time order; the contact with the most first."""
    by_contact: dict[tuple[str, ...], list[Stay]] = defaultdict(list)
    for stay in stays:
        by_contact[stay.contacts].append(stay)
    travels = sorted(by_contact.values(), key=lambda some: (-len(some), some[0].first, some[0].contacts))
    return list(_rows(travels))


def _rows(travels: Iterable[list[Stay]]) -> Iterator[StayRow]:
    for some in travels:
        yield from (StayRow(stay, number == 0) for number, stay in enumerate(some))
