from __future__ import annotations

import pytest

from crawler.console import harmless, table


def test_table_is_aligned_with_numbers_to_the_right() -> None:
    rows = [{"site": "a.example", "ads_new": 7}, {"site": "b", "ads_new": 1200}]
    assert table(rows).splitlines() == [
        "site       ads new",
        "─────────  ───────",
        "a.example        7",
        "b             1200",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain æøå 🏠 Україна", "plain æøå 🏠 Україна"),
        ("two\nlines", "two\ufffdlines"),
        ("\x1b[2J", "\ufffd[2J"),
        ("\x9b31m", "\ufffd31m"),
        ("\u202eright", "\ufffdright"),
        ("a\rb", "a\ufffdb"),
        ("4\ufe0f\u20e32\u20e3", "42"),
        ("4\u20e3\u202e2\ufe0f\x1b[2J", "4\ufffd2\ufffd[2J"),
    ],
    ids=repr,
)
def test_what_a_terminal_obeys_is_replaced(text: str, shown: str) -> None:
    assert harmless(text) == shown
