"""Whom to tell, where a file says so: without one, commands start sooner than with what reads it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from alerts.notify.notifyerror import VARIABLE, NotifyError

if TYPE_CHECKING:
    from alerts.notify.notifyfile import Channel


def load_channels(environment: Mapping[str, str] = os.environ) -> tuple[Channel, ...]:
    """The channels of the file that VARDE_NOTIFY names; none where it is not set. Raises NotifyError."""
    named = environment.get(VARIABLE, "")
    if not named:
        return ()
    return cast("tuple[Channel, ...]", import_module("alerts.notify.notifyfile").read_channels(Path(named)))


def choose(channels: Iterable[Channel], names: Iterable[str]) -> tuple[str, ...]:
    """The names, each of which must be a channel's, or "none". Raises NotifyError."""
    known = [channel.name for channel in channels]
    for name in names:
        if name not in (*known, "none"):
            there = f"known: {', '.join([*known, 'none'])}" if known else f"{VARIABLE} names no file with channels"
            raise NotifyError(f"no channel {name!r}; {there}")
    return tuple(names)
