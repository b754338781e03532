"""ReadPool: ads are read in processes that can be killed, so that no text holds up, or ends, an analysis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Self

from alerts.reading.read_worker import pack, unpack
from alerts.reading.readers import batch_wordings
from alerts.reading.readings import Read, encode_reading
from crawler.loops import run_in
from crawler.observation import Observation
from crawler.workers import WorkerError, Workers
from nlp.reading import Reading

_MEMORY = 700_000_000  # bytes of one process; loaded it takes 180 MB, and no text takes it above 200
_ONE = 2.0  # seconds of its own CPU time in which an ad must be read
_EACH = 0.05  # seconds more for each further ad of a batch: twenty times what one takes
Say = Callable[[str], None]


class ReadPool:
    """Reads batches in `size` processes of at most `memory` bytes each.

    An ad that cannot be read in that, or in time, is stored as unread, and said.
    """

    def __init__(
        self, size: int, *, say: Say, module: str = "alerts.reading.read_worker", memory: int = _MEMORY
    ) -> None:
        self._size, self._say = size, say
        self._runner = asyncio.Runner()
        self._workers = Workers(module, size=size, memory=memory, by_cpu=True)
        self._waiting: list[asyncio.Task[list[Read]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            run_in(self._runner.get_loop(), self._end())
        finally:
            self._runner.close()

    async def _end(self) -> None:
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        await self._workers.close()

    def read(self, batches: Iterator[list[Observation]]) -> Iterator[list[Read]]:
        """The readings of each batch, in their order; at most two batches wait for each process."""
        loop = self._runner.get_loop()
        self._waiting = [loop.create_task(self._read(batch)) for batch in islice(batches, 2 * self._size)]
        while self._waiting:
            found = run_in(loop, self._waiting[0])
            del self._waiting[0]
            yield found
            self._waiting += [loop.create_task(self._read(batch)) for batch in islice(batches, 1)]

    async def _read(self, batch: list[Observation]) -> list[Read]:
        """A batch; where it fails, its halves, so that one ad does not cost the others their reading."""
        try:
            _, blob = await self._workers.ask({}, pack(batch), patience=_ONE + _EACH * (len(batch) - 1))
            return unpack(blob)
        except WorkerError as error:
            if len(batch) == 1:
                return [self._unread(batch[0], error)]
        half = len(batch) // 2
        return [*await self._read(batch[:half]), *await self._read(batch[half:])]

    def _unread(self, ad: Observation, error: WorkerError) -> Read:
        self._say(f"{ad.site} {ad.ad_id} cannot be read and is shown as cut: {error}")
        (wording,) = batch_wordings([ad])
        return Read(ad.id, ad.ad, ad.seen_at, encode_reading(Reading(language="und", truncated=True)), (), wording, ())
