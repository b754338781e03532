"""What the documentation says is what the code has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from alerts.commands.export import WHAT, export
from alerts.export import FORMATS
from crawler import __version__
from crawler.ads import KEYS
from crawler.cli import COMMANDS
from crawler.sites import AdRules, BrowserRules, Expect, ListRules, Site
from nlp import catalogue

ROOT = Path(__file__).parent.parent
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_lists_every_command_in_order() -> None:
    listed = re.findall(r"^\| `varde (\w+)` \|", text("README.md"), re.MULTILINE)
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("model", [Site, ListRules, AdRules, BrowserRules, Expect], ids=lambda model: model.__name__)
def test_every_key_of_a_site_file_is_documented(model: type[BaseModel]) -> None:
    documented = tomllib.loads(text("docs/sites.md").partition("```toml\n")[2].partition("```")[0])
    tables = {ListRules: "list", AdRules: "ad", BrowserRules: "browser", Expect: "expect"}
    table = documented[tables[model]] if model in tables else documented
    assert set(table) == {info.alias or name for name, info in model.model_fields.items()}


def test_documented_site_file_is_a_good_one() -> None:
    documented = tomllib.loads(text("docs/sites.md").partition("```toml\n")[2].partition("```")[0])
    assert Site.model_validate(documented).name == "example"


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_an_import_is_documented(key: str) -> None:
    assert f"`{key}`" in text("docs/import.md")


@pytest.mark.parametrize("id", sorted(catalogue()))
def test_every_indicator_is_documented(id: str) -> None:
    assert id in text("docs/indicators.md")


def test_export_help_shows_what_there_is() -> None:
    matrix = [line.split() for line in (export.help or "").splitlines() if line.split()[1:] == ["yes"] * len(FORMATS)]
    assert [row[0] for row in matrix] == list(WHAT)
    assert f"WHAT {' '.join(FORMATS)}" in " ".join((export.help or "").split())


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
        assert (path.parent / target).exists(), target


def test_house_names_files_that_are_there() -> None:
    named = re.findall(r"`((?:crawler|spiders|nlp|alerts)/[\w/]+\.(?:py|toml))`", text("docs/house.md"))
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []
