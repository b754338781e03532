"""The contract of read(): columns in, readings out, spans that quote, and no text that breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import read
from nlp.reading import Reading, Span
from tests.effort import assert_within

PIECES = [
    "Hand over your passport",
    "ring 42 00 00 17",
    "fire to null null null null en sju",
    "24 år",
    "Age: 25",
    "150 kr per time",
    "no deposit",
    "12 hours a day",
    "Renholder",
    "x@y.example",
    "@somebody_",
    "\u200b",
    "ﬁ",
    "Сall",
    "\n",
    ". ",
    ", ",
    "жильё предоставляется",
    "\ud800",
    "é",
    "e\u0301",
    "😀",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=12).map(" ".join)
FIELDS = st.dictionaries(st.sampled_from(["title", "text", "name", "age", "price", "phones.0", "emails.0"]), TEXTS)


def spans(reading: Reading) -> Iterator[Span]:
    for column in (
        reading.phones,
        reading.contacts,
        reading.names,
        reading.ages,
        reading.pay,
        reading.indicators,
    ):
        yield from column


@settings(max_examples=1_000, deadline=None)
@given(FIELDS, st.sampled_from([None, "escort", "job", "massage", "other"]))
def test_every_span_quotes(fields: Mapping[str, str], kind: str | None) -> None:
    (reading,) = read([fields], kinds=[kind])
    for span in spans(reading):
        assert 0 <= span.start < span.end
        assert fields[span.field][span.start : span.end] == span.quote


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, max_size=5))
def test_a_batch_reads_as_its_ads_do(texts: list[str]) -> None:
    assert read(texts) == [read([text])[0] for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\ud800\udfff",
        "\x00",
        "(" * 60_000,
        "a" * 60_000,
        "1 " * 30_000,
        "é\u0301" * 30_000,
        "no " * 20_000,
        "hand over your passport " * 3_000,
    ],
    ids=["empty", "space", "surrogates", "nul", "brackets", "word", "digits", "marks", "negators", "phrases"],
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    read(["warm up"])
    (reading,) = assert_within(2, lambda: read([text]))
    assert reading.truncated == (len(text) > 50_000)


def test_five_megabytes() -> None:
    (reading,) = read(["Accommodation provided. " * 210_000], kinds=["job"])
    assert reading.truncated
    assert "H08" in {finding.id for finding in reading.indicators}


def test_nothing_to_read() -> None:
    assert read([]) == []
    assert read([{}]) == [Reading(language="und")]


def test_a_text_is_the_field_text() -> None:
    text = "Accommodation provided"
    assert read([text], kinds=["job"]) == read([{"text": text}], kinds=["job"])


def test_a_phone_in_two_places_is_two_mentions() -> None:
    (reading,) = read([{"title": "Ring 42 00 00 17", "text": "Ring 42000017", "phones.0": "42000017"}])
    assert [(phone.field, phone.e164) for phone in reading.phones] == [
        ("title", "+4742000017"),
        ("text", "+4742000017"),
        ("phones.0", "+4742000017"),
    ]


def test_claimed_language_fills_in_for_short_texts() -> None:
    assert [reading.language for reading in read(["Hei", "Hei"], languages=["nb", None])] == ["nb", "und"]


def test_columns_of_another_length() -> None:
    with pytest.raises(ValueError, match="kinds: 1 values for 2 texts"):
        read(["a", "b"], kinds=["job"])


def test_several_persons() -> None:
    readings = read(
        ["Two girls in town", "To jenter", "One lady", "Two girls"],
        kinds=["escort", "escort", "escort", "job"],
    )
    assert [reading.persons for reading in readings] == [2, 2, None, None]


def test_many_threads_read_alike() -> None:
    texts = [f"{piece}. Accommodation provided, no deposit" for piece in PIECES]
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: read(texts), range(8)))
    assert all(run == runs[0] for run in runs)
