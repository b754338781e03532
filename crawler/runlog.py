"""The runs table: what the timetable has done, and so what is still due after it was away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.database import Database, transaction, utc_text

ALLOWED_LEAD = timedelta(days=1)  # a run further ahead of now than this was noted under a wrong clock
MAX_STAY_AWAY = timedelta(days=7)  # the longest that a site's Retry-After puts a run off
_TRIES = 3  # a run that was interrupted this often waits for the site's next time


@dataclass(frozen=True, slots=True)
class Run:
    """One run that was started, or with outcome `new` the moment from which a site's times count."""

    site: str
    due_at: datetime
    started_at: datetime
    finished_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Past:
    """What the next run of a site depends on.

    `handled`: nothing due up to then is due any more. `unfinished`: the time of the last run, which was interrupted
    and goes on. `not_before`: until when the site asked us to stay away.
    """

    handled: datetime
    unfinished: datetime | None = None
    not_before: datetime | None = None


def past_of(db: Database, site: str, now: datetime) -> Past | None:
    """What the runs of `site` say at `now`; None when there are none yet."""
    latest = utc_text(now + ALLOWED_LEAD)
    where = "FROM runs WHERE site = ? AND due_at <= ? AND started_at <= ?"
    (handled,) = db.execute(f"SELECT max(max(due_at, started_at)) {where}", (site, latest, latest)).fetchone()
    if handled is None:
        return None
    return Past(_moment(handled), _unfinished(db, site), _not_before(db, site, now))


def note_new(db: Database, site: str, now: datetime) -> None:
    """The times of a site that never ran count from now."""
    text = utc_text(now)
    _insert(db, site, due_at=text, started_at=text, finished_at=text, outcome="new")


def begin_run(db: Database, site: str, *, due_at: datetime, now: datetime) -> int:
    """Note that a run starts; until `end_run` its outcome is `running`. The number of the run."""
    return _insert(db, site, due_at=utc_text(due_at), started_at=utc_text(now), finished_at=None, outcome="running")


def end_run(db: Database, run: int, *, outcome: str, now: datetime) -> None:
    with transaction(db):
        db.execute("UPDATE runs SET finished_at = ?, outcome = ? WHERE id = ?", (utc_text(now), outcome, run))


def interrupt_runs(db: Database, now: datetime) -> list[str]:
    """Close the runs that a timetable left behind when it died; their sites."""
    with transaction(db):
        sites = [site for (site,) in db.execute("SELECT DISTINCT site FROM runs WHERE outcome = 'running'")]
        db.execute(
            "UPDATE runs SET outcome = 'interrupted', finished_at = ? WHERE outcome = 'running'", (utc_text(now),)
        )
    return sites


def last_run(db: Database, site: str) -> Run | None:
    """The last run that was started."""
    columns = "site, due_at, started_at, finished_at, outcome"
    rows = db.execute(
        f"SELECT {columns} FROM runs WHERE site = ? AND outcome <> 'new' ORDER BY id DESC LIMIT 1", (site,)
    )
    for name, due_at, started_at, finished_at, outcome in rows:
        return Run(name, _moment(due_at), _moment(started_at), finished_at and _moment(finished_at), outcome)
    return None


def crawl_note(db: Database, site: str) -> str:
    """What the last crawl of the site said of its health; empty when all was well."""
    for (note,) in db.execute("SELECT note FROM crawls WHERE site = ? ORDER BY id DESC LIMIT 1", (site,)):
        return str(note)
    return ""


def _insert(db: Database, site: str, **moments: str | None) -> int:
    names = ("due_at", "started_at", "finished_at", "outcome")
    with transaction(db):
        cursor = db.execute(
            "INSERT INTO runs (site, due_at, started_at, finished_at, outcome) VALUES (?, ?, ?, ?, ?)",
            (site, *(moments[name] for name in names)),
        )
        return cursor.lastrowid or 0


def _unfinished(db: Database, site: str) -> datetime | None:
    """When the last run was due, if it was interrupted and may be tried once more."""
    rows = db.execute("SELECT due_at, outcome FROM runs WHERE site = ? ORDER BY id DESC LIMIT ?", (site, _TRIES))
    last = rows.fetchall()
    if last[0][1] != "interrupted" or (len(last) == _TRIES and set(last) == {last[0]}):
        return None
    return _moment(last[0][0])


def _not_before(db: Database, site: str, now: datetime) -> datetime | None:
    """Until when the last crawl was asked to stay away; a site cannot ask for ever."""
    query = "SELECT not_before, started_at FROM crawls WHERE site = ? ORDER BY id DESC LIMIT 1"
    for not_before, started_at in db.execute(query, (site,)):
        if not_before and _moment(started_at) <= now + ALLOWED_LEAD:
            return min(_moment(not_before), _moment(started_at) + MAX_STAY_AWAY)
    return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
