"""python -m tests.alerts.hanging_worker: a read worker that hangs, dies, eats memory or says much where an ad asks so.

It finds the same in every other ad, so that it need not load what reading takes: it is often started anew.
"""

from __future__ import annotations

import asyncio
import json
import os
import time

import msgspec

from alerts.reading.readings import Read, encode_reading
from alerts.templates.wordings import Wording
from crawler.workers import Message, serve
from nlp.reading import Reading

READING = encode_reading(Reading(language="nb"))
LONG = encode_reading(Reading(language="n" * 4_000_000))  # more than asyncio reads ahead


async def answer(message: Message, blob: bytes) -> tuple[Message, bytes]:
    rows = json.loads(blob)
    texts = [row["document"]["text"] for row in rows]
    if any("HANG" in text for text in texts):
        while True:
            pass
    if any("DIE" in text for text in texts):
        os._exit(1)
    if any("EAT" in text for text in texts):
        eaten = [bytearray(b"x" * 10_000_000) for _ in range(40)]
        time.sleep(60)  # computes no more: its time is not up before its size is looked at
        eaten.clear()
    reading = LONG if any("LONG" in text for text in texts) else READING
    found = [Read(row["id"], row["ad"], row["seen_at"], reading, (), Wording(), ()) for row in rows]
    return {}, msgspec.json.encode(found)


if __name__ == "__main__":
    asyncio.run(serve(answer, alone=True))
