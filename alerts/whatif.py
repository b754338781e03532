"""What if: how the alerts over the stored ads would be with another catalogue, before it is adopted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from alerts.adopted import adopt
from alerts.cases import Level
from alerts.clusterstore import links as find_links
from alerts.clusterstore import members
from alerts.factload import load_facts
from alerts.facts import AdFacts, Cluster
from alerts.intake import BATCH
from alerts.judge import judge
from alerts.judgements import Judgement
from alerts.linking.clusters import name
from alerts.market.marketstore import kept_market
from alerts.reading.readers import read_batch
from alerts.reading.readings import decode_reading
from alerts.store import open_alerts
from crawler.database import Database
from crawler.store import observations


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one cluster stands with a catalogue."""

    level: Level
    rule: str
    present: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How all stored ads stand with a catalogue: clusters by id, and how many ads show each indicator."""

    clusters: Mapping[str, Standing]
    ads: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A cluster whose level would change, and the indicators that it would gain or lose."""

    cluster: str
    old: Level
    new: Level
    rule: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def outcomes(store: Path, folders: Sequence[Path | None]) -> list[Outcome]:
    """What each catalogue makes of the ads of a store: the shipped one, with what a folder adds or overrides.

    Each is tried in a process of its own, for a process has one catalogue. Only ads that were analysed count.
    """
    found = []
    for folder in folders:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=adopt, initargs=(folder,)) as pool:
            found.append(pool.submit(outcome, store).result())
    return found


def outcome(store: Path) -> Outcome:
    """What this process's catalogue makes of the ads of a store; nothing is written."""
    db = open_alerts(store)
    facts = load_facts(db)
    ads: list[AdFacts] = []
    for start in range(0, len(facts), BATCH):
        batch = {one.observation: one for one in facts[start : start + BATCH]}
        found = read_batch(observations(db, batch))
        ads += [replace(batch[read.observation], reading=decode_reading(read.document)) for read in found]
    clusters, market = list(_as_linked(db, ads)), kept_market(db)
    return Outcome(
        clusters={cluster.id: _standing(cluster.ads, judge(cluster, market)) for cluster in clusters},
        ads=Counter(id for one in ads for id in _shown(one)),
    )


def _as_linked(db: Database, ads: Iterable[AdFacts]) -> Iterator[Cluster]:
    """The clusters as they stand; ads that are in none are clusters of one."""
    cluster_of, links = members(db), defaultdict(list)
    for link in find_links(db):
        links[link.cluster].append(link)
    groups: dict[str, list[AdFacts]] = defaultdict(list)
    for ad in ads:
        groups[cluster_of.get(ad.ad) or name(ad.site, ad.ad_id)].append(ad)
    for id, some in groups.items():
        yield Cluster(id=id, ads=tuple(some), links=tuple(links[id]))


def moves(old: Outcome, new: Outcome) -> list[Move]:
    """The clusters whose level differs, those that rise to the highest level first."""
    found = [
        Move(
            cluster=id, old=was.level, new=now.level, rule=now.rule, gained=tuple(sorted(now.present - was.present)),
            lost=tuple(sorted(was.present - now.present)),
        )
        for id, was in old.clusters.items()
        if (now := new.clusters.get(id)) and now.level != was.level
    ]  # fmt: skip
    return sorted(found, key=lambda move: (move.new, move.old, move.cluster), reverse=True)


def _standing(ads: Iterable[AdFacts], judged: Judgement) -> Standing:
    present = frozenset(id for ad in ads for id in _shown(ad))
    return Standing(level=judged.level, rule=judged.rule, present=present)


def _shown(ad: AdFacts) -> set[str]:
    return {finding.id for finding in ad.reading.indicators if finding.state == "present"}
