"""Worker processes that can be killed: what reads hostile input runs in one, bounded in time and memory."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import psutil

from crawler.errors import VardeError

Message = dict[str, Any]
Answer = Callable[[Message, bytes], Awaitable[tuple[Message, bytes]]]
_HEAD = struct.Struct("!II")  # bytes of the JSON message, bytes of the blob behind it
_MAX = 256 * 1024 * 1024
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
    replaced. `memory` bounds the bytes that a process and its children hold together.
    """

    def __init__(self, module: str, *, size: int, memory: int, environment: Mapping[str, str] | None = None) -> None:
        self._command = (sys.executable, "-m", module)
        self._memory = memory
        self._environment = dict(os.environ) | dict(environment or {})
        self._slots = asyncio.Semaphore(size)
        self._idle: list[Process] = []

    async def ask(self, message: Message, blob: bytes = b"", *, patience: float) -> tuple[Message, bytes]:
        """The answer to `message`, within `patience` seconds. Raises WorkerError."""
        async with self._process() as process:
            return await self._watched(process, _exchange(process, message, blob), patience)

    async def close(self) -> None:
        """End every idle process and what it started."""
        while self._idle:
            await _kill(self._idle.pop())

    def end(self) -> None:
        """End every idle process without a loop to wait in: for when the reactor has stopped."""
        while self._idle:
            for member in _family(self._idle.pop().pid):
                with suppress(psutil.NoSuchProcess):
                    member.kill()

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
            self._idle.append(process)

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env=self._environment, process_group=0, limit=1 << 20
        )

    async def _watched(
        self, process: Process, work: Awaitable[tuple[Message, bytes]], patience: float
    ) -> tuple[Message, bytes]:
        task = asyncio.ensure_future(work)
        deadline = asyncio.get_running_loop().time() + patience
        try:
            while not task.done():
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise WorkerTimeout(f"not done within {patience:g} s")
                await asyncio.wait([task], timeout=min(left, _LOOK))
                if not task.done() and _size(process.pid) > self._memory:
                    raise WorkerTooLarge(f"took more than {self._memory / 1e6:.0f} MB")
            return task.result()
        except (EOFError, ConnectionError) as error:
            raise WorkerError(f"worker ended ({process.returncode})") from error
        finally:
            task.cancel()


async def serve(answer: Answer) -> None:
    """The loop of a worker process: messages from stdin, answers to stdout, until stdin ends.

    What the code it runs prints goes to stderr, where it cannot forge an answer.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    loop = asyncio.get_running_loop()
    while head := await loop.run_in_executor(None, source.read, _HEAD.size):
        size, more = _HEAD.unpack(head)
        message, blob = json.loads(source.read(size)), source.read(more)
        found, data = await answer(message, blob)
        sink.write(_packed(found, data))
        sink.flush()


async def _exchange(process: Process, message: Message, blob: bytes) -> tuple[Message, bytes]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(_packed(message, blob))
    await process.stdin.drain()
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


async def _kill(process: Process) -> None:
    for member in _family(process.pid):
        with suppress(psutil.NoSuchProcess):
            member.kill()
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
