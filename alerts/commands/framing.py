"""The options by which a command is told what lists to make from the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from alerts.lists.frame import BY, CONTACT_KINDS, UNITS, WINDOW, Frame
from alerts.reading.keys import MIN_CONFIDENCE
from crawler.ads import KINDS

F = TypeVar("F", bound=Callable[..., Any])

_DATE = click.DateTime(["%Y-%m-%d"])
FRAME = ("first", "last", "by", "window", "kinds", "sites", "ad_kinds", "confidence", "strength")
unit_option = click.option("--unit", type=click.Choice(UNITS), default=UNITS[0], show_default=True,
                           help="What is counted.")  # fmt: skip


def period_options(*, needed: bool) -> Callable[[F], F]:
    """Which days, sites, ads, contacts and ties count; `needed` if the command cannot do without a period."""
    options = [
        click.option("--from", "first", type=_DATE, required=needed, metavar="DAY",
                     help="First day, as 2026-06-01; days are of UTC."),
        click.option("--to", "last", type=_DATE, required=needed, metavar="DAY", help="Last day."),
        click.option("--contact", "kinds", type=click.Choice(CONTACT_KINDS), multiple=True,
                     help="Kind of contact, for units contact and persona; can be given again.  [default: phone]"),
        click.option("--sites", metavar="A,B", help="Only these sites."),
        click.option("--ads", "ad_kinds", type=click.Choice(KINDS), multiple=True,
                     help="Only ads of this kind; can be given again."),
        click.option("--confidence", type=click.FloatRange(0, 1), default=MIN_CONFIDENCE, show_default=True,
                     help="Leave out contacts that were read with less."),
        click.option("--strength", type=click.FloatRange(0, 1), default=0.0, show_default=True,
                     help="Leave out ties that are weaker, for unit cluster."),
    ]  # fmt: skip

    return _adding(options)


def frame_options(*, needed: bool) -> Callable[[F], F]:
    """Options for all of FRAME."""
    options = [
        click.option("--by", type=click.Choice(BY), default=BY[0], show_default=True, help="What makes a list."),
        click.option("--window", type=click.IntRange(1, 3660), metavar="DAYS",
                     help=f"Length of a period, with --by period and site-period.  [default: {WINDOW}]"),
        period_options(needed=needed),
    ]  # fmt: skip
    return _adding(options)


def _adding(options: Sequence[Callable[[F], F]]) -> Callable[[F], F]:
    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def frame_of(asked: Mapping[str, Any]) -> Frame:
    """The frame that the options and the unit describe; takes what FRAME names and `unit`, and passes over the rest.

    Raises NoLists, and click's errors for options that do not go together.
    """
    if asked["by"] == "site" and asked["window"] is not None:
        raise click.UsageError("--window goes with --by period and --by site-period; lists by site last all the period")
    if asked["kinds"] and asked["unit"] not in ("contact", "persona"):
        raise click.UsageError("--contact goes with --unit contact and persona")
    named = tuple(name for each in (asked["sites"] or "").split(",") if (name := each.strip()))
    return Frame(
        first=asked["first"].date(), last=asked["last"].date(), by=asked["by"], window=asked["window"] or WINDOW,
        unit=asked["unit"], kinds=tuple(asked["kinds"]) or CONTACT_KINDS[:1], sites=named,
        ad_kinds=tuple(asked["ad_kinds"]), confidence=asked["confidence"], strength=asked["strength"],
    )  # fmt: skip
