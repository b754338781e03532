"""When each site is due: cron lines in local time, jitter, blackout hours, and what was missed."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from crawler.cronline import WEEKDAYS, Cron, Window, parse_cron, parse_window
from crawler.runlog import Past
from crawler.sites import Site

_HOURS = 24


@dataclass(frozen=True, slots=True)
class Plan:
    """When one site file says that the site is crawled. `jitter` is the most seconds that a run comes later."""

    site: str
    schedule: str
    timezone: str
    jitter: int = 0
    blackout: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """The next run of a site: the time it is due for, and when it starts (not later than now: at once)."""

    due_at: datetime
    start_at: datetime
    goes_on: bool = False


def plan_of(site: Site) -> Plan | None:
    """The plan of a site that has a schedule. Raises ValueError for one that `schedule_complaints` objects to."""
    if not site.schedule.strip():
        return None
    parse_cron(site.schedule)
    ZoneInfo(site.timezone)
    return Plan(site.name, site.schedule, site.timezone, site.jitter, tuple(map(parse_window, site.blackout)))


def next_turn(plan: Plan, past: Past, now: datetime) -> Turn | None:
    """The next run after what `past` says has been done; None when none will ever be due.

    Of several missed ones the first is taken, and once it runs all that were due until then are handled.
    """
    due_at = past.unfinished or next_due(plan, past.handled)
    if due_at is None:
        return None
    wanted = now if past.unfinished else due_at + _jitter(plan, due_at)
    start_at = put_off(plan, max(wanted, past.not_before or wanted, now))
    return Turn(due_at, start_at, goes_on=past.unfinished is not None)


def next_due(plan: Plan, after: datetime) -> datetime | None:
    """The first time after `after` that the cron line names, in UTC.

    In the night that has an hour twice, a line with fixed hours is due in the first only, one for every hour in both;
    where an hour is left out, what is due in it comes the same span after the hour before (02:30 at 03:30).
    """
    cron = parse_cron(plan.schedule)
    moments = [_next_fire(trigger, after, cron) for trigger in _triggers(plan.schedule, plan.timezone)]
    return min((moment for moment in moments if moment), default=None)


def put_off(plan: Plan, moment: datetime) -> datetime:
    """`moment`, or where it lies in blackout hours, their end."""
    zone = ZoneInfo(plan.timezone)
    for _ in range(2 * len(plan.blackout)):  # one window may end in another
        window = next((window for window in plan.blackout if window.holds(moment.astimezone(zone).time())), None)
        if window is None:
            break
        moment = _end_of(window, moment.astimezone(zone))
    return moment


def _end_of(window: Window, local: datetime) -> datetime:
    days = 1 if window.end <= local.time() else 0
    end = datetime.combine(local.date() + timedelta(days=days), window.end, local.tzinfo).replace(fold=local.fold)
    return end.astimezone(UTC)


def _jitter(plan: Plan, due_at: datetime) -> timedelta:
    """How much later this run starts: the same however often one asks, so a list tells what will be."""
    dice = random.Random(f"{plan.site} {due_at.astimezone(UTC).isoformat()}")
    return timedelta(seconds=round(dice.uniform(0, plan.jitter)))


def _next_fire(trigger: CronTrigger, after: datetime, cron: Cron) -> datetime | None:
    moment = after
    for _ in range(3 * 60):  # an hour that comes twice has at most 60 minutes
        fire: datetime | None = trigger.get_next_fire_time(None, moment + timedelta(microseconds=1))
        if fire is None:
            return None
        moment = fire.astimezone(UTC)
        if not fire.fold or len(cron.hours) == _HOURS:
            return moment
    return moment


@cache
def _triggers(schedule: str, timezone: str) -> tuple[CronTrigger, ...]:
    """Two where a day may fit either of the day fields; APScheduler by itself would ask for both."""
    cron = parse_cron(schedule)
    days = _listed(cron.days, 31)
    weekdays = _listed([WEEKDAYS[day] for day in cron.weekdays], 7)  # APScheduler counts from Monday, cron from Sunday
    pairs = [(days, "*"), ("*", weekdays)] if cron.either else [(days, weekdays)]
    return tuple(
        CronTrigger(
            minute=_listed(cron.minutes, 60),
            hour=_listed(cron.hours, _HOURS),
            day=day,
            month=_listed(cron.months, 12),
            day_of_week=weekday,
            timezone=ZoneInfo(timezone),
        )
        for day, weekday in pairs
    )


def _listed(values: Sequence[int | str], every: int) -> str:
    return "*" if len(values) == every else ",".join(map(str, values))


class Alarms:
    """Calls `ring(name)` at the time set for each name, once; APScheduler inside. Needs a running event loop."""

    def __init__(self, ring: Callable[[str], Awaitable[None]]) -> None:
        self._ring = ring
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.start()

    def __contains__(self, name: str) -> bool:
        return self._scheduler.get_job(name) is not None

    def set(self, name: str, at: datetime) -> None:
        """In place of the one set before. A time that has passed rings at once, however long ago it was."""
        self._scheduler.add_job(
            self._ring, DateTrigger(at), args=[name], id=name, replace_existing=True, misfire_grace_time=None
        )

    def clear(self, name: str) -> None:
        if name in self:
            self._scheduler.remove_job(name)

    def look(self) -> None:
        """Ring what is due by the wall clock now, which may have jumped while we slept."""
        self._scheduler.wakeup()

    def close(self) -> None:
        self._scheduler.shutdown(wait=False)
