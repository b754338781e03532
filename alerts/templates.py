"""Templates: ads whose texts are near-duplicates of each other, found by MinHash and then compared."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz
from rensa import RMinHash, RMinHashLSH

from alerts.components import Components

PERMUTATIONS, BANDS, SEED = 128, 32, 7  # candidates from a Jaccard similarity of about .42 upwards
SHINGLE = 5  # characters
MIN_LENGTH = 80  # letters and digits; a shorter text is too common to say anything
SIMILAR = 85.0  # rapidfuzz ratio, 0 to 100
MAX_LENGTH = 4_000  # characters compared; beyond that a text is told by its beginning
_WORD = re.compile(r"[^\W_]+")


def find_templates(texts: Mapping[int, str]) -> dict[int, str]:
    """Ad number -> template value, for every ad whose text is nearly that of another one.

    Case, digits, punctuation and spacing do not count, so that slots with numbers stay slots.
    """
    plain = {ad: text for ad, raw in texts.items() if len(text := _plain(raw)) >= MIN_LENGTH}
    groups = Components(plain)
    for ad, other in _candidates(list(plain), list(plain.values())):
        if not groups.are_joined(ad, other) and _is_similar(plain[ad], plain[other]):
            groups.join(ad, other)
    return {ad: _value(plain[members[0]]) for members in groups.lists() if len(members) > 1 for ad in members}


def _plain(text: str) -> str:
    words = (("0" if word.isdecimal() else word) for word in _WORD.findall(text.casefold()))
    return " ".join(words)[:MAX_LENGTH]


def _candidates(ads: Sequence[int], texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs worth comparing. Equal texts are paired in a chain, so that a flood of copies stays linear."""
    first: dict[str, int] = {}
    pairs = [(first.setdefault(text, ad), ad) for ad, text in zip(ads, texts, strict=True)]
    copies = [(one, other) for one, other in pairs if one != other]
    unique = list(first)
    hashes = RMinHash.from_token_sets([_shingles(text) for text in unique], PERMUTATIONS, SEED)
    index = RMinHashLSH(0.5, PERMUTATIONS, BANDS)
    index.insert_many(hashes)
    found = index.query_all(hashes)
    near = [(first[unique[other]], first[unique[i]]) for i, others in enumerate(found) for other in others if other < i]
    return copies + sorted(near)


def _shingles(text: str) -> list[str]:
    return list({text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)})


def _is_similar(one: str, other: str) -> bool:
    return fuzz.ratio(one, other, score_cutoff=SIMILAR) > 0


def _value(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
