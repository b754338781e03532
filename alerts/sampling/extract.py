"""An extract: drawn, made safe, held against earlier ones, written to a folder and recorded."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.lists.frame import Frame
from alerts.lists.sighted import count_unread, find_sighted
from alerts.population.histories import Occasions
from alerts.sampling.cells import Cell, Table, make_table, withhold
from alerts.sampling.designs import FEW, Design, Sample, draw
from alerts.sampling.earlier import Clash, Given, Made, find_clashes, keep_extract, load_given, selection_of
from alerts.sampling.folder import check_folder, write_folder
from alerts.sampling.members import find_members
from alerts.sampling.papers import papers
from alerts.sampling.rows import HIDDEN, Row, Rows, make_rows
from crawler import __version__
from crawler.database import Database, transaction
from nlp.catalog_file import catalogue_version

_KEY = 32  # bytes
WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: whom to draw, how, how fine places are, and the two traits of the table. `command` is the
    command line that asks the same again, without the folder.
    """

    frame: Frame
    design: Design
    level: str
    traits: tuple[str, str]
    command: str


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """What was made. `contested` and `unread` are what the store left out; `selection` tells two selections apart."""

    order: Order
    sample: Sample
    table: Table
    withheld: frozenset[Cell]
    clashes: tuple[Clash, ...]
    rows: Rows
    selection: str
    contested: int
    unread: int


def make_extract(db: Database, order: Order) -> Extract:
    """Draw, and make safe with a key that is forgotten at once. Raises NoLists and NoSample."""
    sighted = find_sighted(db, order.frame)
    members = find_members(db, sighted, order.frame, order.level)
    sample = draw(members, order.design, order.frame)
    table = make_table(sample, order.traits)
    withheld, clashes = _safe(table, load_given(db, order.frame.noun()))
    rows = make_rows(sample, order.frame, table, withheld, key=secrets.token_bytes(_KEY))
    return Extract(
        order, sample, table, withheld, tuple(clashes), rows,
        selection_of({one.label for one in sample.members}), sighted.contested, count_unread(db),
    )  # fmt: skip


def _safe(table: Table, given: Sequence[Given]) -> tuple[frozenset[Cell], list[Clash]]:
    """What is withheld: for the table itself, for what was given away before, and again until neither adds any."""
    clashes: list[Clash] = []
    withheld = withhold(table, set())
    while found := find_clashes(given, table, withheld):
        clashes += found
        withheld = withhold(table, withheld | {clash.cell for clash in found})
    return withheld, clashes


def give_away(db: Database, extract: Extract, out: Path) -> int:
    """Write the folder and record the extract: both or neither. Returns its number. Raises CannotWrite."""
    check_folder(out)
    made = Made(
        software=software(), unit=extract.order.frame.noun(), command=extract.order.command, selection=extract.selection
    )
    with transaction(db):
        number = keep_extract(db, made, extract.table, extract.withheld)
        write_folder(out, tables_of(extract), papers(_facts(extract, number)))
    return number


def software() -> str:
    """What the extract was made with: the version and the hash of the catalogue."""
    return f"Varde {__version__}, catalogue {catalogue_version()}"


def tables_of(extract: Extract) -> dict[str, list[dict[str, object]]]:
    """The files of the extract that are tables, by their names."""
    found = {
        "rows.csv": [_row(row, extract) for row in extract.rows.rows],
        "cells.csv": list(_cells(extract.table, extract.withheld)),
        "strata.csv": [
            {"stratum": part.name, "population": part.rounded, "drawn": part.drawn, "weight": part.weight}
            for part in extract.sample.strata
        ],
    }
    if extract.order.design.name == "occasions" and (occasions := occasion_rows(extract.sample)):
        found["occasions.csv"] = occasions
    return found


def occasion_rows(sample: Sample) -> list[dict[str, object]]:
    """A row an occasion; none where they would tell of fewer than FEW units."""
    counts = count_occasions(sample)
    if counts is None:
        return []
    columns = zip(counts.caught, counts.recaptured, counts.marked, strict=True)
    return [{"caught": caught, "recaptured": again, "marked": known} for caught, again, known in columns]


def count_occasions(sample: Sample) -> Occasions | None:
    """As `varde market estimate --counts` reads it; None where it would tell of fewer than FEW units."""
    caught, recaptured, marked = [], [], []
    known: set[str] = set()
    for number in sorted(set(sample.moments.values())):
        on = {one.label for one in sample.members if any(sample.moments[seen.day] == number for seen in one.seen)}
        caught.append(len(on))
        recaptured.append(len(on & known))
        marked.append(len(known))
        known |= on
    new = [count - again for count, again in zip(caught, recaptured, strict=True)]
    if any(0 < count < FEW for count in (*caught, *recaptured, *marked, *new)):
        return None
    return Occasions(tuple(caught), tuple(recaptured), tuple(marked))


def _row(row: Row, extract: Extract) -> dict[str, object]:
    weights: Mapping[str, float] = {part.name: part.weight for part in extract.sample.strata}
    moment = {"panel": {"window": row.moment}, "occasions": {"occasion": row.moment}}
    return {
        "id": row.id, "stratum": row.stratum, "weight": weights[row.stratum],
        **moment.get(extract.order.design.name, {}), "when": row.when, "site": row.site, "place": row.places[0],
        "language": row.language, "kind": row.kind,
    }  # fmt: skip


def _cells(table: Table, withheld: frozenset[Cell]) -> Sequence[dict[str, object]]:
    first, second = table.traits
    every = [(row, column) for row in (*table.rows, "") for column in (*table.columns, "")]
    found = []
    for row, column in every:
        cell: Cell = tuple((trait, value) for trait, value in ((first, row), (second, column)) if value)
        shown: object = WITHHELD if cell in withheld else table.count(cell)
        found.append({first: row or "total", second: column or "total", "count": shown})
    return found


def _facts(extract: Extract, number: int) -> dict[str, str]:
    """What the papers of the extract say of it."""
    order, rows, sample = extract.order, extract.rows, extract.sample
    return {
        "number": f"{number}", "unit": order.frame.noun(), "design": order.design.name, "seed": f"{order.design.seed}",
        "first": f"{order.frame.first}", "last": f"{order.frame.last}", "level": order.level,
        "traits": " and ".join(order.traits), "drawn": f"{len(sample.members)}", "rows": f"{len(rows.rows)}",
        "hidden": f"{rows.hidden}", "left_out": f"{rows.left_out}", "withheld": f"{len(extract.withheld)}",
        "cells": f"{len(extract.table.members)}", "contested": f"{extract.contested}", "few": f"{FEW}",
        "star": HIDDEN, "selection": extract.selection, "software": software(), "command": order.command,
    }  # fmt: skip
