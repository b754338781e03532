"""The worker that reads ads: `python -m alerts.reading.read_worker`, started and killed by alerts.reading.readpool."""

from __future__ import annotations

import asyncio
import gc
import json
from typing import Any

import msgspec

import nlp
from alerts.reading.keys import Key
from alerts.reading.readers import read_batch
from alerts.reading.readings import Read
from crawler.observation import Observation
from crawler.workers import Message, serve


async def answer(_: Message, blob: bytes) -> tuple[Message, bytes]:
    """The readings of the observations in `blob`, in their order, as JSON."""
    found = read_batch([Observation(**row) for row in json.loads(blob)])
    return {}, json.dumps([_packed(item) for item in found]).encode()


def pack(batch: list[Observation]) -> bytes:
    """A batch as the worker takes it."""
    return json.dumps([msgspec.to_builtins(observation) for observation in batch]).encode()


def unpack(blob: bytes) -> list[Read]:
    """What the worker answered."""
    return [
        Read(observation, ad, seen_at, document, tuple(Key(*key) for key in keys))
        for observation, ad, seen_at, document, keys in json.loads(blob)
    ]


def _packed(item: Read) -> list[Any]:
    keys = [[key.kind, key.value, key.confidence, key.how] for key in item.keys]
    return [item.observation, item.ad, item.seen_at, item.document, keys]


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
