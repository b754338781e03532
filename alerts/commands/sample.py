"""`varde market sample`: a pseudonymised extract for researchers."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from alerts.commands.framing import frame_of, period_options, unit_option
from alerts.sampling.designs import ALLOCATIONS, DESIGNS, Design
from alerts.sampling.extract import Extract, Order, count_occasions, give_away, make_extract
from alerts.sampling.folder import check_folder
from alerts.sampling.members import LEVELS, TRAITS
from alerts.sampling.papers import LIMIT
from alerts.store import open_alerts
from crawler.console import json_option, say, show, store_option, write, write_json

WIDTH = 116
_OF_DESIGN = {"strata": "stratified", "allocation": "stratified", "window": "panel", "per_week": "occasions"}
_ASIDE = ("out", "store", "as_json")  # of no effect on what is drawn


@click.command("sample")
@click.option("--design", type=click.Choice(DESIGNS), required=True, help="How to draw.")
@click.option("--size", type=click.IntRange(min=1), help="How many to draw; design occasions takes all without it.")
@click.option("--seed", type=click.IntRange(min=0), required=True, help="The same seed and store draw the same units.")
@click.option("--strata", type=click.Choice(TRAITS), help="Of design stratified: by what.  [default: site]")
@click.option("--allocation", type=click.Choice(ALLOCATIONS),
              help="Of design stratified: how many of each stratum.  [default: proportional]")  # fmt: skip
@click.option("--window", type=click.IntRange(1, 3660), metavar="DAYS",
              help="Of design panel: length of a window.  [default: 7]")  # fmt: skip
@click.option("--per-week", type=click.IntRange(1, 7),
              help="Of design occasions: days drawn of each week.  [default: 2]")  # fmt: skip
@click.option("--place", "level", type=click.Choice(LEVELS), default=LEVELS[1], show_default=True,
              help="How fine places are.")  # fmt: skip
@click.option("--table", "traits", metavar="A,B", default="place,site", show_default=True,
              help=f"The two traits of cells.csv, of {', '.join(TRAITS)}.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
@unit_option
@period_options(needed=True)
@store_option
@json_option
def sample(*, out: Path, store: Path, as_json: bool, **options: Any) -> None:
    """Draw a sample and write a pseudonymised extract into a new folder: no texts, names or numbers.

    \b
    simple      --size units, all alike
    stratified  --size units by --strata, in proportion or the same of each
    panel       --size of those seen in the first window, followed through all
    occasions   all units of --per-week days drawn of each week: two a week for three months is the Dagbladet protocol
    """
    order = _order(options)
    check_folder(out)
    db = open_alerts(store)
    extract = make_extract(db, order)
    number = give_away(db, extract, out)
    if as_json:
        write_json(_whole(extract, number, out))
        return
    say(f"extract {number} written to {out}")
    shown = [{"stratum": part.name, "population_to_5": part.rounded, "drawn": part.drawn, "weight": part.weight}
             for part in extract.sample.strata]  # fmt: skip
    write([f"{order.frame.noun()}, by design {order.design.name}, seed {order.design.seed}", ""])
    show(shown, as_json=False, empty="")
    write([""])
    for text in (*_told(extract), LIMIT):
        write(textwrap.wrap(text, WIDTH, subsequent_indent="  "))


def _order(options: dict[str, Any]) -> Order:
    """Raises click's errors for options that do not go with the design."""
    name = options["design"]
    for option, goes_with in _OF_DESIGN.items():
        if options[option] is not None and name != goes_with:
            raise click.UsageError(f"--{option.replace('_', '-')} goes with --design {goes_with}")
    if options["size"] is None and name != "occasions":
        raise click.UsageError(f"--design {name} needs --size")
    traits = tuple(trait.strip() for trait in options["traits"].split(","))
    if len(traits) != 2 or len({*traits} & {*TRAITS}) != 2:
        raise click.BadParameter(f"give two of {', '.join(TRAITS)}, as in place,site", param_hint="--table")
    design = Design(
        name=name, size=options["size"], seed=options["seed"], strata=options["strata"] or TRAITS[0],
        allocation=options["allocation"] or ALLOCATIONS[0], per_week=options["per_week"] or 2,
    )  # fmt: skip
    frame = frame_of({**options, "by": "site-period" if name == "panel" else "site"})
    return Order(frame=frame, design=design, level=options["level"], traits=(traits[0], traits[1]), command=_command())


def _command() -> str:
    """The command line that draws the same again, but for the folder and the store."""
    context = click.get_current_context()
    words = ["varde", "market", "sample"]
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in _ASIDE or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        for each in value if isinstance(value, tuple) else (value,):
            words += [parameter.opts[0], str(each.date()) if name in ("first", "last") else str(each)]
    return shlex.join(words)


def _told(extract: Extract) -> Iterator[str]:
    """What was hidden, and why."""
    rows, withheld = extract.rows, len(extract.withheld)
    yield (
        f"rows.csv: {len(rows.rows):,} rows; of {rows.made:,} that were made {rows.hidden:,} tell less and "
        f"{rows.left_out:,} are left out, because fewer than five share what they would tell"
    )
    yield f"cells.csv: {withheld:,} of {len(extract.table.members):,} figures are withheld"
    if extract.clashes:
        first, cells = extract.clashes[0], {clash.cell for clash in extract.clashes}
        named = ", ".join(value for _, value in first.cell)
        yield f"{len(cells):,} of these for what was given away before, as {named}: {first.why}"
    if extract.order.design.name == "occasions" and count_occasions(extract.sample) is None:
        yield "occasions.csv is left out: an occasion has fewer than five units, or fewer than five of them seen again"
    if extract.contested:
        yield f"contested contacts that were left out: {extract.contested:,}"
    if extract.unread:
        yield f"{extract.unread:,} versions of ads are not read yet and could not be drawn; `varde analyse` reads them"
    yield "the key of the pseudonyms was made for this extract and is kept nowhere: ids cannot be led back, nor joined"


def _whole(extract: Extract, number: int, out: Path) -> dict[str, Any]:
    return {
        "extract": number, "folder": str(out), "selection": extract.selection,
        "counted": extract.order.frame.noun(), "drawn": len(extract.sample.members),
        "strata": [{"stratum": part.name, "population": part.rounded, "drawn": part.drawn, "weight": part.weight}
                   for part in extract.sample.strata],
        "rows": len(extract.rows.rows), "rows_made": extract.rows.made, "rows_hidden": extract.rows.hidden,
        "rows_left_out": extract.rows.left_out,
        "cells": len(extract.table.members), "cells_withheld": len(extract.withheld),
        "notes": list(_told(extract)),
        "limits": [LIMIT],
    }  # fmt: skip
