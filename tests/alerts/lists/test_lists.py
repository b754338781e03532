"""Lists from a store: who was on which, what is left out, and the errors that say what would work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from alerts.lists.building import build_lists, write_lists
from alerts.lists.frame import Frame, NoLists
from alerts.lists.sighted import count_units, find_sighted
from alerts.population.countsfile import read_counts
from alerts.population.histories import Histories
from crawler.database import Database
from tests.alerts.stores import TEXTS, Row, escort, judged_store
from tests.conftest import Varde, printed

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 28)
PERIOD = ("--from", FIRST, "--to", LAST)


def ad(site: str, number: int, phone: int, day: int, **more: object) -> Row:
    text = f"{TEXTS[number % len(TEXTS)]} Ring {phone:08d}."
    seen = f"2026-06-{day:02d}T12:00:00+00:00"
    return escort(f"{number}", text, site=f"{site}.example", seen_at=seen, name=f"N{phone}", **more)


def market() -> list[Row]:
    """Phone 1 on a and b, phone 2 on a in two weeks, phone 3 on b, phone 4 in May only."""
    return [
        ad("a", 1, 42000001, 2), ad("b", 1, 42000001, 3), ad("a", 2, 42000002, 4), ad("a", 2, 42000002, 12),
        ad("b", 3, 42000003, 20), ad("a", 4, 42000004, 1) | {"seen_at": "2026-05-31T23:59:59+00:00"},
    ]  # fmt: skip


def histories(db: Database, **more: object) -> Histories:
    frame = Frame(**{"first": FIRST, "last": LAST, **more})  # type: ignore[arg-type]
    return build_lists(find_sighted(db, frame), frame).histories


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return judged_store(tmp_path, market())


def test_sites_are_lists(db: Database) -> None:
    assert histories(db) == Histories(("a.example", "b.example"), {(1, 1): 1, (1, 0): 1, (0, 1): 1})


def test_periods_are_lists(db: Database) -> None:
    found = histories(db, by="period", window=14)
    assert found == Histories(("2026-06-01", "2026-06-15"), {(1, 0): 2, (0, 1): 1})


def test_each_site_and_period_is_a_list(db: Database) -> None:
    found = histories(db, by="site-period", window=7)
    assert found.lists == tuple(
        f"{name}.example/2026-06-{day}" for name, day in (("a", "01"), ("b", "01"), ("a", "08"), ("b", "15"))
    )

    assert found.counts == {(1, 1, 0, 0): 1, (1, 0, 1, 0): 1, (0, 0, 0, 1): 1}


def test_every_unit_is_counted_apart(tmp_path: Path) -> None:
    """Two names under one phone, on two sites: one contact, two personas, three ads, four versions, one cluster."""
    rows = [
        ad("a", 1, 42000001, 2), ad("a", 2, 42000001, 2) | {"name": "Other"}, ad("b", 3, 42000001, 3),
        ad("b", 3, 42000001, 5) | {"title": "New"},
    ]  # fmt: skip
    db = judged_store(tmp_path, rows)
    assert histories(db).counts == {(1, 1): 1}
    assert histories(db, unit="persona").counts == {(1, 1): 1, (1, 0): 1}
    assert histories(db, unit="cluster").counts == {(1, 1): 1}
    assert histories(db, unit="ad", by="period", window=2).counts == {(1, 0, 0): 2, (0, 1, 1): 1}
    assert count_units(db, Frame(first=FIRST, last=LAST)) == {"ads": 3, "observations": 4}


def test_a_contact_counts_only_while_its_ad_gave_it(tmp_path: Path) -> None:
    db = judged_store(tmp_path, [ad("a", 1, 42000001, 2), ad("a", 1, 42000009, 16), ad("b", 2, 42000009, 17)])
    assert histories(db, by="period", window=14).counts == {(1, 0): 1, (0, 1): 1}


def test_ties_below_the_strength_join_nobody(tmp_path: Path) -> None:
    rows = [ad("a", 1, 42000001, 2), ad("b", 2, 42000001, 3), ad("b", 3, 42000003, 3)]
    db = judged_store(tmp_path, rows)
    assert histories(db, unit="cluster").counts == {(1, 1): 1, (0, 1): 1}
    assert histories(db, unit="cluster", strength=1.0).counts == {(1, 0): 1, (0, 1): 2}


def test_contact_read_with_little_confidence_is_left_out(db: Database) -> None:
    found = find_sighted(db, Frame(first=FIRST, last=LAST))
    frame = Frame(first=FIRST, last=LAST, confidence=1.0)
    with pytest.raises(NoLists, match="no list has any contact"):
        build_lists(found, frame)


def switchboard() -> Iterable[Row]:
    """Number 42000000 under 41 names on two sites, and one phone of somebody's own on both."""
    for number in range(41):
        yield ad("ab"[number % 2], number, 42000000, 2) | {"name": f"Name{number}", "text": f"Ring 42000000. {number}"}
    yield from (ad("a", 90, 42000090, 2), ad("b", 91, 42000090, 2))


def test_contested_contact_is_left_out_and_counted(tmp_path: Path, varde: Varde) -> None:
    db = judged_store(tmp_path, switchboard())
    assert histories(db).counts == {(1, 1): 1}
    found = printed(varde("market", "lists", *PERIOD, "--json"))
    assert (found["contested"], found["observed"]) == (1, 1)
    assert any(line.startswith("left out because they are contested: 1;") for line in found["warnings"])


def test_written_lists_are_what_estimate_reads(db: Database, tmp_path: Path) -> None:
    found = histories(db, by="site-period")
    write_lists(found, tmp_path / "lists.csv")
    assert read_counts(tmp_path / "lists.csv") == found


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"last": date(2026, 5, 1)}, "ends on 2026-05-01 before it begins on 2026-06-01"),
        ({"first": date(2025, 6, 1), "last": date(2025, 6, 30)}, "the store has 2026-05-31 to 2026-06-20"),
        ({"unit": "ad"}, "an ad is on one site only"),
        ({"sites": ("c.example",)}, "no site c.example; it has a.example, b.example"),
        ({"sites": ("a.example",)}, "only a.example has any contact"),
        ({"kinds": ("email",)}, r"with no contacts \(mail addresses\)"),
        ({"by": "period", "window": 20}, "28 days give one window of 20"),
        ({"by": "period", "window": 40}, "no whole window of 40"),
    ],
)
def test_what_gives_no_lists_is_said(db: Database, more: dict[str, object], said: str) -> None:
    with pytest.raises(NoLists, match=said):
        histories(db, **more)


def test_options_that_do_not_go_together_are_said(db: Database, varde: Varde) -> None:
    assert "--window goes with --by period" in varde("market", "lists", *PERIOD, "--window", "7").stderr
    assert "--contact goes with" in varde("market", "lists", *PERIOD, "--unit", "ad", "--contact", "url").stderr
    turned = varde("market", "lists", "--from", LAST, "--to", FIRST)
    assert (turned.returncode, turned.stdout) == (1, "")
    assert turned.stderr.startswith("Error: the period ends on 2026-06-01 before")


def test_store_that_was_not_read_says_so(tmp_path: Path, varde: Varde) -> None:
    (tmp_path / "rows.jsonl").write_text(
        '{"site":"a.example","ad_id":"1","kind":"escort","seen_at":"2026-06-02T12:00:00Z","text":"Ring 42000001"}\n'
    )
    assert varde("import", "rows.jsonl").returncode == 0
    assert "run `varde analyse` first" in varde("market", "lists", *PERIOD).stderr


def test_table_tells_units_apart_and_the_limits(db: Database, varde: Varde) -> None:
    shown = varde("market", "lists", *PERIOD).stdout
    flat = " ".join(shown.split())
    assert "contacts (telephone numbers) 3" in flat
    assert "personas 3" in flat
    assert "ads 4" in flat
    assert "not persons, never victims" in flat
    assert max(map(len, shown.splitlines())) <= 120


def test_estimate_from_the_store_is_that_of_the_written_lists(db: Database, varde: Varde) -> None:
    assert varde("market", "lists", *PERIOD, "--out", "l.csv").returncode == 0
    of_file = printed(varde("market", "estimate", "--counts", "l.csv", "--method", "chapman", "--json"))
    of_store = printed(varde("market", "estimate", *PERIOD, "--method", "chapman", "--json"))
    assert of_store.pop("notes")
    assert of_file.pop("notes") == []
    assert of_store == of_file


def test_estimate_takes_a_file_or_a_period(db: Database, varde: Varde) -> None:
    assert "give --counts FILE, or --from" in varde("market", "estimate", "--method", "chao").stderr
    assert varde("market", "lists", *PERIOD, "--out", "l.csv").returncode == 0
    both = varde("market", "estimate", "--counts", "l.csv", *PERIOD, "--method", "chao")
    assert "goes without the options" in both.stderr
    observations = varde("market", "estimate", *PERIOD, "--method", "chao", "--unit", "observation")
    assert "lists are of contact, ad, persona, cluster" in observations.stderr
