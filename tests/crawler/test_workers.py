"""Worker processes: bounded in time and memory, killed with all they started, and replaced."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from crawler.workers import Message, WorkerError, Workers, WorkerTimeout, WorkerTooLarge
from tests.processes import command_of

ROOT = str(Path(__file__).resolve().parent.parent.parent)
Work = Callable[[Workers], Awaitable[None]]


def run(work: Work, *, size: int = 1, by_cpu: bool = False, module: str = "tests.crawler.odd_worker") -> None:
    async def whole() -> None:
        workers = Workers(module, size=size, memory=150_000_000, environment={"PYTHONPATH": ROOT}, by_cpu=by_cpu)
        try:
            await work(workers)
        finally:
            await workers.close()

    asyncio.run(whole())


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not psutil.pid_exists(pid)


def test_answer_comes_back_whatever_else_the_worker_prints() -> None:
    async def work(workers: Workers) -> None:
        pids = set()
        for size in (0, 1, 3_000_000):
            message, blob = await workers.ask({"do": "echo"}, b"x" * size, patience=10)
            assert blob == b"x" * size
            pids.add(message["pid"])
        assert len(pids) == 1, "it was started more than once"

    run(work)


ENDS = {
    "loops": ("loop", WorkerTimeout, False),
    "loops, by its own clock": ("loop", WorkerTimeout, True),
    "sleeps": ("sleep", WorkerTimeout, False),
    "eats memory": ("eat", WorkerTooLarge, False),
    "dies": ("exit", WorkerError, False),
}


@pytest.mark.parametrize(("do", "error", "by_cpu"), ENDS.values(), ids=ENDS)
def test_worker_that_does_not_answer_is_ended_and_replaced(do: str, error: type[Exception], by_cpu: bool) -> None:
    async def work(workers: Workers) -> None:
        before, _ = await workers.ask({"do": "echo"}, patience=10)
        with pytest.raises(error):
            await workers.ask({"do": do}, patience=1.5)
        assert is_gone(before["pid"])
        after, _ = await workers.ask({"do": "echo"}, patience=10)
        assert after["pid"] != before["pid"]

    run(work, by_cpu=by_cpu)


def test_what_a_worker_started_ends_with_it() -> None:
    started: dict[str, int] = {}

    async def work(workers: Workers) -> None:
        message, _ = await workers.ask({"do": "child"}, patience=10)
        started.update(message)
        with pytest.raises(WorkerTimeout):
            await workers.ask({"do": "sleep"}, patience=0.5)

    run(work)
    assert is_gone(started["pid"])
    assert is_gone(started["child"])


def test_a_hanging_worker_holds_up_no_other() -> None:
    async def work(workers: Workers) -> None:
        hanging = asyncio.ensure_future(workers.ask({"do": "sleep"}, patience=4))
        await asyncio.sleep(0.2)
        await workers.ask({"do": "echo"}, patience=10)
        assert not hanging.done()
        with pytest.raises(WorkerTimeout):
            await hanging

    run(work, size=2)


def test_worker_that_does_not_start_is_an_error() -> None:
    async def work(workers: Workers) -> None:
        with pytest.raises(WorkerError, match=r"no\.such\.module does not start"):
            await workers.ask({"do": "echo"}, patience=1)

    run(work, module="no.such.module")


def started() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "tests.crawler.odd_worker" in command_of(child)]


async def asked_and_started(workers: Workers) -> asyncio.Task[tuple[Message, bytes]]:
    asked = asyncio.ensure_future(workers.ask({"do": "echo"}, patience=10))
    async with asyncio.timeout(10):
        while not started():
            await asyncio.sleep(0.01)
    return asked


def test_worker_that_is_no_longer_wanted_as_it_starts_is_ended() -> None:
    async def work(workers: Workers) -> None:
        asked = await asked_and_started(workers)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert not started()
        await workers.ask({"do": "echo"}, patience=10)

    run(work)


def test_worker_that_answers_once_they_are_closed_is_ended() -> None:
    async def work(workers: Workers) -> None:
        asked = await asked_and_started(workers)
        await workers.close()
        message, _ = await asked
        assert is_gone(message["pid"])

    run(work)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # asyncio's, of pipes without a loop
def test_workers_end_without_a_loop() -> None:
    pids = []

    async def whole(workers: Workers) -> None:
        message, _ = await workers.ask({"do": "echo"}, patience=10)
        pids.append(message["pid"])

    workers = Workers("tests.crawler.odd_worker", size=1, memory=150_000_000, environment={"PYTHONPATH": ROOT})
    asyncio.run(whole(workers))
    workers.end()
    assert is_gone(pids[0])
    for thread in threading.enumerate():
        if "waitpid" in thread.name:  # it holds the pipes: what is collected later is another test's warning
            thread.join(10)
    del workers
    gc.collect()


def test_worker_that_is_no_longer_wanted_at_any_point_of_its_answer() -> None:
    """asyncio stops reading what is over 2 MB, and takes no process for ended that it does not read to its end."""

    async def work(workers: Workers) -> None:
        await workers.ask({"do": "echo"}, patience=10)
        began = time.monotonic()
        await workers.ask({"do": "echo"}, b"x" * 20_000_000, patience=60)
        whole = time.monotonic() - began
        for moment in range(40):
            await workers.ask({"do": "echo"}, patience=10)
            asking = asyncio.create_task(workers.ask({"do": "echo"}, b"x" * 20_000_000, patience=60))
            asyncio.get_running_loop().call_later(whole * (0.5 + 0.015 * moment), asking.cancel)
            await asyncio.wait({asking}, timeout=10)
            assert asking.done()

    run(work)
