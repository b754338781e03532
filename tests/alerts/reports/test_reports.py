"""Reports on a real store of a generated market: their figures are those of SQL, and none tells of few."""

from __future__ import annotations

import base64
import csv
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from alerts.alertstore import alerts
from alerts.cases import Verdict
from alerts.decisions.decisionstore import decide, undo
from alerts.intake import analyse
from alerts.lists.building import build_lists
from alerts.lists.frame import Frame
from alerts.lists.sighted import find_sighted
from alerts.population.turnover import jolly_seber, occasions_of
from alerts.reports.binding import bind
from alerts.reports.exhibits import Exhibit, Report, Said
from alerts.reports.hiding import rough
from alerts.reports.market import make_market
from alerts.reports.page import draw_page
from alerts.reports.seen import kept, turnover, windows
from alerts.reports.words import LANGUAGES, load_words
from alerts.reports.yearly import make_yearly
from alerts.store import open_alerts
from benchmarks.market.stream import write_market
from crawler.database import Database, transaction
from crawler.imports import import_file
from tests.conftest import VARDE, clean_environment
from tests.loading import loaded_by

FRAME = Frame(first=date(2026, 3, 1), last=date(2026, 8, 31), window=14)
UNITS = {"ads", "observations", "contacts", "personas", "clusters", "alerts", "decisions", "count", "seen", "escort",
         "job", "massage", "other", "of", "decided", "shown", "dropped", "lapsed"}  # fmt: skip

_INSIDE = re.compile(r"data:image/svg\+xml;base64,([\w+/=]+)")
_CARRIED = """
    FROM sightings s JOIN ads a ON a.id = s.ad JOIN carriers c ON c.ad = s.ad
    WHERE s.seen_at >= :since AND s.seen_at < :after AND c.kind = 'phone' AND c.confidence >= 0.6
    AND s.seen_at BETWEEN c.first_seen AND c.last_seen AND NOT EXISTS (
        SELECT 1 FROM key_states k WHERE k.kind = c.kind AND k.value = c.value AND k.state != ''
    )
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a generated market, read and linked; some of its ads have ended."""
    folder = tmp_path_factory.mktemp("market")
    write_market(folder, ads=700, seed=5)
    db = open_alerts(folder / "varde.db", create=True)
    import_file(db, folder / "market.jsonl", given={}, columns={})
    analyse(db)
    with transaction(db):
        db.execute("UPDATE ads SET gone_at = last_seen WHERE id % 2 = 0")
    db.close()
    return folder / "varde.db"


@pytest.fixture
def db(store: Path) -> Iterator[Database]:
    db = open_alerts(store)
    yield db
    db.close()


def year(db: Database) -> int:
    (day,) = db.execute("SELECT max(last_seen) FROM ads").fetchone()
    return int(day[:4])


def table(report: Report, key: str) -> Exhibit:
    return next(one for one in report.exhibits if one.key == key)


def told(exhibit: Exhibit, column: str) -> dict[object, object]:
    """By the first column, the figures that are shown."""
    cells = zip(exhibit.column(exhibit.columns[0]), exhibit.column(column), strict=True)
    return {name: cell for name, cell in cells if isinstance(cell, int)}


def counted(db: Database, sql: str) -> dict[object, object]:
    return dict(db.execute(sql, {"since": FRAME.since, "after": FRAME.after}).fetchall())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(store: Path, *args: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([VARDE, *map(str, args), "--store", str(store)], env=clean_environment(**environment),
                          capture_output=True, text=True, check=False)  # fmt: skip


def test_figures_of_sites_and_kinds_are_those_of_sql(db: Database) -> None:
    report = make_market(db, FRAME)
    seen = "FROM sightings s JOIN ads a ON a.id = s.ad WHERE s.seen_at >= :since AND s.seen_at < :after"
    by_site = counted(db, f"SELECT a.site, count(DISTINCT s.ad) {seen} GROUP BY 1")
    by_kind = counted(db, f"SELECT a.kind, count(DISTINCT s.ad) {seen} GROUP BY 1")
    sites, kinds = told(table(report, "sites"), "ads"), told(table(report, "kinds"), "ads")
    assert len(sites) > 5
    assert sites == {name: by_site[name] for name in sites}
    assert {Said(f"kind-{kind}"): n for kind, n in by_kind.items() if Said(f"kind-{kind}") in kinds} == kinds
    observed = counted(db, "SELECT a.site, count(*) FROM observations s JOIN ads a ON a.id = s.ad "
                           "WHERE s.seen_at >= :since AND s.seen_at < :after GROUP BY 1")  # fmt: skip
    assert told(table(report, "sites"), "observations").items() <= observed.items()
    contacts = counted(db, f"SELECT a.site, count(DISTINCT c.value) {_CARRIED} GROUP BY 1")
    assert told(table(report, "sites"), "contacts").items() <= contacts.items()


def test_figures_of_languages_and_windows_are_those_of_sql(db: Database) -> None:
    report = make_market(db, FRAME)
    newest = counted(
        db,
        """
        SELECT r.document ->> '$.language', count(*) FROM readings r JOIN (
            SELECT o.ad, max(o.seen_at || printf('%012d', o.id)) AS at FROM observations o WHERE o.seen_at < :after
            AND o.ad IN (SELECT ad FROM sightings WHERE seen_at >= :since AND seen_at < :after) GROUP BY o.ad
        ) n ON r.ad = n.ad AND r.seen_at || printf('%012d', r.observation) = n.at GROUP BY 1""",
    )
    languages = told(table(report, "languages"), "ads")
    assert len(languages) > 3
    assert {name.key.removeprefix("language-"): n for name, n in languages.items()}.items() <= newest.items()
    in_windows = counted(
        db,
        """
        SELECT date(:since, '+' || (14 * ((unixepoch(seen_at) - unixepoch(:since)) / 86400 / 14)) || ' days'),
        count(DISTINCT ad) FROM sightings WHERE seen_at >= :since AND seen_at < :after GROUP BY 1""",
    )
    trend = told(table(report, "trend-ads"), "ads")
    assert len(trend) == 13
    assert trend.items() <= in_windows.items()


def test_turnover_is_that_of_the_histories(db: Database) -> None:
    by_period = Frame(first=FRAME.first, last=FRAME.last, window=14, by="period")
    sighted = find_sighted(db, by_period)
    occasions = occasions_of(build_lists(sighted, by_period).histories)
    found = turnover(kept(sighted, FRAME), windows(FRAME, 14))
    assert [one for one, _ in found] == occasions
    assert [size for _, size in found] == jolly_seber(occasions)


@pytest.mark.parametrize("kind", ["market", "yearly"])
def test_no_table_tells_of_fewer_than_five(db: Database, tmp_path: Path, kind: str) -> None:
    report = make_market(db, FRAME) if kind == "market" else make_yearly(db, year(db))
    bind(report, load_words("en"), tmp_path / "x")
    withheld = 0
    for path in (tmp_path / "x" / "tables").glob("*.csv"):
        for row in rows(path):
            withheld += sum(cell == "withheld" for cell in row.values())
            small = {name: cell for name, cell in row.items() if name in UNITS and cell in ("1", "2", "3", "4")}
            assert not small, (path.name, row)
    assert withheld > 5
    page = (tmp_path / "x" / "report.html").read_text(encoding="utf-8")
    shown = re.findall(r'<td class="number[^>]*>([^<]*)</td>', page)
    assert len(shown) > 100
    sections = [
        part for part in page.split("<section ") if not re.match(r'aria-labelledby="(survival|coverage)"', part)
    ]
    assert not re.findall(r'<td class="number[^>]*>([1-4])</td>', "".join(sections))


def test_parts_of_a_whole_cannot_be_worked_out(db: Database) -> None:
    """Whatever is withheld of a whole is withheld together with another, or with nothing left to tell."""
    report = make_yearly(db, year(db))
    for key in ("places", "languages", "kinds", "months-alerts", "decisions"):
        one = table(report, key)
        cells = one.column(one.columns[1])
        hidden = [cell for cell in cells if cell == Said("withheld")]
        assert len(hidden) != 1, key
        if isinstance(one.n, int) and not hidden:
            assert sum(cell for cell in cells if isinstance(cell, int)) == one.n, key


def test_nothing_of_the_store_that_names_anybody_is_in_the_folder(db: Database, tmp_path: Path) -> None:
    carried = {value for (value,) in db.execute("SELECT value FROM carriers WHERE kind IN ('phone', 'email')")}
    names = {name for (name,) in db.execute("SELECT DISTINCT n.value ->> '$.value' FROM readings r, "
                                            "json_each(r.document, '$.names') n")}  # fmt: skip
    bind(make_yearly(db, year(db)), load_words("nb"), tmp_path / "year")
    bind(make_market(db, FRAME), load_words("nb"), tmp_path / "market")
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.suffix in (".html", ".csv")]
    drawn = [drawing for text in texts for drawing in drawings(text)]
    text = "\n".join([*(_INSIDE.sub("", text) for text in texts), *drawn])
    assert len(carried) > 100
    assert len(names) > 30
    assert not [value for value in carried if value in text or value.removeprefix("+47") in text]
    names -= {"Live", "Vera"}  # an indicator of live-in work; a font of the plots
    assert not [name for name in names if name in text and re.search(rf"\b{re.escape(name)}\b", text)]
    numbers = set(re.findall(r"(?<![\d.#-])\d+", text))
    assert not [ad for (ad,) in db.execute("SELECT ad_id FROM ads") if ad in numbers]


def drawings(page: str) -> list[str]:
    return [base64.b64decode(found).decode() for found in _INSIDE.findall(page)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_from_outside(db: Database, language: str) -> None:
    for report in (make_market(db, FRAME), make_yearly(db, year(db))):
        page = draw_page(report, load_words(language))
        drawn = drawings(page)
        assert len(drawn) > 4
        assert not re.search(r"https?://|//\w+\.\w|<script|<link|@import|url\(", page)
        for one in drawn:
            outside = re.sub(r'xmlns(:\w+)?="http://www\.w3\.org/[\w/]+"|"-//W3C//DTD SVG 1.1//EN"', "", one)
            outside = outside.replace('"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"', "")
            assert not re.search(r"https?:|<script|<image|@import", outside)
        assert page.count("<img ") == len(drawn) == len(re.findall(r'<img [^>]*alt="[^"]+"', page))
        assert f'<html lang="{language}">' in page


def test_what_a_site_is_called_is_escaped(db: Database) -> None:
    one = Exhibit(key="sites", unit="apart", n=1, columns=("site", "ads"), rows=(("<script>alert(1)</script>&", 9),))
    report = make_market(db, FRAME)
    page = draw_page(replace(report, sites=("<b>",), exhibits=(one,)), load_words("en"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page
    assert "<script" not in page
    assert "<b>" not in page


def test_the_folder_has_page_print_tables_and_sums(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    done = run(store, "market", "report", "--from", FRAME.first, "--to", FRAME.last, "--out", out, "--language", "en")
    assert (done.returncode, done.stderr) == (0, "")
    sums = dict(line.split("  ")[::-1] for line in (out / "SHA256SUMS").read_text().splitlines())
    files = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file()}
    assert set(sums) == set(files) - {"SHA256SUMS"}
    assert all(sha256(files[name].read_bytes()).hexdigest() == digest for name, digest in sums.items())
    assert {row["file"] for row in rows(out / "tables" / "about.csv")} >= {"places.csv", "survival.csv", "coverage.csv"}
    assert all(row["method"] and row["limits"] and row["counts"] for row in rows(out / "tables" / "about.csv"))
    read = PdfReader(BytesIO((out / "report.pdf").read_bytes()))
    text = " ".join(page.extract_text() for page in read.pages)
    text = " ".join(text.split())
    assert "never about victims" in text
    assert "What is not known" in text
    assert [row["ads"] for row in rows(out / "tables" / "sites.csv") if row["ads"] != "withheld" and row["ads"] in text]
    again = run(store, "market", "report", "--from", FRAME.first, "--to", FRAME.last, "--out", out)
    assert again.returncode == 1
    assert "is not empty" in again.stderr


def test_without_a_browser_there_is_no_pdf_and_it_is_said(store: Path, db: Database, tmp_path: Path) -> None:
    done = run(store, "report", "yearly", "--year", year(db), "--out", tmp_path / "x", VARDE_CHROMIUM="none")
    assert done.returncode == 0
    assert "no PDF" in done.stderr
    assert (tmp_path / "x" / "report.html").exists()
    assert not (tmp_path / "x" / "report.pdf").exists()


def test_the_same_store_gives_the_same_page(db: Database) -> None:
    one, two = (draw_page(make_market(db, FRAME), load_words("nb")) for _ in range(2))
    assert one == two


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--from", "2026-08-01", "--to", "2026-03-01"), "change the two round"),
        (("--from", "2019-01-01", "--to", "2019-02-01"), "nothing was seen from 2019-01-01"),
        (("--from", "2026-03-01", "--to", "2026-03-31", "--sites", "none.example"), "the store has no site"),
        (("--from", "2026-03-01", "--to", "2026-03-09", "--window", "10"), "no whole stretch of 10"),
        (("--from", "2026-13-01", "--to", "2026-03-31"), "does not match the format"),
    ],
)
def test_what_cannot_be_reported_is_said(store: Path, tmp_path: Path, args: tuple[str, ...], says: str) -> None:
    done = run(store, "market", "report", *args, "--out", tmp_path / "x")
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert not (tmp_path / "x").exists()


def test_one_site_alone_says_what_it_cannot_tell(store: Path, tmp_path: Path) -> None:
    site = "nordlys.example"
    done = run(store, "market", "report", "--from", "2026-03-01", "--to", "2026-03-20", "--sites", site,
               "--out", tmp_path / "x", "--window", 14)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ("sites", "too-few-lists") in {(row["lists"], row["method"])
                                          for row in rows(tmp_path / "x" / "tables" / "estimates.csv")}  # fmt: skip
    page = (tmp_path / "x" / "report.html").read_text(encoding="utf-8")
    assert "Et anslag trenger tre tidsrom på 14 dager" in page
    assert "ingen gjennomgang" in page


def test_the_sweep_is_that_of_the_command(store: Path, db: Database, tmp_path: Path) -> None:
    found = table(make_market(db, FRAME), "sweep")
    assert {Said("varied-reading"), Said("varied-window")} == set(found.column("varied"))
    out = tmp_path / "sweep.csv"
    period = ("--from", FRAME.first, "--to", FRAME.last, "--by", "period", "--window", FRAME.window)
    done = run(store, "market", "sweep", "--method", "chao", *period, "--out", out)
    assert done.returncode == 0, done.stderr
    theirs = [rough(float(row["estimate"])) for row in rows(out) if row["method"] == "chao"]
    assert list(found.column("estimate")) == theirs
    assert len(set(theirs)) > 2, "nothing that is varied changes anything"


def test_curves_have_points_where_five_more_ended(db: Database) -> None:
    report = make_market(db, FRAME)
    found = table(report, "survival")
    assert len(found.rows) > 10
    assert found.rows[0][:3] == (Said("all-sites"), 0, 1.0)
    for site in set(found.column("site")):
        shares = [row[2] for row in found.rows if row[0] == site]
        assert shares == sorted(shares, reverse=True)


def test_decisions_and_dropped_alerts_are_counted_as_the_store_has_them(store: Path, db: Database) -> None:
    raised = [one for one in alerts(db) if one.opened_at.startswith(f"{date.today().year}")]
    assert len(raised) > 5
    for one in raised[:5]:
        decide(db, one.id, Verdict.BENIGN, reason="a test", by="tester")
    taken = decide(db, raised[5].id, Verdict.USEFUL, reason="a test", by="tester")
    undo(db, taken.id, reason="a test", by="tester")
    report = make_yearly(db, date.today().year)
    found = told(table(report, "decisions"), "decisions")
    assert found[Said("verdict-benign")] == 5
    assert found[Said("verdict-useful")] == 0
    levels = table(report, "alerts")
    dropped = sum(one.place is None and one.state == "new" for one in alerts(db))
    cells = levels.column("dropped")
    assert Said("withheld") in cells or sum(cell for cell in cells if isinstance(cell, int)) == dropped


def test_other_commands_do_not_load_the_plotting_library() -> None:
    assert "matplotlib" not in loaded_by("alerts.commands.market", "crawler.cli")
    helped = subprocess.run([VARDE, "market", "--help"], capture_output=True, text=True, check=True).stdout
    assert "report" in helped
    assert "Write a market report" in helped
