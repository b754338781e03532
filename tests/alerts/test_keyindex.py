"""The key index: who shares a key with one more text, as a plain table of all would tell."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

from alerts.intake import analyse
from alerts.store import open_alerts
from alerts.templates import keyindex, keyrows, templatestore, updating
from alerts.templates.kernels import most_shared
from alerts.templates.keyindex import KeyIndex, Loose
from alerts.templates.keyrows import MOST_OF_KEY, index_rows
from alerts.templates.shingles import Numbers
from alerts.templates.wordings import read_wordings
from crawler.database import transaction
from tests.alerts.stores import escort, take
from tests.alerts.template_corpus import build_corpus

ENDS = (0, 1, 2**32 - 1)  # keys at the ends of their range
Text = tuple[int, bytes]


def as_bytes(keys: Iterable[int]) -> bytes:
    return np.array(list(keys), np.uint32).tobytes()


def some_texts(dice: random.Random, count: int) -> list[Text]:
    """Ads in the order of their numbers, with keys of which many have some and few have others."""
    keys = [*ENDS, *(dice.randrange(2**32) for _ in range(60))]
    ads = sorted(dice.choices(range(1, 3 * count), k=count))
    return [(ad, as_bytes({dice.choice(keys[: dice.randint(1, len(keys))]) for _ in range(8)})) for ad in ads]


def plainly(texts: Sequence[Text]) -> dict[int, list[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for ad, keys in texts:
        for key in np.frombuffer(keys, np.uint32).tolist():
            found[key].add(ad)
    return {key: sorted(ads, reverse=True)[:MOST_OF_KEY] for key, ads in found.items()}


def look_up(index: KeyIndex, keys: Sequence[int], fresh: Loose | None = None) -> Numbers:
    return index.holders(np.array(keys, np.uint32), fresh or Loose())


def found(index: KeyIndex, keys: Sequence[int], fresh: Loose | None = None) -> dict[int, list[int]]:
    """The ads of each key that somebody has."""
    rows = look_up(index, keys, fresh).reshape(len(keys), MOST_OF_KEY).tolist()
    return {key: [ad for ad in row if ad] for key, row in zip(keys, rows, strict=True) if any(row)}


@pytest.mark.parametrize("seed", range(20))
def test_the_newest_of_each_key_are_found_wherever_they_are_held(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    monkeypatch.setattr(keyindex, "LOOSE", dice.choice([0, 3, 20, 1_000]))
    texts = some_texts(dice, 200)
    if seed % 2:  # an ad whose text changed is placed again
        dice.shuffle(texts)
    monkeypatch.setattr(keyindex, "AT_ONCE", dice.choice([2, 200]))
    known, placed, fresh = texts[:120], texts[120:180], texts[180:]
    index, loose = KeyIndex(index_rows(known)), Loose()
    while placed:
        few = dice.randint(1, 20)
        index.add(placed[:few])
        placed = placed[few:]
    for ad, keys in fresh:
        loose.add(ad, np.frombuffer(keys, np.uint32))
    wanted = plainly(texts)
    assert found(index, [*wanted, 5, 2**31], loose) == wanted
    few = dice.sample([*wanted, 5, 2**31], 9)
    assert found(index, few, loose) == {key: wanted[key] for key in few if key in wanted}


def test_an_index_of_nothing_holds_nothing() -> None:
    index = KeyIndex(index_rows([]))
    assert found(index, ENDS) == {}
    assert found(KeyIndex(index_rows([(1, as_bytes(ENDS))])), []) == {}


def most_alike(holders: dict[int, list[int]], ad: int, most: int) -> list[int]:
    shared: dict[int, int] = defaultdict(int)
    for some in holders.values():
        others = [holder for holder in some if holder != ad]
        for holder in others:
            shared[holder] += 60 // len(others)
    return [-holder for _, holder in sorted((-weight, -holder) for holder, weight in shared.items())[:most]]


@pytest.mark.parametrize("seed", range(10))
def test_those_who_share_the_rarest_keys_come_first(seed: int) -> None:
    dice = random.Random(seed)
    texts = some_texts(dice, 150)
    index, wanted = KeyIndex(index_rows(texts)), plainly(texts)
    for _ in range(20):
        keys = dice.sample([*wanted, 5], dice.randint(0, 20))
        ad, most = dice.choice([*texts, (7, b"")])[0], dice.choice([0, 1, 8, 99])
        holders = {key: wanted[key] for key in keys if key in wanted}
        assert most_shared(look_up(index, keys), MOST_OF_KEY, ad, most).tolist() == most_alike(holders, ad, most)


def holders(db: Database, keys: Iterable[int]) -> dict[int, list[int]]:
    return found(keyindex.load_index(db)[1], list(keys))


def token_of(db: Database) -> str:
    return keyrows.token_and_placed(db, 0)[0]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Of thirty ads, whose templates are found anew when a tenth as many have come."""
    monkeypatch.setattr(updating, "FEW", 20)
    monkeypatch.setattr(keyrows, "_PART", 100)
    db = open_alerts(tmp_path / "varde.db", create=True)
    take(db, [escort(str(number), text) for number, text in list(build_corpus().texts.items())[:30]])
    analyse(db)
    return db


def keys_kept(db: Database) -> list[Text]:
    return [(ad, one.keys) for ad, one in templatestore.load_wordings(db).items()]


def test_the_index_is_read_from_its_parts(store: Database) -> None:
    assert store.execute("SELECT count(*) FROM template_index").fetchone()[0] > 5
    wanted = plainly(keys_kept(store))
    assert holders(store, wanted) == wanted


def test_what_one_process_places_another_finds(store: Database, tmp_path: Path) -> None:
    other = open_alerts(tmp_path / "varde.db")
    holders(other, [1])
    take(store, [escort("more", list(build_corpus().texts.values())[31])])
    analyse(store)
    assert store.execute("SELECT count(*) FROM template_placed").fetchone() == (1,)
    wanted = plainly(keys_kept(store))
    assert holders(other, wanted) == holders(store, wanted) == wanted
    analyse(store, again=True)
    assert store.execute("SELECT count(*) FROM template_placed").fetchone() == (0,)
    assert holders(other, wanted) == wanted


def test_another_process_sees_that_all_was_found_anew(store: Database, tmp_path: Path) -> None:
    other = open_alerts(tmp_path / "varde.db")
    holders(other, [1])
    take(store, [escort("more", list(build_corpus().texts.values())[31])])
    analyse(store, again=True)
    wanted = plainly(keys_kept(store))
    assert holders(other, wanted) == wanted


def test_what_another_process_places_while_this_one_waits_is_found(store: Database, tmp_path: Path) -> None:
    """`place` begins when the other one ends, and not before."""
    texts = list(build_corpus().texts.values())
    first, second, *_ = templatestore.load_wordings(store)
    alike = read_wordings([f"{texts[31]} Oslo", texts[31]])
    with ThreadPoolExecutor(1) as pool:
        with transaction(store):
            updating.place(store, {first: alike[0]})
            waiting = pool.submit(lambda: updating.place(open_alerts(tmp_path / "varde.db"), {second: alike[1]}))
            wait([waiting], timeout=1)
        waiting.result()
    found = templatestore.templates_of(store)
    assert found[first] == found[second] != ""


def test_what_is_undone_was_not_placed(store: Database) -> None:
    wanted = plainly(keys_kept(store))
    first, second, third, *_ = templatestore.load_wordings(store).items()
    with transaction(store):
        store.execute("SAVEPOINT before")
        updating.place(store, {first[0]: third[1]})
        store.execute("ROLLBACK TO before")
    assert holders(store, wanted) == wanted
    updating.place(store, {second[0]: third[1]})
    wanted = plainly([*keys_kept(store), (second[0], third[1].keys)])
    assert holders(store, wanted) == wanted


def test_numbers_are_not_given_again(store: Database, tmp_path: Path) -> None:
    """A text that changes and changes back: all is found as it was, and yet it is another time."""
    other, token = open_alerts(tmp_path / "varde.db"), token_of(store)
    first, second, *_ = templatestore.load_wordings(store).items()
    updating.place(store, {first[0]: second[1]})
    updating.place(store, {first[0]: first[1]})
    holders(other, [1])
    updating._find_all(store)
    assert token_of(store) != token
    assert holders(other, plainly(keys_kept(store))) == plainly(keys_kept(store))
    updating.place(store, {first[0]: second[1]})
    state = templatestore.load_state(store)
    assert state is not None
    assert (state.texts, state.placed) == (30, 1)
    updating.place(store, {second[0]: first[1]})
    wanted = plainly([*keys_kept(store), (first[0], second[1].keys), (second[0], first[1].keys)])
    assert holders(other, wanted) == wanted


def test_a_store_of_before_there_was_an_index_gets_one(store: Database, tmp_path: Path) -> None:
    values = templatestore.templates_of(store)
    for statement in (
        "DROP TABLE template_index", "DROP TABLE template_placed",
        "CREATE TABLE template_keys (key INTEGER NOT NULL, ad INTEGER NOT NULL, PRIMARY KEY (key, ad)) WITHOUT ROWID",
        "ALTER TABLE template_state RENAME COLUMN since TO placed",
        "DELETE FROM _sqlite_migrations WHERE migration_set = 'templates' AND name = 'm004_index'",
    ):  # fmt: skip
        store.conn.execute(statement)
    store.conn.commit()
    store.close()
    db = open_alerts(tmp_path / "varde.db")
    assert templatestore.load_state(db) is None
    take(db, [escort("more", "Ring meg i dag")])
    analyse(db)
    wanted = plainly(keys_kept(db))
    assert holders(db, wanted) == wanted
    assert templatestore.templates_of(db) == values
