from __future__ import annotations

import pytest

from alerts.reading.keys import find_keys, own_address
from nlp import read


def keys_of(text: str, *images: dict[str, str]) -> set[tuple[str, str]]:
    found = find_keys(read([text])[0], images, site="board.example")
    return {(key.kind, key.value) for key in found}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("Ring 42 00 00 17", ("phone", "+4742000017"), id="phone"),
        pytest.param("Ring fire to null null null null en syv", ("phone", "+4742000017"), id="words"),
        pytest.param("Mail Anna@North.example", ("email", "anna@north.example"), id="email"),
        pytest.param("Telegram @anna_north", ("handle", "telegram:anna_north"), id="handle"),
        pytest.param("See www.north.example/anna/", ("url", "north.example/anna"), id="url"),
    ],
)
def test_each_kind_of_key(text: str, key: tuple[str, str]) -> None:
    assert key in keys_of(text)


def test_a_key_read_twice_counts_once() -> None:
    found = find_keys(read(["42000017 eller 42 00 00 17"])[0], (), site="x")
    assert [key.value for key in found] == ["+4742000017"]


def test_image_hashes_are_keys() -> None:
    assert keys_of("hei", {"url": "u", "phash": "AB" * 32}) == {("image", f"phash:{'ab' * 32}")}


def test_unsure_phone_is_no_key() -> None:
    reading = read(["Ring 42 00 00 17"])[0]
    unsure = type(reading.phones[0])(**_values(reading.phones[0]) | {"confidence": 0.4})
    assert find_keys(_with_phone(reading, unsure), (), site="x") == []


def _values(phone: object) -> dict[str, object]:
    return {name: getattr(phone, name) for name in ("field", "start", "end", "quote", "e164", "method", "confidence")}


def _with_phone(reading: object, phone: object) -> object:
    return type(reading)(language="nb", phones=(phone,))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://www.north.example/Anna/", "north.example/anna"),
        ("north.example", None),
        ("https://ats.example/apply?id=1", "ats.example/apply?id=1"),
        ("https://board.example/ads/1", None),
        ("https://www.board.example", None),
        ("https://", None),
        ("http://[x", None),
    ],
)
def test_own_address(url: str, address: str | None) -> None:
    assert own_address(url, "board.example") == address
