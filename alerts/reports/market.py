"""The market report: how much is advertised, when, where and how long, with estimates and how whole the crawls are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from alerts.lists.building import build_lists
from alerts.lists.frame import Frame, NoLists
from alerts.lists.sighted import Sighted, parameters
from alerts.lists.sweep import Swept, sweep
from alerts.population.estimates import Estimate, NoEstimate
from alerts.population.histories import Histories
from alerts.population.methods import Choice, estimate
from alerts.population.survival import Point
from alerts.population.turnover import Occasion, Turnover
from alerts.reports.common import (
    Ground,
    coverage,
    find_ground,
    kinds,
    languages,
    ordered,
    over_time,
    places,
    units,
    unknown,
)
from alerts.reports.exhibits import WITHHELD, Cell, Exhibit, NoReport, Note, Plot, Report, Said
from alerts.reports.hiding import hide, hide_overlapping, hide_parts, rough
from alerts.reports.seen import Times, by_site, of_sites, tells_of_few, turnover, windows
from alerts.reports.staying import EVERY, curve, find_spans
from alerts.sampling.designs import FEW
from crawler.ads import KINDS
from crawler.database import Database

METHODS = ("loglinear", "heterogeneity", "chao")  # none that could be turned round into a small overlap of two lists
SWEPT_BY = "chao"
MOST_LISTS = 6  # more make the search among models of several lists take minutes


def make_market(db: Database, frame: Frame) -> Report:
    """The report of the frame, whose unit is contact and whose window is how long a stretch of the trends is.

    Raises NoLists and NoReport.
    """
    if frame.window > frame.days:
        raise NoReport(
            f"the period has {frame.days} days and no whole stretch of {frame.window}; a shorter --window, or a longer "
            "period"
        )
    ground = find_ground(db, frame)
    times = windows(frame, frame.window)
    in_kinds = Counter(ad.kind for ad in ground.ads)
    of_kinds = hide_parts({kind: in_kinds[kind] for kind in KINDS})
    exhibits = (
        units(ground), trend_of_ads(ground, times), *trend_of_contacts(ground, times), places(ground),
        sites(db, ground), kinds(ground, of_kinds), languages(ground), *survival(db, ground), *estimates(ground),
        *swept(ground), coverage(ground),
    )  # fmt: skip
    return Report(
        kind="market", first=frame.first, last=frame.last, sites=frame.sites, ad_kinds=frame.ad_kinds,
        contacts=frame.kinds, exhibits=exhibits, unknown=tuple(unknown(ground, exhibits)),
    )  # fmt: skip


def trend_of_ads(ground: Ground, times: Times) -> Exhibit:
    cells = over_time(ground.seen.ads, times)
    return Exhibit(key="trend-ads", unit="ads", n=len(ground.ads), columns=("from", "ads"), rows=tuple(cells.items()),
                   plots=(Plot("lines", "from", "ads"),))  # fmt: skip


def trend_of_contacts(ground: Ground, times: Times) -> Iterator[Exhibit]:
    """How many were seen, and how many there may have been: an open population, in which some come and some go."""
    contacts = ground.contacts
    if contacts is None:
        return
    seen, found = over_time(contacts, times), turnover(contacts, times)
    sizes = {one.name: _estimated(one, size) for one, size in found}
    rows = tuple((name, cell, *sizes.get(name, (None, None, None))) for name, cell in seen.items())
    notes = () if found else (Note("too-few-stretches", {"days": ground.frame.window}),)
    yield Exhibit(
        key="trend-contacts", unit="contacts", n=hide(ground.seen.units["contacts"]),
        columns=("from", "seen", "estimate", "low", "high"), rows=rows, notes=notes,
        plots=(Plot("lines", "from", "estimate", "low", "high", beside="seen"),),
    )  # fmt: skip


def _estimated(one: Occasion, size: Turnover) -> tuple[Cell, Cell, Cell]:
    if tells_of_few(one):
        return WITHHELD, WITHHELD, WITHHELD
    return rough(size.estimate), rough(size.low), rough(size.high)


def sites(db: Database, ground: Ground) -> Exhibit:
    """Sites side by side. An ad and an observation are of one site, a contact may be of several."""
    ads, contacts = hide_parts(by_site(ground.seen.ads)), {}
    observations = hide_parts(_observations(db, ground))
    if ground.contacts:
        contacts = hide_overlapping(by_site(ground.contacts), ground.seen.units["contacts"])
    rows = tuple((name, ads[name], observations.get(name, 0), contacts.get(name, 0)) for name in ordered(ads))
    return Exhibit(
        key="sites", unit="apart", n=len(rows), columns=("site", "ads", "observations", "contacts"), rows=rows,
        plots=(Plot("bars", "site", "ads"), Plot("bars", "site", "contacts")),
    )  # fmt: skip


def _observations(db: Database, ground: Ground) -> dict[str, int]:
    sql = (
        "SELECT a.site, count(*) FROM observations o JOIN ads a ON a.id = o.ad "
        "WHERE o.seen_at >= :since AND o.seen_at < :after "
        "AND (:sites = '[]' OR a.site IN (SELECT value FROM json_each(:sites))) "
        "AND (:ad_kinds = '[]' OR a.kind IN (SELECT value FROM json_each(:ad_kinds))) GROUP BY 1"
    )
    return dict(db.execute(sql, parameters(ground.frame) | {"after": ground.frame.after}).fetchall())


def survival(db: Database, ground: Ground) -> Iterator[Exhibit]:
    spans = find_spans(db, ground.frame)
    counts = {name: sum(count for _, _, count in parts) for name, parts in spans.items()}
    if counts.get(EVERY, 0) < FEW:
        return
    rows: list[tuple[Cell, ...]] = [
        (Said("all-sites") if name == EVERY else name, *cells)
        for name in (EVERY, *sorted(set(spans) - {EVERY}))
        for cells in _with_start(curve(spans[name]))
    ]
    notes = () if rows else (Note("none-ended"),)
    yield Exhibit(
        key="survival", unit="ads", n=hide(counts[EVERY], len(ground.ads)),
        columns=("site", "days", "lasting", "low", "high"), rows=tuple(rows), notes=notes,
        plots=(Plot("curves", "site", "lasting", "low", "high"),) if rows else (),
    )  # fmt: skip


def _with_start(points: Sequence[Point]) -> Iterator[tuple[Cell, Cell, Cell, Cell]]:
    """The points as days, share and interval, from the first day on, when all were there."""
    if points:
        yield 0, 1.0, 1.0, 1.0
    for point in points:
        yield round(point.days), _percent(point.share), _percent(point.low), _percent(point.high)


def _percent(share: float | None) -> float | None:
    """To whole percents: what is finer would tell of one ad."""
    return None if share is None else round(share, 2)


def estimates(ground: Ground) -> Iterator[Exhibit]:
    """What several methods make of the largest sites as lists, and of stretches of time as lists, side by side."""
    contacts, frame = ground.contacts, ground.frame
    if contacts is None:
        return
    counts = by_site(contacts)
    largest = tuple(sorted(counts, key=lambda name: (-counts[name], name))[:MOST_LISTS])
    cut = replace(frame, by="period", window=max(1, frame.days // MOST_LISTS))
    rows = [*_answers("sites", of_sites(contacts, largest), frame, ground), *_answers("periods", contacts, cut, ground)]
    yield Exhibit(
        key="estimates", unit="contacts", n=hide(ground.seen.units["contacts"]),
        columns=("lists", "method", "seen", "estimate", "low", "high"), rows=tuple(rows),
    )  # fmt: skip


def _answers(lists: str, contacts: Sighted, frame: Frame, ground: Ground) -> Iterator[tuple[Cell, ...]]:
    try:
        histories = build_lists(contacts, frame).histories
    except NoLists:
        yield Said(lists), Said("too-few-lists"), None, None, None, None
        return
    seen = hide(histories.observed, ground.seen.units["contacts"])
    for method in METHODS:
        yield Said(lists), method, seen, *_answer(method, histories)


def _answer(method: str, histories: Histories) -> tuple[Cell, Cell, Cell]:
    if histories.observed < FEW:
        return WITHHELD, WITHHELD, WITHHELD
    try:
        found: Estimate = estimate(method, histories, Choice())
    except NoEstimate:
        return Said("no-answer"), None, None
    return rough(found.estimate), rough(found.low), rough(found.high)


def swept(ground: Ground) -> Iterator[Exhibit]:
    """How far an estimate hangs on how surely a contact was read, and on how long a list lasts."""
    if ground.contacts is None:
        return
    try:
        found = list(sweep(ground.contacts, replace(ground.frame, by="period"), [SWEPT_BY], Choice()))
    except NoLists:  # one stretch: nothing is estimated from it
        return
    rows = tuple(_varied(one) for one in found if one.method == SWEPT_BY)
    yield Exhibit(
        key="sweep", unit="contacts", n=hide(ground.seen.units["contacts"]),
        columns=("varied", "at", "estimate", "low", "high"), rows=rows,
        plots=(Plot("ranges", "varied", "estimate", "low", "high", beside="at"),),
    )  # fmt: skip


def _varied(one: Swept) -> tuple[Cell, ...]:
    at = round(one.value) if one.swept == "window" else one.value
    if one.estimate is None:
        return Said(f"varied-{one.swept}"), at, Said("no-answer"), None, None
    if one.observed < FEW:
        return Said(f"varied-{one.swept}"), at, WITHHELD, WITHHELD, WITHHELD
    return Said(f"varied-{one.swept}"), at, rough(one.estimate), rough(one.low), rough(one.high)
