"""The store with the tables of both rooms, and one way to put into it what was concluded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alerts.alertstore import standing_clusters, update_alerts
from alerts.clusterstore import replace_clusters
from alerts.facts import Cluster
from alerts.judge import Judgement
from alerts.migrations import migrations
from crawler.database import Database, migrate, transaction
from crawler.store import open_store


def open_alerts(path: Path, *, create: bool = False) -> Database:
    """The store at `path` with the tables of both rooms. Raises StoreError."""
    db = open_store(path, create=create)
    migrate(db, migrations)
    return db


def keep_clusters(db: Database, judged: Sequence[tuple[Cluster, Judgement]]) -> None:
    """Replace what was concluded by `judged`, in one transaction.

    An ad that stands alone and shows nothing gets no row.
    """
    with transaction(db):
        standing = standing_clusters(db)
        kept = [(c, j) for c, j in judged if len(c.ads) > 1 or j.level != "L0" or c.id in standing]
        replace_clusters(db, kept)
        update_alerts(db, kept)
