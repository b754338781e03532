"""The rows of an extract: pseudonyms, weeks, and places no finer than five units share."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from hashlib import sha256

from alerts.lists.frame import Frame
from alerts.sampling.cells import Cell, Table
from alerts.sampling.designs import FEW, Sample, week_of

HIDDEN = "*"
_DIGITS = 20  # of a pseudonym: of a million units no two get the same


@dataclass(frozen=True, slots=True)
class Row:
    """One unit in one week on one site, as it may be told. `moment` is the window of a panel or the occasion, `when`
    the week, or the `month` in which that begins.
    """

    id: str
    stratum: str
    moment: int
    when: str
    month: str
    site: str
    places: tuple[str, ...]
    language: str
    kind: str

    @property
    def cell(self) -> tuple[object, ...]:
        """All that is told but who: what at least FEW must share."""
        return (self.stratum, self.moment, self.when, self.site, self.places[0], self.language, self.kind)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows in the order of their pseudonyms: of `made` some tell less (`hidden`), and some are left out whole.

    Rows that tell the same after that are one.
    """

    rows: tuple[Row, ...]
    made: int
    hidden: int
    left_out: int


def make_rows(sample: Sample, frame: Frame, table: Table, withheld: Set[Cell], *, key: bytes) -> Rows:
    """A row for each unit, moment, week, site and what is told of its ads; pseudonyms are HMAC-SHA256 by the key.

    Whoever is in a cell of the table that is withheld has both its traits hidden. Then, while fewer than FEW units
    share all that a row tells, it tells less: no language, the month for the week, the place one level up and again,
    no place, no kind, no site, no time.
    """
    rows = set(_raw(sample, frame, key))
    hidden = {_pseudonym(label, key) for cell in withheld if len(cell) == 2 for label in table.members[cell]}
    told = {row: _blank(row, table.traits) if row.id in hidden else row for row in rows}
    for coarser in _STEPS:
        few = _rare(told.values())
        told = {row: coarser(now) if now.cell in few else now for row, now in told.items()}
    few = _rare(told.values())
    kept = {now for now in told.values() if now.cell not in few}
    return Rows(
        tuple(sorted(kept, key=lambda row: (row.id, row.moment, *map(str, row.cell)))),
        len(rows),
        sum(row != now and now.cell not in few for row, now in told.items()),
        sum(now.cell in few for now in told.values()),
    )


def _raw(sample: Sample, frame: Frame, key: bytes) -> Iterator[Row]:
    for member in sample.members:
        name, stratum = _pseudonym(member.label, key), sample.stratum[member.label]
        for seen in member.seen:
            moment = sample.moments.get(seen.day, 1)
            (week, month), ad = week_of(frame, seen.day), seen.ad
            yield Row(name, stratum, moment, week, month, seen.site, ad.places, ad.language, ad.kind)


def _pseudonym(label: str, key: bytes) -> str:
    return hmac.new(key, label.encode(), sha256).hexdigest()[:_DIGITS]


def _rare(rows: Iterable[Row]) -> set[tuple[object, ...]]:
    units: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for row in rows:
        units[row.cell].add(row.id)
    return {cell for cell, ids in units.items() if len(ids) < FEW}


def _blank(row: Row, traits: Sequence[str]) -> Row:
    for trait in traits:
        row = _HIDE[trait](row)
    return row


_HIDE: Mapping[str, Callable[[Row], Row]] = {
    "place": lambda row: replace(row, places=(HIDDEN,)),
    "language": lambda row: replace(row, language=HIDDEN),
    "kind": lambda row: replace(row, kind=HIDDEN),
    "site": lambda row: replace(row, site=HIDDEN),
}
_STEPS: Sequence[Callable[[Row], Row]] = (
    _HIDE["language"],
    lambda row: replace(row, when=row.month),
    lambda row: replace(row, places=row.places[1:] or (HIDDEN,)),
    lambda row: replace(row, places=row.places[1:] or (HIDDEN,)),
    *(_HIDE[trait] for trait in ("place", "kind", "site")),
    lambda row: replace(row, when=HIDDEN),
)
