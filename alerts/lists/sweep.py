"""How far an estimate hangs on how units were told apart, and on how long a list lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from alerts.lists.building import build_lists
from alerts.lists.frame import Frame, NoLists
from alerts.lists.sighted import Sighted
from alerts.population.estimates import Estimate, NoEstimate
from alerts.population.histories import Histories
from alerts.population.methods import Choice, estimate
from alerts.population.twolists import chapman, choose_pair

CONFIDENCES = (0.5, 0.7, 0.9, 0.95)
STRENGTHS = (0.0, 0.3, 0.5, 0.8, 0.9)
WINDOWS = (7, 14, 28, 90)  # days
LINK_ERROR = 0.05


_Change = tuple[str, float, str, Frame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a method makes of the lists where one thing is otherwise; `note` says why where it has no answer.

    `swept` is what differs, `value` how (confidence, strength, days, share of the links), `at` the same in words;
    `asked` marks the frame itself.
    """

    swept: str
    value: float
    at: str
    method: str
    asked: bool = False
    lists: int = 0
    observed: int = 0
    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


def sweep(sighted: Sighted, frame: Frame, methods: Sequence[str], choice: Choice) -> Iterator[Swept]:
    """Each method over thresholds of linkage, then over lengths of the window, then Chapman under link error."""
    for swept, value, at, other in (*_linkages(frame), *_windows(frame)):
        row = Swept(swept=swept, value=value, at=at, method="", asked=other == frame)
        yield from _at(sighted, other, methods, choice, row)
    yield from _under_error(build_lists(sighted, frame).histories)


def _linkages(frame: Frame) -> Iterator[_Change]:
    if frame.unit in ("contact", "persona"):
        for confidence in sorted({*CONFIDENCES, frame.confidence}):
            yield "reading", confidence, f"confidence {confidence:g} or more", replace(frame, confidence=confidence)
    if frame.unit == "cluster":
        for strength in sorted({*STRENGTHS, frame.strength}):
            yield "ties", strength, f"strength {strength:g} or more", replace(frame, strength=strength)


def _windows(frame: Frame) -> Iterator[_Change]:
    """Lists by site are of the first so many days; others are cut into windows of that many."""
    lengths = sorted({*WINDOWS, frame.window_days})
    for days in (days for days in lengths if days <= frame.days):
        if frame.by == "site":
            yield "window", days, f"first {days} days", replace(frame, last=frame.first + timedelta(days=days - 1))
        elif frame.by != "period" or 2 * days <= frame.days:
            yield "window", days, f"{days} days", replace(frame, window=days)


def _at(sighted: Sighted, frame: Frame, methods: Sequence[str], choice: Choice, row: Swept) -> Iterator[Swept]:
    try:
        histories = build_lists(sighted, frame).histories
    except NoLists as error:
        yield from (replace(row, method=method, note=str(error)) for method in methods)
        return
    row = replace(row, lists=len(histories.lists), observed=histories.observed)
    for method in methods:
        try:
            yield _filled(replace(row, method=method), estimate(method, histories, choice))
        except NoEstimate as error:
            yield replace(row, method=method, note=str(error).removeprefix(f"{method}: "))


def _filled(row: Swept, found: Estimate) -> Swept:
    return replace(row, estimate=found.estimate, se=found.se, low=found.low, high=found.high)


def _under_error(histories: Histories) -> Iterator[Swept]:
    """Chapman for the pair of lists that most are on both of, had so many links been missed, or been false."""
    pair, _ = choose_pair(histories)
    links = ceil(LINK_ERROR * pair.both)
    few, many = max(0, pair.both - links), min(pair.first, pair.second, pair.both + links)
    error, names = f"{LINK_ERROR:.0%} of the links", " and ".join(pair.names)
    for share, at, both in (
        (-LINK_ERROR, f"{error} false", few), (0.0, names, pair.both), (LINK_ERROR, f"{error} missed", many),
    ):  # fmt: skip
        changed = replace(pair, both=both)
        row = Swept(swept="links", value=share, at=at, method="chapman", asked=not share, lists=2)
        yield _filled(replace(row, observed=changed.seen), chapman(changed))
