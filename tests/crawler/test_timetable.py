"""When a site is due: in both nights in which Oslo changes its clocks, and after time was missed or set."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from crawler.cronline import parse_window
from crawler.runlog import Past
from crawler.timetable import Alarms, Plan, Turn, next_due, next_turn, plan_of, put_off
from tests.crawler.samples import make_site


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def plan(schedule: str, *, jitter: int = 0, blackout: Sequence[str] = (), timezone: str = "Europe/Oslo") -> Plan:
    return Plan("a.example", schedule, timezone, jitter, tuple(map(parse_window, blackout)))


SPRING, AUTUMN = "2026-03-28T23:00+01:00", "2026-10-24T23:00+02:00"  # the evenings before
DUE = {
    "spring, in the hour that is left out": (
        "30 2 * * *", SPRING, ["2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00", "2026-03-31T02:30+02:00"],
    ),
    "spring, each hour": (
        "0 * * * *", SPRING,
        ["2026-03-29T00:00+01:00", "2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00"],
    ),
    "autumn, in the hour that comes twice": (
        "30 2 * * *", AUTUMN, ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00", "2026-10-27T02:30+01:00"],
    ),
    "autumn, twice in the hour that comes twice": (
        "15,45 1-2 * * *", "2026-10-25T01:30+02:00",
        ["2026-10-25T01:45+02:00", "2026-10-25T02:15+02:00", "2026-10-25T02:45+02:00", "2026-10-26T01:15+01:00"],
    ),
    "autumn, each hour": (
        "0 * * * *", "2026-10-25T01:30+02:00",
        ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"],
    ),
    "autumn, asked in the second hour": ("30 2 * * *", "2026-10-25T02:10+01:00", ["2026-10-26T02:30+01:00"]),
    "exactly then is past": ("15 3 * * *", "2026-05-01T03:15+02:00", ["2026-05-02T03:15+02:00"]),
    "a moment before": ("15 3 * * *", "2026-05-01T03:14:59.999+02:00", ["2026-05-01T03:15+02:00"]),
    "0 is Sunday": ("0 4 * * 0", "2026-05-01T00:00+02:00", ["2026-05-03T04:00+02:00", "2026-05-10T04:00+02:00"]),
    "7 is Sunday": ("0 4 * * 7", "2026-05-01T00:00+02:00", ["2026-05-03T04:00+02:00"]),
    "1 is Monday": ("0 4 * * 1", "2026-05-01T00:00+02:00", ["2026-05-04T04:00+02:00"]),
    "the 13th or a Friday": (
        "0 4 13 * fri", "2026-05-09T00:00+02:00", ["2026-05-13T04:00+02:00", "2026-05-15T04:00+02:00"],
    ),
    "leap day": ("0 0 29 2 *", "2026-05-01T00:00+02:00", ["2028-02-29T00:00+01:00"]),
}  # fmt: skip


@pytest.mark.parametrize(("schedule", "after", "due"), DUE.values(), ids=DUE)
def test_due_in_local_time(schedule: str, after: str, due: list[str]) -> None:
    found, moment = [], at(after)
    for _ in due:
        moment = next_due(plan(schedule), moment) or moment
        found.append(moment)
    assert found == [at(text) for text in due]


@pytest.mark.parametrize("timezone", ["Europe/Oslo", "America/St_Johns", "Australia/Lord_Howe", "UTC"])
def test_a_daily_time_comes_once_a_day_all_year(timezone: str) -> None:
    """Lord Howe's clocks change by half an hour, St John's lie half an hour beside ours."""
    daily, moment = plan("5 2 * * *", timezone=timezone), at("2026-01-01T00:00Z")
    moments = [moment := next_due(daily, moment) or moment for _ in range(366)]
    assert {round((b - a) / timedelta(days=1)) for a, b in pairwise(moments)} == {1}


PUT_OFF = {
    "outside": (["22:00-06:00"], "2026-05-01T21:59+02:00", "2026-05-01T21:59+02:00"),
    "at its start": (["22:00-06:00"], "2026-05-01T22:00+02:00", "2026-05-02T06:00+02:00"),
    "after midnight": (["22:00-06:00"], "2026-05-02T05:59:59+02:00", "2026-05-02T06:00+02:00"),
    "at its end": (["22:00-06:00"], "2026-05-02T06:00+02:00", "2026-05-02T06:00+02:00"),
    "by day": (["08:00-16:30"], "2026-05-01T12:00+02:00", "2026-05-01T16:30+02:00"),
    "into the next": (["16:00-23:00", "08:00-16:30"], "2026-05-01T12:00+02:00", "2026-05-01T23:00+02:00"),
    "over the short night": (["22:00-06:00"], SPRING, "2026-03-29T06:00+02:00"),
    "over the long night": (["22:00-06:00"], AUTUMN, "2026-10-25T06:00+01:00"),
    "end left out": (["01:00-02:30"], "2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"),
    "end comes twice": (["01:00-02:30"], "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
}


@pytest.mark.parametrize(("blackout", "moment", "until"), PUT_OFF.values(), ids=PUT_OFF)
def test_in_blackout_hours_nothing_starts(blackout: list[str], moment: str, until: str) -> None:
    assert put_off(plan("* * * * *", blackout=blackout), at(moment)) == at(until)


HOURLY, NOON = plan("0 * * * *"), "2026-05-04T12:00:10+02:00"
TURNS = {
    "next time": (
        HOURLY, Past(at("2026-05-04T12:00:01+02:00")),
        Turn(at("2026-05-04T13:00+02:00"), at("2026-05-04T13:00+02:00")),
    ),
    "one of many missed, at once": (
        HOURLY, Past(at("2026-04-01T08:30+02:00")), Turn(at("2026-04-01T09:00+02:00"), at(NOON)),
    ),
    "due right now": (HOURLY, Past(at("2026-05-04T11:00:05+02:00")), Turn(at("2026-05-04T12:00+02:00"), at(NOON))),
    "the clock was set back over what ran": (
        HOURLY, Past(at("2026-05-04T15:00+02:00")), Turn(at("2026-05-04T16:00+02:00"), at("2026-05-04T16:00+02:00")),
    ),
    "interrupted, at once": (
        HOURLY, Past(at("2026-05-04T12:00:01+02:00"), unfinished=at("2026-05-04T12:00+02:00")),
        Turn(at("2026-05-04T12:00+02:00"), at(NOON), goes_on=True),
    ),
    "asked to stay away": (
        HOURLY, Past(at("2026-05-04T11:00:05+02:00"), not_before=at("2026-05-04T12:40+02:00")),
        Turn(at("2026-05-04T12:00+02:00"), at("2026-05-04T12:40+02:00")),
    ),
    "asked to stay away long ago": (
        HOURLY, Past(at("2026-05-04T12:00:01+02:00"), not_before=at("2026-05-04T12:00+02:00")),
        Turn(at("2026-05-04T13:00+02:00"), at("2026-05-04T13:00+02:00")),
    ),
    "interrupted, and asked to stay away": (
        HOURLY, Past(at(NOON), unfinished=at("2026-05-04T12:00+02:00"), not_before=at("2026-05-04T14:30+02:00")),
        Turn(at("2026-05-04T12:00+02:00"), at("2026-05-04T14:30+02:00"), goes_on=True),
    ),
    "missed, in blackout hours": (
        plan("0 * * * *", blackout=["11:00-14:00"]), Past(at("2026-05-04T08:00+02:00")),
        Turn(at("2026-05-04T09:00+02:00"), at("2026-05-04T14:00+02:00")),
    ),
    "interrupted, in blackout hours": (
        plan("0 3 * * *", blackout=["11:00-14:00"]), Past(at(NOON), unfinished=at("2026-05-04T03:00+02:00")),
        Turn(at("2026-05-04T03:00+02:00"), at("2026-05-04T14:00+02:00"), goes_on=True),
    ),
    "due in blackout hours": (
        plan("0 3 * * *", blackout=["22:00-06:00"]), Past(at(NOON)),
        Turn(at("2026-05-05T03:00+02:00"), at("2026-05-05T06:00+02:00")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "past", "turn"), TURNS.values(), ids=TURNS)
def test_next_turn(of: Plan, past: Past, turn: Turn) -> None:
    assert next_turn(of, past, at(NOON)) == turn


def test_jitter_comes_later_by_at_most_what_was_said_and_evenly() -> None:
    shaken, moment, delays = plan("0 * * * *", jitter=600), at("2026-01-01T00:00Z"), []
    for _ in range(1000):
        turn = next_turn(shaken, Past(moment), moment)
        assert turn is not None
        assert turn == next_turn(shaken, Past(moment), turn.due_at - timedelta(minutes=3))
        delays.append((turn.start_at - turn.due_at).total_seconds())
        moment = turn.due_at
    assert min(delays) >= 0
    assert max(delays) <= 600
    assert abs(sum(delays) / len(delays) - 300) < 30
    assert len(set(delays)) > 300


def test_jitter_longer_than_the_span_between_two_times_starves_no_site() -> None:
    shaken, now, past, runs = plan("*/5 * * * *", jitter=3600), at("2026-01-01T00:00Z"), at("2026-01-01T00:00Z"), 0
    for _ in range(24 * 60):
        now += timedelta(minutes=1)
        turn = next_turn(shaken, Past(past), now)
        if turn and turn.start_at <= now:
            past, runs = now, runs + 1
    assert runs >= 23


def test_a_year_of_clocks_that_jump_runs_nothing_twice_and_skips_no_day() -> None:
    """Whatever the clock does within a day: each run is due later than all that ran before it."""
    dice, daily = random.Random(20261121), plan("15 3 * * *", blackout=["03:00-04:00"])
    now = past = at("2026-01-01T00:00Z")
    due: list[datetime] = []
    while now < at("2027-01-01T00:00Z"):
        now += timedelta(minutes=dice.choice([1, 10, 30, 60, 180, 600, -120]))
        turn = next_turn(daily, Past(past), now)
        assert turn is not None
        if turn.start_at <= now:
            due.append(turn.due_at)
            past = max(past, turn.due_at, now)
    assert all(a < b for a, b in pairwise(due))
    assert len({moment.date() for moment in due}) == len(due) >= 360


def test_plan_is_what_the_site_file_says() -> None:
    site = make_site(extra='schedule = "15 3 * * *"\ntimezone = "UTC"\njitter = 60\nblackout = ["22:00-03:00"]')
    assert plan_of(site) == Plan("a.example", "15 3 * * *", "UTC", 60, (parse_window("22:00-03:00"),))
    assert plan_of(make_site()) is None


def test_alarms_ring_once_each_at_their_times() -> None:
    rung: list[str] = []

    async def ring(name: str) -> None:
        rung.append(name)

    async def scene() -> None:
        alarms, now = Alarms(ring), datetime.now(UTC)
        alarms.set("long ago", now - timedelta(days=400))
        alarms.set("soon", now + timedelta(days=1))
        alarms.set("soon", now + timedelta(seconds=0.3))
        alarms.set("cleared", now + timedelta(seconds=0.2))
        alarms.set("tomorrow", now + timedelta(days=1))
        alarms.clear("cleared")
        alarms.clear("unknown")
        await asyncio.sleep(0.1)
        assert rung == ["long ago"]
        await asyncio.sleep(0.5)
        alarms.look()
        assert ("soon" in alarms, "tomorrow" in alarms) == (False, True)
        alarms.close()

    asyncio.run(scene())
    assert rung == ["long ago", "soon"]
