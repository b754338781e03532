"""What the documentation says is what the code has."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from alerts.commands.export import WACZ, WHAT, export
from alerts.export import FORMATS
from alerts.store import open_alerts
from crawler import (
    __version__,
    client,
    eventlog,
    events,
    parse_worker,
    parsing,
    politeness,
    proxy,
    robots,
    settings,
    tame,
    tokens,
)
from crawler.ads import KEYS, MAX_TEXT
from crawler.cli import COMMANDS
from crawler.job import Ending
from crawler.renderer import PARENT
from crawler.rendering.host import RECYCLED_AFTER
from crawler.runs import AlreadyCrawled, AskedToWait, CrawlReport
from crawler.sites import Site
from crawler.store import open_store
from nlp import catalogue

ROOT = Path(__file__).parent.parent
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_lists_every_command_in_order() -> None:
    listed = re.findall(r"^\| `varde (\w+)` \|", text("README.md"), re.MULTILINE)
    assert listed == list(COMMANDS)


def tables_of_a_site_file() -> dict[str, type[BaseModel]]:
    """The tables by their names in the file; "" is the top of it."""
    found: dict[str, type[BaseModel]] = {"": Site}
    for name, info in Site.model_fields.items():
        for kind in (info.annotation, *get_args(info.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found[info.alias or name] = kind
    return found


@cache
def documented_site() -> dict[str, Any]:
    return tomllib.loads(text("docs/sites.md").partition("```toml\n")[2].partition("```")[0])


@pytest.mark.parametrize(("table", "model"), tables_of_a_site_file().items(), ids=lambda value: value or "top")
def test_every_key_of_a_site_file_is_documented(table: str, model: type[BaseModel]) -> None:
    documented = documented_site()[table] if table else documented_site()
    assert set(documented) == {info.alias or name for name, info in model.model_fields.items()}


def test_tables_of_a_site_file_are_all_found() -> None:
    assert set(tables_of_a_site_file()) >= {"", "list", "json", "ad", "browser", "feed", "expect"}


def test_documented_site_file_is_a_good_one() -> None:
    assert Site.model_validate(documented_site()).name == "example"


@pytest.mark.parametrize("family", get_args(Site.model_fields["spider"].annotation))
def test_every_spider_is_documented(family: str) -> None:
    assert f"`{family}`" in text("docs/sites.md")


def first_column(page: str, heading: str) -> list[str]:
    """What stands in backticks, or bare, in the first cell of each row of the table under `heading`."""
    rows = text(page).partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [row.split("|")[1].strip().strip("`") for row in rows]


def test_every_security_event_is_documented() -> None:
    assert first_column("docs/hostile.md", "event") == list(events.KINDS)


@pytest.mark.parametrize(
    "bound",
    [
        f"| {settings.DOWNLOAD_TIMEOUT} s; robots.txt {robots.PATIENCE:.0f} s |",
        f"| {settings.PAGE_BUDGET} s |",
        f"| {client.MAX_HEAD // 1024} KB of headers",
        f"`max_bytes` ({Site.model_fields['max_bytes'].default // 2**20} MiB)",
        f"{robots.MAX_BYTES // 1024} KB are read",
        f"| {politeness.PATIENCE / 60:.0f} minutes at a time",
        f"| {parsing.MAX_LINKS:,} and {parse_worker.MAX_ADS:,}; {parsing.MAX_URL:,} characters a URL |",
        f"{eventlog.MAX_KINDS:,} different events of {events.MAX_DETAIL} characters",
        f"elements {tame.MAX_DEPTH} deep, {tokens.MAX_ATTRIBUTES} attributes a tag and {tokens.MAX_TOKENS:,} tags",
        f"| {MAX_TEXT:,} characters; the bare text of a page {parse_worker.RAW_TEXT:,} |",
        f"| {settings.BROWSER_PAGE_TIMEOUT} s, {proxy.MAX_BYTES // 2**20} MiB through the proxy",
        f"after {RECYCLED_AFTER} pages",
    ],
)
def test_bounds_are_those_of_the_code(bound: str) -> None:
    assert bound in text("docs/hostile.md")


def test_every_outcome_of_a_crawl_is_documented() -> None:
    told = set(re.findall(r"`(\w+)`", (CrawlReport.__doc__ or "").partition("`outcome` is")[2]))
    known = {*get_args(Ending), AlreadyCrawled.outcome, AskedToWait.outcome, "finished", "changed", "limited"}
    assert set(first_column("docs/house.md", "outcome")) == told == known


def test_every_table_of_the_store_is_documented(tmp_path: Path) -> None:
    open_store(tmp_path / "varde.db", create=True).close()
    db = open_alerts(tmp_path / "varde.db")
    there = {name for name in db.table_names() if not name.startswith(("sqlite_", "_sqlite_"))}
    db.close()
    named = {name for names in first_column("docs/house.md", "table") for name in names.split(", ")}
    assert named == there


def test_every_variable_of_the_environment_is_documented() -> None:
    files = [path for room in ("crawler", "spiders", "alerts", "nlp") for path in (ROOT / room).rglob("*.py")]
    named = {name for path in files for name in re.findall(r"\bVARDE_[A-Z_]+", path.read_text(encoding="utf-8"))}
    assert set(first_column("README.md", "variable")) == named - {PARENT}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_an_import_is_documented(key: str) -> None:
    assert f"`{key}`" in text("docs/import.md")


@pytest.mark.parametrize("id", sorted(catalogue()))
def test_every_indicator_is_documented(id: str) -> None:
    assert id in text("docs/indicators.md")


def test_export_help_shows_what_there_is() -> None:
    lines = [line.split() for line in (export.help or "").splitlines()]
    assert ["WHAT", *FORMATS, WACZ] in lines
    matrix = [words[0] for words in lines if words[1 : len(FORMATS) + 1] == ["yes"] * len(FORMATS)]
    assert matrix == list(WHAT)


def test_version_is_one() -> None:
    newest = re.search(r"^## (\S+)", text("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__ == tomllib.loads(text("pyproject.toml"))["project"]["version"]


def test_the_gate_calls_the_test_command_of_the_readme() -> None:
    (command,) = re.findall(r"^(\./dev test)\s", text("README.md"), re.MULTILINE)
    assert command in text(".ci/run").splitlines()


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


@pytest.mark.parametrize("path", [path for path in DOCS if path.name != "indicators.md"], ids=lambda path: path.name)
def test_pages_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


def test_house_names_files_that_are_there() -> None:
    named = re.findall(r"`((?:crawler|spiders|nlp|alerts)/[\w/]+\.(?:py|toml))`", text("docs/house.md"))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).exists()] == []
