"""What is withheld of figures of few, and that nothing shown gives it away."""

from __future__ import annotations

from alerts.reports.exhibits import WITHHELD, Said
from alerts.reports.hiding import add, hide, hide_overlapping, hide_parts, hide_table, hide_union, rough


def test_a_count_of_few_and_one_that_leaves_few_are_withheld() -> None:
    assert [hide(n) for n in (0, 1, 4, 5)] == [0, WITHHELD, WITHHELD, 5]
    assert [hide(n, 100) for n in (95, 96, 99, 100)] == [95, WITHHELD, WITHHELD, 100]


def test_beside_one_small_part_another_is_withheld() -> None:
    assert hide_parts({"a": 50, "b": 3, "c": 9, "d": 0}) == {"a": 50, "b": WITHHELD, "c": WITHHELD, "d": 0}
    assert hide_parts({"a": 2, "b": 1}) == {"a": WITHHELD, "b": WITHHELD}
    assert hide_parts({"a": 50, "b": 9}) == {"a": 50, "b": 9}


def test_all_is_withheld_where_nearly_all_would_have_to_be() -> None:
    cells = hide_parts({"big": 900} | {f"{number}.example": 1 + number % 4 for number in range(300)})
    assert set(cells.values()) == {WITHHELD}


def test_totals_of_a_table_are_withheld_where_they_would_tell() -> None:
    hidden = hide_table({"x": {"p": 20, "q": 3}, "y": {"p": 30, "q": 0}})
    assert hidden.cells["x"]["q"] == WITHHELD
    assert hidden.columns["q"] == WITHHELD  # nobody else is in the column
    assert WITHHELD in (hidden.cells["x"]["p"], hidden.rows["x"])


def test_the_smallest_is_withheld_where_the_union_tells_of_a_small_overlap() -> None:
    assert hide_overlapping({"a": 60, "b": 40}, union=98) == {"a": 60, "b": WITHHELD}
    assert hide_overlapping({"a": 60, "b": 40}, union=80) == {"a": 60, "b": 40}
    assert hide_overlapping({"a": 60, "b": 0}, union=60) == {"a": 60, "b": Said("nothing-seen")}


def test_a_union_is_withheld_that_tells_of_few_beyond_a_part() -> None:
    assert hide_union(52, 1000, [50, 10]) == WITHHELD
    assert hide_union(60, 1000, [50, 10]) == 60
    assert hide_union(50, 1000, [50]) == 50


def test_sums_of_the_withheld_are_withheld_and_estimates_are_rough() -> None:
    assert add([5, WITHHELD]) == WITHHELD
    assert add([5, 6, Said("not-stated")]) == 11
    assert [rough(value) for value in (None, 12345.6, 7.04)] == [None, 12300, 7]
