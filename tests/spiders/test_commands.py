"""`varde sites`: the site files with their health, and their selectors against saved pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.sitesfolder import BUNDLED
from crawler.store import begin_crawl, finish_crawl, open_store
from tests.conftest import Serve, Varde
from tests.crawler.samples import LEGAL_BASIS, ad_page, list_page, write_site
from tests.crawler.server import Answer

URL = "http://127.0.0.1:9/ad/17"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`varde sites ARGS…` in a folder with the site files a.example and b.example."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VARDE_STORE", raising=False)
    for name in ("a.example", "b.example"):
        write_site(tmp_path / "sites", name, "http://127.0.0.1:9/")
    return lambda *args: CliRunner().invoke(main, ["sites", "--sites", "sites", *args])


def save(site: str, *, title: str) -> None:
    """A saved page of `site` whose title is expected to be `title`."""
    folder = Path("saved", site)
    folder.mkdir(parents=True)
    (folder / "ad-1.html").write_text(ad_page(17), encoding="utf-8")
    expected = {"url": URL, "kind": "ad", "ads": [{"ad_id": "17", "title": title}], "links": []}
    (folder / "ad-1.json").write_text(json.dumps(expected), encoding="utf-8")


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return list(json.loads(result.stdout))


def test_sites_are_listed_with_their_legal_basis(run: Run) -> None:
    listed = rows(run("--json"))
    assert [(row["site"], row["legal_basis"], row["health"], row["last_crawl"]) for row in listed] == [
        ("a.example", LEGAL_BASIS, "not crawled yet", "never"),
        ("b.example", LEGAL_BASIS, "not crawled yet", "never"),
    ]
    assert not Path("varde.db").exists()


def test_health_is_that_of_the_last_crawl(run: Run) -> None:
    db = open_store(Path("varde.db"), create=True)
    for site, note in (("a.example", ""), ("b.example", "0 ads, expected 5 to 9")):
        crawl = begin_crawl(db, site, legal_basis=LEGAL_BASIS, software="varde", seeds=[])
        finish_crawl(db, crawl.id, outcome="finished", note=note)
    db.close()
    assert [row["health"] for row in rows(run("--json"))] == ["finished", "0 ads, expected 5 to 9"]


def test_table_is_for_people(run: Run) -> None:
    lines = run().stdout.splitlines()
    assert lines[0].split()[:3] == ["site", "country", "kind"]
    assert lines[2].startswith("a.example  NO")


@pytest.mark.parametrize("args", [("--json",), ("check", "--saved", "saved", "--json")], ids=["list", "check"])
def test_broken_site_file_is_named_beside_the_good_ones(run: Run, args: tuple[str, ...]) -> None:
    for name in ("0.example", "c.example"):
        write_site(Path("sites"), name, "http://127.0.0.1:9/", extra="dealy = 1")
    result = run(*args)
    assert result.exit_code == 1
    assert [row["site"] for row in rows(result)] == ["a.example", "b.example"]
    assert "0.example.toml: unknown key 'dealy'" in result.stderr
    assert "c.example.toml: unknown key 'dealy'" in result.stderr


def test_named_site_that_is_broken_is_an_error(run: Run) -> None:
    write_site(Path("sites"), "c.example", "http://127.0.0.1:9/", extra="dealy = 1")
    result = run("check", "c.example", "--saved", "saved")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "c.example.toml: unknown key 'dealy'" in result.stderr


def test_check_passes_where_the_selectors_hold(run: Run) -> None:
    save("a.example", title="Ad 17")
    result = run("check", "a.example", "--saved", "saved", "--json")
    assert result.exit_code == 0
    assert rows(result) == [{"site": "a.example", "checks": 3, "failed": 0, "verdict": "ok"}]


def test_check_names_what_does_not_hold(run: Run) -> None:
    save("a.example", title="Ad 17")
    save("b.example", title="Another")
    result = run("check", "--saved", "saved", "--json")
    assert result.exit_code == 1
    assert [(row["site"], row["verdict"]) for row in rows(result)] == [
        ("a.example", "ok"),
        ("b.example", "selectors fail"),
    ]
    assert result.stderr == "b.example/ad-1:title: expected 'Another', found 'Ad 17'\n"


def test_site_without_a_saved_page_fails_the_check(run: Run) -> None:
    result = run("check", "a.example", "--saved", "saved", "--json")
    assert (result.exit_code, rows(result)[0]["verdict"]) == (1, "no saved page")


def test_unknown_site_is_answered_with_the_known_ones(run: Run) -> None:
    result = run("check", "x.example")
    assert result.exit_code == 1
    assert "known: a.example, b.example" in result.stderr


SAVED = {
    "ad": ("/ad/17", "ads", [{"ad_id": "17", "phones": ["42 00 00 17"], "text": "Øya", "title": "Ad 17"}]),
    "list": ("/", "links", ["{url}/ad/17", "{url}/list/2"]),
}


@pytest.mark.parametrize("kind", SAVED)
def test_page_is_saved_as_it_came_with_what_was_read(varde: Varde, serve: Serve, tmp_path: Path, kind: str) -> None:
    body = ad_page(17, text="Øya").encode("latin-1")
    ad = Answer(gzip.compress(body), kind="text/html; charset=iso-8859-1", headers={"Content-Encoding": "gzip"})
    server = serve({"/": list_page(["/ad/17"], after="/list/2"), "/ad/17": ad})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    path, what, expected = SAVED[kind]
    for number in (1, 2):
        args = ("save", "a.example", server.url + path, "--kind", kind, "--saved", "saved")
        done = varde("sites", "--sites", folder, *args)
        assert done.returncode == 0, done.stderr
        assert f"{kind}-{number}.html" in done.stderr
    kept = json.loads((tmp_path / "saved" / "a.example" / f"{kind}-1.json").read_text())
    assert kept[what] == [part.format(url=server.url) if isinstance(part, str) else part for part in expected]
    assert varde("sites", "--sites", folder, "check", "a.example", "--saved", "saved").returncode == 0
    assert not (tmp_path / "varde.db").exists()


def test_page_that_cannot_be_had_is_not_saved(varde: Varde, serve: Serve, tmp_path: Path) -> None:
    server = serve({"/robots.txt": Answer(b"User-agent: *\nDisallow: /private", kind="text/plain")})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    for path, told in (("/ad/1", "HTTP 404"), ("/private/1", "forbidden by robots.txt")):
        done = varde("sites", "--sites", folder, "save", "a.example", server.url + path, "--saved", "saved")
        assert (done.returncode, told in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "saved").exists()


def test_bundled_sites_hold_against_their_saved_pages() -> None:
    result = CliRunner().invoke(main, ["sites", "check", "--json"])
    assert {row["site"] for row in rows(result)} == {path.stem for path in BUNDLED.glob("*.toml")}
    assert {row["verdict"] for row in rows(result)} == {"ok"}, result.stderr
