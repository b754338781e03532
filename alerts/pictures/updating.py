"""Keeps the groups of pictures of a store: a new hash is compared with all, and what it hangs together with regrouped.

Hashes only come, as versions of ads do: chains only grow and meet, in the same way whatever the order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

import numpy as np

from alerts.linking.components import Components
from alerts.pictures import picturestore
from alerts.pictures.grouping import all_rows, find_groups, hash_rows
from alerts.pictures.near import Chains, Numbers, Rows
from alerts.pictures.picturestore import Known, Place
from crawler.database import Database, transaction

# Bits of 256 that copies of a picture may differ in. Measured on generated patterns: re-encoded, halved or enlarged
# ones differ in 10 at most, unrelated ones in 90 or more. PDQ's makers take 31 for the same picture.
DISTANCES: Mapping[str, int] = {"phash": 24, "pdq": 31}


Labelled = tuple[Sequence[Known], Sequence[int]]
"""Hashes in the order of their numbers, and a number for each that those have in common which hang together."""
FEW = 20  # new hashes that are held against all one by one
MANY = 2_000  # hashes of which all are looked at in compiled code, which takes a second to load


def update_pictures(db: Database) -> None:
    """Group the pictures of ads that were read; ads whose pictures belong elsewhere now are noted to be linked anew."""
    with transaction(db):
        for algorithm, fresh in picturestore.take_waiting(db).items():
            distance, is_few = DISTANCES[algorithm], len(fresh) <= FEW and fresh[0].id > MANY
            known, label = (_near if is_few else _all)(db, fresh, algorithm, distance)
            if places := list(_places(known, label, algorithm, distance)):
                picturestore.keep_places(db, places)


def _all(db: Database, fresh: Sequence[Known], algorithm: str, distance: int) -> Labelled:
    """Of all hashes those that hang together with a fresh one."""
    known = picturestore.load_known(db, algorithm)
    label = _chains(known, np.arange(len(known) - len(fresh), len(known)), distance)
    touched = np.flatnonzero(np.isin(label, label[-len(fresh) :]))
    return [known[number] for number in touched], label[touched].tolist()


def _near(db: Database, fresh: Sequence[Known], algorithm: str, distance: int) -> Labelled:
    """The same, by the chains that the fresh ones are near."""
    near = import_module("alerts.pictures.scan").find_near(db, fresh, algorithm, distance)
    if all(len(others) == 1 for others in near.values()):
        return [], []
    known = picturestore.load_chains(db, algorithm, set().union(*near.values()))
    chain = {one.id: one.chain for one in known}
    joined = Components(chain.values())
    for number, others in near.items():
        for other in others:
            joined.join(chain[number], chain[other])
    return known, [joined.root(one.chain) for one in known]


def _places(known: Sequence[Known], label: Sequence[int], algorithm: str, distance: int) -> Iterator[Place]:
    """Where every hash belongs, of those with the same label; one that is near no other stays as it was added."""
    chains: dict[int, list[Known]] = defaultdict(list)
    for one, number in zip(known, label, strict=True):
        chains[number].append(one)
    for members in chains.values():
        if len(members) < 2:
            continue
        chain = members[0].id
        for group in find_groups([one.picture for one in members], distance):
            name = f"{algorithm}:{members[group.first].picture.hash}"
            for member, bits in zip(group.members, group.bits, strict=True):
                yield Place(members[member].id, chain, name, bits)


def _chains(known: Sequence[Known], fresh: Numbers, distance: int) -> Numbers:
    """For each hash a number that those have in common which hang together."""
    chained, before = np.unique([one.chain for one in known], return_inverse=True)
    pictures = [one.picture for one in known]
    own, rows = hash_rows(pictures), all_rows(pictures)
    chains = Chains(len(chained))
    mirrors = np.flatnonzero(np.isin(rows.of, fresh) & (np.arange(len(rows.of)) >= len(pictures)))
    for ours, others in ((own[fresh], rows), (rows[mirrors], own)):
        chains.join_near(Rows(ours.bits, before[ours.of]), Rows(others.bits, before[others.of]), distance)
    return chains.label[before]
