"""Thai text told apart by clusters of letters, and phrases met in running text."""

from __future__ import annotations

import pytest

from nlp import read
from nlp.thai import has_thai
from nlp.words import find_words, normal


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        pytest.param("ไม่รับ", ["ไม่", "รั", "บ"], id="vowel-before-mark-above"),
        pytest.param("ทำงาน", ["ทำ", "งา", "น"], id="vowel-after"),
        pytest.param("เปิด 10 น", ["เปิ", "ด", "10", "น"], id="digits-stay-whole"),
        pytest.param("น้องๆ", ["น้", "อ", "ง", "ๆ"], id="the-mark-that-doubles"),
    ],
)
def test_clusters(text: str, clusters: list[str]) -> None:
    assert find_words(text) == clusters


def test_words_of_other_scripts_stay_whole() -> None:
    assert find_words("รับ24ชม Oslo.") == ["รั", "บ", "24", "ช", "ม", "Oslo", "."]


@pytest.mark.parametrize(("one", "other"), [("ทํา", "ทำ")], ids=["am-in-one-or-two-letters"])
def test_two_spellings_of_one_cluster_are_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_tone_and_vowel_tell_words_apart() -> None:
    assert len({normal("คู"), normal("คู่"), normal("ค")}) == 3


def test_the_script_is_told() -> None:
    assert has_thai("รับ")
    assert not has_thai("no")


def test_a_phrase_is_met_in_running_text_and_quoted_exactly() -> None:
    text = "สวัสดีค่ะรับงานตลอด 24 ชั่วโมงนะคะ"
    (reading,) = read([text], kinds=["escort"])
    (finding,) = [item for item in reading.indicators if item.id == "B09"]
    assert finding.quote == "ตลอด 24 ชั่วโมง"
    assert text[finding.start : finding.end] == finding.quote


def test_a_phrase_is_not_met_across_words() -> None:
    (reading,) = read(["ทำงานคนเดียว"], kinds=["escort"])
    assert "B02" not in {item.id for item in reading.indicators}, "งานคู่ (work as two) is not งานคน"
