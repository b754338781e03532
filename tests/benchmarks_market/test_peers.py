"""Peers of our linking: each in a process of its own, with what the truth says is a site's own left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import peerruns
from benchmarks.market.stream import MARKET
from benchmarks.market.truth import AdKey, TrueAd
from benchmarks.peerruns import ADS, INTERPRETER, MANY, NotThere, market_columns, run_peer, write_columns
from benchmarks.peers import PEERS, Column

ONE = "Quiet flat near the harbour, mornings only, no hurry, ring first and say when you come, Wednesday is closed"
TWO = "Experienced gardener wanted for twelve allotments south of the river, own tools, pay by the hour, start in May"
ADS_OF_TWO = [
    Column(ONE, ["+4742000001"], ["email:a@a.example"], "Ana", "Oslo"),
    Column(ONE, ["+4742000001", "+4742000002"], [], "Ana", "Bergen"),
    Column(ONE + " now", ["+4742000002"], ["email:a@a.example"], "Ana", "Oslo"),
    Column(TWO, ["+4743000001"], [], "Kim", "Molde"),
    Column(TWO, ["+4743000001"], [], "Kim", "Molde"),
    Column("Nothing that anybody else says at all stands in this one text of few words", [], [], "", ""),
]
GROUPS = [0, 0, 0, 3, 3, 5]


def test_numbers_of_an_ad_tie_what_carries_either(tmp_path: Path) -> None:
    assert run_peer("phone", write_columns(ADS_OF_TWO, tmp_path), 1.0).labels == GROUPS


def test_memory_of_a_peer_is_its_own(tmp_path: Path) -> None:
    held = bytearray(b"x" * (200 << 20))  # what starts the peer is larger than the peer
    assert 1 < run_peer("phone", write_columns(ADS_OF_TWO, tmp_path), 1.0).peak < len(held) / 2**20


def test_missing_libraries_are_named_with_what_brings_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peerruns, "INTERPRETER", tmp_path / "python")
    with pytest.raises(NotThere, match=r"\./dev peers"):
        run_peer("minhash", write_columns(ADS_OF_TWO, tmp_path), 0.5)


@pytest.mark.skipif(not INTERPRETER.exists(), reason="./dev peers brings the libraries")
@pytest.mark.parametrize("peer", ["minhash", "characters", "words"])
def test_peers_group_equal_texts(tmp_path: Path, peer: str) -> None:
    found = run_peer(peer, write_columns(ADS_OF_TWO, tmp_path), PEERS[peer].setting)
    assert list(found.labels) == GROUPS
    assert found.load_s > 0
    assert found.peak > 1


def test_contacts_of_many_owners_and_numbers_of_others_are_left_out(tmp_path: Path) -> None:
    truth: dict[AdKey, TrueAd] = {}
    with (tmp_path / MARKET).open("w") as market, (tmp_path / ADS).open("w") as ads:
        for number in range(MANY + 1):
            key = {"site": "a.example", "ad_id": str(number)}
            contacts = [{"kind": "email", "value": "desk@a.example"}, {"kind": "address", "value": "Gata 1"}]
            contacts += [{"kind": "email", "value": "two@b.example"}] if number < 2 else []
            market.write(json.dumps({**key, "text": ONE}) + "\n")
            phones = [{"e164": "+4742000009"}, {"e164": f"+47430000{number:02}"}]
            ads.write(json.dumps({**key, "phones": phones, "contacts": contacts}) + "\n")
            truth["a.example", str(number)] = TrueAd(
                owner=str(number), owner_kind="independent", alert=None, language="en", written=(),
                others=frozenset({"+4742000009"}), stays=(),
            )  # fmt: skip
    columns = list(market_columns(tmp_path, truth))
    assert [column.phones for column in columns] == [[f"+47430000{number:02}"] for number in range(MANY + 1)]
    assert [column.contacts for column in columns[:3]] == [["email:two@b.example"], ["email:two@b.example"], []]
