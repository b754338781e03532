from __future__ import annotations

from alerts.reading.readings import decode_reading, encode_reading
from nlp import read

TEXT = "Lina, 24 år. Ring fire to null null null null en syv, anna@x.example. 1 time 2000 kr. No experience needed."


def test_round_trip() -> None:
    reading = read([{"text": TEXT, "name": "Lina"}])[0]
    assert reading.phones
    assert reading.ages
    assert reading.indicators
    assert decode_reading(encode_reading(reading)) == reading


def test_empty_round_trip() -> None:
    reading = read([""])[0]
    assert decode_reading(encode_reading(reading)) == reading
