"""Stated ages, work of minors, and body measures."""

from __future__ import annotations

import pytest

from nlp.ages import find_ages
from nlp.parts import Parts, Sign
from nlp.rules import RULES
from nlp.unicode import plain


def judge(rule: str, text: str) -> list[Sign]:
    field = plain(text)
    ages = find_ages(field, "text", year=2026)
    return list(RULES[rule](Parts(fields={"text": field}, ages=ages)))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Age: 17", "stated age 17"),
        ("I turn 18 next month.", "stated age 17, read from “I turn 18 next month” (the birthday is still to come)"),
        ("Born in 2009.", "stated age 17, read from “Born in 2009” (year of birth; one less before the birthday)"),
        ("Jeg er sytten år.", "stated age 17"),
    ],
)
def test_an_age_says_how_it_was_read(text: str, note: str) -> None:
    assert [sign.note for sign in judge("stated_minor", text)] == [note]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Søker ungdom fra 16 år til nattarbeid.", "night work"),
        ("Ungdom mellom 15 og 17 år, arbeid på stillas.", "risky work"),
        ("We seek students from 16, accommodation abroad.", "lodging or travel"),
        ("Ungdom fra 16 år, 10 timer per dag.", "more than 8 hours a day"),
        ("Ungdom fra 16 år, arbeidstid 16-24.", "work between 23 and 06"),
        ("Uczniów od 16 lat, praca 45 godzin tygodniowo.", "more than 40 hours a week"),
    ],
)
def test_minor_work(text: str, reason: str) -> None:
    (sign,) = judge("minor_work", text)
    assert sign.note.startswith("possible: ")
    assert reason in sign.note


@pytest.mark.parametrize(
    "text",
    [
        "Ungdom fra 16 år, arbeidstid 10-16.",
        "Nattarbeid, aldersgrense 18 år.",
        "Søker ungdom fra 16 år til bærplukking.",
    ],
)
def test_lawful_work_of_the_young(text: str) -> None:
    assert not judge("minor_work", text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Lina, 24 år, 148 cm, 40 kg", 2),
        ("Vekt 43 kg", 1),
        ("Height 1.45 m", 1),
        ("95 lbs", 1),
        ("165 cm, 55 kg", 0),
        ("Bagasje 40 kg", 0),
        ("You lift up to 40 kg", 0),
        ("Seng 140 cm", 0),
    ],
)
def test_low_body(text: str, count: int) -> None:
    assert len(judge("low_body", text)) == count
