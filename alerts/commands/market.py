"""`varde market`: how many advertised contacts there may be, with intervals and limits."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from alerts.commands.framing import FRAME, frame_of, frame_options
from alerts.commands.lists import lists, make_lists, notes_of, sweep_lists
from alerts.commands.sample import sample
from alerts.commands.staying import survival, turnover
from alerts.population.bootstrap import LEAST
from alerts.population.countsfile import SHAPES, Counts, read_counts
from alerts.population.estimates import LEVEL, Alternative, Estimate, NoEstimate
from alerts.population.methods import METHODS, UNITS, Choice, estimate, limits
from alerts.population.search import SEARCHES
from alerts.population.systems import Plan
from alerts.store import open_alerts
from crawler.console import json_option, say, show, store_option, write, write_json
from crawler.latecommands import LateGroup, Target

ALL = "all"
LATE = {  # it loads matplotlib, which the others do without
    "report": Target(
        "alerts.commands.reports:market_report",
        "Write a market report into a new folder: HTML and PDF with plots, and the tables behind them as CSV.",
    )
}
WIDTH = 116  # letters of a line of what stands below a table
_SEVERAL = 1000  # from here on tables show whole numbers


@click.group(cls=LateGroup, late=LATE)
def market() -> None:
    """Estimate how many advertised contacts there are, with intervals and limits."""


market.add_command(lists)
market.add_command(sweep_lists)
market.add_command(sample)
market.add_command(turnover)
market.add_command(survival)


@market.command("estimate", epilog=f"FILE is CSV: {SHAPES}.")
@click.option("--counts", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The table of counts; without it, lists are made from the store, --from and --to.")  # fmt: skip
@click.option("--method", required=True, type=click.Choice([*METHODS, ALL]), help="The estimator, or all of them.")
@click.option("--unit", type=click.Choice(UNITS), default=UNITS[0], show_default=True, help="What the table counts.")
@click.option("--lists", "pair", metavar="A,B", help="The two lists for lincoln-petersen and chapman.")
@click.option("--search", type=click.Choice(SEARCHES), default=SEARCHES[0], show_default=True,
              help="How loglinear chooses its pairs of lists.")  # fmt: skip
@click.option("--resamples", type=int, default=0, show_default=True,
              help="Resamples for loglinear, the model chosen anew in each; 0 for none, else 100 or more.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the resamples.")
@frame_options(needed=False)
@store_option
@json_option
def estimate_size(*, file: Path | None, method: str, unit: str, store: Path, as_json: bool, **options: Any) -> None:
    """Estimate the size of an advertised-contact population from counts in a file, or from the store, with its limits.

    With `all`, a method that has no answer for the table says why.
    """
    asked = {name: options.pop(name) for name in FRAME}
    choice = _choice(**options)
    counts, notes = _counts(file, store, asked | {"unit": unit})
    methods = list(METHODS) if method == ALL else [method]
    found = [_tried(name, counts, choice, alone=method != ALL) for name in methods]
    if as_json:
        told = [_whole(one, unit, counts.observed) | {"notes": notes} for one in found]
        write_json(told if method == ALL else told[0])
    else:
        _print(found, unit, counts.observed, alone=method != ALL)
        _write_wrapped(notes)


def _counts(file: Path | None, store: Path, asked: Mapping[str, Any]) -> tuple[Counts, list[str]]:
    """The counts of the file, or lists from the store and what is to be known of them."""
    source = click.get_current_context().get_parameter_source
    given = [name for name in FRAME if source(name) is ParameterSource.COMMANDLINE]
    if file is not None:
        if given:
            raise click.UsageError("--counts FILE goes without the options that make lists from the store")
        return read_counts(file), []
    if not {"first", "last"} <= set(given):
        raise click.UsageError("give --counts FILE, or --from DAY and --to DAY for lists from the store")
    frame = frame_of(asked)
    made = make_lists(open_alerts(store), frame)
    return made.found.histories, list(notes_of(made))


def _choice(*, pair: str | None, search: str, resamples: int, seed: int) -> Choice:
    if resamples and resamples < LEAST:
        raise click.BadParameter(
            f"{resamples} are too few for an interval; 0, or {LEAST} and more", param_hint="--resamples"
        )
    names = [name.strip() for name in pair.split(",")] if pair else []
    if names and len(names) != 2:
        raise click.BadParameter(f"{pair!r} are not two lists; as in --lists A,B", param_hint="--lists")
    plan = Plan(by=search, resamples=resamples, seed=seed, progress=_progress)
    return Choice(pair=(names[0], names[1]) if names else None, plan=plan)


def _progress(done: int, total: int) -> None:
    say(f"searched {done:,} of {total:,} resampled tables")


def _tried(name: str, counts: Counts, choice: Choice, *, alone: bool) -> Estimate | tuple[str, str]:
    """What the method says; among all, the name and the reason of one that has no answer."""
    try:
        return estimate(name, counts, choice)
    except NoEstimate as error:
        if alone:
            raise
        return name, str(error).removeprefix(f"{name}: ")


def _whole(found: Estimate | tuple[str, str], unit: str, observed: int) -> dict[str, Any]:
    """As JSON has it: the keys of the contract first."""
    if isinstance(found, tuple):
        nothing: dict[str, Any] = dict.fromkeys(("estimate", "se", "low", "high"))
        return {"method": found[0], **nothing, "level": LEVEL, "observed": observed, "model": [], "aic": None,
                "warnings": [f"refused: {found[1]}"], "unit": unit, "limits": list(limits(unit, observed))}  # fmt: skip
    return {
        "method": found.method, "estimate": found.estimate, "se": found.se, "low": found.low, "high": found.high,
        "level": LEVEL, "observed": found.observed, "model": found.model, "aic": found.aic, "warnings": found.warnings,
        "unit": unit, "limits": limits(unit, found.observed), "intervals": [asdict(one) for one in found.intervals],
        "spread": [asdict(one) for one in found.spread],
        "averaged": asdict(found.averaged) if found.averaged else None,
    }  # fmt: skip


def _print(found: Sequence[Estimate | tuple[str, str]], unit: str, observed: int, *, alone: bool) -> None:
    answers = [one for one in found if isinstance(one, Estimate)]
    show([_line(one, unit) for one in answers], as_json=False, empty="no method has an answer for these counts")
    for one in answers:
        if one.spread and (alone or one.method == "loglinear"):
            write(["", f"{one.method}, what else was fitted:"])
            show([_beside(other) for other in (*one.spread, *_averaged(one))], as_json=False, empty="")
    write([""])
    _write_wrapped(f"{one.method}: {text}" for one in answers for text in one.warnings)
    _write_wrapped(f"{one[0]}: no estimate: {one[1]}" for one in found if isinstance(one, tuple))
    write([""])
    _write_wrapped(limits(unit, observed))


def _write_wrapped(texts: Iterable[str]) -> None:
    for text in texts:
        write(textwrap.wrap(text, WIDTH, subsequent_indent="  "))


def _averaged(found: Estimate) -> Iterator[Alternative]:
    if found.averaged:
        yield found.averaged


def _line(found: Estimate, unit: str) -> dict[str, object]:
    return {
        "method": found.method, "estimate": _short(found.estimate), "se": _short(found.se), "low": _short(found.low),
        "high": _short(found.high), "observed": found.observed, "unit": f"{unit}s",
        "model": _model(found.model),
    }  # fmt: skip


def _beside(other: Alternative) -> dict[str, object]:
    return {
        "estimate": _short(other.estimate), "se": _short(other.se), "low": _short(other.low),
        "high": _short(other.high), "aic": _criterion(other.aic), "bic": _criterion(other.bic),
        "search": " ".join(other.chosen_by), "model": _model(other.model),
    }  # fmt: skip


def _model(terms: Sequence[str]) -> str:
    """Pairs of lists alone, where there are any: that every list has a term goes without saying."""
    pairs = [term for term in terms if ":" in term]
    return " ".join(pairs or terms)


def _short(value: float | None) -> float | int | None:
    if value is None:
        return None
    return round(value) if value >= _SEVERAL else round(value, 1)


def _criterion(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
