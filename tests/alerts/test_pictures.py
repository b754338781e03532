from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlite_utils import Database

from alerts import clusterstore
from alerts.concluding import conclude
from alerts.intake import analyse, read_here, read_new
from alerts.linking import history
from alerts.linking.components import Components
from alerts.linking.uses import Guard
from alerts.pictures import picturestore, scan, updating
from alerts.pictures.grouping import Group, Hashed, find_groups
from alerts.pictures.near import Chains, Rows, distances, to_bits
from alerts.store import open_alerts
from alerts.watch.watchlist import Wanted, add
from crawler.database import transaction
from crawler.store import ad_rows
from tests.alerts.hashes import flipped, some_hash
from tests.alerts.stores import LATER, TEXTS, Row, escort, judged_store, take
from tests.alerts.test_linking import linked
from tests.alerts.watched import arrive


def shown(number: int | str, *images: dict[str, str], **more: Any) -> Row:
    """An ad that shares nothing with others but its pictures."""
    words = " ".join(random.Random(str(number)).choices("abcdefghijklmnopqrstuvwxyz", k=30))
    images = tuple({"url": f"http://a.example/{number}-{i}"} | image for i, image in enumerate(images))
    return escort(str(number), words, images=list(images), **more)


def together(db: Database) -> list[set[str]]:
    """The ads of each cluster of more than one."""
    names = {row.id: row.ad_id for row in ad_rows(db)}
    clusters: dict[str, set[str]] = {}
    for ad, cluster in clusterstore.members(db).items():
        clusters.setdefault(cluster, set()).add(names[ad])
    return sorted((ads for ads in clusters.values() if len(ads) > 1), key=min)


def carried(db: Database) -> set[str]:
    """The pictures that ads carry."""
    return {value for (value,) in db.execute("SELECT value FROM carriers WHERE kind = 'image'")}


# the search


def joined(ours: list[str], known: list[str], most: int) -> list[int]:
    """The label of each, ours before the known ones."""
    chains = Chains(len(ours) + len(known))
    numbers = np.arange(len(ours) + len(known))
    chains.join_near(
        Rows(to_bits("".join(ours)), numbers[: len(ours)]), Rows(to_bits("".join(known)), numbers[len(ours) :]), most
    )
    return chains.label.tolist()


def by_every_pair(ours: list[str], known: list[str], most: int) -> list[int]:
    components = Components(range(len(ours) + len(known)))
    for i, one in enumerate(to_bits("".join(ours))):
        for j in np.flatnonzero(distances(to_bits("".join(known)), one) <= most):
            components.join(i, len(ours) + int(j))
    return [components.root(number) for number in range(len(ours) + len(known))]


@pytest.mark.parametrize("at_once", [1_000_000, 70], ids=["at-once", "in-steps"])
@pytest.mark.parametrize("most", [0, 1, 12, 24, 31])
def test_all_that_are_near_are_joined_and_no_others(monkeypatch: pytest.MonkeyPatch, most: int, at_once: int) -> None:
    monkeypatch.setattr("alerts.pictures.near._AT_ONCE", at_once)
    chance = random.Random(most)
    ours = [some_hash(seed) for seed in range(40)]
    known = [flipped(some_hash(chance.randrange(60)), bits, bits) for bits in range(33) for _ in range(6)]
    found = joined(ours, known, most)
    assert found == by_every_pair(ours, known, most)
    assert 2 < len(set(found)) < len(found)


def test_bits_that_lie_evenly_over_all_bands_are_found_too() -> None:
    one = some_hash(1)
    spread = int(one, 16)
    for band in range(16):
        spread ^= 1 << 16 * band
    for band in range(15):
        spread ^= 2 << 16 * band
    assert joined([one], [f"{spread:064x}"], 31) == [0, 0]
    assert joined([one], [f"{spread:064x}"], 30) == [0, 1]


def test_thousands_of_variants_of_one_picture_are_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def counted(hashes: Any, others: Any) -> Any:
        compared.append(len(hashes))
        return distances(hashes, others)

    monkeypatch.setattr("alerts.pictures.near.distances", counted)
    monkeypatch.setattr("alerts.pictures.near._AT_ONCE", 20_000)
    hashes = [flipped(some_hash(1), 6, seed) for seed in range(2000)]
    assert set(joined(hashes, hashes, 24)) == {0}
    assert sum(compared) < 2000 * 2000


def test_chains_do_not_depend_on_the_order_of_pairs() -> None:
    chance = random.Random(1)
    pairs = [(chance.randrange(60), chance.randrange(60)) for _ in range(40)]
    found = []
    for _ in range(5):
        chance.shuffle(pairs)
        chains = Chains(60)
        for start in range(0, 40, 7):
            one, other = zip(*pairs[start : start + 7], strict=True)
            chains.join(np.array(one), np.array(other))
        found.append(chains.label.tolist())
    components = Components(range(60))
    for pair in pairs:
        components.join(*pair)
    assert found == [[components.root(number) for number in range(60)]] * 5


# groups


def groups(*pictures: Hashed, distance: int = 24) -> set[frozenset[int]]:
    return {frozenset(group.members) for group in find_groups(pictures, distance)}


def test_a_group_is_named_by_its_first_hash_and_says_how_far_each_is() -> None:
    one = some_hash(1)
    hashes = [one, flipped(one, 10), flipped(one, 20, 1)]
    first = hashes.index(min(hashes))
    wanted = distances(to_bits("".join(hashes)), to_bits(hashes[first])[0])
    assert list(find_groups([Hashed(item) for item in hashes], 24)) == [
        Group(first, (0, 1, 2), tuple(wanted.tolist()))
    ]  # fmt: skip


def chain(steps: int, bits: int) -> list[str]:
    """Hashes each so many bits from the one before, and as many further from the first."""
    order = random.Random(3).sample(range(256), steps * bits)
    found = [int(some_hash(1), 16)]
    for step in range(steps):
        value = found[-1]
        for bit in order[step * bits : (step + 1) * bits]:
            value ^= 1 << bit
        found.append(value)
    return [f"{value:064x}" for value in found]


def test_a_chain_that_leads_from_one_picture_to_another_ties_neither_to_the_other() -> None:
    links = chain(8, 20)
    copies = [flipped(links[0], 6), flipped(links[-1], 6)]
    found = groups(*map(Hashed, [*links, *copies]))
    ends = [next(group for group in found if number in group) for number in (0, 8)]
    assert ends == [{0, 9}, {8, 10}]


def test_what_is_equal_stays_together_however_long_the_chain() -> None:
    links = chain(200, 1)
    found = groups(*map(Hashed, [*links, links[0], links[100]]))
    assert any({0, 201} <= group for group in found)
    assert any({100, 202} <= group for group in found)


# linking


def test_copies_tie_by_the_hash_the_mirror_and_pdq_and_strangers_do_not(tmp_path: Path) -> None:
    one, mirror, pdq = some_hash(1), some_hash(2), some_hash(3)
    db = judged_store(tmp_path, [
        shown(1, {"phash": one, "mirror": mirror}), shown(2, {"phash": flipped(one, 24)}),
        shown(3, {"phash": flipped(mirror, 20), "mirror": flipped(one, 22, 5)}),
        shown(4, {"phash": flipped(one, 60)}),
        shown(5, {"pdq": pdq.upper()}), shown(6, {"pdq": flipped(pdq, 31)}), shown(7, {"pdq": flipped(pdq, 40, 9)}),
        shown(8, {"pdq": one}),
    ])  # fmt: skip
    assert together(db) == [{"1", "2", "3"}, {"5", "6"}]
    whys = {link.why for link in clusterstore.links(db)}
    first = min(one, flipped(one, 24), flipped(mirror, 20))
    bits = {link.value: link.why.split()[2] for link in clusterstore.links(db)}
    assert f"phash:{first}" in bits
    assert bits[f"pdq:{min(pdq, flipped(pdq, 31))}"] == "31"
    assert all("in 3 ads; pictures are also copied, and no face was analysed" in why or "in 2 ads" in why
               for why in whys)  # fmt: skip


def test_equal_hashes_tie_as_they_are(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [shown(1, {"phash": some_hash(1)}), shown(2, {"phash": some_hash(1)})])
    (link,) = clusterstore.links(db)
    assert (
        link.why
        == "same image hash, as it is or mirrored, in 2 ads; pictures are also copied, and no face was analysed"
    )


@pytest.mark.parametrize("digits", ["0" * 64, "f" * 64, "0" * 60 + "00ff", "z" * 64], ids=["none", "all", "few", "no"])
def test_hashes_of_plain_pictures_tie_nobody(tmp_path: Path, digits: str) -> None:
    db = judged_store(tmp_path, [shown(1, {"pdq": digits}), shown(2, {"pdq": digits})])
    assert together(db) == []


def market(seed: int) -> list[Row]:
    """Ads with pictures of which some are copies, mirrored or not, and some lead from one to another."""
    chance = random.Random(seed)
    rows, steps = [], chain(9, 20)
    for number in range(60):
        images = []
        for _ in range(chance.choice((0, 1, 1, 2))):
            kind, of = chance.choice(("phash", "phash", "pdq")), chance.randrange(9)
            pair = some_hash(of), some_hash(100 + of)
            one, mirror = pair if chance.random() < 0.7 else pair[::-1]
            one = chance.choice(steps) if chance.random() < 0.1 else one
            image = {kind: flipped(one, chance.choice((0, 4, 12)), chance.randrange(99))}
            images.append(image | ({"mirror": flipped(mirror, 6, of)} if chance.random() < 0.5 else {}))
        day = 1 + chance.randrange(25)
        rows.append(shown(f"{number % 50}", *images, name=f"Name{chance.randrange(25)}",
                          seen_at=f"2026-10-{day:02}T12:00:00+01:00"))  # fmt: skip
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_bits_give_the_same_clusters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(updating, "MANY", 0)
    guard, chance, rows = Guard(hub=6, burst=5, side=2, large=4, weak=3), random.Random(seed), market(seed)
    whole = open_alerts(tmp_path / "whole.db", create=True)
    take(whole, rows)
    analyse(whole, guard=guard)
    chance.shuffle(rows)
    bits = open_alerts(tmp_path / "bits.db", create=True)
    while rows:
        cut = chance.randrange(1, 12)
        some, rows = rows[:cut], rows[cut:]
        take(bits, some)
        analyse(bits, guard=guard)
    assert linked(bits) == linked(whole)
    conclude(bits, everything=True, guard=guard)
    assert linked(bits) == linked(whole)
    assert any("picture within" in tie for tie in linked(whole)["ties"])


def test_a_stock_picture_of_many_is_contested(tmp_path: Path) -> None:
    one = some_hash(1)
    days = [f"2026-{1 + n // 28:02}-{1 + n % 28:02}T12:00:00+01:00" for n in range(60)]
    db = judged_store(tmp_path, [shown(n, {"phash": flipped(one, 4, n)}, name=f"Name {'abcdefgh'[n % 8]}{n}",
                                       seen_at=days[n]) for n in range(60)])  # fmt: skip
    assert together(db) == []
    assert len(carried(db)) == 1
    ((state,),) = db.execute("SELECT state FROM key_states WHERE kind = 'image'")
    assert state == "contested: more than 40 different names carry this image hash; a switchboard, or a site's own"


def test_a_ruling_on_a_picture_holds_when_its_group_is_called_otherwise(tmp_path: Path) -> None:
    hashes = sorted(flipped(some_hash(1), 8, seed) for seed in range(4))
    db = judged_store(tmp_path, [shown(n, {"phash": hashes[n]}) for n in (1, 2, 3)])
    assert together(db) == [{"1", "2", "3"}]
    history.rule(db, "cut", kind="image", value=f"phash:{hashes[2]}", by="kari", reason="a stock picture")
    analyse(db)
    assert together(db) == []
    take(db, [shown(0, {"phash": hashes[0]}, seen_at=LATER)])
    analyse(db)
    assert carried(db) == {f"phash:{hashes[0]}"}
    assert together(db) == []
    history.undo_ruling(db, 1, by="kari", reason="it is hers")
    analyse(db)
    assert together(db) == [{"0", "1", "2", "3"}]


def test_ads_read_before_pictures_were_grouped_are_grouped_by_the_next_analysis(tmp_path: Path) -> None:
    one = some_hash(1)
    db = judged_store(tmp_path, [shown(1, {"phash": one}), shown(2, {"phash": flipped(one, 8)})])
    db.execute("DROP TABLE picture_hashes")
    db.execute("DELETE FROM _sqlite_migrations WHERE migration_set = 'pictures'")
    db.execute("UPDATE carriers SET value = 'phash:' || ad WHERE kind = 'image'")
    db.conn.commit()
    db.close()
    db = open_alerts(tmp_path / "varde.db")
    take(db, [shown(3, {"phash": flipped(one, 6, 3)}, seen_at=LATER)])
    analyse(db)
    assert together(db) == [{"1", "2", "3"}]


def test_pictures_that_an_analysis_was_interrupted_over_are_grouped_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    db = judged_store(tmp_path, [shown(1, {"phash": some_hash(1)})])
    take(db, [shown(2, {"phash": flipped(some_hash(1), 8)}, seen_at=LATER)])
    with monkeypatch.context() as patched:
        patched.setattr("alerts.concluding.link", interrupt)  # the hashes are placed by then, in the same transaction
        with pytest.raises(KeyboardInterrupt):
            analyse(db)
    assert together(db) == []
    analyse(db)
    assert together(db) == [{"1", "2"}]


def test_a_ruling_on_a_picture_holds_while_a_like_one_waits_to_be_placed(tmp_path: Path) -> None:
    hashes = sorted(flipped(some_hash(1), 8, seed) for seed in range(3))
    db = judged_store(tmp_path, [shown(n, {"phash": hashes[n]}) for n in range(3)])
    history.rule(db, "cut", kind="image", value=f"phash:{hashes[2]}", by="kari", reason="a stock picture")
    take(db, [shown(9, {"phash": hashes[2], "mirror": some_hash(2)}, seen_at=LATER)])
    read_new(db, read_here, again=False, say=lambda _: None)
    assert history.load_rulings(db).cut_reason("image", f"phash:{hashes[0]}")
    history.undo_ruling(db, 1, by="kari", reason="it is hers")
    analyse(db)
    assert together(db) == [{"0", "1", "2", "9"}]


def test_hashes_of_ads_that_were_linked_without_are_found_when_the_store_is_brought_up_to_date(tmp_path: Path) -> None:
    one = some_hash(1)
    db = judged_store(tmp_path, [shown(1, {"phash": one})])
    take(db, [shown(2, {"phash": flipped(one, 8)}, seen_at=LATER)])
    read_new(db, read_here, again=False, say=lambda _: None)
    db.execute("DELETE FROM picture_hashes WHERE chain = 0")
    analyse(db)
    assert together(db) == []
    db.execute("DELETE FROM _sqlite_migrations WHERE migration_set = 'pictures' AND name = 'm003_shown'")
    db.conn.commit()
    db.close()
    db = open_alerts(tmp_path / "varde.db")
    analyse(db)
    assert together(db) == [{"1", "2"}]


def test_the_watch_list_finds_a_mirrored_copy(tmp_path: Path) -> None:
    mirror = some_hash(2)
    db = judged_store(tmp_path, [shown(1, {"phash": some_hash(1), "mirror": mirror}), escort("2", TEXTS[0])])
    _, (hit,) = add(db, Wanted(kind="image", typed=f"phash:{flipped(mirror, 9)}", case_ref="K-1"))
    assert hit.ad == 1
    assert hit.quote.endswith("…, 9 of 256 bits differ")


def test_what_comes_and_the_past_are_searched_for_the_same_mirrors(tmp_path: Path) -> None:
    """That of a picture whose own hash tells nothing is none."""
    mirror, wanted = some_hash(2), Wanted(kind="image", typed=f"phash:{some_hash(2)}", case_ref="K-1")
    db = judged_store(tmp_path, [escort("1", TEXTS[0])])
    add(db, wanted)
    pictures = [
        {"mirror": mirror},
        {"phash": "0" * 63 + "1", "mirror": mirror},
        {"phash": some_hash(1), "mirror": mirror},
    ]
    come = arrive(db, *(shown(number, picture) for number, picture in enumerate(pictures, 2)))
    _, past = add(db, replace(wanted, case_ref="K-2"))
    assert [hit.ad for hit in come] == [hit.ad for hit in past] == [4]


@pytest.mark.parametrize("room", [1, 7, 20, 1_000])
def test_who_is_near_is_told_but_of_two_mirror_images(room: int) -> None:
    dice = np.random.default_rng(1)
    known = dice.integers(0, 2**63, (20, 4), np.uint64)
    table = scan.Table(room)
    table.add(Rows(known, np.array([*range(1, 16), *range(-5, 0)])))  # the last five are of mirror images
    asked = Rows(known[[3, 17, 3, 17]] ^ np.uint64(0b11), np.array([30, 31, -32, -33]))  # two bits in each word
    assert sorted(table.near(asked, 8)) == [(30, 4), (31, 3), (32, 4)]
    assert list(table.near(asked, 7)) == []


@pytest.mark.parametrize("seed", range(10))
def test_hashes_that_were_not_stored_in_the_end_are_forgotten(tmp_path: Path, seed: int) -> None:
    dice, db = random.Random(seed), open_alerts(tmp_path / "varde.db", create=True)
    stored: list[picturestore.Known] = []
    for _ in range(30):
        last = stored[-1].id if stored else 0
        fresh = [
            picturestore.Known(
                number, number, Hashed(flipped(some_hash(dice.randrange(4)), 12, number), some_hash(99 + number))
            )
            for number in range(last + 1, last + dice.randint(2, 4))
        ]
        with transaction(db):
            db.execute("SAVEPOINT before")
            rows = [(one.id, f"phash:{one.picture.hash}", one.picture.mirror) for one in fresh]
            sql = "INSERT INTO picture_hashes (id, value, mirror, chain, name, bits) VALUES (?1, ?2, ?3, ?1, ?2, 0)"
            db.conn.executemany(sql, rows)
            near = scan.find_near(db, fresh, "phash", 24)
            if kept := dice.random() < 0.6:
                stored += fresh
            else:
                db.execute("ROLLBACK TO before")
        bits = {one.id: to_bits(one.picture.hash) for one in (stored if kept else [*stored, *fresh])}
        assert near == {
            one.id: {other for other in bits if distances(bits[other], bits[one.id][0])[0] <= 24} for one in fresh
        }
