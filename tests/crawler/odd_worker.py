"""A worker that does as it is told: python -m tests.crawler.odd_worker."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time

from crawler.workers import Message, serve

HOLDS: list[bytes] = []


def eat() -> None:
    while True:
        HOLDS.append(b"x" * 5_000_000)
        time.sleep(0.01)


def loop() -> None:
    while True:
        pass


async def answer(message: Message, blob: bytes) -> tuple[Message, bytes]:
    match message["do"]:
        case "echo":
            print("this is no answer")
        case "loop":
            loop()
        case "sleep":
            time.sleep(60)
        case "eat":
            eat()
        case "exit":
            os._exit(7)
        case "child":
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            return {"pid": os.getpid(), "child": child.pid}, blob
    return {"pid": os.getpid()}, blob


if __name__ == "__main__":
    asyncio.run(serve(answer))
