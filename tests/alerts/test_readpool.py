"""Reading in processes that can be killed: the same readings, and no text that costs the others theirs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from alerts.reading.readers import read_batch
from alerts.reading.readings import Read, decode_reading
from alerts.reading.readpool import ReadPool
from crawler.observation import Observation
from tests.alerts.hashes import some_hash
from tests.alerts.stores import TEXTS
from tests.conftest import clean_environment


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


STOPPED = """
import faulthandler, itertools, os, random, signal, sys, threading, time
from alerts.reading.readpool import ReadPool
from tests.alerts.test_readpool import observation

def stop(after):
    time.sleep(after)
    os.kill(os.getpid(), int(sys.argv[1]))

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.default_int_handler)
for trial in range(50):
    faulthandler.dump_traceback_later(20, exit=True)
    stopper = threading.Thread(target=stop, args=(random.Random(trial).random() * 0.2,))
    try:
        with ReadPool(2, say=print, module="tests.alerts.hanging_worker") as pool:
            stopper.start()
            for _ in pool.read([observation(number, "LONG" * (number % 2))] for number in itertools.count(1)):
                pass
    except KeyboardInterrupt:
        print("stopped", flush=True)
    stopper.join()
"""


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stop_at_any_moment_ends_the_processes_and_the_loop(stop: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, str(int(stop))], capture_output=True, text=True, timeout=300, check=False,
        env=clean_environment(PYTHONPATH=os.pathsep.join(sys.path)),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["stopped"] * 50
