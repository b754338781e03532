"""Extracts from a real store: what is in the folder, that it gives nobody away, and what earlier ones forbid."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.commands.sample import sample
from alerts.export import CannotWrite
from alerts.intake import analyse
from alerts.lists.frame import Frame
from alerts.population.countsfile import read_counts
from alerts.population.histories import Occasions
from alerts.sampling.designs import FEW, Design, NoSample, Sample
from alerts.sampling.extract import Extract, Order, count_occasions, give_away, make_extract, occasion_rows
from alerts.sampling.folder import write_folder
from alerts.sampling.members import Member, Seen, Told
from alerts.store import open_alerts
from benchmarks.market.stream import write_market
from crawler.database import Database, transaction
from crawler.imports import import_file
from tests.conftest import VARDE, clean_environment

FIRST, LAST = date(2026, 3, 1), date(2026, 8, 31)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of a generated market, read and linked."""
    folder = tmp_path_factory.mktemp("market")
    write_market(folder, ads=1000, seed=5)
    db = open_alerts(folder / "varde.db", create=True)
    import_file(db, folder / "market.jsonl", given={}, columns={})
    analyse(db)
    db.close()
    return folder


@pytest.fixture
def db(folder: Path) -> Iterator[Database]:
    """The store, without extracts of other tests."""
    db = open_alerts(folder / "varde.db")
    with transaction(db):
        db.execute("DELETE FROM extract_cells")
        db.execute("DELETE FROM extracts")
    yield db
    db.close()


def order(*, size: int | None = 120, seed: int = 1, design: str = "simple", last: date = LAST) -> Order:
    frame = Frame(first=FIRST, last=last, by="site-period" if design == "panel" else "site", window=14,
                  ad_kinds=("escort", "massage"))  # fmt: skip
    asked = Design(name=design, seed=seed, size=size)
    return Order(frame=frame, design=asked, level="county", traits=("place", "site"), command="varde")


def given(db: Database, asked: Order, out: Path) -> Extract:
    extract = make_extract(db, asked)
    give_away(db, extract, out)
    return extract


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("design", ["simple", "stratified", "panel", "occasions"])
def test_no_row_tells_what_fewer_than_five_share(db: Database, tmp_path: Path, design: str) -> None:
    given(db, order(design=design, size=None if design == "occasions" else 40), tmp_path / "x")
    found = rows(tmp_path / "x" / "rows.csv")
    assert found
    sharing: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in found:
        sharing[tuple(value for name, value in row.items() if name != "id")].add(row["id"])
    assert min(map(len, sharing.values())) >= FEW


def test_nothing_of_the_store_that_names_anybody_is_in_the_folder(db: Database, tmp_path: Path) -> None:
    given(db, order(), tmp_path / "x")
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "x").iterdir())
    carried = {value for (value,) in db.execute("SELECT value FROM carriers WHERE kind IN ('phone', 'email')")}
    assert len(carried) > 100
    assert not [value for value in carried if value in text or value.removeprefix("+47") in text]
    for (number,) in db.execute("SELECT ad_id FROM ads"):
        assert f'"{number}"' not in text
    assert not re.search(r"\d{4}-\d\d-\d\d", (tmp_path / "x" / "rows.csv").read_text())


def test_equal_seed_and_store_select_the_same_under_other_names(db: Database, tmp_path: Path) -> None:
    one, two = given(db, order(), tmp_path / "one"), given(db, order(), tmp_path / "two")
    assert one.sample == two.sample
    assert one.selection == two.selection
    assert (tmp_path / "one" / "cells.csv").read_bytes() == (tmp_path / "two" / "cells.csv").read_bytes()
    first, second = ({row["id"] for row in rows(tmp_path / name / "rows.csv")} for name in ("one", "two"))
    assert len(first) == len(second)
    assert not first & second
    assert make_extract(db, order(seed=2)).selection != one.selection


def test_cells_withhold_the_small_and_add_up(db: Database, tmp_path: Path) -> None:
    extract = given(db, order(), tmp_path / "x")
    found = {(row["place"], row["site"]): row["count"] for row in rows(tmp_path / "x" / "cells.csv")}
    assert found["total", "total"] == "120"
    assert all(count == "withheld" or int(count) == 0 or int(count) >= FEW for count in found.values())
    assert len([count for count in found.values() if count == "withheld"]) == len(extract.withheld) > 0
    sites = {site for _, site in found} - {"total"}
    lines = [([found[place, site] for site in sites], found[place, "total"]) for place, _ in found]
    told = [(cells, total) for cells, total in lines if "withheld" not in (*cells, total)]
    assert told
    assert all(sum(map(int, cells)) == int(total) for cells, total in told)


def test_who_is_in_a_withheld_cell_has_both_traits_hidden(db: Database, tmp_path: Path) -> None:
    extract = make_extract(db, order())
    hidden = {label for cell in extract.withheld if len(cell) == 2 for label in extract.table.members[cell]}
    assert hidden
    telling = {row.id for row in extract.rows.rows if row.site != "*" or row.places[0] != "*"}
    assert len(telling) <= len(extract.sample.members) - len(hidden)


def test_an_extract_that_differs_by_one_is_refused(db: Database, tmp_path: Path) -> None:
    everybody = len(make_extract(db, order(design="occasions", size=None)).sample.members)
    whole = order(design="occasions", size=None)
    given(db, whole, tmp_path / "x")
    with pytest.raises(
        NoSample, match=r"refused: extract \d+ of .* shows the total, and 1 more or fewer would show beside it"
    ):
        make_extract(db, order(design="occasions", size=everybody - 1))
    assert make_extract(db, order(design="occasions", size=everybody - 40)).sample


def test_a_cell_that_differs_by_few_is_withheld(db: Database, tmp_path: Path) -> None:
    """A longer period adds some: where they are fewer than five in a cell, that cell is not shown again."""
    first = given(db, order(size=None, design="occasions", last=date(2026, 8, 2)), tmp_path / "x")
    later = make_extract(db, order(size=None, design="occasions", last=date(2026, 8, 16)))
    clashing = {clash.cell for clash in later.clashes}
    assert clashing
    assert clashing <= later.withheld
    for cell in set(first.table.members) & set(later.table.members) - first.withheld - later.withheld:
        before, now = first.table.members[cell], later.table.members[cell]
        assert not ((before < now or now < before) and len(before ^ now) < FEW)


def test_municipalities_and_their_county_do_not_give_each_other_away(db: Database, tmp_path: Path) -> None:
    """Where all municipalities of a county but those of a few were shown, it is not; and the other way round."""
    fine = replace(order(design="occasions", size=None), level="municipality")
    coarse = order(design="occasions", size=None)
    for number, (first, second) in enumerate(((fine, coarse), (coarse, fine))):
        before, after = given(db, first, tmp_path / f"{number}"), make_extract(db, second)
        cells = [
            {
                cell: made.table.members[cell]
                for cell in made.table.members
                if len(cell) == 1 and cell not in made.withheld
            }
            for made in (before, after)
        ]
        for one, other in (cells, cells[::-1]):
            for members in one.values():
                inner = [those for cell, those in other.items() if cell[0][0] == "place" and those and those <= members]
                left = len(members) - sum(map(len, inner))
                assert not inner or left == 0 or left >= FEW
        with transaction(db):
            db.execute("DELETE FROM extract_cells")


def test_extract_is_recorded_with_its_cells(db: Database, tmp_path: Path) -> None:
    extract = given(db, order(), tmp_path / "x")
    ((unit, selection),) = db.execute("SELECT unit, selection FROM extracts").fetchall()
    assert (unit, selection) == ("contacts (telephone numbers)", extract.selection)
    (count, shown) = db.execute("SELECT count(*), sum(shown) FROM extract_cells").fetchone()
    assert (count, count - shown) == (len(extract.table.members), len(extract.withheld))


def test_folder_that_holds_anything_is_left_alone(db: Database, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="is not empty"):
        given(db, order(), tmp_path / "x")
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["mine.txt"]
    assert db.execute("SELECT count(*) FROM extracts").fetchone() == (0,)


def test_what_cannot_be_written_is_not_recorded(db: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CannotWrite, match="cannot be"):
        given(db, order(), tmp_path / "file" / "x")
    assert db.execute("SELECT count(*) FROM extracts").fetchone() == (0,)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_checksums_are_of_every_file(db: Database, tmp_path: Path) -> None:
    given(db, order(), tmp_path / "x")
    lines = (tmp_path / "x" / "SHA256SUMS").read_text().splitlines()
    sums = {line.split("  ")[1]: line.split("  ")[0] for line in lines}
    assert set(sums) == {path.name for path in (tmp_path / "x").iterdir()} - {"SHA256SUMS"}
    assert all(sha256((tmp_path / "x" / name).read_bytes()).hexdigest() == sums[name] for name in sums)


def test_dictionary_names_every_column(db: Database, tmp_path: Path) -> None:
    for design in ("panel", "occasions"):
        given(db, order(design=design, size=None if design == "occasions" else 40), tmp_path / design)
        told = {(row["file"], row["column"]) for row in rows(tmp_path / design / "dictionary.csv")}
        for name in ("rows.csv", "strata.csv"):
            assert {(name, column) for column in rows(tmp_path / design / name)[0]} <= told


def test_occasions_are_counts_that_estimate_reads(tmp_path: Path) -> None:
    """Ten on the first day, five of them and five new on the second, all fifteen on the third."""
    sample = sampled({"a": (0, 2), "b": (0, 1, 2), "c": (1, 2)})
    assert count_occasions(sample) == Occasions((10, 10, 15), (0, 5, 15), (0, 10, 15))
    write_folder(tmp_path / "x", {"occasions.csv": list(occasion_rows(sample))}, {})
    assert read_counts(tmp_path / "x" / "occasions.csv") == count_occasions(sample)


def test_occasions_that_tell_of_few_are_left_out() -> None:
    assert count_occasions(sampled({"a": (0, 2), "b": (1,)}, each=4)) is None
    assert count_occasions(sampled({"a": (0,), "b": (0, 1)}, each=3)) is None


def sampled(days: dict[str, tuple[int, ...]], each: int = 5) -> Sample:
    ad = Told("escort", "nb", ("Oslo", "NO"))
    those = tuple(
        Member(f"{name}{number}", tuple(Seen(day, "a.example", ad) for day in on))
        for name, on in days.items()
        for number in range(each)
    )
    return Sample(those, {}, (), {0: 1, 1: 2, 2: 3})


def test_command_draws_again_by_its_own_script(folder: Path, db: Database, tmp_path: Path) -> None:
    asked = ["market", "sample", "--design", "stratified", "--strata", "language", "--size", "100", "--seed", "7",
             "--from", "2026-03-01", "--to", "2026-08-31", "--ads", "escort", "--place", "municipality"]  # fmt: skip
    done = subprocess.run(
        [VARDE, *asked, "--out", tmp_path / "x", "--store", folder / "varde.db"], env=clean_environment(),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "never of victims" in " ".join(done.stdout.split())
    assert "kept nowhere" in done.stdout
    path = f"{Path(VARDE).parent}{os.pathsep}{os.environ['PATH']}"
    again = subprocess.run(
        [tmp_path / "x" / "replicate.sh", tmp_path / "y"], capture_output=True, text=True, check=True,
        env=clean_environment(VARDE_STORE=str(folder / "varde.db"), PATH=path),
    )  # fmt: skip
    assert again.stderr.splitlines()[-1] == "the same selection"
    assert json.loads(again.stdout)["drawn"] == 100
    assert (tmp_path / "x" / "cells.csv").read_bytes() == (tmp_path / "y" / "cells.csv").read_bytes()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--design", "simple"), "--design simple needs --size"),
        (("--design", "simple", "--size", "9", "--strata", "site"), "--strata goes with --design stratified"),
        (("--design", "panel", "--size", "9", "--per-week", "2"), "--per-week goes with --design occasions"),
        (("--design", "simple", "--size", "9", "--table", "place"), "give two of site, place, language, kind"),
        (("--design", "simple", "--size", "9", "--table", "site,name"), "give two of site, place, language, kind"),
    ],
)
def test_options_that_do_not_go_together_are_said(asked: tuple[str, ...], said: str) -> None:
    words = ["--from", "2026-03-01", "--to", "2026-08-31", "--seed", "1", "--out", "x", *asked]
    found = CliRunner().invoke(sample, words)
    assert found.exit_code == 2
    assert said in found.output
