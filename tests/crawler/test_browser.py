"""Pages that need JavaScript: rendered with the site's own files only, or left out with a reason."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from crawler.browser import Way, browser_environment, find_browser, launch_way, sandbox_state
from crawler.evidence import archive_folder, read_capture
from crawler.store import captures, observation_ids, observations, open_store
from tests.conftest import Serve, Varde, clean_environment, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import Answer, LoopbackServer

CLICKED = "[browser]\nad = true\nclick = ['button.show']\nwait_for = 'p.phone'"
needs_browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium found (apt-get install chromium)")


def hidden_phone(canary: str = "http://127.0.0.1:9") -> str:
    """An ad page that is empty until its script has run, and shows its phone after a click."""
    return f"""<!doctype html><body><script src="/page.js"></script>
<img src="/own.gif"><img src="{canary}/pixel.gif"><script src="{canary}/foreign.js"></script>
<link rel="stylesheet" href="{canary}/a.css"><iframe src="{canary}/frame"></iframe></body>"""


SCRIPT = """
addEventListener("DOMContentLoaded", async () => {
  document.body.insertAdjacentHTML("beforeend",
    "<h1>Ad</h1><p class='id'>17</p><div class='text'></div><button class='show'>Show</button>");
  document.querySelector(".text").textContent = await (await fetch("/text.json")).json();
  document.querySelector(".show").onclick = () =>
    document.body.insertAdjacentHTML("beforeend", "<p class='phone'>42 00 00 17</p>");
  navigator.sendBeacon("CANARY/beacon");
  fetch("CANARY/fetch").catch(() => 0);
  new WebSocket("CANARY/socket".replace("http", "ws"));
});
"""


def site(canary: str) -> dict[str, Any]:
    return {
        "/": list_page(["/ad/17"]),
        "/ad/17": hidden_phone(canary),
        "/page.js": Answer(SCRIPT.replace("CANARY", canary).encode(), kind="text/javascript"),
        "/text.json": Answer(b'"Two rooms near the harbour."', kind="application/json"),
        "/own.gif": Answer(b"GIF89a", kind="image/gif"),
    }


def documents(store: Path) -> list[dict[str, Any]]:
    db = open_store(store, create=False)
    found = [item.document for item in observations(db, observation_ids(db))]
    db.close()
    return found


@needs_browser
def test_phone_behind_a_click_is_read_and_no_other_host_contacted(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    canary = serve(lambda _: Answer(b"x"))
    server = serve(site(canary.url))
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables=CLICKED)
    done = varde("crawl", "a.example", "--sites", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert printed(done)[0]["new"] == 1, done.stderr
    (document,) = documents(tmp_path / "varde.db")
    assert document["phones"] == ["42 00 00 17"]
    assert document["text"] == "Two rooms near the harbour."
    assert_only_what_is_needed(server, canary)
    assert_archived_as_rendered(tmp_path / "varde.db")


def assert_only_what_is_needed(server: LoopbackServer, canary: LoopbackServer) -> None:
    assert [hit.path for hit in canary.hits] == []
    assert set(server.paths()) - {"/favicon.ico"} == {"/", "/ad/17", "/page.js", "/text.json"}  # no picture
    agents = {name: value for hit in server.hits for name, value in hit.headers.items() if name.lower() == "user-agent"}
    assert all(agent.startswith("Varde/") for agent in agents.values()), agents


def assert_archived_as_rendered(store: Path) -> None:
    db = open_store(store, create=False)
    kept = {capture.url.rpartition("/")[2]: capture for _, capture in captures(db)}
    db.close()
    assert {name: capture.via for name, capture in kept.items()} == {
        "robots.txt": "http",
        "": "http",
        "17": "browser",
    }
    assert b"42 00 00 17" in read_capture(archive_folder(store), kept["17"])


@needs_browser
def test_redirect_to_another_host_is_not_stored(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    canary = serve(lambda _: "<p class='id'>1</p><div class='text'>secret</div><p class='phone'>1</p>")
    server = serve(
        {"/": list_page(["/ad/17"]), "/ad/17": Answer(status=302, headers={"Location": f"{canary.url}/away"})}
    )
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables="[browser]\nad = true")
    done = varde("crawl", "a.example", "--sites", folder, "--json")
    assert printed(done)[0]["new"] == 0
    assert documents(tmp_path / "varde.db") == []
    assert canary.hits == []


WITH_SETTINGS = Path(__file__).with_name("with_settings.py")
HANGING = {
    "onload": "<body onload='while(1);'>",
    "after load": "<script>onload = () => setTimeout(() => { while (1); })</script>",
    "alerts": "<script>onload = () => setTimeout(() => { while (1) alert(1); })</script>",
}


@needs_browser
def test_page_that_never_ends_costs_no_other(serve: Serve, tmp_path: Path) -> None:
    pages = {f"/ad/{i}": html for i, html in enumerate(HANGING.values())}
    server = serve({"/": list_page([*pages, "/ad/17"]), "/ad/17": ad_page(17), **pages})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables="[browser]\nad = true")
    command = [sys.executable, WITH_SETTINGS, "BROWSER_PAGE_TIMEOUT=3", "--", "crawl", "a.example", "--json"]
    with tempfile.TemporaryDirectory() as temporary:
        Path(temporary).chmod(0o711)  # the browser's own user passes through it
        done = subprocess.run(
            [*map(str, command), "--sites", str(folder)], cwd=tmp_path, env=clean_environment(TMPDIR=temporary),
            capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        left = processes_with(temporary), list(Path(temporary).glob("*"))
    report = printed(done)[0]
    assert (report["outcome"], report["done"], report["failed"], report["new"]) == ("finished", 2, 3, 1), done.stderr
    reasons = re.findall(r"(\d) pages?: .*browser page (?:not done|did not answer) within", done.stderr)
    assert sum(map(int, reasons)) == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert left == ([], [])


def processes_with(text: str) -> list[str]:
    """The processes whose command line names `text`: a browser names its profile under TMPDIR."""
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if text in line]


@needs_browser
def test_webrtc_sends_no_packet(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as canary:
        canary.bind(("127.0.0.1", 0))
        canary.setblocking(False)
        stun = f"stun:127.0.0.1:{canary.getsockname()[1]}"
        script = f"""<script>addEventListener("DOMContentLoaded", async () => {{
            const peer = new RTCPeerConnection({{iceServers: [{{urls: "{stun}"}}]}});
            peer.createDataChannel("x");
            await peer.setLocalDescription(await peer.createOffer());
            setTimeout(() => document.body.insertAdjacentHTML("beforeend", "<i id='asked'>asked</i>"), 1000);
        }})</script>"""
        server = serve({"/": list_page(["/ad/17"]), "/ad/17": ad_page(17) + script})
        tables = "[browser]\nad = true\nwait_for = '#asked'\n"
        folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables=tables)
        assert printed(varde("crawl", "a.example", "--sites", folder, "--json"))[0]["new"] == 1
        with pytest.raises(BlockingIOError):
            canary.recv(2000)


@pytest.mark.slow  # the wait itself is ten seconds
@needs_browser
def test_page_without_what_is_waited_for_fails_with_the_selector(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve({"/": "<p>nothing</p>"})
    tables = "[browser]\nlist = true\nwait_for = 'a.ad'"
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables=tables)
    done = varde("crawl", "a.example", "--sites", folder, "--json")
    assert done.returncode == 1
    assert (printed(done)[0]["failed"], printed(done)[0]["queued"]) == (1, 0)
    assert "a.ad" in done.stderr


def test_without_a_browser_its_pages_are_left_out_with_a_reason(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve({"/": list_page([f"/ad/{i}" for i in range(5)], after="/2"), "/2": list_page()})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables=f"{CLICKED}\n[expect]\nads = [1, 9]")
    done = varde("crawl", "a.example", "--sites", folder, "--json", VARDE_CHROMIUM="none")
    report = printed(done)[0]
    assert (done.returncode, report["outcome"], report["done"], report["excluded"]) == (0, "finished", 2, 5)
    assert done.stderr.count("browser") == 1
    assert "a.example: 5 pages: needs a browser, and none was found (see `varde doctor`)" in done.stderr
    assert "has the site changed?" not in done.stderr
    assert server.paths() == ["/", "/2"]


def test_browser_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARDE_CHROMIUM", "none")
    assert find_browser() is None
    (tmp_path / "own").touch()
    monkeypatch.setenv("VARDE_CHROMIUM", str(tmp_path / "own"))
    assert find_browser() == str(tmp_path / "own")


@needs_browser
def test_sandbox_is_on_or_said_to_be_off_and_why() -> None:
    browser = find_browser()
    assert browser
    way, state = launch_way(browser), sandbox_state(browser)
    assert state.startswith("on" if way.sandbox else "off")
    assert way.why or way.sandbox
    assert way.user in state


@needs_browser
@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the browser as another user")
def test_browser_that_no_other_user_reaches_is_started_as_root_and_says_so() -> None:
    with tempfile.TemporaryDirectory() as closed:  # for its owner only
        hidden = Path(closed, "chromium")
        hidden.write_text(f'#!/bin/sh\nexec {find_browser()} "$@"\n')
        hidden.chmod(0o755)
        way = launch_way(str(hidden))
        assert (way.user, way.sandbox) == ("", False)
        assert sandbox_state(str(hidden)).startswith("off: ")
        assert "ermission denied" in way.why


def test_browser_that_does_not_start_is_no_reason_to_go_without_a_sandbox() -> None:
    false = shutil.which("false")
    assert false
    assert launch_way(false) == (Way("", True) if os.geteuid() else Way("", False, f"{false} ended with 1"))


def test_browser_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARDE_KEY", "secret")
    assert "PATH" in browser_environment()
    assert "VARDE_KEY" not in browser_environment()
