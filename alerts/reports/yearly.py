"""The yearly status report: indicators, forms, places, ages, means, trends, decisions, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from alerts.alertstore import alerts
from alerts.cases import Alert, Verdict
from alerts.decisions.trackrecord import count
from alerts.decisions.verdicts import FELL, HELD_UP, UNDONE
from alerts.lists.frame import Frame
from alerts.movement.sightings import SELLING
from alerts.reports.adfacts import BANDS, NOT_STATED, SEVERAL, UNREAD, AdFact
from alerts.reports.common import Ground, coverage, find_ground, kinds, languages, places, units, unknown
from alerts.reports.exhibits import Cell, Exhibit, Note, Plot, Report, Said
from alerts.reports.grouping import Grouping, groupings
from alerts.reports.hiding import hide, hide_parts, hide_seen, hide_table, hide_union, is_few
from alerts.reports.indicators import find_shown, indicators
from alerts.reports.seen import by_time, kept, months
from crawler.database import Database

FATES = ("decided", "shown", "dropped", "lapsed")
_LEVELS = ("L3", "L2")
_DECISIONS = (
    "SELECT d.verdict FROM decisions d WHERE d.at >= ? AND d.at < ? AND d.verdict != ? "
    "AND NOT EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.id)"
)


def make_yearly(db: Database, year: int) -> Report:
    """The report of one year, by the days of UTC. Raises NoLists and NoReport."""
    frame = Frame(first=date(year, 1, 1), last=date(year, 12, 31))
    ground = find_ground(db, frame)
    raised = [one for one in alerts(db) if frame.since <= one.opened_at < frame.after]
    exhibits = (
        units(ground), *trends(ground), kinds(ground), forms(ground), means(ground),
        indicators(ground, find_shown(db, ground), raised), places(ground), ages(ground), languages(ground),
        alerts_by_level(raised), alerts_by_month(frame, raised), decisions(db, frame), coverage(ground),
    )  # fmt: skip
    return Report(
        kind="yearly", first=frame.first, last=frame.last, sites=(), ad_kinds=(), contacts=frame.kinds,
        exhibits=exhibits, unknown=tuple(_unknown(ground, raised)),
    )  # fmt: skip


def trends(ground: Ground) -> Iterator[Exhibit]:
    """Ads and contacts by month; one that is there in two months is counted in both."""
    times, contacts = months(ground.frame), ground.seen.contacts
    ads = by_time(ground.seen.ads, times)
    rows = tuple((name, hide_seen(number)) for name, number in zip(times.names, ads, strict=True))
    yield Exhibit(key="months-ads", unit="ads", n=len(ground.ads), columns=("month", "ads"), rows=rows,
                  plots=(Plot("lines", "month", "ads"),))  # fmt: skip
    if contacts is None:
        return
    numbers = by_time(kept(contacts, ground.frame), times)
    rows = tuple((name, hide_seen(number)) for name, number in zip(times.names, numbers, strict=True))
    yield Exhibit(
        key="months-contacts", unit="contacts", n=hide(ground.seen.units["contacts"]), columns=("month", "contacts"),
        rows=rows, plots=(Plot("lines", "month", "contacts"),),
    )  # fmt: skip


def forms(ground: Ground) -> Exhibit:
    rows = _grouped("forms", "form", ground.ads)
    return Exhibit(key="forms", unit="ads", n=len(ground.ads), columns=("form", "ads", "of"), rows=rows,
                   plots=(Plot("bars", "form", "ads"),))  # fmt: skip


def means(ground: Ground) -> Exhibit:
    rows = _grouped("means", "means", ground.ads)
    return Exhibit(key="means", unit="ads", n=len(ground.ads), columns=("means", "ads", "of"), rows=rows,
                   plots=(Plot("bars", "means", "ads"),))  # fmt: skip


def _grouped(which: str, word: str, ads: Sequence[AdFact]) -> tuple[tuple[Cell, ...], ...]:
    """Each group with the ads that show it and those that could: an ad is counted under each that it shows."""
    kinds_of = Counter(ad.kind for ad in ads)
    shown = Counter((ad.kind, indicator) for ad in ads for indicator in ad.shown)
    found = []
    for group in groupings()[which]:
        could = sum(number for kind, number in kinds_of.items() if not group.kinds or kind in group.kinds)
        parts = [_shown(shown, group, indicator) for indicator in group.indicators]
        number = hide_union(sum(map(group.holds, ads)), could, [part for part in parts if part])
        found.append((Said(f"{word}-{group.name}"), number, hide(could)))
    return tuple(found)


def _shown(shown: Mapping[tuple[str, str], int], group: Grouping, indicator: str) -> int:
    return sum(n for (kind, one), n in shown.items() if one == indicator and (not group.kinds or kind in group.kinds))


def ages(ground: Ground) -> Exhibit:
    """Of ads that sell, where the age is that of who is advertised; a job ad may state whom it seeks."""
    selling = [ad for ad in ground.ads if ad.kind in SELLING]
    counts = Counter(ad.band for ad in selling)
    names = (*(name for _, _, name in BANDS), SEVERAL, NOT_STATED, UNREAD)
    cells = hide_parts({name: counts[name] for name in names if counts[name] or name != UNREAD})
    said = {name: Said(f"age-{name}") for _, _, name in BANDS}
    rows = tuple((said.get(name, Said(name)), cell) for name, cell in cells.items())
    return Exhibit(key="ages", unit="ads", n=hide(len(selling)), columns=("age", "ads"), rows=rows,
                   plots=(Plot("bars", "age", "ads"),), notes=(Note("gender"),))  # fmt: skip


def alerts_by_level(raised: Sequence[Alert]) -> Exhibit:
    """What became of the alerts, as the store has it now; `dropped` never had a place in the queue of a day."""
    counts = {level: dict.fromkeys(FATES, 0) for level in _LEVELS}
    for one in raised:
        row = counts.setdefault(one.level, dict.fromkeys(FATES, 0))
        row[_fate(one)] += 1
    cells = hide_table(counts)
    rows = tuple((Said(f"level-{level}"), *cells[level].values()) for level in counts)
    return Exhibit(key="alerts", unit="alerts", n=hide(len(raised)), columns=("level", *FATES), rows=rows)


def _fate(one: Alert) -> str:
    if one.state in ("decided", "lapsed"):
        return one.state
    return "shown" if one.place else "dropped"


def alerts_by_month(frame: Frame, raised: Iterable[Alert]) -> Exhibit:
    counts = Counter(one.opened_at[:7] for one in raised)
    names = months(frame).names
    cells = hide_parts({name: counts[name] for name in names})
    return Exhibit(
        key="months-alerts", unit="alerts", n=hide(counts.total()), columns=("month", "alerts"),
        rows=tuple((name, cells[name]) for name in names), plots=(Plot("lines", "month", "alerts"),),
    )  # fmt: skip


def decisions(db: Database, frame: Frame) -> Exhibit:
    """The decisions of the year that stand, by verdict."""
    taken = Counter(verdict for (verdict,) in db.execute(_DECISIONS, (frame.since, frame.after, UNDONE)))
    cells = hide_parts({f"{verdict}": taken[verdict] for verdict in Verdict})
    held = count([verdict in HELD_UP for verdict, n in taken.items() for _ in range(n) if verdict in HELD_UP | FELL])
    notes: list[Note] = []
    if held.low is not None and held.high is not None and not any(map(is_few, (held.held, held.decided - held.held))):
        values = {"held": held.held, "decided": held.decided, "low": held.low, "high": held.high}
        notes.append(Note("held", values))
    return Exhibit(
        key="decisions", unit="decisions", n=hide(taken.total()), columns=("verdict", "decisions"),
        rows=tuple((Said(f"verdict-{verdict}"), cells[verdict]) for verdict in Verdict),
        plots=(Plot("bars", "verdict", "decisions"),) if taken else (), notes=tuple(notes),
    )  # fmt: skip


def _unknown(ground: Ground, raised: Sequence[Alert]) -> Iterator[Note]:
    selling = [ad for ad in ground.ads if ad.kind in SELLING]
    if silent := sum(ad.band == NOT_STATED for ad in selling):
        yield Note("age-unknown", {"count": hide(silent, len(selling)), "ads": len(selling)})
    dropped = sum(_fate(one) == "dropped" for one in raised)
    if dropped:
        yield Note("dropped", {"count": hide(dropped, len(raised)), "alerts": len(raised)})
    yield from unknown(ground)
