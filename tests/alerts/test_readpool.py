"""Reading in processes that can be killed: the same readings, and no text that costs the others theirs."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from alerts.reading.readers import read_batch
from alerts.reading.readings import Read, decode_reading
from alerts.reading.readpool import ReadPool
from crawler.observation import Observation
from tests.alerts.hashes import some_hash
from tests.alerts.stores import TEXTS


def observation(number: int, text: str) -> Observation:
    return Observation(
        id=number, ad=number, site="a.example", ad_id=f"n{number}", kind="escort",
        seen_at="2026-11-01T12:00:00.000+00:00", capture=None,
        document={"text": text, "images": [{"phash": some_hash(number)}]},
    )  # fmt: skip


def batches(size: int, texts: list[str]) -> Iterator[list[Observation]]:
    rows = [observation(number, text) for number, text in enumerate(texts, 1)]
    yield from (rows[start : start + size] for start in range(0, len(rows), size))


def read_all(
    texts: list[str], *, size: int, processes: int, module: str, memory: int = 700_000_000
) -> tuple[list[Read], list[str]]:
    said: list[str] = []
    with ReadPool(processes, say=said.append, module=module, memory=memory) as pool:
        found = [item for batch in pool.read(batches(size, texts)) for item in batch]
    return found, said


def test_readings_are_those_of_this_process() -> None:
    texts = [f"{TEXTS[number % 4]} Ring 42 00 00 {number:02}. Æ\u200bø 😀 \ud83d" for number in range(25)]
    before = psutil.Process().children()
    found, said = read_all(texts, size=4, processes=2, module="alerts.reading.read_worker")
    assert found == [item for batch in batches(4, texts) for item in read_batch(batch)]
    assert [item.pictures for item in found] == [((f"phash:{some_hash(number)}", ""),) for number in range(1, 26)]
    assert said == []
    assert psutil.Process().children() == before, "a process was left behind"


@pytest.mark.slow
@pytest.mark.parametrize(("word", "reason"), {"HANG": "2 s", "DIE": "ended", "EAT": "MB"}.items())
def test_one_bad_text_costs_only_its_own_reading(word: str, reason: str) -> None:
    texts = [f"{TEXTS[number % 4]} Ring 42 00 00 {number:02}." for number in range(4)]
    texts[2] = word
    found, said = read_all(texts, size=4, processes=1, module="tests.alerts.hanging_worker", memory=200_000_000)
    assert [item.observation for item in found] == list(range(1, 5))
    readings = [decode_reading(item.document) for item in found]
    assert [reading.language == "nb" for reading in readings] == [number != 2 for number in range(4)]
    assert readings[2].truncated
    assert len(said) == 1
    assert said[0].startswith("a.example n3 cannot be read")
    assert reason in said[0]
