"""Ages, pay and working time on lines in many languages, half of them hard negatives."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.ages import find_ages
from nlp.hours import find_hours
from nlp.pay import find_pay
from nlp.unicode import plain
from tests.effort import assert_within

ROLES = {"pay": "p", "rent": "r", "fee": "f"}
MEASURES = {"day": "d", "week": "W", "days": "n"}
# A firm's hours or a worker's: the wording leaves it open.
KNOWN_WRONG = {"Dirbame I-V 8-17 val."}


def load_lines() -> list[tuple[str, str, str]]:
    rows = (Path(__file__).parent / "number_lines.tsv").read_text(encoding="utf-8").splitlines()
    split = [row.split("\t") for row in rows if not row.startswith("#")]
    return [(language, text, found) for language, text, found in split]


LINES = load_lines()


def read_line(language: str, text: str) -> set[str]:
    """All findings of a line in the notation of the table."""
    line = plain(text)
    found = {f"a:{age.value}" for age in find_ages(line, "text", year=2026)}
    for pay in find_pay(line, "text", language=language):
        if pay.role in ROLES:
            period = f"/{pay.minutes}m" if pay.minutes else f"/{pay.per}"
            basis = f"/{pay.basis}" if pay.basis and pay.role == "pay" else ""
            tail = "" if pay.role == "fee" else period + basis
            found.add(f"{ROLES[pay.role]}:{pay.amount:g}/{pay.currency}{tail}")
    for hours in find_hours(line, "text"):
        found.add("o" if hours.measure == "none_off" else f"{MEASURES[hours.measure]}:{hours.low:g}")
    return found


@pytest.mark.parametrize(("language", "text", "expected"), LINES, ids=[text[:40] for _, text, _ in LINES])
def test_line(language: str, text: str, expected: str) -> None:
    right = read_line(language, text) == set(expected.split()) - {"-"}
    assert right != (text in KNOWN_WRONG)


def test_the_table_has_many_languages_and_hard_negatives() -> None:
    assert len(LINES) >= 280
    assert len({language for language, _, _ in LINES}) >= 12
    assert sum(found == "-" for _, _, found in LINES) >= 100


def test_spans_quote_the_stored_text() -> None:
    text = "Hei!\u200b Lønn 180–200 kr/t, 12 timer per dag, depositum kr\xa05\xa0000,-. Jeg er 24\u200b år."
    line = plain(text)
    spans = [*find_pay(line, "text"), *find_ages(line, "text"), *find_hours(line, "text")]
    assert len(spans) == 5
    assert all(text[span.start : span.end] == span.quote for span in spans)


@pytest.mark.parametrize(
    "unit",
    ["1 time ", "kr 1", "1.000", "4 ", "timelønn ", "½ ", "30 min ", "- ", "24-", "12 timer ", "fra 8 til ", "man-",
     "kr kr ", "mellom ", "18 og ", "fri ", "A (24) ", "netto ", "per ", "ab 24, ", "over 18 ", "sju dager "],
)  # fmt: skip
def test_hostile_text_is_read_in_time(unit: str) -> None:
    line = plain(unit * (48_000 // len(unit)))
    assert_within(3, lambda: (find_pay(line, "text"), find_ages(line, "text"), find_hours(line, "text")))
