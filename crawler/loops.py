"""Asynchronous work from ordinary code: Ctrl-C and SIGTERM end it between two steps of the loop, never inside one."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
_Handler = Callable[[int, FrameType | None], None]


def run_in(loop: asyncio.AbstractEventLoop, work: Awaitable[T]) -> T:
    """The result of `work`. Signals that raise KeyboardInterrupt cancel it and raise that once it has ended.

    Raised at once it could cost the loop a callback, which the loop would then wait for without end. `asyncio.Runner`
    knows Ctrl-C only, and raises that at once too where the work is done but the loop has not yet ended.
    """
    task = asyncio.ensure_future(work, loop=loop)
    heard: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        heard.append(number)
        loop.call_soon_threadsafe(task.cancel)

    with _heard_by(stop), suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    if heard:
        raise KeyboardInterrupt
    return task.result()


@contextmanager
def _heard_by(handler: _Handler) -> Iterator[None]:
    """Signals reach only the main thread; those that are ignored or handled otherwise stay so."""
    ours: list[signal.Signals] = []
    try:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is signal.default_int_handler:
                    ours.append(number)
                    signal.signal(number, handler)
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.default_int_handler)
