"""Tables of counts as people write them: what is taken, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.population.countsfile import BadCounts, read_counts
from alerts.population.histories import Frequencies, Histories, Occasions
from tests.alerts.population.published import write_table


def test_three_shapes_are_read(tmp_path: Path) -> None:
    assert read_counts(write_table(tmp_path, "A,B,count\n1,0,5\n0,1,3\n1,1,2\n")) == Histories(
        ("A", "B"), {(1, 0): 5, (0, 1): 3, (1, 1): 2}
    )
    assert read_counts(write_table(tmp_path, "times,count\n1,9\n2,4\n")) == Frequencies({1: 9, 2: 4})
    assert read_counts(write_table(tmp_path, "caught,recaptured,marked\n9,0,0\n8,2,9\n")) == Occasions(
        (9, 8), (0, 2), (0, 9)
    )


def test_rows_without_a_count_are_contacts(tmp_path: Path) -> None:
    assert read_counts(write_table(tmp_path, "A,B\n1,0\n1,0\n1,1\n")) == Histories(("A", "B"), {(1, 0): 2, (1, 1): 1})


def test_spreadsheet_habits_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_bytes(b'\xef\xbb\xbf"A", "B","Count"\r\n1,0,5\r\n\r\n 0,1, 3\r\n1,1,0\r\n,,\r\n')
    assert read_counts(path) == Histories(("A", "B"), {(1, 0): 5, (0, 1): 3})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("A,count\n1,4\n", ":1: 1 list: what was not seen"),
        ("A\n1\n", ":1: 1 list"),
        ("A,B,count\n1,0,-5\n", ":2: column count: '-5' is no whole number"),
        ("A,B,count\n1,0,5\n0,1,2.5\n", ":3: column count: '2.5' is no whole number"),
        ("A,B,count\n1,0,\n", ":2: column count: '' is no whole number"),
        ("A,B,count\n1,0,٣\n", ":2: column count"),
        ("A,B,count\n1,0,9999999999\n", ":2: column count: '9999999999'"),
        ("A,B,count\n1,0,5\n0,1,3\n1,0,2\n", ":4: the history is on line 2 already"),
        ("A,B,count\n2,0,5\n", ":2: column A: '2' is neither 0 nor 1"),
        ("A,B,total\n1,0,54\n", ":2: column total: '54' is neither 0 nor 1; a column of counts is the last one"),
        ("A,B,count\n0,0,5\n", ":2: a contact on no list"),
        ("A,B,C,count\n1,0,0,5\n0,1,0,3\n1,1,0,2\n", ":1: column C: no contact is on this list"),
        ("A,B,C,count\n1,0,0,5\n0,1,0,3\n0,0,1,0\n", ":1: column C: no contact is on this list"),
        ("A,B,count\n", ":1: column A: no contact is on this list"),
        ("A,B,count\n1,0\n", ":2: 2 cells where the header has 3"),
        ("A,A,count\n1,0,4\n", ":1: two columns are named 'a'"),
        ("A,,count\n1,0,4\n", ":1: a column has no name"),
        ('A,B,count\n1,"0,4\n', "is no CSV"),
        ("times,count\n0,400\n", ":2: column times: how many were seen no time"),
        ("times,count\n1,4\n1,5\n", ":3: column times: 1 has a row already"),
        ("times,count\n1,0\n", ":1: the table counts nobody"),
        ("caught,recaptured,marked\n5,0,0\n5,6,5\n", ":3: column recaptured: 6 of 5"),
        ("caught,recaptured,marked\n5,0,0\n", ":1: one occasion"),
        ("caught,recaptured,marked\n5,0,0\n9,2,6\n", ":3: column marked: 6 cannot be known where 5 were new"),
    ],
)
def test_bad_table_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadCounts, match=r"counts\.csv") as caught:
        read_counts(write_table(tmp_path, text))
    assert says in str(caught.value)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("Tromsø,B,count\n".encode("latin-1"))
    for path, says in (
        (latin, "is not UTF-8"),
        (tmp_path / "none.csv", "cannot be read"),
        (tmp_path, "cannot be read"),
    ):
        with pytest.raises(BadCounts, match=says):
            read_counts(path)


def test_thousand_lists_are_read(tmp_path: Path) -> None:
    header = ",".join(f"s{place}" for place in range(1000))
    rows = [",".join("01"[place in (at, at + 1)] for place in range(1000)) for at in range(999)]
    counts = read_counts(write_table(tmp_path, "\n".join([f"{header},count", *(f"{row},2" for row in rows)])))
    assert isinstance(counts, Histories)
    assert counts.frequencies() == Frequencies({2: 1998})
