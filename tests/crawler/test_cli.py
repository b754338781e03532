"""The `varde` command: its list, its options and its ways of failing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import get_args

import click
import pytest
from click.testing import CliRunner

from alerts.commands.catalogue import catalogue
from alerts.commands.market import market
from crawler import __version__, settings
from crawler.cli import COMMANDS, main
from crawler.egress import Network
from crawler.parsing import FAMILIES
from crawler.sites import Site
from tests.conftest import Serve, Varde, clean_environment, printed
from tests.crawler.samples import ad_page, list_page, make_site, row, write_site

HEAVY = ("scrapy", "twisted", "spacy", "sqlite_utils", "playwright", "numpy", "pydantic")
LATE = COMMANDS | {
    f"{group.name} {name}": target for group in (catalogue, market) for name, target in group.late.items()
}
READING = ("analyse", "alerts", "cluster", "review", "export")


def test_help_lists_the_commands_in_the_order_a_user_meets_them() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    listed = re.findall(r"^  (\w+)  ", shown.output.split("Commands:")[1], flags=re.MULTILINE)
    assert listed == list(COMMANDS)
    told = " ".join(shown.output.split())
    assert [target.line for target in COMMANDS.values() if target.line not in told] == []


def test_help_loads_nothing_heavy() -> None:
    code = "import sys\nfrom crawler.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += f"print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=clean_environment(), check=True
    )
    assert "Commands:" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", LATE)
def test_command_is_where_the_list_says_and_says_the_same_of_itself(name: str) -> None:
    module, _, attribute = LATE[name].place.partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name.split()[-1]
    first = str(command.help).partition("\n\n")[0]
    assert " ".join(first.split()) == LATE[name].line


COMPONENTS = [
    *settings.DOWNLOADER_MIDDLEWARES,
    *settings.DOWNLOAD_HANDLERS.values(),
    *settings.EXTENSIONS,
    settings.SCHEDULER,
]


@pytest.mark.parametrize("place", COMPONENTS)
def test_component_of_the_settings_exists(place: str) -> None:
    module, _, name = place.rpartition(".")
    assert isinstance(getattr(import_module(module), name), type)


@pytest.mark.parametrize("module", settings.SPIDER_MODULES)
def test_spider_module_of_the_settings_exists(module: str) -> None:
    assert import_module(module).__name__ == module


@pytest.mark.parametrize(("name", "module"), FAMILIES.items(), ids=FAMILIES)
def test_spider_family_exists(name: str, module: str) -> None:
    family = import_module(module)
    assert callable(family.read)
    is_whole = make_site().model_copy(update={"spider": name}).is_whole
    assert is_whole != hasattr(family, "seeds"), "a feed says where a crawl of it begins"


def test_every_family_can_be_named_in_a_site_file() -> None:
    assert set(get_args(Site.model_fields["spider"].annotation)) == set(FAMILIES)


def test_network_of_the_settings_exists() -> None:
    module, _, name = settings.NETWORK.partition(":")
    assert getattr(import_module(module), name) is Network


def test_unknown_command_is_wrong_use() -> None:
    done = CliRunner().invoke(main, ["crwal"])
    assert done.exit_code == 2
    assert "No such command 'crwal'" in done.output


def test_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.strip().endswith(__version__)


@pytest.mark.parametrize("name", READING)
def test_reading_command_needs_a_store(varde: Varde, tmp_path: Path, name: str) -> None:
    args = {"cluster": ["c-1"], "export": ["ads", "--format", "jsonl", "--out", "out.jsonl"]}.get(name, [])
    done = varde("--store", "none.db", name, *args)
    assert done.returncode == 1, done.stderr
    assert "no store at none.db" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "none.db").exists()


STORES = {
    "before the command": (["--store", "other.db", "import", "ads.jsonl"], {}),
    "after the command": (["import", "ads.jsonl", "--store", "other.db"], {}),
    "after wins": (["--store", "lost.db", "import", "ads.jsonl", "--store", "other.db"], {}),
    "in the environment": (["import", "ads.jsonl"], {"VARDE_STORE": "other.db"}),
    "option wins over environment": (
        ["import", "ads.jsonl", "--store", "other.db"],
        {"VARDE_STORE": "lost.db"},
    ),
}


@pytest.mark.parametrize(("args", "environment"), STORES.values(), ids=STORES)
def test_store_is_named_by_option_or_environment(
    varde: Varde, tmp_path: Path, args: list[str], environment: dict[str, str]
) -> None:
    (tmp_path / "ads.jsonl").write_text(json.dumps(row()) + "\n")
    assert varde(*args, **environment).returncode == 0
    assert [path.name for path in tmp_path.glob("*.db")] == ["other.db"]


def test_store_is_varde_db_where_none_is_named(varde: Varde, tmp_path: Path) -> None:
    (tmp_path / "ads.jsonl").write_text(json.dumps(row()) + "\n")
    assert varde("import", "ads.jsonl").returncode == 0
    assert (tmp_path / "varde.db").exists()


def test_results_go_to_stdout_and_messages_to_stderr(varde: Varde, tmp_path: Path) -> None:
    (tmp_path / "ads.jsonl").write_text(json.dumps(row()) + "\n")
    plain, as_json = varde("import", "ads.jsonl"), varde("import", "ads.jsonl", "--json")
    assert plain.stdout.splitlines()[0].split() == [
        "file",
        "new",
        "changed",
        "same",
        "rejected",
        "rejected",
        "file",
    ]
    assert plain.stdout.splitlines()[2].split() == ["ads.jsonl", "1", "0", "0", "0"]
    assert plain.stderr == "importing ads.jsonl\n"
    assert printed(as_json) == [
        {
            "file": "ads.jsonl", "new": 0, "changed": 0, "same": 1, "rejected": 0, "rejected_file": "", "lists": 0,
            "passed_over": 0,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("args", [["a.example"], ["--all"]], ids=["named", "all"])
def test_fault_of_the_user_is_a_sentence(varde: Varde, tmp_path: Path, args: list[str]) -> None:
    folder = write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/", extra="dealy = 3")
    done = varde("crawl", *args, "--sites", folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert "unknown key 'dealy'" in done.stderr
    assert "Traceback" not in done.stderr


def test_crawl_of_all_goes_on_past_a_faulty_file(varde: Varde, tmp_path: Path, serve: Serve) -> None:
    folder = write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/", extra="dealy = 3")
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": ad_page(1)})
    write_site(folder, "b.example", server.url)
    done = varde("crawl", "--all", "--sites", folder, "--json")
    assert done.returncode == 1
    assert "a.example.toml: unknown key 'dealy'" in done.stderr
    assert [(row["site"], row["new"]) for row in printed(done)] == [("b.example", 1)]


def test_odd_file_name_ends_no_command(varde: Varde, tmp_path: Path) -> None:
    name = os.fsdecode(b"bad\xff\x1b[2J")
    write_site(tmp_path / name, "a.example", "http://127.0.0.1:9/", extra="dealy = 3")
    for done in (varde("sites", "--sites", name), varde("crawl", "a.example", "--sites", name, LC_ALL="C")):
        assert done.returncode == 1
        assert "unknown key 'dealy'" in done.stderr
        assert "Traceback" not in done.stderr
        assert "\x1b" not in done.stderr


@pytest.mark.parametrize("moment", ["yesterday", "2026-05-01", "2026-05-01T12:00:00"])
def test_wrong_seen_at_is_said_before_a_row_is_read(varde: Varde, tmp_path: Path, moment: str) -> None:
    (tmp_path / "ads.jsonl").write_text(json.dumps(row()) + "\n")
    done = varde("import", "ads.jsonl", "--seen-at", moment)
    assert done.returncode == 2
    assert "ISO 8601 with an offset" in done.stderr
    assert not (tmp_path / "varde.db").exists()


def test_sites_and_all_exclude_each_other(varde: Varde) -> None:
    done = varde("crawl", "a.example", "--all")
    assert done.returncode == 2
    assert "not both" in done.stderr
