"""The command line: each command's name and the place of its code, loaded only when it runs."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

import click

from crawler import __version__
from crawler.console import harmless, say
from crawler.errors import VardeError
from crawler.interrupts import terminable
from crawler.latecommands import LateGroup, Target

# In the order in which a user meets them.
COMMANDS = {
    "demo": Target("spiders.demo.run:demo", "Crawl a bundled sample market, judge it, and open the review page."),
    "sites": Target(
        "spiders.commands:sites", "List the site files with legal basis and health; check their selectors."
    ),
    "crawl": Target("crawler.commands.crawl:crawl", "Run the spiders of one site, several, or all, now."),
    "schedule": Target(
        "crawler.commands.schedule:schedule", "Run the crawls when the site files say so, until stopped."
    ),
    "import": Target(
        "crawler.commands.import_ads:import_ads",
        "Take ads from JSON Lines or CSV files, or from web archives (WARC, WACZ).",
    ),
    "analyse": Target("alerts.commands.analyse:analyse", "Read and link what is new, and raise alerts."),
    "alerts": Target("alerts.commands.alerts:alerts", "Show the queue of alerts, or one alert with every reason."),
    "cluster": Target(
        "alerts.commands.cluster:cluster", "Show one cluster: members, links with reasons, timeline, stays, history."
    ),
    "tie": Target("alerts.commands.tie:tie", "Cut or confirm what ties ads together; it can be taken back."),
    "watch": Target(
        "alerts.commands.watch:watch", "Watch for phones, accounts, pictures and texts: in the past and from now on."
    ),
    "catalogue": Target(
        "alerts.commands.catalogue:catalogue", "List, show and check the indicators; say what a change would do."
    ),
    "review": Target("alerts.commands.review:review", "Open the review page for investigators on this machine."),
    "export": Target(
        "alerts.commands.export:export", "Write ads, clusters, alerts, links, stays or captures to a file."
    ),
    "market": Target(
        "alerts.commands.market:market", "Estimate how many advertised contacts there are, with intervals and limits."
    ),
    "report": Target("alerts.commands.reports:report", "Write the status report of a year, as HTML, PDF and CSV."),
    "verify": Target(
        "crawler.commands.verify:verify", "Check that the evidence is as it was kept, and name the first bad record."
    ),
    "doctor": Target(
        "crawler.commands.doctor:doctor",
        "Say what is installed, what is missing, and the command that mends it.",
    ),
}


class Commands(LateGroup):
    """All commands; it turns their errors into messages and exit codes."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        _show_every_letter()
        try:
            with terminable():
                return super().main(*args, **kwargs)
        finally:
            _end_output()

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except VardeError as error:
            raise click.ClickException("\n".join(map(harmless, str(error).split("\n")))) from error
        except KeyboardInterrupt:
            say("stopped")
            raise click.exceptions.Exit(1) from None


def _show_every_letter() -> None:
    """What stdout or stderr cannot encode is escaped: neither an ad nor a file's odd name ends a command."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout is sys.__stdout__ and sys.stdout.write_through:
        # PYTHONUNBUFFERED: without a buffer, `_end_output` could not tell that what was written is lost
        sys.stdout = open(sys.stdout.fileno(), "w", encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _end_output() -> None:
    """Write out what stdout still holds. Exits with 1 where that fails: in a line, or silently if the reader left."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python tries again, and complains
        if not isinstance(error, BrokenPipeError):
            say(f"Error: stdout cannot be written ({error.strerror})")
        sys.exit(1)


@click.command(cls=Commands, late=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--store", type=click.Path(path_type=Path), envvar="VARDE_STORE", default=Path("varde.db"),
              show_default=True, help="The SQLite file that holds everything.")  # fmt: skip
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context, store: Path) -> None:
    """Varde finds, reads and links online ads that carry documented signs of human trafficking."""
    ctx.obj = store


if __name__ == "__main__":
    sys.exit(main(prog_name="varde"))
