"""Attacks on linking, on a small market: without defence they succeed, with it they do not."""

from __future__ import annotations

import pytest

from alerts.linking.uses import OPEN, Guard
from benchmarks.attacks import ATTACKER, ATTACKS, HARDER, Attack, base_market
from benchmarks.market.dice import Dice
from benchmarks.poisoning import PRECISION, outcome

MARKET = base_market(2, clusters=250)


def test_base_market_has_the_clusters_it_says() -> None:
    assert len({post.owner for post in MARKET}) == 252
    assert 4.5 < (len(MARKET) - 120) / 250 < 5.5


@pytest.mark.parametrize("name", [*ATTACKS, *HARDER])
def test_attacks_are_the_attacker_s_alone(name: str) -> None:
    posts = list((ATTACKS | HARDER)[name](MARKET, Dice(1, name)))
    assert posts
    assert {post.owner for post in posts} == {ATTACKER}


@pytest.mark.parametrize("name", ["list ads", "false bridge"])
def test_defence_holds_what_falls_without_it(name: str) -> None:
    attack: Attack = ATTACKS[name]
    posts = [*MARKET, *attack(MARKET, Dice(1, name))]
    assert outcome(len(MARKET), posts, OPEN).pairs.precision < PRECISION
    assert outcome(len(MARKET), posts, Guard()).pairs.precision >= PRECISION
