"""The worker that reads ads: `python -m alerts.reading.read_worker`, started and killed by alerts.reading.readpool."""

from __future__ import annotations

import asyncio
import gc
import json

import msgspec

import nlp
from alerts.reading.readers import read_batch
from alerts.reading.readings import Read
from crawler.observation import Observation
from crawler.workers import Message, serve

_answer = msgspec.json.Decoder(list[Read])


async def answer(_: Message, blob: bytes) -> tuple[Message, bytes]:
    """The readings of the observations in `blob`, in their order, as JSON."""
    found = read_batch([Observation(**row) for row in json.loads(blob)])
    return {}, msgspec.json.encode(found)


def pack(batch: list[Observation]) -> bytes:
    """A batch as the worker takes it."""
    return json.dumps([msgspec.to_builtins(observation) for observation in batch]).encode()


def unpack(blob: bytes) -> list[Read]:
    """What the worker answered."""
    return _answer.decode(blob)


def load() -> None:
    """Load lexicons, models and tables, before an ad is waited for."""
    gc.disable()  # nothing of what is loaded can be let go: looking for it would take a tenth of the time
    nlp.read(["Ring 42 00 00 17."])
    gc.enable()


def main() -> None:
    load()
    asyncio.run(serve(answer, alone=True))


if __name__ == "__main__":
    main()
