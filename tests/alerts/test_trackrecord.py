from __future__ import annotations

import pytest

from alerts.cases import Held
from alerts.decisions.suggest import FEWEST, suggestions
from alerts.decisions.trackrecord import TrackRecord, count, wilson
from alerts.decisions.verdicts import held_words
from nlp import catalogue


@pytest.mark.parametrize(
    ("held", "decided", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score, without continuity correction)
        pytest.param(81, 263, 0.2553, 0.3662, id="81-of-263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15-of-148"),
        pytest.param(0, 20, 0.0, 0.1611, id="none-of-20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1-of-29"),
        pytest.param(29, 29, 0.8830, 1.0, id="all-of-29"),
    ],
)
def test_wilson_interval_is_the_published_one(held: int, decided: int, low: float, high: float) -> None:
    assert wilson(held, decided) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([], "not decided yet"),
        ([True], "held up in 1 of 1 alert decided, 21–100 %"),
        ([True, True, True, True, False, False], "held up in 4 of 6 alerts decided, 30–90 %"),
        ([False] * 20, "held up in 0 of 20 alerts decided, 0–16 %"),
    ],
)
def test_a_record_in_words(outcomes: list[bool], words: str) -> None:
    assert held_words(count(outcomes)) == words


def record(**held: tuple[int, int]) -> TrackRecord:
    found = {id: Held(some, of, *wilson(some, of)) for id, (some, of) in held.items()}
    return TrackRecord(found, {}, Held(50, 100, *wilson(50, 100)))


@pytest.mark.parametrize(
    ("held", "of", "proposed"),
    [
        (FEWEST - 1, FEWEST - 1, None),
        (12, 24, None),
        (15, 26, None),
        (40, 40, 3.0),
        (0, 40, 1.0),
    ],
    ids=["too-few", "as-all", "within-the-interval", "better", "worse"],
)
def test_a_weight_is_proposed_only_where_the_interval_leaves_out_the_common_share(
    held: int, of: int, proposed: float | None
) -> None:
    (one,) = suggestions(record(D01=(held, of)), catalogue())
    assert one.weight == catalogue()["D01"].weight == 2.0
    assert one.proposed == proposed
    assert one.why


def test_what_was_published_gives_way_more_slowly_than_an_expert_list() -> None:
    published, expert = suggestions(record(D01=(0, 14), A03=(0, 14)), catalogue())
    assert (expert.indicator, expert.grade, published.grade) == ("D01", "expert", "published+")
    assert expert.weight == published.weight == 2.0
    assert (expert.proposed, published.proposed) == (1.0, 1.5)


def test_proposals_come_first_and_what_is_no_longer_in_the_catalogue_is_left_out() -> None:
    found = suggestions(record(B05=(5, 10), D01=(0, 40), Z99=(0, 40)), catalogue())
    assert [one.indicator for one in found] == ["D01", "B05"]
