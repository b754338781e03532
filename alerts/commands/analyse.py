"""`varde analyse`: read and link what is new, and raise alerts."""

from __future__ import annotations

from pathlib import Path

import click

from alerts.intake import Stages
from alerts.intake import analyse as run_analysis
from alerts.notify.due import send_due
from alerts.notify.notifyfile import load_channels
from alerts.store import open_alerts
from crawler.console import json_option, resumable, say, show, store_option


@click.command()
@click.option("--all", "again", is_flag=True, help="Read everything again, not only what is new.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes to read with.")
@store_option
@json_option
def analyse(*, again: bool, workers: int, store: Path, as_json: bool) -> None:
    """Read and link what is new, and raise alerts.

    After the catalogue changed, everything is new. Interrupted, the same command goes on.
    """
    channels = load_channels()  # what is wrong with the file is said before anything is read
    with resumable():
        db = open_alerts(store)
        stages = run_analysis(db, again=again, workers=workers, say=say)
        send_due(db, store, channels=channels, say=say)
    show([_row(stages)], as_json=as_json, empty="")


def _row(stages: Stages) -> dict[str, object]:
    return {
        "read": stages.observations, "ads": stages.ads, "clusters": stages.clusters,
        "L1": stages.levels["L1"], "L2": stages.levels["L2"], "L3": stages.levels["L3"],
        "read_s": round(stages.read_s, 2), "link_s": round(stages.link_s, 2),
        "judge_s": round(stages.judge_s, 2), "store_s": round(stages.store_s, 2),
    }  # fmt: skip
