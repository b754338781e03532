"""What the review page asks of whoever holds the alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from alerts.cases import Alert, Case, Decision, Level, Queue, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The head of the queue. `levels` counts the alerts nobody decided, by level; a missing level is none.

    `last_crawl` is ISO 8601 in UTC, None when nothing was ever collected.
    """

    ads: int
    phones: int
    clusters: int
    levels: Mapping[Level, int]
    last_crawl: str | None
    decided: int = 0


class Desk(Protocol):
    """Reads, and adds decisions: nothing the page does can change what is stored.

    The page calls it from the one thread that runs the server. `user` is who sits at it.
    """

    user: str

    def queue(self) -> Queue:
        """Today's alerts, the most pressing first, and how many more wait."""

    def alerts(self, level: str | None, state: str | None) -> list[Alert]:
        """The alerts of one level and state, or of all; the most pressing first."""

    def case(self, cluster: str) -> Case | None:
        """One cluster whole, or None when there is no such cluster."""

    def totals(self) -> Totals: ...

    def decide(self, alert: int, verdict: Verdict, reason: str, seen: str) -> Decision:
        """Store a decision of `user`; `seen` is that of the case as it was read. Raises BadDecision."""

    def undo(self, decision: int, reason: str) -> Decision:
        """Take a decision back. Raises BadDecision."""
