"""`varde demo`: its site files, its commands, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from crawler.errors import VardeError
from crawler.sites import load_site, load_sites
from crawler.sitesfolder import BUNDLED
from spiders.demo.posts import FJORD, SITES
from spiders.demo.run import Varde, demo, write_sites
from spiders.demo.server import consecutive, start


def test_bundled_site_files_are_valid_and_on_fixed_ports() -> None:
    for site, port in consecutive(8801).items():
        assert load_site(BUNDLED / f"{site}.toml").netlocs == {f"127.0.0.1:{port}"}


def test_expected_bounds_hold_the_real_market() -> None:
    with start() as market:
        for site in load_sites(BUNDLED, SITES):
            posts = market.sample.on(site.name)
            low, high = site.expect.ads
            assert low <= len(posts) <= high
            assert sum(p.phone.written == "field" for p in posts) / len(posts) >= site.expect.phones


def test_site_files_are_rewritten_for_other_ports(tmp_path: Path) -> None:
    urls = {site: f"http://127.0.0.1:{port}" for site, port in consecutive(9901).items()}
    for site in load_sites(write_sites(tmp_path, urls), SITES):
        assert {f"http://{netloc}" for netloc in site.netlocs} == {urls[site.name]}
    assert load_site(tmp_path / "sites" / f"{FJORD}.toml").browser.click == ("#ad button.reveal",)


def test_failed_command_is_named(tmp_path: Path) -> None:
    varde = Varde(tmp_path / "x.db")
    with pytest.raises(VardeError, match=r"`varde crawl` ended with 2; its messages are above"):
        varde.run("crawl", "--no-such-option")


def test_command_without_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(VardeError, match=r"`varde crawl` printed no JSON"):
        Varde(tmp_path / "x.db").json("crawl", "--help")


def test_taken_port_says_what_would_work() -> None:
    with start() as market:
        port = market.urls[SITES[0]].rpartition(":")[2]
        result = CliRunner().invoke(demo, ["--once", "--port", port])
    assert result.exit_code == 1
    assert isinstance(result.exception, VardeError)
    assert "--port 0 takes free ones" in str(result.exception)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_signal_while_crawling_ends_everything(tmp_path: Path, stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "crawler.cli", "--store", str(tmp_path / "kept.db"), "demo", "--once"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        child = _first_child(process)
        process.send_signal(stop)
        _, messages = process.communicate(timeout=40)
    assert process.returncode == 1, messages
    assert messages.splitlines().count("stopped") == 1
    assert "goes on" not in messages
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def _first_child(process: subprocess.Popen[str]) -> int:
    """The process id of the crawl, once its first message has come. Fails after 30 s."""
    assert process.stderr is not None
    for line in process.stderr:
        if re.match("crawling ", line):
            break
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until = time.monotonic() + 30
    while not (found := children.read_text().split()) and time.monotonic() < until:
        time.sleep(0.05)
    return int(found[0])


@pytest.mark.parametrize(
    ("before", "after", "environment", "chosen"),
    [
        ([], [], {}, None),
        ([], [], {"VARDE_STORE": "live.db"}, None),
        (["--store", "a.db"], [], {}, Path("a.db")),
        ([], ["--store", "b.db"], {}, Path("b.db")),
        (["--store", "a.db"], ["--store", "b.db"], {"VARDE_STORE": "live.db"}, Path("b.db")),
    ],
    ids=["none", "environment", "before", "after", "both"],
)
def test_only_a_typed_store_is_used(
    before: list[str], after: list[str], environment: dict[str, str], chosen: Path | None
) -> None:
    seen: list[Path | None] = []
    group = click.Group(
        params=[click.Option(["--store"], type=click.Path(path_type=Path), envvar="VARDE_STORE")],
        callback=_remember_store,
        commands={
            "probe": click.Command("probe", params=demo.params[:], callback=lambda **given: seen.append(given["store"]))
        },
    )
    result = CliRunner().invoke(group, [*before, "probe", *after], env=environment)
    assert result.exit_code == 0, result.output
    assert seen == [chosen]


@click.pass_context
def _remember_store(ctx: click.Context, store: Path | None) -> None:
    ctx.obj = store
