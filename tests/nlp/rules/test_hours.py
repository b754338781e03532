"""Working time, days off and au pair placements."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.parts import Parts, Sign
from nlp.rules import RULES
from nlp.unicode import plain


def judge(rule: str, text: str, **parts: object) -> list[Sign]:
    return list(RULES[rule](Parts(fields={"text": plain(text)}, kind="job", **parts)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("You work 12 hours a day.", "above 9 hours a day"),
        ("Darbas po 12 valandų per dieną.", "above 9 hours a day"),
        ("60 часов в неделю.", "above 48 hours a week"),
        ("Arbeidstid 07-19.", "breaks counted"),
        ("9 timer per dag, 6 dager i uken.", "54 a week"),
        ("Seksten timar i døgnet.", "above 9 hours a day"),
    ],
)
def test_long_hours(text: str, said: str) -> None:
    (sign,) = judge("long_hours", text)
    assert "possible breach" in sign.note
    assert said in sign.note


@pytest.mark.parametrize(
    "text",
    [
        "8 timer per dag, 5 dager i uken.",
        "Arbeidstid 07-15.",
        "Åpent 08-22.",
        "37,5 timer per uke.",
        "24 timer i døgnet.",
    ],
)
def test_lawful_hours(text: str) -> None:
    assert not judge("long_hours", text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Arbeid sju dagar i veka.", 1),
        ("Praca 7 dni w tygodniu.", 1),
        ("Работа без выходных.", 1),
        ("Fri hver søndag.", 0),
        ("We serve clients 24 hours a day, 7 days a week.", 0),
        ("Butikken er åpen sju dager i uken.", 0),
        ("Vi jobber skift sju dager i uken.", 0),
    ],
)
def test_no_days_off(text: str, count: int) -> None:
    assert len(judge("no_days_off", text)) == count


@pytest.mark.parametrize(
    ("text", "posted", "states"),
    [
        ("Au pair i Norge, gjerne fra Filippinene.", date(2025, 1, 1), ["present"]),
        ("Au pair i Norge, gjerne fra Filippinene.", date(2024, 3, 14), []),
        ("Au pair i Norge, gjerne fra Filippinene.", None, ["present"]),
        ("Au pair i Oslo, 40 timer i uken.", date(2023, 1, 1), ["present"]),
        ("Au pair i Oslo, 30 timer i uken.", date(2023, 1, 1), []),
        ("Au pair i Oslo, 8 timer per dag.", date(2023, 1, 1), ["present"]),
        ("Au pair i Oslo.", date(2025, 1, 1), ["not_computable"]),
        ("Au pair wanted in Berlin, from the Philippines.", date(2025, 1, 1), []),
        ("Hushjelp i Oslo, 40 timer i uken.", date(2025, 1, 1), []),
    ],
)
def test_au_pair(text: str, posted: date | None, states: list[str]) -> None:
    assert [sign.state for sign in judge("au_pair", text, posted=posted)] == states
