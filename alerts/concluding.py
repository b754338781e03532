"""Concluding: links what was read, judges the clusters that it touches, and stores both, some clusters at a time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from alerts import clusterstore
from alerts.factload import load_facts
from alerts.facts import Cluster
from alerts.judge import judge
from alerts.linking import carriers
from alerts.linking.cards import update_cards
from alerts.linking.clusters import Group
from alerts.linking.history import load_rulings
from alerts.linking.link import Linked, link
from alerts.linking.turn import only_linker
from alerts.linking.uses import Guard
from alerts.market.marketstore import kept_market, renew_market
from alerts.market.usual import Market
from alerts.pictures.updating import update_pictures
from alerts.store import keep_clusters
from alerts.templates.updating import find_due, place, unplaced
from crawler.database import Database, transaction, utc_now

FEW = 100  # ads that are linked, judged and stored in one transaction: each ends with a wait for the disk
CARDS = 2_000  # ads whose cards are brought up to date at a time
ADS = 2_000  # ads whose clusters are judged and stored at a time
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """How many ads were linked and clusters judged, and the seconds of wall time that each stage took."""

    ads: int
    groups: int
    link_s: float
    judge_s: float
    store_s: float


def conclude(
    db: Database, *, everything: bool = False, guard: Guard | None = None, say: Say = lambda _: None
) -> Concluded:
    """Link, judge and store what was read or seen since the last time, or all. Interrupted, the same call goes on."""
    with only_linker(db, say), _without_search_for_cycles():
        return _conclude(db, everything=everything, guard=guard or Guard(), say=say)


@contextmanager
def _without_search_for_cycles() -> Iterator[None]:
    """Nothing that is made here refers to itself; to look for what does again and again took a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _conclude(db: Database, *, everything: bool, guard: Guard, say: Say) -> Concluded:
    began = time.perf_counter()
    new = carriers.unlinked(db)
    if len(new) > CARDS or everything:
        say(f"texts of {len(new):,} new or changed ads beside all others")
    texts = find_due(db, list(new), everything=everything)
    with ExitStack() as at_once:
        if len(new if texts else carriers.unlinked(db)) <= FEW:  # to find all anew may have others linked anew
            at_once.enter_context(transaction(db))
        for some in texts:
            place(db, some)
        update_pictures(db)
        notes = _update_cards(db, new, say)
        linked = _link(db, guard, everything=everything, say=say)
        linked_at = time.perf_counter()
        if linked is None:
            return Concluded(ads=0, groups=0, link_s=linked_at - began, judge_s=0.0, store_s=0.0)
        if len(linked.ads) > FEW:  # to judge them takes longer than a crawl beside this should wait
            at_once.close()
        judge_s = _keep(db, linked, notes, _market(db, linked), say)
    return Concluded(
        ads=len(linked.ads), groups=len(linked.groups), link_s=linked_at - began, judge_s=judge_s,
        store_s=time.perf_counter() - linked_at - judge_s,
    )  # fmt: skip


def _link(db: Database, guard: Guard, *, everything: bool, say: Say) -> Linked | None:
    """The clusters of what is not linked yet, with those that it was in; None where nothing is to be linked."""
    todo = clusterstore.clusters_of_unlinked(db)
    if not todo and not everything:
        return None
    before = set(filter(None, todo.values()))
    start = sorted({*todo, *(clusterstore.members_of(db, before) if before else ())})
    if len(start) > CARDS:
        say(f"ties of {len(start):,} ads and of all that they touch")
    return link(db, start, load_rulings(db), guard, everything=everything)


def _update_cards(db: Database, before: Mapping[int, int], say: Say) -> dict[int, int]:
    """Bring the cards of all ads that wait up to date; returns what they are noted by, and those that now wait too.

    Those that were read since it was looked which texts are to be placed (when they were noted as in `before`) wait on.
    """
    notes = carriers.unlinked(db)
    since = [ad for ad, note in notes.items() if before.get(ad) != note]
    for ad in unplaced(db, since):
        del notes[ad]
    ads = list(notes)
    for start in range(0, len(ads), CARDS):
        with transaction(db):
            notes |= update_cards(db, ads[start : start + CARDS])
        if len(ads) > CARDS:
            say(f"keys of {min(start + CARDS, len(ads)):,} of {len(ads):,} ads")
    return notes


def _market(db: Database, linked: Linked) -> Market | None:
    """What is usual: measured when everything is judged, so that all clusters are held against the same."""
    if not linked.is_all:
        return kept_market(db)
    return renew_market(db, ((group.ads, sum(not link.contested for link in group.links)) for group in linked.groups))


def _keep(db: Database, linked: Linked, notes: Mapping[int, int], market: Market | None, say: Say) -> float:
    """Judge and store the clusters; returns the seconds that judging took."""
    batches = list(_batches(linked.groups))
    if len(batches) > 1:  # whatever is not stored when this is interrupted waits for the next time
        with transaction(db):
            notes = {**notes, **carriers.note_unlinked(db, linked.ads)}
    judge_s, done, at = 0.0, 0, utc_now()
    for number, groups in enumerate(batches, 1):
        began = time.perf_counter()
        judged = [(cluster, judge(cluster, market)) for cluster in _clusters(db, groups)]
        judge_s += time.perf_counter() - began
        is_last = number == len(batches)
        ads = [ad for group in groups for ad in group.ads]
        states, settled = (linked.states, linked.settled) if is_last else ({}, {})
        keep_clusters(db, ads, judged, states, notes, settled=settled, at=at)
        done += len(groups)
        if len(batches) > 1:
            say(f"judged {done:,} of {len(linked.groups):,} clusters and ads that stand alone")
    return judge_s


def _batches(groups: Iterable[Group]) -> Iterator[list[Group]]:
    batch: list[Group] = []
    ads = 0
    for group in groups:
        batch.append(group)
        ads += len(group.ads)
        if ads >= ADS:
            yield batch
            batch, ads = [], 0
    if batch:
        yield batch


def _clusters(db: Database, groups: Sequence[Group]) -> Iterator[Cluster]:
    facts = {one.ad: one for one in load_facts(db, [ad for group in groups for ad in group.ads])}
    for group in groups:
        yield Cluster(id=group.id, ads=tuple(facts[ad] for ad in group.ads), links=group.links)
