"""Templates: ads whose texts are near-duplicates of each other, found by MinHash and then compared."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz
from rensa import RMinHash, RMinHashLSH

from alerts.components import Components

PERMUTATIONS, BANDS, SEED = 128, 32, 7  # candidates from a Jaccard similarity of about .42 upwards
SHINGLE = 5  # characters
CHUNK = 1_000  # texts whose shingles are held at a time
MIN_LENGTH = 80  # letters and digits; a shorter text is too common to say anything
SIMILAR = 85.0  # rapidfuzz ratio, 0 to 100
MAX_LENGTH = 2_000  # characters compared; beyond that a text is told by its beginning
_WORD = re.compile(r"[^\W_]+")


def find_templates(texts: Mapping[int, str]) -> dict[int, str]:
    """Ad number -> template value, for every ad whose text is nearly that of another one.

    Case, digits, punctuation and spacing do not count, so that slots with numbers stay slots.
    """
    plain = {ad: text for ad in sorted(texts) if len(text := _plain(texts[ad])) >= MIN_LENGTH}
    copies: dict[str, list[int]] = defaultdict(list)
    for ad, text in plain.items():
        copies[text].append(ad)
    groups = Components(plain)
    for ads in copies.values():
        for ad in ads[1:]:
            groups.join(ads[0], ad)
    for ad, other in _near(list(copies), [ads[0] for ads in copies.values()]):
        groups.join(ad, other)
    return {ad: _value(plain[members[0]]) for members in groups.lists() if len(members) > 1 for ad in members}


def _plain(text: str) -> str:
    words = (("0" if word.isdecimal() else word) for word in _WORD.findall(text.casefold()))
    return " ".join(words)[:MAX_LENGTH]


def _near(texts: Sequence[str], ads: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of ads with nearly the same text. A text that joins another is not compared with later
    ones, so that a flood of variants costs one comparison each.
    """
    index = RMinHashLSH(0.5, PERMUTATIONS, BANDS)
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        hashes = RMinHash.from_token_sets([_shingles(text) for text in chunk], PERMUTATIONS, SEED)
        for place, found in enumerate(hashes, start=start):
            near = [other for other in sorted(index.query(found)) if _is_similar(texts[place], texts[other])]
            yield from ((ads[place], ads[other]) for other in near)
            if not near:
                index.insert(place, found)


def _shingles(text: str) -> list[str]:
    return list({text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)})


def _is_similar(one: str, other: str) -> bool:
    return fuzz.ratio(one, other, score_cutoff=SIMILAR) > 0


def _value(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
