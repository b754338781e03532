"""`varde analyse`: read and link what is new, and raise alerts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from alerts.adopted import load_with
from alerts.clusterstore import count_clusters, count_levels
from alerts.intake import Stages, follow
from alerts.intake import analyse as run_analysis
from alerts.notify.channels import load_channels
from alerts.notify.due import send_due
from alerts.reading.readpool import ReadPool
from alerts.reading.readstore import count_read
from alerts.store import open_alerts
from crawler.console import json_option, resumable, say, show, store_option
from crawler.database import Database
from nlp.catalog_file import own_folder


@click.command()
@click.option("--all", "again", is_flag=True, help="Read everything again, not only what is new.")
@click.option("--follow", "following", is_flag=True, help="Go on with whatever comes, until it is stopped.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes to read with.")
@store_option
@json_option
def analyse(*, again: bool, following: bool, workers: int, store: Path, as_json: bool) -> None:
    """Read and link what is new, and raise alerts.

    After the catalogue changed, everything is new. Interrupted, the same command goes on. With --follow it goes on by
    itself: what a crawl stores meanwhile is an alert some seconds later.
    """
    channels = load_channels()  # what is wrong with a file is said before anything is read, and once
    load_with(own_folder())
    with resumable():
        db = open_alerts(store)
        with ReadPool(workers, say=say) as pool:
            stages = run_analysis(db, reader=pool.read, again=again, say=say)
            send_due(db, store, channels=channels, say=say)
            show([_row(db, stages)], as_json=as_json, empty="")
            if following:
                with suppress(KeyboardInterrupt):  # Ctrl-C and SIGTERM are how it ends
                    say("following what comes; Ctrl-C ends it")
                    for _ in follow(db, reader=pool.read, say=say):
                        send_due(db, store, channels=channels, say=say)


def _row(db: Database, stages: Stages) -> dict[str, object]:
    levels = count_levels(db)
    return {
        "read": stages.observations, "ads": count_read(db), "clusters": count_clusters(db),
        "L1": levels["L1"], "L2": levels["L2"], "L3": levels["L3"],
        "read_s": round(stages.read_s, 2), "link_s": round(stages.link_s, 2),
        "judge_s": round(stages.judge_s, 2), "store_s": round(stages.store_s, 2),
    }  # fmt: skip
