"""`varde market lists` and `varde market sweep`: lists from the store, and what an estimate from them hangs on."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from alerts.commands.framing import frame_of, frame_options, unit_option
from alerts.export import CannotWrite, write_csv, write_rows
from alerts.lists.building import Lists, build_lists, write_lists
from alerts.lists.coverage import Coverage, find_coverage, whole_of
from alerts.lists.frame import Frame
from alerts.lists.sighted import Sighted, count_seen, count_units, count_unread, find_sighted
from alerts.lists.sweep import Swept, sweep
from alerts.population.methods import METHODS, Choice, limits
from alerts.store import open_alerts
from crawler.console import json_option, say, show, store_option, write, write_json
from crawler.database import Database

WIDTH = 116  # letters of a line below a table
_SEVERAL = 1000  # from here on tables show whole numbers
_CORRECTED = (
    "`had` is the share of list pages that came, times the share of ad pages; a page counts once, however many crawls "
    "asked for it. `as if whole` is the units divided by it, supposing that what was not had is like what was. It is "
    "for comparing lists. The estimators take the units as they are: pages that fail by chance make a list shorter, "
    "which they allow for."
)


@click.command("lists")
@unit_option
@frame_options(needed=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the histories as CSV, for `varde market estimate --counts`.")  # fmt: skip
@store_option
@json_option
def lists(*, out: Path | None, store: Path, as_json: bool, **options: Any) -> None:
    """Make lists from the store: who was seen on which site in which period, and how whole each list is."""
    frame = frame_of(options)
    db = open_alerts(store)
    made = make_lists(db, frame)
    found, covers = made.found, made.covers
    if out:
        write_lists(found.histories, out)
        say(f"{len(found.histories.lists)} lists of {found.histories.observed:,} {frame.noun()} written to {out}")
    if as_json:
        write_json(_whole(db, made))
        return
    counted = [{"unit": unit, "seen": count} for unit, count in _apart(db, frame, found).items()]
    told = [name for name, cover in covers.items() if name in found.units or cover.crawls or cover.missed]
    show([_line(name, found.units.get(name, 0), covers[name], frame) for name in sorted(told, key=_order(found))],
         as_json=False, empty="")  # fmt: skip
    write(["", "Seen, each unit counted apart; they are never added up:"])
    show(counted, as_json=False, empty="")
    write([""])
    _write_wrapped(notes_of(made))
    write([""])
    _write_wrapped([_CORRECTED, *limits(frame.unit, found.histories.observed)])


def _order(found: Lists) -> Callable[[str], tuple[bool, int, str]]:
    """Lists in their order, then those that nobody is on."""
    places = {name: place for place, name in enumerate(found.histories.lists)}
    return lambda name: (name not in places, places.get(name, 0), name)


def _line(name: str, units: int, cover: Coverage, frame: Frame) -> dict[str, object]:
    whole = cover.as_if_whole(units)
    return {
        "list": name, f"{frame.unit}s": units, "crawls": cover.crawls, "missed": cover.missed, "pages": cover.pages,
        "failed": cover.failed, "excluded": cover.excluded, "not_asked": cover.unfetched,
        "had": "" if cover.share is None else f"{cover.share:.0%}",
        "as_if_whole": None if whole is None else round(whole),
        "note": textwrap.shorten(cover.note, 28, placeholder="…"),
    }  # fmt: skip


def _apart(db: Database, frame: Frame, found: Lists) -> dict[str, int]:
    """How many were seen, by unit. In the unit of the lists: on one of them at least."""
    counts = {frame.noun(): found.histories.observed} | count_units(db, frame)
    for unit in ("contact", "persona", "cluster"):
        other = replace(frame, unit=unit)
        if unit != frame.unit:
            counts[other.noun()] = count_seen(db, other)
    return counts | {frame.noun(): found.histories.observed}  # of ads: those on a list


@dataclass(frozen=True, slots=True)
class Made:
    """Lists from a store, with all that is to be known of them."""

    frame: Frame
    sighted: Sighted
    found: Lists
    covers: Mapping[str, Coverage]
    unread: int


def make_lists(db: Database, frame: Frame) -> Made:
    """The lists of the frame. Raises NoLists."""
    sighted = find_sighted(db, frame)
    found = build_lists(sighted, frame)
    return Made(frame, sighted, found, find_coverage(db, frame, (*found.units, *found.empty)), count_unread(db))


def notes_of(made: Made) -> Iterator[str]:
    """What is to be known of the lists beside their figures, a line each."""
    frame, sighted, found = made.frame, made.sighted, made.found
    if made.unread:
        yield f"{made.unread:,} versions of ads are not read yet and on no list; `varde analyse` reads them"
    if sighted.contested:
        yield (
            f"left out because they are contested: {sighted.contested:,}; a site's own number, a switchboard or one "
            "that was pasted about is nobody's advertised contact (`varde export links` names them)"
        )
    if found.empty:
        yield f"{len(found.empty)} lists have nobody and are left out: {_some(found.empty)}"
    if not any(sum(history) > 1 for history in found.histories.counts):
        yield f"no {frame.unit} is on two lists: no method can say how many were not seen"
    if left := frame.days - frame.used_days:
        yield f"the last {left} days make no whole window of {frame.window} and are left out"
    yield from _of_coverage(made.covers)


def _of_coverage(covers: Mapping[str, Coverage]) -> Iterator[str]:
    unknown = [name for name, cover in covers.items() if cover.share is None]
    if unknown:
        yield (
            f"of {len(unknown)} of {len(covers)} lists no crawl says how whole they are, as of what was imported: "
            f"{_some(unknown)}"
        )
    whole = whole_of(covers.values())
    if whole.missed:
        yield f"{whole.missed} runs of the timetable are missing: they failed, or show as gaps of twice the usual"
    if whole.excluded:
        yield (
            f"{whole.excluded:,} of {whole.pages:,} pages were excluded ({whole.robots:,} of them by robots.txt): what "
            "is only on such pages is on no list, and no estimate counts it"
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _whole(db: Database, made: Made) -> dict[str, Any]:
    frame, found, covers, histories = made.frame, made.found, made.covers, made.found.histories
    return {
        "unit": frame.unit, "counted": frame.noun(), "from": frame.first.isoformat(), "to": frame.last.isoformat(),
        "by": frame.by, "window": frame.window_days, "observed": histories.observed,
        "apart": _apart(db, frame, found), "contested": made.sighted.contested,
        "lists": [_covered(name, found.units.get(name, 0), covers[name])
                  for name in sorted(covers, key=_order(found))],
        "histories": [{"on": [name for name, is_on in zip(histories.lists, history, strict=True) if is_on],
                       "count": count} for history, count in sorted(histories.counts.items(), reverse=True)],
        "warnings": list(notes_of(made)),
        "limits": [_CORRECTED, *limits(frame.unit, histories.observed)],
    }  # fmt: skip


def _covered(name: str, units: int, cover: Coverage) -> dict[str, Any]:
    return {
        "list": name, "units": units, "crawls": cover.crawls, "whole_crawls": cover.whole, "missed_runs": cover.missed,
        "pages": cover.pages, "failed": cover.failed, "excluded": cover.excluded, "by_robots": cover.robots,
        "not_asked": cover.unfetched, "had": cover.share, "as_if_whole": cover.as_if_whole(units), "note": cover.note,
    }  # fmt: skip


def _write_wrapped(texts: Iterable[str]) -> None:
    for text in texts:
        write(textwrap.wrap(text, WIDTH, subsequent_indent="  "))


@click.command("sweep")
@click.option("--method", "methods", type=click.Choice(list(METHODS)), multiple=True,
              help="An estimator; can be given again.  [default: chao and loglinear]")  # fmt: skip
@unit_option
@frame_options(needed=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the rows as CSV, to be drawn.")
@store_option
@json_option
def sweep_lists(*, methods: Sequence[str], out: Path | None, store: Path, as_json: bool, **options: Any) -> None:
    """Show how far an estimate hangs on the linkage of units and on the length of the window."""
    frame = frame_of(options)
    sighted = find_sighted(open_alerts(store), frame)
    found = list(sweep(sighted, frame, methods or ("chao", "loglinear"), Choice()))
    if out:
        try:
            write_rows((asdict(one) for one in found), out, write_csv)
        except OSError as error:
            raise CannotWrite(f"{out}: cannot be written ({error.strerror})") from error
        say(f"{len(found)} rows written to {out}")
    show([asdict(one) if as_json else _swept(one) for one in found], as_json=as_json, empty="")
    if as_json:
        return
    write([""])
    _write_wrapped(f"{one.at}: {one.method}: {one.note}" for one in found if one.note)
    _write_wrapped([*_conclusion(found), *limits(frame.unit, _asked(found))])


def _asked(found: Sequence[Swept]) -> int:
    return next((one.observed for one in found if one.asked), 0)


def _swept(one: Swept) -> dict[str, object]:
    def short(value: float | None) -> float | int | None:
        return None if value is None else round(value) if value >= _SEVERAL else round(value, 1)

    return {
        "swept": one.swept, "at": one.at + (" (as asked)" if one.asked else ""), "method": one.method,
        "lists": one.lists, "observed": one.observed, "estimate": short(one.estimate), "se": short(one.se),
        "low": short(one.low), "high": short(one.high),
    }  # fmt: skip


def _conclusion(found: Sequence[Swept]) -> Iterator[str]:
    """The range of each method over each thing that was swept, in words."""
    for swept in dict.fromkeys(one.swept for one in found):
        for method in dict.fromkeys(one.method for one in found):
            sizes = [one.estimate for one in found if (one.swept, one.method) == (swept, method) and one.estimate]
            if len(sizes) > 1:
                yield f"{swept}: {method} goes from {min(sizes):,.0f} to {max(sizes):,.0f}"
