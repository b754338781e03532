"""Worker processes that can be killed: what reads hostile input runs in one, bounded in time and memory."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import struct
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, BinaryIO

import psutil

from crawler.errors import VardeError

Message = dict[str, Any]
Answer = Callable[[Message, bytes], Awaitable[tuple[Message, bytes]]]
_HEAD = struct.Struct("!II")  # bytes of the JSON message, bytes of the blob behind it
_MAX = 256 * 1024 * 1024
_START = 60.0  # seconds in which a worker must be ready
_END = 5.0  # seconds for a killed process to be gone
_BUSY = 8  # the machine may be that much slower than the process's own clock before a worker is given up
_LOOK = 0.2  # seconds between two looks at a worker's memory


class WorkerError(VardeError):
    """A worker gave no answer: it was too slow, too large, or it died. Raised by `Workers.ask`."""


class WorkerTimeout(WorkerError):
    """It was killed because its time was up."""


class WorkerTooLarge(WorkerError):
    """It was killed because it, with what it started, took more memory than it may."""


class Workers:
    """At most `size` processes of `python -m MODULE`, each answering one message at a time.

    A process is started when it is needed and goes on with the next message; one that was killed is
    replaced. `memory` bounds the bytes that a process and its children hold together. With `by_cpu` the time
    that counts is that which the process computes, so that a busy machine makes no page look hostile.
    """

    def __init__(
        self,
        module: str,
        *,
        size: int,
        memory: int,
        environment: Mapping[str, str] | None = None,
        by_cpu: bool = False,
    ) -> None:
        self._command = (sys.executable, "-m", module)
        self._memory = memory
        self._by_cpu = by_cpu
        self._environment = dict(os.environ) | dict(environment or {})
        self._slots = asyncio.Semaphore(size)
        self._idle: list[Process] = []
        self._closed = False

    async def ask(self, message: Message, blob: bytes = b"", *, patience: float) -> tuple[Message, bytes]:
        """The answer to `message`, within `patience` seconds. Raises WorkerError."""
        async with self._process() as process:
            return await self._watched(process, message, blob, patience)

    async def close(self) -> None:
        """End every idle process and what it started; one that is at work ends once it has answered."""
        self._closed = True
        while self._idle:
            await _kill(self._idle.pop())

    def end(self) -> None:
        """End every idle process without a loop to wait in: for when the reactor has stopped."""
        members = [member for process in self._idle for member in _family(process.pid)]
        self._idle.clear()
        for member in members:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        deadline = time.monotonic() + _END
        while any(member.is_running() for member in members) and time.monotonic() < deadline:
            time.sleep(0.01)  # asyncio's own watcher collects them; no one else may

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[Process]:
        """A process of our own for one message; it is used again only if it answered."""
        async with self._slots:
            process = self._idle.pop() if self._idle else await self._start()
            try:
                yield process
            except BaseException:
                await _kill(process)
                raise
            if self._closed:
                await _kill(process)
            else:
                self._idle.append(process)

    async def _start(self) -> Process:
        """A new process that has said it is ready: what it takes to start is no fault of a page."""
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env=self._environment, process_group=0, limit=1 << 20
        )
        try:
            await asyncio.wait_for(_answer(process), _START)
        except BaseException as error:
            await _kill(process)  # as well where nobody waits for it any more
            if isinstance(error, (EOFError, ConnectionError, TimeoutError)):
                raise WorkerError(f"{' '.join(self._command[1:])} does not start") from error
            raise
        return process

    async def _watched(self, process: Process, message: Message, blob: bytes, patience: float) -> tuple[Message, bytes]:
        """An answer, or the reason for which the process was killed while it was waited for."""
        watch = _Watch(process.pid, self._memory, _Clock(process.pid, by_cpu=self._by_cpu), patience)
        try:
            found = await _exchange(process, message, blob)
        except (EOFError, ConnectionError) as error:
            raise watch.fault or WorkerError(f"worker ended ({process.returncode})") from error
        finally:
            watch.end()
        if watch.fault:  # it answered as it was killed: it must not be used again
            raise watch.fault
        return found


class _Watch:
    """Looks at a process every moment while it is at work, and kills it once it is too slow or too large."""

    def __init__(self, pid: int, memory: int, clock: _Clock, patience: float) -> None:
        self._pid, self._memory, self._clock, self._patience = pid, memory, clock, patience
        self.fault: WorkerError | None = None
        self._look_again(min(_LOOK, patience))

    def end(self) -> None:
        self._timer.cancel()

    def _look_again(self, after: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(after, self._look)

    def _look(self) -> None:
        if _size(self._pid) > self._memory:  # first: what takes too much is slow for it
            self.fault = WorkerTooLarge(f"took more than {self._memory / 1e6:.0f} MB")
        elif self._clock.is_over(self._patience):
            self.fault = WorkerTimeout(f"not done within {self._patience:g} s")
        if self.fault:
            _end_family(self._pid)
        else:
            self._look_again(_LOOK)


class _Clock:
    """How long a process has been at a message, by the wall or by its own CPU time."""

    def __init__(self, pid: int, *, by_cpu: bool) -> None:
        self._pid, self._by_cpu = pid, by_cpu
        self._began, self._computed = time.monotonic(), _cpu_time(pid) if by_cpu else 0.0

    def is_over(self, patience: float) -> bool:
        waited = time.monotonic() - self._began
        if not self._by_cpu:
            return waited > patience
        return waited > patience * _BUSY or (waited > patience and _cpu_time(self._pid) - self._computed > patience)


async def serve(answer: Answer, *, alone: bool = False) -> None:
    """The loop of a worker process: messages from stdin, answers to stdout, until stdin ends.

    `alone`: nothing else runs in its loop, which may be held up while there is no message.

    What the code it runs prints goes to stderr, where it cannot forge an answer.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    gc.freeze()  # what is loaded by now stays; looking through it again and again would take a tenth of the time
    loop = asyncio.get_running_loop()
    with suppress(BrokenPipeError):  # whoever asked is gone
        _send(sink, {"ready": True}, b"")
        while head := source.read(_HEAD.size) if alone else await loop.run_in_executor(None, source.read, _HEAD.size):
            size, more = _HEAD.unpack(head)
            message, blob = json.loads(source.read(size)), source.read(more)
            _send(sink, *await answer(message, blob))


def _send(sink: BinaryIO, message: Message, blob: bytes) -> None:
    sink.write(_packed(message, blob))
    sink.flush()


async def _exchange(process: Process, message: Message, blob: bytes) -> tuple[Message, bytes]:
    assert process.stdin
    process.stdin.write(_packed(message, blob))
    await process.stdin.drain()
    return await _answer(process)


async def _answer(process: Process) -> tuple[Message, bytes]:
    assert process.stdout
    size, more = _HEAD.unpack(await process.stdout.readexactly(_HEAD.size))
    if size + more > _MAX:
        raise WorkerError(f"answer of {size + more:,} bytes")
    return json.loads(await process.stdout.readexactly(size)), await process.stdout.readexactly(more)


def _packed(message: Message, blob: bytes) -> bytes:
    text = json.dumps(message, ensure_ascii=True).encode()
    return _HEAD.pack(len(text), len(blob)) + text + blob


def _family(pid: int) -> list[psutil.Process]:
    """A process and everything it started; empty when it is gone."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _size(pid: int) -> int:
    """Resident bytes of a process and everything it started."""
    total = 0
    for process in _family(pid):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total


def _cpu_time(pid: int) -> float:
    """Seconds that a process has computed. Linux has a clock for each process, at a hundredth of what /proc costs
    (CPUCLOCK_SCHED of the process, see clock_getcpuclockid(3)).
    """
    try:
        if sys.platform == "linux":
            return time.clock_gettime((~pid << 3) | 2)
        times = psutil.Process(pid).cpu_times()
    except (psutil.NoSuchProcess, OSError):
        return 0.0
    return float(times.user + times.system)


def _end_family(pid: int) -> None:
    for member in _family(pid):
        with suppress(psutil.NoSuchProcess):
            member.kill()


async def _kill(process: Process) -> None:
    _end_family(process.pid)
    await _ended(asyncio.ensure_future(_gone(process)))


async def _gone(process: Process) -> None:
    """Until a killed process is gone. asyncio takes none for gone while there is something in its pipes to be read."""
    assert process.stdout
    with suppress(OSError):
        while await process.stdout.read(1 << 16):
            pass
    await process.wait()


async def _ended(task: asyncio.Future[Any]) -> None:
    """Until a task has ended, whatever its end: whoever is cancelled meanwhile waits all the same, and is told then."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
