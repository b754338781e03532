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
from alerts.templates.kernels import cosines, most_shared, weigh_words
from alerts.templates.keyindex import Loose, load_index
from alerts.templates.keyrows import keep_placed
from alerts.templates.shingles import Numbers
from alerts.templates.templatestore import Near
from alerts.templates.weights import Frequencies, Weighed
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
        token = templatestore.load_token(db)
        frequencies, index = templatestore.load_frequencies(db, token), load_index(db, token)
        for ad, wording in texts.items():
            words, keys = weigh(wording.word_numbers(), frequencies), wording.key_numbers()
            shared = most_shared(index.holders(keys, fresh), ad, MOST)
            near = templatestore.load_near(db, shared.tolist())
            template = _place(db, wording.name, words, near) if wording.name else ""
            templatestore.keep_texts(db, [(ad, wording.name, template, words)])
            keep_placed(db, ad, wording.keys)
            fresh.add(ad, keys)


def weigh(words: Numbers, frequencies: Frequencies) -> Weighed:
    """The distinct words of a text outside boilerplate, with their weights in it, as `Vectors.weighed` has them."""
    known = frequencies.numbers, frequencies.squares, frequencies.rarest
    return weigh_words(words, frequencies.passages, *known).tobytes()


def find_place(words: Weighed, near: Sequence[Near]) -> Near | None:
    """One of the ads whose template a text of these words belongs to, the most alike; None where it belongs to none.

    The rule is that of `find_groups`, with the texts at hand for the whole template: those that share most with this
    one. Beside a whole search, a new text never makes two templates one, and words weigh as they did when all were
    last found.
    """
    alike = _likeness([words, *(one.words for one in near)])
    groups: dict[str | int, list[int]] = defaultdict(list)
    for place, one in enumerate(near, 1):
        groups[one.template or one.ad].append(place)
    best: tuple[float, Near] | None = None
    for places in groups.values():
        total = sum(alike[0][place] for place in places)
        mean = total / len(places)
        if mean < ALIKE or (best is not None and mean <= best[0]):
            continue
        inner = sum(alike[one][other] for one in places for other in places if one < other)
        if may_join(Group(len(places), {}, inner), Group(1, {}), total, ALIKE):
            best = mean, near[places[0] - 1]
    return best[1] if best else None


def _likeness(texts: Sequence[Weighed]) -> list[list[float]]:
    """The cosine of each text with each other."""
    ends = accumulate((len(text) // _NUMBER for text in texts), initial=0)
    found = cosines(np.frombuffer(b"".join(texts), np.uint32), np.array(list(ends), np.int64)).tolist()
    return [found[first : first + len(texts)] for first in range(0, len(found), len(texts))]


def _place(db: Database, name: str, words: Weighed, near: Sequence[Near]) -> str:
    """The template of an ad of that name. The one it is found to be like gets it too, if it had none."""
    found = find_place(words, near)
    if found is None or found.template:
        return found.template if found else ""
    templatestore.set_template(db, found.ad, name)
    note_unlinked(db, [found.ad])
    return name
