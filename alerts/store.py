"""The store with the tables of both rooms, and one way to put into it what was concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from alerts.alertchanges import raised, standing_clusters, update_alerts
from alerts.clusterstore import clusters_of, replace_clusters
from alerts.decisions.tables import migrations as decided
from alerts.facts import Cluster
from alerts.judgements import Judgement
from alerts.linking.carriers import Key, set_key_states, set_linked
from alerts.linking.history import find_changes, heirs, keep_changes
from alerts.linking.ties import Settled
from alerts.market.tables import migrations as measured
from alerts.migrations import migrations
from alerts.notify.notices import notify_alerts
from alerts.pictures.tables import migrations as pictured
from alerts.sampling.tables import migrations as sampled
from alerts.templates.tables import migrations as templated
from alerts.watch.tables import migrations as watched
from crawler.database import Database, migrate, transaction, utc_now
from crawler.store import open_store

_CACHE = 65_536  # KiB of pages kept at most; in the 2,000 of SQLite's own no index of many ads has room


def open_alerts(path: Path, *, create: bool = False) -> Database:
    """The store at `path` with the tables of both rooms. Raises StoreError."""
    db = open_store(path, create=create)
    migrate(db, migrations)
    migrate(db, watched)
    migrate(db, decided)
    migrate(db, measured)
    migrate(db, templated)
    migrate(db, pictured)
    migrate(db, sampled)
    db.execute(f"PRAGMA cache_size = -{_CACHE}")
    return db


def keep_clusters(
    db: Database,
    ads: Sequence[int],
    judged: Sequence[tuple[Cluster, Judgement]],
    states: Mapping[Key, str],
    notes: Mapping[int, int],
    *,
    settled: Mapping[Key, Settled] = MappingProxyType({}),
    at: str | None = None,
) -> None:
    """Make `judged` the clusters of `ads`, in one transaction, with their alerts and what became of older clusters.

    An ad that stands alone and shows nothing gets no row. `states` and `settled` are those of keys that were looked at,
    `notes` by what ads waited when that began: one that is noted anew waits on.
    """
    with transaction(db):
        before = clusters_of(db, ads)
        standing = standing_clusters(db, (cluster.id for cluster, _ in judged))
        kept = [(c, j) for c, j in judged if len(c.ads) > 1 or j.level != "L0" or c.id in standing]
        gone = replace_clusters(db, ads, kept)
        now = {ad.ad: cluster.id for cluster, _ in judged for ad in cluster.ads}
        changes = find_changes(before, now, {cluster.id: _why(cluster) for cluster, _ in judged})
        keep_changes(db, changes)
        at = at or utc_now()
        update_alerts(db, kept, {old: new for old, new in heirs(changes).items() if old in gone}, at=at)
        notify_alerts(db, raised(db, (cluster.id for cluster, _ in kept), at=at))
        set_key_states(db, states, settled)
        set_linked(db, ads, notes)


def _why(cluster: Cluster) -> str:
    """The strongest tie of a cluster, in words."""
    ties = [link for link in cluster.links if not link.contested]
    strongest = max(ties, key=lambda link: (link.strength, link.kind, link.value), default=None)
    return f"{strongest.why} ({strongest.value})" if strongest else "nothing ties them to others any more"
