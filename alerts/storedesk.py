"""The review page's desk over a store: one connection that can only read, and one opened for each decision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from alerts import alertstore, clusterstore
from alerts.casefile import load_case
from alerts.cases import Alert, Case, Decision, Queue, Verdict
from alerts.decisions import decisionstore
from alerts.decisions.verdicts import BadDecision
from alerts.reading import readstore
from alerts.review.desk import Totals
from alerts.store import open_alerts
from alerts.users import current_user
from crawler.database import Database, StoreFault, utc_now
from crawler.store import count_ads, last_crawls

PATIENCE = 5_000  # milliseconds a decision waits for another process that writes


class StoreDesk:
    """A desk over the store at `path`. Raises StoreError, and NoUser where nobody knows who sits at it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        open_alerts(path).close()  # what is wrong with it is said before anything is served
        self.user = current_user()
        self._last: tuple[object, Case | None] = (None, None)

    @cached_property
    def _db(self) -> Database:
        """Opened by the thread that serves, which SQLite wants to be the one that uses it."""
        db = open_alerts(self._path)
        db.execute("PRAGMA query_only = ON")  # whatever the page is tricked into, this one writes nothing
        return db

    def queue(self) -> Queue:
        return alertstore.queue(self._db)

    def alerts(self, level: str | None, state: str | None) -> list[Alert]:
        if level == "L1":
            return alertstore.watched(self._db)
        return alertstore.alerts(self._db, level=level, state=state)

    def case(self, cluster: str) -> Case | None:
        """The case looked at last is kept until the store or the day changes: a large one takes seconds to load."""
        ((version,),) = self._db.execute("PRAGMA data_version").fetchall()
        asked = cluster, version, utc_now()[:10]
        if self._last[0] != asked:
            self._last = asked, load_case(self._db, cluster)
        return self._last[1]

    def totals(self) -> Totals:
        return Totals(
            ads=count_ads(self._db),
            phones=readstore.count_phones(self._db),
            clusters=clusterstore.count_clusters(self._db),
            levels=alertstore.count_levels(self._db),
            decided=alertstore.count_states(self._db).get("decided", 0),
            last_crawl=max((started for started, _, _ in last_crawls(self._db).values()), default=None),
        )

    def decide(self, alert: int, verdict: Verdict, reason: str, seen: str) -> Decision:
        with self._writing() as db:
            return decisionstore.decide(db, alert, verdict, reason=reason, by=self.user, seen=seen)

    def undo(self, decision: int, reason: str) -> Decision:
        with self._writing() as db:
            return decisionstore.undo(db, decision, reason=reason, by=self.user)

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        """A connection of its own, for one decision. What keeps the store from being written is said as BadDecision."""
        try:
            db = open_alerts(self._path)
            try:
                db.execute(f"PRAGMA busy_timeout = {PATIENCE}")
                yield db
            finally:
                db.close()
        except StoreFault as fault:
            raise BadDecision(f"nothing was stored; try again in a while ({fault})") from fault
