"""`varde demo`: crawl the sample market with Varde's own commands, and compare the result with the truth."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import FrameType
from typing import Any

import click
from click.core import ParameterSource

from crawler.console import say
from crawler.errors import VardeError
from crawler.sitesfolder import BUNDLED
from spiders.demo.posts import SITES
from spiders.demo.score import score
from spiders.demo.server import Market, consecutive, start
from spiders.demo.summary import Found, summary
from spiders.demo.truth import load_truth

_PATIENCE = 20  # seconds a command gets to end after SIGTERM
_FIRST_PORT = 8801  # of the bundled site files


class DemoError(VardeError):
    """One of the commands that the demonstration runs has failed."""


def _chosen_store(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    """--store as typed before or after the command's name. VARDE_STORE does not count: a sample market
    must not end up among a unit's own ads because of it.
    """
    typed = ctx.parent is not None and ctx.parent.get_parameter_source("store") == ParameterSource.COMMANDLINE
    return ctx.find_object(Path) if value is None and typed else value


@click.command()
@click.option("--once", is_flag=True, help="Stop after the summary; do not open the review page.")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    callback=_chosen_store,
    help="Keep the result in this SQLite file.",
)
@click.option("--port", default=0, help="The sample market's first port of three.  [default: free ones]")
@click.option("--review-port", default=8800, show_default=True, help="The review page's port.")
def demo(*, once: bool, store: Path | None, port: int, review_port: int) -> None:
    """Crawl a bundled sample market, judge it, and open the review page.

    Three made-up sites are served on this machine; nothing else is contacted. Ctrl-C ends all of it.
    """
    with _stoppable(), TemporaryDirectory(prefix="varde-demo-") as folder, _market(port) as market:
        varde = Varde(store or Path(folder) / "demo.db")
        say(f"store: {varde.store}" + ("" if store else " (removed at the end; --store PATH keeps it)"))
        click.echo(run_once(varde, market, Path(folder)))
        if not once:
            _review(varde, review_port)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block cleanly with exit code 1, also where a shell started us with SIGINT ignored."""
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        say("stopped")
        raise click.exceptions.Exit(1) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _market(port: int) -> Market:
    try:
        return start(consecutive(port))
    except OSError as error:
        raise DemoError(f"port {port} to {port + 2}: {error.strerror}; --port 0 takes free ones") from error


def run_once(varde: Varde, market: Market, folder: Path) -> str:
    """Crawl, analyse, and the summary of both. Raises DemoError."""
    began = time.monotonic()
    sites = write_sites(folder, market.urls)
    crawls = varde.json("crawl", *SITES, "--sites", str(sites), "--json", may_fail=True)
    varde.run("analyse")
    found = Found(
        crawls=crawls,
        ads=varde.json_lines("export", "ads", "--format", "jsonl", "--out", "-"),
        clusters=varde.json_lines("export", "clusters", "--format", "jsonl", "--out", "-"),
        alerts=varde.json("alerts", "--json"),
        seconds=time.monotonic() - began,
    )
    return summary(found, score(load_truth(), found.ads, found.alerts))


def write_sites(folder: Path, urls: Mapping[str, str]) -> Path:
    """Copies of the bundled site files that point at `urls`; the folder they are in."""
    target = folder / "sites"
    target.mkdir()
    for site, port in consecutive(_FIRST_PORT).items():
        text = (BUNDLED / f"{site}.toml").read_text(encoding="utf-8")
        (target / f"{site}.toml").write_text(text.replace(f"http://127.0.0.1:{port}", urls[site]), encoding="utf-8")
    return target


@dataclass(frozen=True, slots=True)
class Varde:
    """Varde's command line on one store, each command a process of its own."""

    store: Path

    def run(self, *args: str, may_fail: bool = False) -> str:
        """What the command prints on stdout. Raises DemoError, unless it `may_fail` in part (exit code 1)."""
        with self.started(*args, piped=True) as child:
            assert child.stdout
            assert child.stderr
            messages = Thread(target=_pass_on, args=(child.stderr,), daemon=True)
            messages.start()
            try:
                printed = child.stdout.read()
                child.wait()
            finally:
                _end(child)
                messages.join(_PATIENCE)
        if child.returncode not in ((0, 1, 3) if may_fail else (0, 3)):
            raise DemoError(f"`varde {args[0]}` ended with {child.returncode}; its messages are above")
        return printed

    def json(self, *args: str, may_fail: bool = False) -> list[Any]:
        printed = self.run(*args, may_fail=may_fail)
        try:
            rows: list[Any] = json.loads(printed)
        except json.JSONDecodeError as error:
            raise DemoError(f"`varde {args[0]}` printed no JSON; its messages are above") from error
        return rows

    def json_lines(self, *args: str) -> list[Any]:
        return [json.loads(line) for line in self.run(*args).splitlines() if line]

    @contextmanager
    def started(self, *args: str, piped: bool = False) -> Iterator[subprocess.Popen[str]]:
        """The running command, in its own process group so that Ctrl-C reaches it once, through us."""
        command = [sys.executable, "-m", "crawler.cli", "--store", str(self.store), *args]
        pipe = subprocess.PIPE if piped else None
        with subprocess.Popen(
            command, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", errors="replace", process_group=0
        ) as child:
            try:
                yield child
            finally:
                _end(child)


def _pass_on(messages: Iterable[str]) -> None:
    """A command's messages, but for those on how it would go on: the demonstration begins anew each time."""
    for line in messages:
        if not line.startswith("stopped") and "goes on" not in line:
            say(line.rstrip("\n"))


def _end(child: subprocess.Popen[str]) -> None:
    """Ask the child to stop; a child that does not listen is killed."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


def _review(varde: Varde, port: int) -> None:
    """The review page until Ctrl-C, which is the way to end it and no failure."""
    say("opening the review page; Ctrl-C ends the demonstration and the sample market")
    try:
        with varde.started("review", "--port", str(port)) as child:
            if code := child.wait():
                raise DemoError(f"`varde review` ended with {code}; --review-port takes another port than {port}")
    except KeyboardInterrupt:
        say("stopped")


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
