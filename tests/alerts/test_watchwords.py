"""What the index of words finds for a phrase is what a look at every text finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.store import open_alerts
from alerts.watch import watchwords
from alerts.watch.watchsearch import has_phrase, search_past
from alerts.watch.watchtext import MIN_LETTERS, fold
from alerts.watch.watchvalues import Value
from crawler.database import Database
from crawler.store import observation_ids, observations
from tests.alerts.stores import escort, take

WORDS = ("ny", "i", "by", "byen", "nybyen", "sunny", "er", "her", "Søt", "søte", "24", "10:30", "by\u00aden", "按摩",
         "按", "ny按", "按i", "i按摩byen", "นวดไทย", "\u0440assport", "pass", "x按y", "byen.ny")  # fmt: skip


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    chance = random.Random(7)
    rows = [escort(str(n), _words(chance, 6), title=_words(chance, 3)) for n in range(400)]
    store = open_alerts(Path(tmp_path_factory.mktemp("words")) / "varde.db", create=True)
    take(store, rows)
    watchwords.catch_up(store)
    yield store
    store.close()


def _words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))


@pytest.mark.parametrize("most", [watchwords.MAX_LOOKED_UP, 1], ids=["", "few words"])
@pytest.mark.parametrize("seed", range(12))
def test_the_index_finds_the_phrases_that_texts_hold(
    db: Database, seed: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchwords, "MAX_LOOKED_UP", most)
    chance = random.Random(seed)
    every = observations(db, observation_ids(db))
    found = 0
    for _ in range(25):
        phrase = fold(_words(chance, 3))
        phrase = phrase[chance.randint(0, 2) : len(phrase) - chance.randint(0, 2)].strip()
        if len(phrase) < MIN_LETTERS:
            continue
        holders = [one.ad for one in every if has_phrase(one, phrase)]
        assert [match.ad for match in search_past(db, "text", Value(phrase))] == holders, phrase
        found += len(holders)
    assert found


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    store = open_alerts(tmp_path / "varde.db", create=True)
    yield store
    store.close()


def test_a_phrase_that_may_begin_in_many_ways_is_not_asked_for_in_each(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail = " ".join(f"word{n}" for n in range(40))
    take(empty, [escort(str(n), f"x{n}ing {tail}") for n in range(30)] + [escort("30", f"{tail} ending")])
    watchwords.catch_up(empty)
    asked: list[str] = []
    matching = watchwords.matching
    monkeypatch.setattr(watchwords, "matching", lambda db, query: asked.append(query) or matching(db, query))
    assert len(search_past(empty, "text", Value(f"ing {tail}"))) == 30
    assert len(search_past(empty, "text", Value(f"x1ing {tail}"))) == 1
    assert [query.count("word0") for query in asked] == [1, 1]


def test_words_too_long_for_the_index_are_told_from_each_other(empty: Database) -> None:
    take(empty, [escort("1", "a" * 33_000 + "xyz"), escort("2", "a" * 33_000 + "qqq"),
                 escort("3", "\u0436" * 17_000 + "xyz end")])  # fmt: skip
    watchwords.catch_up(empty)
    found = [[match.ad for match in search_past(empty, "text", Value(phrase))] for phrase in ("xyz", "qqq", "xyz end")]
    assert found == [[1, 3], [2], [3]]
