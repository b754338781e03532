from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.templates import weights
from alerts.templates.placing import weigh
from alerts.templates.shingles import (
    KEYS,
    MAX_LENGTH,
    distinct,
    find_words,
    read_plain,
    signatures,
    word_spans,
)
from alerts.templates.weights import BOILERPLATE, NOTHING_KNOWN, WEIGHED, Vectors, count_frequencies


def signature(text: str) -> list[int]:
    """The keys of one text, ascending."""
    return (signatures(find_words([text])[0]) & np.uint64(0xFFFFFFFF)).tolist()


def words(text: str) -> list[str]:
    plain = read_plain(text).text
    return [plain[start:end] for start, end in word_spans(plain)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hei, Åse-Marie! æøå_ß", ["Hei", "Åse", "Marie", "æøå", "ß"]),
        ("ring 42 00 00 17", ["ring", "42", "00", "00", "17"]),
        ("так, Їжак", ["так", "Їжак"]),
        ("मुझे हिन्दी", ["मुझे", "हिन्दी"]),
        ("สวัสดีค่ะ ok", ["สวั", "วัส", "ัสด", "สดี", "ดีค", "ีค่", "ค่ะ", "ok"]),
        ("日本 の語学", ["日本", "の語学"]),
        ("ny😀😀 ♥x", ["ny", "😀", "😀", "♥", "x"]),
        ("", []),
        (" .,\n", []),
    ],
    ids=str,
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.lists(st.text(max_size=60), max_size=5))
@settings(max_examples=100, deadline=None)
def test_many_texts_read_as_each_alone(texts: list[str]) -> None:
    found, _ = find_words(texts)
    for place, text in enumerate(texts):
        assert found.of(place).tolist() == word_spans(read_plain(text).text)[0]
        rows = signatures(found)
        own = rows[rows >> np.uint64(32) == place] & np.uint64(0xFFFFFFFF)
        assert own.tolist() == signature(text)


def test_a_word_has_one_number_wherever_it_stands() -> None:
    numbers = find_words(["lilla Lilla", "x" * 300 + " LILLA"])[0].numbers.tolist()
    assert numbers[0] == numbers[1] == numbers[3] != numbers[2]


def test_letters_and_digits_are_counted() -> None:
    assert find_words(["ab, 12!", "", "日本😀"])[1] == [4, 0, 2]


def test_a_signature_is_small_whatever_the_text() -> None:
    long = signature(" ".join(str(number) for number in range(100_000)))
    assert len(long) == KEYS


def test_a_text_is_told_by_its_beginning() -> None:
    assert signature("ord " * MAX_LENGTH) == signature("ord " * (2 * MAX_LENGTH))


def test_blocks_are_the_whole() -> None:
    found, _ = find_words([f"ord nummer {number}" for number in range(45_000)])
    blocks = list(found.blocks())
    assert len(blocks) > 1
    assert np.concatenate([block.numbers for block in blocks]).tolist() == found.numbers.tolist()


@given(st.lists(st.integers(0, 9)))
def test_distinct_is_a_sorted_set(values: list[int]) -> None:
    assert distinct(np.array(values, np.uint64)).tolist() == sorted(set(values))


@pytest.mark.parametrize("seed", range(3))
def test_many_pairs_are_compared_as_few_are(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = np.random.default_rng(seed)
    texts = [" ".join(dice.integers(0, 300, size).astype(str)) for size in dice.integers(0, 60, 80)]
    found, _ = find_words([*texts, "", ""])
    places = np.arange(len(texts) + 2, dtype=np.uint64)
    low, high = (one.ravel() for one in np.meshgrid(places, places, indexing="ij"))
    pairs = (low << np.uint64(32) | high)[low < high]
    for known in (NOTHING_KNOWN, count_frequencies(found, np.arange(len(found)) // 3)):
        vectors = Vectors.of(found, known)
        few = vectors.cosines(pairs)
        assert few.max() > 0.3
        with monkeypatch.context() as patch:
            patch.setattr(weights, "MANY", 0)
            assert vectors.cosines(pairs).tolist() == few.tolist()


@given(st.lists(st.text("ab Åж日😀", max_size=400), min_size=1, max_size=4), st.integers(0, 300))
@settings(max_examples=100, deadline=None)
def test_the_words_of_one_text_weigh_as_among_many(texts: list[str], boilerplate: int) -> None:
    found, _ = find_words(texts)
    known = count_frequencies(find_words([texts[0][:boilerplate]] * BOILERPLATE)[0], np.arange(BOILERPLATE))
    many = Vectors.of(found, known)
    for place in range(len(texts)):
        one, same = (np.frombuffer(blob, WEIGHED) for blob in (weigh(found.of(place), known), many.weighed(place)))
        assert one["number"].tolist() == same["number"].tolist()
        assert one["weight"] == pytest.approx(same["weight"], rel=1e-6)
