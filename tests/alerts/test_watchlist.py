"""Adding an entry searches all the past, what comes is matched, and nothing of it is ever changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.intake import read_here, read_new
from alerts.store import open_alerts
from alerts.watch import watchsearch, watchstore, watchwords
from alerts.watch.watchlist import Wanted, add, show_hits
from alerts.watch.watchmatch import match_new
from alerts.watch.watchstore import WatchError, WatchKind, find_watch, hits, hits_of, remove_watch, tallies
from crawler.database import Database, IntegrityError, transaction
from crawler.store import observation_ids
from tests.alerts.stores import LATER, TEXTS, escort, take
from tests.alerts.watched import ADS, FAR, HASH, NEAR, arrive, read_store, watch


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = read_store(tmp_path)
    yield store
    store.close()


CASES: list[tuple[WatchKind, str, list[int], str]] = [
    ("phone", "420 00 017", [1, 2], "42 00 00 17"),
    ("email", "LINA@post.example", [4], "lina@post.example"),
    ("handle", "telegram:lina24", [1], "telegram: @lina24"),
    ("url", "http://pages.example/lina", [3], "pages.example/lina"),
    ("payment", "vipps:123456", [4], "123456"),
    ("image", NEAR, [1], "phash:ffff000011…, 1 of 256 bits differ"),
    ("text", "SOT jente", [2], "Søt jente i Oslo, thaimassasje hele uka"),
    ("text", "massasje hele", [2], "Søt jente i Oslo, thaimassasje hele uka"),
    ("text", "assasj", [2], "Søt jente i Oslo, thaimassasje hele uka"),
    ("text", "bergen", [4], "Bergen"),
    ("template", "1", [1, 3], "100 % alike: Quiet apartment"),
    ("template", TEXTS[0], [1, 3], ""),
]
IDS = [f"{kind} {typed[:12]}" for kind, typed, _, _ in CASES]


@pytest.mark.parametrize(("kind", "typed", "ads", "quote"), CASES, ids=IDS)
def test_adding_searches_the_past(db: Database, kind: WatchKind, typed: str, ads: list[int], quote: str) -> None:
    entry, found = add(db, Wanted(kind=kind, typed=typed, case_ref="K-1"))
    assert [hit.ad for hit in found] == ads
    assert all(hit.past for hit in found)
    shown = show_hits(db, entry, found)
    assert shown[0].quote.startswith(quote)
    assert (shown[0].first_seen, shown[0].site) == ("2026-11-01T11:00:00.000+00:00", ADS[ads[0] - 1]["site"])


@pytest.mark.parametrize(("kind", "typed", "ads", "quote"), CASES, ids=IDS)
def test_what_comes_is_matched_as_the_past_is(
    tmp_path: Path, kind: WatchKind, typed: str, ads: list[int], quote: str
) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    if kind == "template" and typed == "1":
        typed = TEXTS[0]
    entry, past = watch(db, kind, typed)
    found = arrive(db, *ADS)
    assert (past, [hit.ad for hit in found]) == ([], ads)
    assert not any(hit.past for hit in found)
    assert (tallies(db)[entry].ads, watchstore.count_new(db)) == (len(ads), len(ads))
    assert [hit.quote for hit in hits_of(db, ads[:1])] == [found[0].quote]
    assert "42 00 00 17" in str(found[0].quote) if kind == "phone" else found[0].quote
    db.close()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("phone", "43 00 00 99"), ("image", FAR), ("text", "jente sot"), ("text", "thai uka"), ("template", TEXTS[2])],
)
def test_what_is_not_there_is_not_found(db: Database, kind: WatchKind, typed: str) -> None:
    _, found = watch(db, kind, typed)
    assert found == []
    assert arrive(db, escort("5", TEXTS[1] + " 49 00 00 01", images=[{"url": "x", "pdq": HASH}])) == []


def test_words_of_two_fields_are_no_phrase(db: Database) -> None:
    _, found = watch(db, "text", "bergen ny")  # a title, and the beginning of a text
    assert found == []


def test_the_kind_of_hash_is_minded(db: Database) -> None:
    assert watch(db, "image", f"pdq:{HASH}")[1] == []
    assert watch(db, "image", f"phash:{HASH}", distance=0)[1] == [1]
    assert watch(db, "image", f"phash:{NEAR}", distance=0)[1] == []


def test_what_an_interrupted_run_read_is_matched_by_the_next(db: Database) -> None:
    entry, _ = watch(db, "phone", "43 00 00 77")
    take(db, [escort("7", "Ring 43 00 00 77")])
    read_new(db, read_here, again=False, say=lambda _: None)  # and it is ended before it matches
    assert [(hit.watch, hit.ad) for hit in match_new(db) if not hit.past] == [(entry, 5)]
    assert match_new(db) == []


def test_an_ad_is_a_hit_once_though_its_text_changes(db: Database) -> None:
    entry, past = watch(db, "phone", "42 00 00 17")
    later = ADS[0] | {"seen_at": LATER, "text": "Changed. Ring 42 00 00 17"}
    assert past == [1, 2]
    assert arrive(db, later) == []
    (new,) = arrive(db, escort("9", "Ring 42 00 00 17"), escort("9", "Or 42 00 00 17", seen_at=LATER))
    assert (new.watch, new.past) == (entry, False)
    assert len(hits(db, entry)) == 3


def test_an_old_version_is_found_after_the_ad_changed(db: Database) -> None:
    arrive(db, ADS[1] | {"seen_at": LATER, "text": "Nothing of what it was before, a text about walks."})
    assert watch(db, "text", "thaimassasje")[1] == [2]
    assert watch(db, "phone", "42 00 00 17")[1] == [1, 2]


def test_expired_and_removed_entries_do_not_match(db: Database) -> None:
    gone, _ = watch(db, "phone", "43 00 00 77")
    remove_watch(db, gone, "case closed")
    old, _ = watch(db, "phone", "43 00 00 78", expires=_day(0))
    db.execute("DROP TRIGGER watches_immutable")
    db.execute("UPDATE watches SET expires_on = '2026-01-01' WHERE id = ?", (old,))
    assert arrive(db, escort("7", "Ring 43 00 00 77"), escort("8", "Ring 43 00 00 78")) == []
    assert [find_watch(db, number).state for number in (gone, old)] == ["removed", "expired"]


def test_an_entry_stands_on_its_last_day(db: Database) -> None:
    watch(db, "phone", "43 00 00 77", expires=_day(0))
    assert len(arrive(db, escort("7", "Ring 43 00 00 77"))) == 1


def test_a_template_can_be_watched_by_the_number_of_an_ad(db: Database) -> None:
    entry, found = watch(db, "template", " 3 ")
    assert found == [1, 3]
    assert find_watch(db, entry).typed == "as ad 3"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"case_ref": "  "}, "--case is"),
        ({"case_ref": "x" * 101}, "--case is"),
        ({"expires": "soon"}, "--expires is 'soon'; it takes a day such as"),
        ({"expires": "2026-01-01"}, "which is past"),
        ({"kind": "template", "typed": "999"}, "no ad 999"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(db: Database, more: dict[str, Any], says: str) -> None:
    with pytest.raises(WatchError, match=says):
        add(db, Wanted(**{"kind": "phone", "typed": "42 00 00 17", "case_ref": "K-1"} | more))
    assert watchstore.watches(db) == []


def test_the_same_case_watches_a_value_once(db: Database) -> None:
    first, _ = watch(db, "phone", "42 00 00 17")
    watch(db, "phone", "42 00 00 17", case_ref="K-2")
    with pytest.raises(WatchError, match=f"entry {first} watches that for K-1 already"):
        watch(db, "phone", "420 00 017")
    remove_watch(db, first, "wrong case")
    watch(db, "phone", "42 00 00 17")


def test_the_history_is_only_added_to(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARDE_USER", "kari")
    entry, _ = watch(db, "phone", "42 00 00 17")
    monkeypatch.setenv("VARDE_USER", "ola")
    remove_watch(db, entry, "case closed")
    assert [(by, what, why) for _, by, what, why in watchstore.history(db, entry)] == [
        ("kari", "added", ""), ("ola", "removed", "case closed"),
    ]  # fmt: skip
    for table in ("watches", "watch_events"):
        with pytest.raises(IntegrityError, match="never changed"):
            db.execute(f"UPDATE {table} SET id = id + 100")
    with pytest.raises(WatchError, match="removed already"):
        remove_watch(db, entry, "again")


def test_a_word_of_every_ad_is_too_common(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchsearch, "MAX_VERSIONS", 1)
    with pytest.raises(WatchError, match="too common to watch for; give more words"):
        watch(db, "text", "lina")
    assert watchstore.watches(db) == []


def test_the_index_goes_on_where_it_stopped_and_can_be_dropped(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchwords, "BATCH", 3)
    assert watchwords.catch_up(db) == 4
    take(db, [escort("8", "One more about lanterns")])
    assert watchwords.catch_up(db) == 1
    assert watch(db, "text", "lantern")[1] == [5]
    watchwords.switch(db, on=False)
    assert not [name for name in db.table_names() if name.startswith(("watch_texts", "watch_words"))]
    assert arrive(db, escort("9", "More about lanterns"))[0].ad == 6  # what comes needs no index
    with pytest.raises(WatchError, match="`varde watch index` builds it"):
        watch(db, "text", "harbour")
    watchwords.switch(db, on=True)
    assert watchwords.catch_up(db) == 6
    assert watch(db, "text", "harbour")[1] == [1, 3]


def test_an_index_of_an_older_way_is_built_anew(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    watchwords.catch_up(db)
    monkeypatch.setattr(watchwords, "VERSION", "next")
    assert watchwords.catch_up(db) == 4
    assert watch(db, "text", "harbour")[1] == [1, 3]


def test_versions_can_be_taken_out_of_the_index(db: Database) -> None:
    watchwords.catch_up(db)
    with transaction(db):
        watchwords.forget(db, observation_ids(db)[:1])
    assert watch(db, "text", "harbour")[1] == [3]


def _day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
