"""Proposes other weights where the decisions speak clearly against the present ones; never changes any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from alerts.cases import Held
from alerts.decisions.trackrecord import TrackRecord
from nlp.catalog_file import Indicator

FEWEST = 10  # decided alerts; with fewer nothing is proposed
STEP = 0.5  # what weights are counted in
HEAVIEST = 3.0
# How many decided alerts the grade stands for: what was published or is law gives way more slowly than an expert list.
PRIOR = {"published+": 30.0, "published0": 30.0, "published-": 30.0, "law": 30.0, "expert": 10.0}
RULE = (
    "present weight times the ratio of its share to that of all alerts decided, drawn to that as if its grade were "
    "{prior:g} more alerts decided; between half and one and a half times, in steps of {step:g}, at most {most:g}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One indicator with its record; `proposed` is None where it should stay, and `why` says by which rule."""

    indicator: str
    title: str
    grade: str
    held: Held
    weight: float
    proposed: float | None
    why: str


def suggestions(record: TrackRecord, entries: Mapping[str, Indicator]) -> list[Suggestion]:
    """One for each indicator that spoke for an alert that was decided; those with a proposal first."""
    found = (_suggest(entries[id], held, record.overall) for id, held in record.indicators.items() if id in entries)
    return sorted(found, key=lambda one: (one.proposed is None, -one.held.decided, one.indicator))


def changes(found: Iterable[Suggestion]) -> Iterator[Suggestion]:
    return (one for one in found if one.proposed is not None)


def _suggest(entry: Indicator, held: Held, overall: Held) -> Suggestion:
    proposed, why = _proposal(entry, held, overall)
    return Suggestion(
        indicator=entry.id, title=entry.title, grade=entry.grade, held=held, weight=entry.weight, proposed=proposed,
        why=why,
    )  # fmt: skip


def _proposal(entry: Indicator, held: Held, overall: Held) -> tuple[float | None, str]:
    """The weight proposed, if any, and the rule in words."""
    if held.decided < FEWEST or held.low is None or held.high is None:
        return None, f"fewer than {FEWEST} alerts decided"
    common = overall.held / overall.decided
    if held.low <= common <= held.high:
        return None, f"its interval holds the share of all alerts decided, {common:.0%}"
    if entry.weight <= 0:
        return None, "it has no weight for an alert: only its source can give it one"
    prior = PRIOR[entry.grade]
    drawn = (held.held + prior * common) / (held.decided + prior)
    ratio = min(1.5, max(0.5, drawn / common)) if common else 1.0
    proposed = min(HEAVIEST, max(STEP, round(entry.weight * ratio / STEP) * STEP))
    if proposed == entry.weight:
        return None, f"{entry.weight * ratio:.2f} is nearest to what it weighs"
    return proposed, RULE.format(prior=prior, step=STEP, most=HEAVIEST)
