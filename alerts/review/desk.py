"""What the review page asks of whoever holds the alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from alerts.cases import Alert, Case, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The head of the queue. `levels` counts the alerts that stand, by level; a missing level is none.

    `last_crawl` is ISO 8601 in UTC, None when nothing was ever collected.
    """

    ads: int
    phones: int
    clusters: int
    levels: Mapping[Level, int]
    last_crawl: str | None


class Desk(Protocol):
    """Reads only: nothing the page does can change what is stored.

    The page calls it from the one thread that runs the server.
    """

    def queue(self, level: str | None, state: str | None) -> list[Alert]:
        """The alerts of one level and state, or of all; the most pressing first."""

    def case(self, cluster: str) -> Case | None:
        """One cluster whole, or None when there is no such cluster."""

    def totals(self) -> Totals: ...
