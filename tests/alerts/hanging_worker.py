"""A read worker that hangs, dies or eats memory on the ads that ask for it: python -m tests.alerts.hanging_worker."""

from __future__ import annotations

import asyncio
import json
import os

from alerts.reading import read_worker
from crawler.workers import Message, serve


async def answer(message: Message, blob: bytes) -> tuple[Message, bytes]:
    texts = [row["document"]["text"] for row in json.loads(blob)]
    if any("HANG" in text for text in texts):
        while True:
            pass
    if any("DIE" in text for text in texts):
        os._exit(1)
    if any("EAT" in text for text in texts):
        eaten = []
        while True:
            eaten.append(bytearray(b"x" * 10_000_000))
    return await read_worker.answer(message, blob)


if __name__ == "__main__":
    read_worker.load()
    asyncio.run(serve(answer, alone=True))
