"""What holds of every reading, over 50,000 ads put together by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

import pytest

from nlp import read
from nlp.reading import Reading, Span
from tests.nlp.generated import ads

pytestmark = pytest.mark.slow

BATCH, BATCHES = 500, 100
KINDS = ("escort", "job", "massage", "other", None)


def spans(value: object) -> Iterator[Span]:
    """Every span in a reading, wherever it stands."""
    if isinstance(value, tuple):
        for part in value:
            yield from spans(part)
    elif isinstance(value, Reading | Span):
        if isinstance(value, Span):
            yield value
        for field in fields(value):
            yield from spans(getattr(value, field.name))


def check(stored: Mapping[str, str], reading: Reading) -> int:
    count = 0
    for span in spans(reading):
        assert 0 <= span.start < span.end, (stored, span)
        assert stored[span.field][span.start : span.end] == span.quote, (stored, span)
        count += 1
    return count


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_span_quotes_the_stored_text(batch: int) -> None:
    stored = list(ads(batch, BATCH))
    found = read(stored, kinds=[KINDS[number % len(KINDS)] for number in range(BATCH)])
    assert sum(map(check, stored, found)) > BATCH, "too little was found to prove anything"


def test_the_same_ads_are_read_the_same_alone_and_in_another_order() -> None:
    stored = list(ads(1_000_001, 300))
    together = read(stored)
    assert [read([ad])[0] for ad in stored] == together
    assert read(stored[::-1])[::-1] == together
