"""Signals end asynchronous work between two steps of its loop, and the loop goes on as it was."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from crawler.interrupts import terminable
from crawler.loops import run_in

STOPS = pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background ignores it
    with terminable(), asyncio.Runner() as runner:
        yield runner.get_loop()
    signal.signal(signal.SIGINT, interrupt)


@STOPS
def test_what_waits_is_cancelled_and_ends_first(loop: asyncio.AbstractEventLoop, stop: signal.Signals) -> None:
    ended = []

    async def work() -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), stop)
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            ended.append("all put away")

    with pytest.raises(KeyboardInterrupt):
        run_in(loop, work())
    assert ended == ["all put away"]


@STOPS
def test_a_signal_as_the_work_ends_leaves_the_loop_whole(loop: asyncio.AbstractEventLoop, stop: signal.Signals) -> None:
    async def work() -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), stop)

    with pytest.raises(KeyboardInterrupt):
        run_in(loop, work())
    assert run_in(loop, asyncio.sleep(0, "next")) == "next"


def test_a_fault_of_the_work_and_its_own_cancelling_are_not_lost(loop: asyncio.AbstractEventLoop) -> None:
    async def work(fault: BaseException) -> None:
        raise fault

    for fault in (ValueError("no"), asyncio.CancelledError()):
        with pytest.raises(type(fault)):
            run_in(loop, work(fault))


def test_a_signal_that_is_ignored_stays_ignored(loop: asyncio.AbstractEventLoop) -> None:
    async def work() -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return await asyncio.sleep(0.01, "done")

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert run_in(loop, work()) == "done"
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_outside_the_main_thread_nothing_is_changed() -> None:
    found = []

    def run() -> None:
        with asyncio.Runner() as runner:
            found.append(run_in(runner.get_loop(), asyncio.sleep(0, "done")))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert found == ["done"]
