"""`varde doctor`: what is installed, what is missing and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from crawler.console import json_option, say, show, store_option
from crawler.doctor import examine


@click.command()
@store_option
@json_option
def doctor(*, store: Path, as_json: bool) -> None:
    """Say what is installed, what is missing, and the command that mends it.

    Exits with 1 when something is missing without which Varde does not run.
    """
    findings = list(examine(store))
    show([asdict(finding) for finding in findings], as_json=as_json, empty="nothing was looked at")
    missing = [finding for finding in findings if finding.state == "missing"]
    warnings = [finding for finding in findings if finding.state == "warning"]
    say(f"{len(findings)} looked at: {len(missing)} missing, {len(warnings)} with a warning")
    if missing:
        raise click.exceptions.Exit(1)
