"""One ad, followed from the page to the alert that a person reads."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from crawler.evidence import archive_folder, read_capture
from crawler.store import captures, observations, open_store
from tests.conftest import VARDE, Serve, Varde, clean_environment, printed
from tests.crawler.samples import ad_page, list_page, write_site

pytestmark = pytest.mark.slow

TEXT = "I am 17 years old. Ring fire to null null null null en syv."


def test_from_the_page_to_the_alert(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    page = ad_page(1, text=TEXT, phone="")
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": page})
    write_site(tmp_path / "sites", "one.example", f"{server.url}/")

    assert varde("crawl", "one.example", "--sites", "sites").returncode == 0
    db = open_store(tmp_path / "varde.db", create=False)
    (observation,) = observations(db, [1])
    assert observation.document["text"] == TEXT
    ((_, capture),) = captures(db, [observation.capture or 0])
    body = read_capture(archive_folder(tmp_path / "varde.db"), capture)
    assert body == page.encode()
    assert hashlib.sha256(body).hexdigest() == capture.sha256

    assert varde("analyse").returncode == 0
    (alert,) = printed(varde("alerts", "--json"))
    assert (alert["level"], alert["reasons"][0]["indicator"]) == ("L3", "A01")
    quote = alert["reasons"][0]["evidence"][0]
    assert TEXT[quote["start"] : quote["end"]] == quote["quote"]
    assert "17" in quote["quote"]
    assert any("barnevern" in body["body"].lower() or "child" in body["use"].lower() for body in alert["referral"])

    shown = review_page(tmp_path, f"/cluster/{alert['cluster']}")
    assert "<mark" in shown
    assert capture.sha256 in shown
    assert "+4742000017" in shown


def review_page(folder: Path, path: str) -> str:
    """What `varde review` answers at `path`; the command is ended as Ctrl-C would."""
    command = [VARDE, "review", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=clean_environment(), stderr=subprocess.PIPE, text=True) as child:
        try:
            assert child.stderr is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", child.stderr.readline())
            assert found is not None
            with urllib.request.urlopen(found[0] + path, timeout=20) as reply:
                text: str = reply.read().decode()
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(timeout=20)
    assert child.returncode == 0
    return text


def test_a_second_crawl_of_an_unchanged_page_changes_only_last_seen(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": ad_page(1, text=TEXT)})
    write_site(tmp_path / "sites", "one.example", f"{server.url}/")
    varde("crawl", "one.example", "--sites", "sites")
    varde("analyse")
    first = json.loads(varde("export", "ads", "--out", "-").stdout)
    varde("crawl", "one.example", "--sites", "sites")
    assert printed(varde("analyse", "--json"))[0]["read"] == 0
    second = json.loads(varde("export", "ads", "--out", "-").stdout)
    assert second["last_seen"] > first["last_seen"]
    assert first | {"last_seen": ""} == second | {"last_seen": ""}
