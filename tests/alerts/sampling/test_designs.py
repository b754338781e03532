"""Who is drawn: by the seed, in proportion or the same of each, followed through windows, on days of each week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest

from alerts.lists.frame import Frame
from alerts.sampling.designs import FEW, POOLED, Design, NoSample, draw
from alerts.sampling.members import Member, Seen, Told

FRAME = Frame(first=date(2026, 6, 1), last=date(2026, 6, 28), by="site-period", window=7)


def members(*sites: tuple[str, int], days: Sequence[int] = (0,)) -> list[Member]:
    """So many on each site, each seen on these days."""
    ad = Told("escort", "nb", ("Oslo", "NO"))
    return [
        Member(f"{site}{number:03d}", tuple(Seen(day, site, ad) for day in days))
        for site, count in sites
        for number in range(count)
    ]


def labels(found: Sequence[Member]) -> list[str]:
    return [one.label for one in found]


def test_the_seed_settles_who_is_drawn() -> None:
    those = members(("a", 200))
    first, again, other = (
        labels(draw(those, Design(name="simple", seed=seed, size=50), FRAME).members) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(set(first)) == 50


def test_every_unit_is_as_likely_as_any_other() -> None:
    those = members(("a", 20))
    samples = (draw(those, Design(name="simple", seed=seed, size=5), FRAME) for seed in range(400))
    drawn = Counter(label for sample in samples for label in labels(sample.members))
    assert len(drawn) == 20
    assert all(60 <= count <= 140 for count in drawn.values())  # 100 expected, standard deviation 8.7


def test_proportional_strata_keep_their_shares() -> None:
    sample = draw(members(("a", 600), ("b", 300), ("c", 100)), Design(name="stratified", seed=1, size=100), FRAME)
    assert {part.name: part.drawn for part in sample.strata} == {"a": 60, "b": 30, "c": 10}
    assert {part.weight for part in sample.strata} == {10.0}
    assert all(sample.stratum[label] == label[0] for label in labels(sample.members))


def test_equal_strata_are_the_same_of_each() -> None:
    design = Design(name="stratified", seed=1, size=90, allocation="equal")
    sample = draw(members(("a", 600), ("b", 300), ("c", 12)), design, FRAME)
    assert {part.name: part.drawn for part in sample.strata} == {"a": 39, "b": 39, "c": 12}


def test_every_stratum_has_five_at_least() -> None:
    sample = draw(members(("a", 900), ("b", 50)), Design(name="stratified", seed=1, size=40), FRAME)
    assert {part.name: part.drawn for part in sample.strata} == {"a": 35, "b": 5}


def test_small_strata_are_pooled() -> None:
    sample = draw(members(("a", 90), ("b", 40), ("c", 2), ("d", 1)), Design(name="stratified", seed=1, size=50), FRAME)
    assert [(part.name, part.population) for part in sample.strata] == [("a", 90), (POOLED, 43)]


def test_a_panel_is_drawn_from_the_first_window_and_followed() -> None:
    stay, late = members(("a", 10), days=(0, 8, 27)), members(("b", 10), days=(9,))
    sample = draw([*stay, *late], Design(name="panel", seed=1, size=10), FRAME)
    assert labels(sample.members) == labels(stay)
    assert {sample.moments[seen.day] for one in sample.members for seen in one.seen} == {1, 2, 4}


def test_occasions_are_days_of_each_week() -> None:
    sample = draw(members(("a", 10), days=range(28)), Design(name="occasions", seed=3, per_week=2), FRAME)
    assert sorted(sample.moments.values()) == list(range(1, 9))
    assert Counter(day // 7 for day in sample.moments) == {0: 2, 1: 2, 2: 2, 3: 2}
    assert all(seen.day in sample.moments for one in sample.members for seen in one.seen)
    other = draw(members(("a", 10), days=range(28)), Design(name="occasions", seed=4, per_week=2), FRAME)
    assert other.moments != sample.moments


def test_a_day_on_which_nothing_was_seen_is_no_occasion() -> None:
    sample = draw(members(("a", 10), days=(1, 3, 10)), Design(name="occasions", seed=1, per_week=2), FRAME)
    assert sample.moments == {1: 1, 3: 2, 10: 3}


@pytest.mark.parametrize(
    ("design", "said"),
    [
        (Design(name="simple", seed=1, size=31), "31 cannot be drawn from 30; --size 30 at most"),
        (Design(name="simple", seed=1, size=4), "4 are too few to be given away"),
        (Design(name="stratified", seed=1, size=12), "3 strata need 5 each, 15 in all"),
        (Design(name="stratified", seed=1, size=31), "--size 30 at most"),
    ],
)
def test_what_cannot_be_drawn_is_said(design: Design, said: str) -> None:
    with pytest.raises(NoSample, match=said):
        draw(members(("a", 10), ("b", 10), ("c", 10)), design, FRAME)


def test_population_is_rounded_to_five() -> None:
    (part,) = draw(members(("a", 43)), Design(name="simple", seed=1, size=20), FRAME).strata
    assert (part.rounded, part.weight) == (45, 2.25)
    assert part.rounded % FEW == 0
