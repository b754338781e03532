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
from alerts.reports.adfacts import BANDS, NOT_STATED, SEVERAL, UNREAD, AdFact
from alerts.reports.common import Ground, coverage, find_ground, kinds, languages, over_time, places, units, unknown
from alerts.reports.exhibits import Cell, Exhibit, Note, Plot, Report, Said
from alerts.reports.grouping import Grouping, groupings
from alerts.reports.hiding import Hidden, add, hide, hide_parts, hide_table, hide_union, is_few
from alerts.reports.indicators import find_shown, indicators
from alerts.reports.seen import months
from crawler.ads import KINDS
from crawler.database import Database

FATES = ("decided", "shown", "dropped", "lapsed")
_LEVELS = ("L3", "L2", "L1", "L0")  # L1 and L0 are of alerts that lapsed
_BANDS = (*(name for _, _, name in BANDS), SEVERAL, NOT_STATED, UNREAD)
_DECISIONS = (
    "SELECT d.verdict FROM decisions d WHERE d.at >= ? AND d.at < ? AND d.verdict != ? "
    "AND NOT EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.id)"
)


def make_yearly(db: Database, year: int) -> Report:
    """The report of one year, by the days of UTC. Raises NoLists and NoReport."""
    frame = Frame(first=date(year, 1, 1), last=date(year, 12, 31))
    ground = find_ground(db, frame)
    raised = [one for one in alerts(db) if frame.since <= one.opened_at < frame.after]
    by_kind, fates = hide_table(_bands(ground.ads)), hide_table(_fates(raised))
    exhibits = (
        units(ground), *trends(ground), kinds(ground, by_kind.rows), grouped(ground, by_kind, "forms", "form"),
        grouped(ground, by_kind, "means", "means"),
        indicators(ground, find_shown(db, ground), raised), places(ground), ages(ground, by_kind), languages(ground),
        alerts_by_level(raised, fates), alerts_by_month(frame, raised), decisions(db, frame), coverage(ground),
    )  # fmt: skip
    told = (
        *_some("age-unknown", by_kind.columns[NOT_STATED], len(ground.ads)),
        *_some("dropped", fates.columns["dropped"], hide(len(raised))), *unknown(ground, exhibits),
    )  # fmt: skip
    return Report(
        kind="yearly", first=frame.first, last=frame.last, sites=(), ad_kinds=(), contacts=frame.kinds,
        exhibits=exhibits, unknown=told,
    )  # fmt: skip


def _some(key: str, count: Cell, whole: Cell) -> Iterator[Note]:
    if count:
        yield Note(key, {"count": count, "of": whole})


def trends(ground: Ground) -> Iterator[Exhibit]:
    """Ads and contacts by month; one that is there in two months is counted in both."""
    times = months(ground.frame)
    rows = tuple(over_time(ground.seen.ads, times).items())
    yield Exhibit(key="months-ads", unit="ads", n=len(ground.ads), columns=("month", "ads"), rows=rows,
                  plots=(Plot("lines", "month", "ads"),))  # fmt: skip
    if ground.contacts:
        yield Exhibit(
            key="months-contacts", unit="contacts", n=hide(ground.seen.units["contacts"]),
            columns=("month", "contacts"), rows=tuple(over_time(ground.contacts, times).items()),
            plots=(Plot("lines", "month", "contacts"),),
        )  # fmt: skip


def grouped(ground: Ground, by_kind: Hidden, which: str, word: str) -> Exhibit:
    """Forms of exploitation or means of recruitment: `which` names the groups, `word` one of them."""
    return Exhibit(key=which, unit="ads", n=len(ground.ads), columns=(word, "ads", "of"),
                   rows=_grouped(which, word, ground.ads, by_kind), plots=(Plot("bars", word, "ads"),))  # fmt: skip


def _grouped(which: str, word: str, ads: Sequence[AdFact], by_kind: Hidden) -> tuple[tuple[Cell, ...], ...]:
    """Each group with the ads that show it and those that could: an ad is counted under each that it shows."""
    kinds_of = Counter(ad.kind for ad in ads)
    shown = Counter((ad.kind, indicator) for ad in ads for indicator in ad.shown)
    found = []
    for group in groupings()[which]:
        kinds_could = [kind for kind in kinds_of if not group.kinds or kind in group.kinds]
        could = add(by_kind.rows[kind] for kind in kinds_could) if group.kinds else len(ads)
        parts = [part for indicator in group.indicators if (part := _shown(shown, group, indicator))]
        whole = sum(kinds_of[kind] for kind in kinds_could)
        found.append((Said(f"{word}-{group.name}"), hide_union(sum(map(group.holds, ads)), whole, parts), could))
    return tuple(found)


def _shown(shown: Mapping[tuple[str, str], int], group: Grouping, indicator: str) -> int:
    return sum(n for (kind, one), n in shown.items() if one == indicator and (not group.kinds or kind in group.kinds))


def _bands(ads: Iterable[AdFact]) -> dict[str, dict[str, int]]:
    """Kinds of ads by stated age."""
    counts = Counter((ad.kind, ad.band) for ad in ads)
    return {kind: {band: counts[kind, band] for band in _BANDS} for kind in KINDS}


def ages(ground: Ground, by_kind: Hidden) -> Exhibit:
    """By kind of ad: where an ad sells, the age is that of who is advertised; a job ad may state whom it seeks."""
    said = {name: Said(f"age-{name}") for _, _, name in BANDS}
    rows = tuple((said.get(band, Said(band)), *(by_kind.cells[kind][band] for kind in KINDS)) for band in _BANDS)
    return Exhibit(key="ages", unit="ads", n=len(ground.ads), columns=("age", *KINDS), rows=rows,
                   plots=(Plot("bars", "age", "escort"),), notes=(Note("gender"),))  # fmt: skip


def _fates(raised: Iterable[Alert]) -> dict[str, dict[str, int]]:
    """Levels by what became of their alerts, as the store has it now; `dropped` never had a place in a day's queue."""
    counts = Counter((f"{one.level}", _fate(one)) for one in raised)
    return {level: {fate: counts[level, fate] for fate in FATES} for level in _LEVELS}


def alerts_by_level(raised: Sequence[Alert], fates: Hidden) -> Exhibit:
    rows = tuple((Said(f"level-{level}"), *(fates.cells[level][fate] for fate in FATES)) for level in _LEVELS)
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
