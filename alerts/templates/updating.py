"""Keeps the templates of a store: a new text is placed among those known, and now and then all are found anew.

What all texts together say (which words are rare, what is boilerplate) changes with each of them. A store of few texts
is looked at whole each time. In a larger one a new text is placed by what was known when all were last found; when a
tenth has come since, all are found anew, and the templates are again those that a search from nothing gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.linking import carriers
from alerts.templates import templatestore
from alerts.templates.finding import kept_keys, name_words, read_templates
from alerts.templates.placing import Near, find_place
from alerts.templates.templatestore import State
from alerts.templates.weights import Frequencies
from crawler.database import Database, transaction

FEW = 2_000  # texts of a store that is looked at whole each time: about a second
GROWTH = 0.1  # part of the texts that may be placed before all are found anew
SHARED = 2  # kept keys that a text must share with another to be compared with it
MOST = 12  # texts a new one is compared with
_STEP = 2_000  # ads stored at a time


def update_templates(db: Database, ads: Sequence[int], *, everything: bool = False) -> None:
    """Find the templates of ads that were read; those whose template is another one now are noted to be linked anew."""
    changed = _changed(db, ads)
    if everything or (changed and _is_due(templatestore.load_state(db), len(changed))):
        _find_all(db)
        return
    frequencies = templatestore.load_frequencies(db) if changed else None
    numbers = sorted(changed)
    for start in range(0, len(numbers), _STEP):
        some = numbers[start : start + _STEP]
        assert frequencies
        with transaction(db):
            _place_all(db, {ad: changed[ad] for ad in some}, frequencies)


def _changed(db: Database, ads: Sequence[int]) -> dict[int, str]:
    """What stands for the words of each ad that is new or has other words than when its template was found."""
    changed: dict[int, str] = {}
    for start in range(0, len(ads), _STEP):
        some = ads[start : start + _STEP]
        known = templatestore.known_words(db, some)
        found = name_words(templatestore.load_texts(db, some))
        changed |= {ad: words for ad, words in found.items() if words != known.get(ad)}
    return changed


def _is_due(state: State | None, new: int) -> bool:
    return state is None or state.texts + state.placed + new <= FEW or state.placed + new > GROWTH * state.texts


def _find_all(db: Database) -> None:
    texts = templatestore.load_texts(db)
    found = read_templates(texts)
    before = carriers.templates_of(db)
    changed = [ad for ad in texts if found.values.get(ad, "") != before.get(ad, "")]
    for start in range(0, len(changed), _STEP):
        with transaction(db):
            carriers.set_templates(db, {ad: found.values.get(ad, "") for ad in changed[start : start + _STEP]})
    with transaction(db):
        templatestore.keep_found(db, found, len(texts))


def _place_all(db: Database, words: Mapping[int, str], frequencies: Frequencies) -> None:
    """Place new texts one by one, inside the caller's transaction: each may be where the next one belongs."""
    texts = templatestore.load_texts(db, words)
    keys: dict[int, list[tuple[int, int]]] = {ad: [] for ad in words}
    for key, ad in kept_keys({ad: text for ad, text in texts.items() if words[ad]}):
        keys[ad].append((key, ad))
    for ad, text in texts.items():
        values = _place(db, ad, text, [key for key, _ in keys[ad]], words[ad], frequencies) if words[ad] else {ad: ""}
        before = carriers.templates_of(db, values)
        carriers.set_templates(db, {one: value for one, value in values.items() if value != before.get(one, "")})
        templatestore.keep_texts(db, {ad: words[ad]}, keys[ad])
    templatestore.count_placed(db, len(words))


def _place(
    db: Database, ad: int, text: str, keys: Sequence[int], words: str, frequencies: Frequencies
) -> dict[int, str]:
    """The template of an ad, and of the one it is found to be like, if that had none."""
    near = [other for other in templatestore.find_near(db, keys, SHARED, MOST) if other != ad]
    texts, templates = templatestore.load_texts(db, near), carriers.templates_of(db, near)
    found = find_place(text, [Near(one, templates.get(one, ""), texts[one]) for one in near], frequencies)
    if found is None:
        return {ad: ""}
    return {ad: found.template} if found.template else {ad: words, found.ad: words}
