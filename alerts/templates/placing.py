"""Placing: the template of one more text, told by the few texts that share keys of its signature.

Loaded when there is a text to place: the compiled code takes longer to load than a small store to look at whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np

from alerts.linking.carriers import note_unlinked
from alerts.templates import templatestore
from alerts.templates.finding import ALIKE
from alerts.templates.groups import Group, may_join
from alerts.templates.kernels import inner_likeness, likeness, most_shared, weigh_words
from alerts.templates.keyindex import Loose, load_index
from alerts.templates.keyrows import MOST_OF_KEY, keep_placed
from alerts.templates.shingles import Numbers, Places
from alerts.templates.templatestore import Near
from alerts.templates.weights import POWERS, Frequencies, Weighed
from alerts.templates.wordings import Wording
from crawler.database import Database, transaction

MOST = 8  # texts a new one is compared with
_NUMBER = 4  # bytes


def place(db: Database, texts: Mapping[int, Wording]) -> None:
    """Place new texts one by one: each may be where the next one belongs. One that had no template before and has one
    now is noted to be linked anew.
    """
    fresh = Loose()
    with transaction(db):  # another process may have placed some, or found all anew, until this one may write
        token, index = load_index(db)
        frequencies = templatestore.load_frequencies(db, token)
        for ad, wording in texts.items():
            words, keys = weigh(wording.word_numbers(), frequencies), wording.key_numbers()
            shared = most_shared(index.holders(keys, fresh), MOST_OF_KEY, ad, MOST)
            near = templatestore.load_near(db, shared.tolist())
            template = _place(db, wording.name, words, near) if wording.name else ""
            templatestore.keep_texts(db, [(ad, wording.name, template, words)])
            keep_placed(db, ad, wording.keys)
            if len(texts) > 1:
                fresh.add(ad, keys)


def weigh(words: Numbers, frequencies: Frequencies) -> Weighed:
    """The distinct words of a text outside boilerplate, with their weights in it, as `Vectors.weighed` has them."""
    passages = frequencies.passages, frequencies.passage_parts
    known = frequencies.numbers, frequencies.number_parts
    return weigh_words(words, passages, POWERS, known, frequencies.squares, frequencies.rarest).tobytes()


def find_place(words: Weighed, near: Sequence[Near]) -> Near | None:
    """One of the ads whose template a text of these words belongs to, the most alike; None where it belongs to none.

    The rule is that of `find_groups`, with the texts at hand for the whole template: those that share most with this
    one. Beside a whole search, a new text never makes two templates one, and words weigh as they did when all were
    last found.
    """
    alike = likeness(*_joined([words, *(one.words for one in near)])).tolist()
    if max(alike, default=0.0) < ALIKE:
        return None
    groups: dict[str | int, list[int]] = defaultdict(list)
    for place, one in enumerate(near):
        groups[one.template or one.ad].append(place)
    best: tuple[float, Near] | None = None
    for places in groups.values():
        total = sum(alike[place] for place in places)
        mean = total / len(places)
        if mean < ALIKE or (best is not None and mean <= best[0]):
            continue
        inner = inner_likeness(*_joined([near[place].words for place in places])) if len(places) > 1 else 0.0
        if may_join(Group(len(places), {}, inner), Group(1, {}), total, ALIKE):
            best = mean, near[places[0]]
    return best[1] if best else None


def _joined(texts: Sequence[Weighed]) -> tuple[Numbers, Places]:
    """The words of all, one text after the other, and where those of each begin and the last ones end."""
    ends = accumulate((len(text) // _NUMBER for text in texts), initial=0)
    return np.frombuffer(b"".join(texts), np.uint32), np.array(list(ends), np.int64)


def _place(db: Database, name: str, words: Weighed, near: Sequence[Near]) -> str:
    """The template of an ad of that name. The one it is found to be like gets it too, if it had none."""
    found = find_place(words, near)
    if found is None or found.template:
        return found.template if found else ""
    templatestore.set_template(db, found.ad, name)
    note_unlinked(db, [found.ad])
    return name
