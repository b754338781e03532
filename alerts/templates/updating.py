"""Keeps the templates of a store: a new text is placed among those known, and now and then all are found anew.

What all texts together say (which words are rare, what is boilerplate) changes with each of them. A store of few texts
is looked at whole each time. In a larger one a new text is placed by what was known when all were last found; when a
tenth has come since, all are found anew, and the templates are again those that a search from nothing gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from alerts.linking.carriers import note_unlinked
from alerts.templates import templatestore
from alerts.templates.finding import group_wordings
from alerts.templates.keyindex import Loose, add_loose, keep_placed, load_index
from alerts.templates.placing import Near, find_place
from alerts.templates.templatestore import State
from alerts.templates.weights import Weighed, weigh
from alerts.templates.wordings import Wording
from crawler.database import Database, transaction

FEW = 2_000  # texts of a store that is looked at whole each time: about a second
GROWTH = 0.1  # part of the texts that may be placed before all are found anew
MOST = 8  # texts a new one is compared with
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
    if not changed or not _is_due(state, sum(map(len, changed))):
        return changed
    _find_all(db)
    return []


def place(db: Database, texts: Texts) -> None:
    """Place new texts one by one: each may be where the next one belongs. One that had no template before and has one
    now is noted to be linked anew.
    """
    fresh: Loose = defaultdict(list)
    with transaction(db):  # another process may have placed some, or found all anew, until this one may write
        token = templatestore.load_token(db)
        frequencies, index = templatestore.load_frequencies(db, token), load_index(db, token)
        for ad, wording in texts.items():
            words, keys = weigh(wording.word_numbers(), frequencies), wording.key_numbers()
            near = templatestore.find_near(db, ad, index.holders(keys, fresh), MOST)
            template = _place(db, wording.name, words, near) if wording.name else ""
            templatestore.keep_texts(db, [(ad, wording.name, template, words)])
            keep_placed(db, ad, wording.keys)
            add_loose(fresh, ad, keys.tolist())


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


def _place(db: Database, name: str, words: Weighed, near: Sequence[Near]) -> str:
    """The template of an ad of that name. The one it is found to be like gets it too, if it had none."""
    found = find_place(words, near)
    if found is None or found.template:
        return found.template if found else ""
    templatestore.set_template(db, found.ad, name)
    note_unlinked(db, [found.ad])
    return name
