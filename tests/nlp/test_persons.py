"""The number of persons that an ad states."""

from __future__ import annotations

import pytest

from nlp.persons import count_persons
from nlp.unicode import plain


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Two girls in town", 2),
        ("3 new ladies", 3),
        ("To jenter", 2),
        ("Dwie dziewczyny", 2),
        ("Две девушки", 2),
        ("One lady", None),
        ("2 days only", None),
        ("to damene i byen", None),
        ("", None),
    ],
)
def test_count_persons(text: str, count: int | None) -> None:
    assert count_persons({"text": plain(text)}) == count
