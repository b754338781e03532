"""The market report: how much is advertised, when, where and how long, with estimates and how whole the crawls are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from alerts.lists.building import build_lists
from alerts.lists.frame import Frame, NoLists
from alerts.lists.sighted import parameters
from alerts.population.estimates import Estimate, NoEstimate
from alerts.population.histories import Histories
from alerts.population.methods import Choice, estimate
from alerts.population.survival import Point
from alerts.population.turnover import Occasion, Turnover
from alerts.reports.common import Ground, coverage, find_ground, kinds, languages, ordered, places, units, unknown
from alerts.reports.exhibits import WITHHELD, Cell, Exhibit, Note, Plot, Report, Said
from alerts.reports.hiding import hide, hide_parts, hide_seen, rough
from alerts.reports.seen import Times, by_site, by_time, kept, tells_of_few, turnover, windows
from alerts.reports.staying import EVERY, curve, find_spans
from alerts.sampling.designs import FEW
from crawler.database import Database

METHODS = ("loglinear", "heterogeneity", "chao")  # none that could be turned round into a small overlap of two lists


def make_market(db: Database, frame: Frame) -> Report:
    """The report of the frame, whose unit is contact and whose window is how long a stretch of the trends is.

    Raises NoLists and NoReport.
    """
    ground = find_ground(db, frame)
    times = windows(frame, frame.window)
    exhibits = (
        units(ground), trend_of_ads(ground, times), *trend_of_contacts(ground, times), places(ground),
        sites(db, ground), kinds(ground), languages(ground), *survival(db, frame), *estimates(ground), coverage(ground),
    )  # fmt: skip
    return Report(
        kind="market", first=frame.first, last=frame.last, sites=frame.sites, ad_kinds=frame.ad_kinds,
        contacts=frame.kinds, exhibits=exhibits, unknown=tuple(unknown(ground)),
    )  # fmt: skip


def trend_of_ads(ground: Ground, times: Times) -> Exhibit:
    counts = by_time(ground.seen.ads, times)
    rows = tuple((name, hide_seen(count)) for name, count in zip(times.names, counts, strict=True))
    return Exhibit(key="trend-ads", unit="ads", n=len(ground.ads), columns=("from", "ads"), rows=rows,
                   plots=(Plot("lines", "from", "ads"),))  # fmt: skip


def trend_of_contacts(ground: Ground, times: Times) -> Iterator[Exhibit]:
    """How many were seen, and how many there may have been: an open population, in which some come and some go."""
    contacts = ground.seen.contacts
    if contacts is None:
        return
    sure = kept(contacts, ground.frame)
    found = turnover(sure, times)
    if found:
        rows = tuple((one.name, hide_seen(one.caught), *_estimated(one, size)) for one, size in found)
    else:
        rows = tuple((name, hide_seen(count), None, None, None)
                     for name, count in zip(times.names, by_time(sure, times), strict=True))  # fmt: skip
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
    ads, seen = by_site(ground.seen.ads), ground.seen
    contacts = by_site(kept(seen.contacts, ground.frame)) if seen.contacts else {}
    shown_ads, shown_observations = hide_parts(ads), hide_parts(_observations(db, ground))
    rows = tuple(
        (name, shown_ads[name], shown_observations.get(name, 0), hide(contacts.get(name, 0)))
        for name in ordered(shown_ads)
    )
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


def survival(db: Database, frame: Frame) -> Iterator[Exhibit]:
    spans = find_spans(db, frame)
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
        key="survival", unit="ads", n=counts[EVERY], columns=("site", "days", "lasting", "low", "high"),
        rows=tuple(rows), notes=notes, plots=(Plot("steps", "site", "lasting", "low", "high"),) if rows else (),
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
    """What several methods make of the sites as lists, and of the stretches of time as lists, side by side."""
    contacts, frame = ground.seen.contacts, ground.frame
    if contacts is None:
        return
    rows: list[tuple[Cell, ...]] = []
    for by, lists in (("site", Said("sites")), ("period", Said("periods"))):
        try:
            histories = build_lists(contacts, replace(frame, by=by)).histories
        except NoLists:
            rows.append((lists, Said("too-few-lists"), None, None, None))
            continue
        rows += [(lists, method, *_answer(method, histories)) for method in METHODS]
    yield Exhibit(
        key="estimates", unit="contacts", n=hide(ground.seen.units["contacts"]),
        columns=("lists", "method", "estimate", "low", "high"), rows=tuple(rows),
    )  # fmt: skip


def _answer(method: str, histories: Histories) -> tuple[Cell, Cell, Cell]:
    if histories.observed < FEW:
        return WITHHELD, WITHHELD, WITHHELD
    try:
        found: Estimate = estimate(method, histories, Choice())
    except NoEstimate:
        return Said("no-answer"), None, None
    return rough(found.estimate), rough(found.low), rough(found.high)
