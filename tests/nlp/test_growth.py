"""Texts built to be slow: the time to read one grows with its length, no faster."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from nlp import read
from tests.effort import assert_linear, assert_within

pytestmark = pytest.mark.slow

# A family is a piece to repeat and an end that makes the whole fail to match, or a whole built of two numbers.
FAMILIES = {
    "brackets": "(",
    "one long word": "a",
    "spaces": " ",
    "digits": "4 ",
    "digits in brackets": "(4)",
    "number words": "fire to null ",
    "combining marks": "e\u0301\u0323",
    "zero-width": "4\u200b",
    "mixed scripts": "аbсd",
    "at signs": "a@",
    "dots": "a.",
    "addresses": "www.a",
    "dashes": "1-",
    "slashes": "0047/",
    "prices": "1 000 kr ",
    "ages": "18 år ",
    "phrases": "hand over your passport ",
    "half phrases": "hand over your ",
    "negators": "no ikke nie ",
    "names": "Lina & ",
    "places": "i Oslo ",
    "lines": "\n.",
    "angle brackets": "<",
    "emoji": "4️⃣",
    "Thai": "ห้องส่วนตัว",
    "bidi": "\u202e4\u202c",
    "hash": "#1 ",
    "ranges": "10-12 ",
    "hours": "12 timer dag ",
    "letters apart": "f i r e ",
}
SHORT = 10_000
LONG = 60_000


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    read(["Everything is loaded before time is taken."])


def read_twice(text: str) -> None:
    read([{"title": text[:2000], "text": text}], kinds=["escort"])
    read([{"text": text}], kinds=["job"])


@pytest.mark.parametrize("piece", FAMILIES.values(), ids=FAMILIES)
def test_time_grows_with_length(piece: str) -> None:
    short, long = (piece * (size // len(piece)) for size in (SHORT, 2 * SHORT))
    assert_linear(read_twice, short, long)


@pytest.mark.parametrize("piece", FAMILIES.values(), ids=FAMILIES)
def test_any_text_is_read_in_two_seconds(piece: str) -> None:
    text = piece * (LONG // len(piece))
    assert_within(2, lambda: read([text]))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of a process is told by Linux")
def test_any_text_is_read_in_200_megabytes() -> None:
    """One after the other in one process: what each leaves behind counts for the next."""
    texts = [piece * (LONG // len(piece)) for piece in FAMILIES.values()]
    run = subprocess.run(
        [sys.executable, "-m", "tests.nlp.peak"], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    peaks = dict(zip(FAMILIES, json.loads(run.stdout), strict=True))
    assert max(peaks.values()) <= 200, peaks
