"""Keeps the templates of a store: a new text is placed among those known, and now and then all are found anew.

What all texts together say (which words are rare, what is boilerplate) changes with each of them. A store of few texts
is looked at whole each time. In a larger one a new text is placed by what was known when all were last found; when a
tenth has come since, all are found anew, and the templates are again those that a search from nothing gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from alerts.linking.carriers import note_unlinked
from alerts.templates import templatestore
from alerts.templates.finding import group_wordings
from alerts.templates.templatestore import State
from alerts.templates.wordings import Wording
from crawler.database import Database, transaction

FEW = 2_000  # texts of a store that is looked at whole each time: about a second
GROWTH = 0.1  # part of the texts that may be placed before all are found anew
_STEP = 2_000  # ads stored at a time
Texts = dict[int, Wording]
"""Ad number -> the wording of its text."""


def find_due(db: Database, ads: Sequence[int], *, everything: bool = False) -> list[Texts]:
    """Of the ads that were read the texts that are to be placed, some at a time.

    None are where it is time to find all templates anew, which is done here: ads whose template is another one now are
    noted to be linked anew.
    """
    state = templatestore.load_state(db)
    if everything or (ads and state is None):
        _find_all(db)
        return []
    changed = _changed(db, ads)
    if not changed:
        return []
    if not _is_due(state, sum(map(len, changed))):
        _placing()  # which may have to be compiled: not while others wait for a transaction to end
        return changed
    _find_all(db)
    return []


def unplaced(db: Database, ads: Sequence[int]) -> list[int]:
    """Those of the ads whose text is another one than the template was found for, or that have none yet."""
    return [ad for some in _changed(db, ads) for ad in some]


def place(db: Database, texts: Texts) -> None:
    """Place new texts one by one: see `alerts.templates.placing.place`."""
    _placing().place(db, texts)


@cache
def _placing() -> Any:
    """Loaded when it is needed: that takes longer than to look at a small store whole."""
    return import_module("alerts.templates.placing")


def _changed(db: Database, ads: Sequence[int]) -> list[Texts]:
    """The texts that are new or have other words than when their template was found, some at a time."""
    found = []
    for start in range(0, len(ads), _STEP):
        if some := templatestore.changed_wordings(db, ads[start : start + _STEP]):
            found.append(some)
    return found


def _is_due(state: State | None, new: int) -> bool:
    return state is None or state.texts + state.placed + new <= FEW or state.placed + new > GROWTH * state.texts


def _find_all(db: Database) -> None:
    found = group_wordings(templatestore.load_wordings(db))
    before = templatestore.templates_of(db)
    with transaction(db):
        note_unlinked(db, (ad for ad in found.names if found.values.get(ad) != before.get(ad)))
        templatestore.keep_found(db, found)
