"""Keeps the timetable: starts each site's crawl when it is due, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler import runlog
from crawler.console import say
from crawler.crawlchild import crawl_in_child
from crawler.database import Database, OperationalError
from crawler.errors import VardeError
from crawler.evidence import archive_folder
from crawler.sites import load_all
from crawler.stamps import stamp_pending
from crawler.timelock import is_held
from crawler.timetable import Alarms, Plan, Turn, next_turn, plan_of

_TICK = 2.0  # seconds between two looks at the site files and the clock
_JUMP = 30.0  # seconds by which the clock may drift in one tick before it counts as set
_LEFT_BEHIND = 60.0  # seconds that a crawl whose timetable died has to let go of its site


class Keeper:
    """Runs the crawls of one folder of site files into one store, at most `at_once` at a time."""

    def __init__(self, db: Database, store: Path, folder: Path, *, at_once: int) -> None:
        self._db, self._store, self._folder = db, store, folder
        self._slots = asyncio.Semaphore(at_once)
        self._stamps = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._plans: dict[str, Plan] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._files: dict[str, tuple[int, int]] | None = None
        self._said: dict[str, str] = {}
        self._offset = 0.0

    async def keep(self) -> None:
        """Until SIGTERM or Ctrl-C; then the crawls that run are asked to stop, and waited for."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        for site in runlog.interrupt_runs(self._db, _now()):
            say(f"{site}: its last run was interrupted")
        self._offset = _clock_offset()
        self._alarms = Alarms(self._ring)
        try:
            while not self._stopping.is_set():
                self._look()
                await self._pause(_TICK)
        finally:
            self._stopping.set()
            self._alarms.close()
            await asyncio.gather(*self._running.values())

    def _look(self) -> None:
        """Take in changed site files and a changed clock, and see that every site has its alarm."""
        files = _stamps(self._folder)
        jumped = self._has_clock_jumped()
        if files != self._files:
            self._files = files
            self._read_sites()
        for name in self._plans:
            if jumped or name not in self._alarms:
                self._arm(name)
        self._alarms.look()

    def _read_sites(self) -> None:
        sites, faults = load_all(self._folder)
        plans = {site.name: plan for site in sites if (plan := plan_of(site))}
        for name in [name for name, plan in self._plans.items() if plans.get(name) != plan]:
            self._alarms.clear(name)
        self._plans = plans
        self._say_once("faults", "\n".join(faults))
        self._say_once("sites", f"on the timetable: {', '.join(plans) or 'no site; give a site file a schedule'}")

    def _has_clock_jumped(self) -> bool:
        before, self._offset = self._offset, _clock_offset()
        jump = self._offset - before
        if abs(jump) > _JUMP:
            say(f"the clock was set {_span(abs(jump))} {'forward' if jump > 0 else 'back'}")
        return abs(jump) > _JUMP

    def _arm(self, name: str) -> None:
        """Set the alarm of a site that does not run. A store that fails now is asked again at the next look."""
        if name in self._running or name not in self._plans or self._stopping.is_set():
            return
        try:
            turn = self._turn(name)
        except (VardeError, OperationalError) as error:
            self._say_once(name, f"{name}: {error}")
            return
        if turn:
            self._alarms.set(name, turn.start_at)

    def _turn(self, name: str) -> Turn | None:
        now = _now()
        past = runlog.past_of(self._db, name, now)
        if past is None:
            runlog.note_new(self._db, name, now)
            past = runlog.Past(now)
        return next_turn(self._plans[name], past, now)

    async def _ring(self, name: str) -> None:
        if name not in self._running:
            self._running[name] = asyncio.create_task(self._run(name))

    async def _run(self, name: str) -> None:
        """One run of one site, when there is room for it; then its next alarm."""
        try:
            async with self._slots:
                turn = self._turn(name) if name in self._plans and not self._stopping.is_set() else None
                is_time = turn is not None and turn.start_at <= _now()  # or put off while it waited for room
                if turn and is_time:
                    await self._crawl(name, turn)
            if is_time:
                await self._stamp()
            self._said.pop(name, None)
        except (VardeError, OperationalError, OSError) as error:
            self._say_once(name, f"{name}: could not be run: {error}")
            await self._pause(_TICK)
        finally:
            del self._running[name]
        self._arm(name)

    async def _crawl(self, name: str, turn: Turn) -> None:
        zone = ZoneInfo(self._plans[name].timezone)
        if turn.goes_on and not await self._is_free(name):
            return
        run = runlog.begin_run(self._db, name, due_at=turn.due_at, now=_now())
        why = ", for it was interrupted" if turn.goes_on else _lateness(turn, zone)
        say(f"{_now().astimezone(zone):%H:%M} {name}: starting{why}")
        started = time.monotonic()
        outcome = await crawl_in_child(name, self._store, self._folder, stopping=self._stopping)
        runlog.end_run(self._db, run, outcome=outcome, now=_now())
        note = runlog.crawl_note(self._db, name)
        span = _span(time.monotonic() - started)
        say(f"{_now().astimezone(zone):%H:%M} {name}: {outcome} after {span}{note and f': {note}'}")

    async def _stamp(self) -> None:
        """Ask for the timestamps that manifests wait for; the authority may take its time, so in a thread."""
        async with self._stamps:
            if self._stopping.is_set():
                return
            try:
                await asyncio.to_thread(stamp_pending, archive_folder(self._store))
            except OSError as error:
                self._say_once("timestamps", f"timestamps: {error}")

    async def _is_free(self, name: str) -> bool:
        """Wait for the crawl that lost its timetable: until its pages in flight are done, it holds its site's lock.

        False when we are to stop meanwhile.
        """
        lock = archive_folder(self._store) / f"{name}.lock"
        deadline = time.monotonic() + _LEFT_BEHIND
        while is_held(lock) and time.monotonic() < deadline and not self._stopping.is_set():
            await self._pause(0.2)
        return not self._stopping.is_set()

    async def _pause(self, seconds: float) -> None:
        """Sleep, or until we are to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def _say_once(self, about: str, message: str) -> None:
        if self._said.get(about, "") != message:
            self._said[about] = message
            for line in message.splitlines():
                say(line)


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """When each site file was changed last, and its size."""
    found = {}
    for path in folder.glob("*.toml"):
        try:
            status = path.stat()
        except OSError:  # removed while we looked, or a link to nothing
            continue
        found[path.name] = (status.st_mtime_ns, status.st_size)
    return found


def _lateness(turn: Turn, zone: ZoneInfo) -> str:
    late = turn.start_at - turn.due_at
    return f", due {turn.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if late > timedelta(minutes=1) else ""


def _clock_offset() -> float:
    """Seconds of the wall clock ahead of one that nobody sets."""
    return time.time() - time.monotonic()


def _now() -> datetime:
    return datetime.now(UTC)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
