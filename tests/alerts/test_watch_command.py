from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from alerts.notify.notifyfile import read_channels
from alerts.store import open_alerts
from tests.alerts.stores import escort
from tests.alerts.watched import ADS, arrive, read_store
from tests.conftest import Varde, printed
from tests.loading import loaded_by


@pytest.fixture
def watching(varde: Varde, tmp_path: Path) -> Varde:
    """The command on a store with read ads."""
    read_store(tmp_path).close()
    return partial(varde, VARDE_STORE=str(tmp_path / "varde.db"), VARDE_USER="kari")


def test_what_a_search_for_words_needs_not_is_not_loaded() -> None:
    """It takes as long as the search."""
    heavy = {"pydantic", "spacy", "phonenumbers", "nlp.handles"}
    assert not heavy & loaded_by("alerts.commands.watch")


def test_an_entry_from_adding_to_removing(watching: Varde, tmp_path: Path) -> None:
    added = watching("watch", "add", "phone", "420 00 017", "--case", "K-1", "--expires", "2099-12-31")
    assert added.returncode == 0
    assert "fire to null null null null en syv" in added.stdout
    assert "entry 1: 2 ads of the past; phone +4742000017 is watched for K-1 until 2099-12-31" in added.stderr
    whole = printed(watching("watch", "add", "text", "thaimassasje", "--case", "K-2", "--json"))
    assert (whole["hits"], whole["value"], whole["found"][0]["ad"]) == (1, "thaimassasje", "a.example/2")
    from_store = open_alerts(tmp_path / "varde.db")
    assert [hit.ad for hit in arrive(from_store, escort("7", "Ring 42 00 00 17"))] == [5]
    from_store.close()
    new = watching("watch", "hits")
    assert "K-1" in new.stdout
    assert "42 00 00 17" in new.stdout
    assert len(printed(watching("watch", "hits", "1", "--seen", "--json"))) == 3
    assert "no new hits" in watching("watch", "hits").stderr
    assert watching("watch", "remove", "1", "--reason", "case closed").returncode == 0
    first, second = printed(watching("watch", "list", "--all", "--json"))
    assert (first["state"], first["hits"], first["new"]) == ("removed", 3, 0)
    assert [(one["what"], one["by"], one["reason"]) for one in first["history"]] == [
        ("added", "kari", ""), ("seen", "kari", ""), ("removed", "kari", "case closed"),
    ]  # fmt: skip
    assert second["case"] == "K-2"
    assert [row["entry"] for row in printed(watching("watch", "list", "--json"))] == [2]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("add", "phone", "42 00 00 17"), 2, "Missing option '--case'"),
        (("add", "car", "x", "--case", "K"), 2, "'phone', 'email', 'handle'"),
        (("add", "phone", "1", "--case", "K"), 1, "give it with its country code"),
        (("add", "phone", "42 00 00 17", "--case", "K", "--notify", "desk"), 1, "VARDE_NOTIFY names no file"),
        (("remove", "9", "--reason", "x"), 1, "no entry 9 on the watch-list"),
        (("remove", "9", "--reason", " "), 1, "--reason is empty"),
        (("hits", "--seen"), 2, "--seen needs the ID"),
        (("notify",), 1, "VARDE_NOTIFY names no file"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_explained(watching: Varde, args: tuple[str, ...], code: int, says: str) -> None:
    done = watching("watch", *args)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr


def test_what_is_due_is_sent_and_what_went_wrong_is_shown(watching: Varde, tmp_path: Path) -> None:
    path = tmp_path / "notify.toml"
    path.write_text(
        '[[file]]\nname = "log"\npath = "hits.jsonl"\n'
        '[[webhook]]\nname = "board"\nurl = "http://127.0.0.1:9/"\n[[file]]\nname = "other"\npath = "other.jsonl"\n'
    )
    told = partial(watching, VARDE_NOTIFY=str(path))
    chosen = ("--notify", "log", "--notify", "board")
    assert told("watch", "add", "phone", "43 00 00 77", "--case", "K-1", *chosen).returncode == 0
    store = open_alerts(tmp_path / "varde.db")
    arrive(store, escort("7", "Ring 43 00 00 77"), channels=read_channels(path))
    store.close()
    (row,) = printed(told("watch", "notify", "--json"))
    assert row == {"sent": 1, "put_off": 1, "uncertain": 0, "failed": 0}
    (line,) = (tmp_path / "hits.jsonl").read_text().splitlines()
    assert json.loads(line)["watch"][0]["case"] == "K-1"
    assert "board: 1 notices to be sent from" in told("watch", "list").stderr
    assert "Connection refused" in told("watch", "list").stderr


def test_the_index_can_be_done_without(watching: Varde) -> None:
    assert f"{len(ADS)} versions of ads indexed" in watching("watch", "index").stderr
    assert watching("watch", "index", "--off").returncode == 0
    refused = watching("watch", "add", "text", "harbour", "--case", "K-1")
    assert (refused.returncode, "`varde watch index` builds it" in refused.stderr) == (1, True)
