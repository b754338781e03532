"""Generated ads of one vocabulary, each with its template as truth: slots, edits, stock phrases, footers, floods."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

VOCABULARY = 8_000
_SIZES = (1,) * 10 + (2, 2, 3, 3, 4, 5, 6, 8, 12, 20)
_EDITS = (0.0, 0.02, 0.05, 0.10)


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    label: int


def build_market(ads: int, *, seed: int = 1) -> list[Labelled]:
    """About 430 characters an ad; equal seeds give equal markets. Half the templates are of one ad; now and then
    one is of three hundred; a quarter of the templates end in a footer that others end in too.
    """
    rng = random.Random(seed)
    writer = _Writer(rng, footers=max(3, ads // 2_000))
    found: list[Labelled] = []
    label = 0
    while len(found) < ads:
        size = 300 if rng.random() < 0.0005 else rng.choice(_SIZES)
        found += (Labelled(text, label) for text in writer.template(min(size, ads - len(found))))
        label += 1
    rng.shuffle(found)
    return found


class _Writer:
    def __init__(self, rng: random.Random, *, footers: int) -> None:
        self._rng = rng
        self._vocabulary = _vocabulary(rng)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))  # Zipf's law
        self._phrases = [self._words(rng.randint(4, 9)) for _ in range(400)]
        self._footers = [self._words(25) for _ in range(footers)]

    def template(self, size: int) -> Iterator[str]:
        rng = self._rng
        base = self._base(rng.randint(40, 75))
        slots = sorted(((rng.randrange(len(base)), rng.randint(1, 3)) for _ in range(rng.randint(0, 4))), reverse=True)
        share = rng.choice(_EDITS)
        footer = rng.choice(self._footers) if rng.random() < 0.25 else []
        for _ in range(size):
            words = list(base)
            for at, length in slots:
                words[at : at + length] = self._filler()
            yield " ".join([*self._edited(words, share), *footer])

    def _base(self, length: int) -> list[str]:
        words: list[str] = []
        while len(words) < length:
            rng = self._rng
            words += rng.choice(self._phrases) if rng.random() < 0.12 else self._words(rng.randint(4, 10))
        return words

    def _filler(self) -> list[str]:
        rng = self._rng
        return self._words(rng.randint(1, 3)) if rng.random() < 0.5 else [str(rng.randint(10, 99_999_999))]

    def _edited(self, words: list[str], share: float) -> list[str]:
        """That share of the words left out, replaced or followed by another."""
        found: list[str] = []
        for word in words:
            chance = self._rng.random() / share if share else 1.0
            found += [] if chance < 1 / 3 else self._words(1) if chance < 2 / 3 else [word]
            found += self._words(1) if 2 / 3 <= chance < 1 else []
        return found

    def _words(self, count: int) -> list[str]:
        return self._rng.choices(self._vocabulary, cum_weights=self._weights, k=count)


def _vocabulary(rng: random.Random) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        ends = rng.choices(("", *"bdfghjklmnprstv"), k=rng.choice((1, 2, 2, 2, 3, 3)))
        found["".join(rng.choice("bdfghjklmnprstv") + rng.choice("aeiouyæøå") + end for end in ends)] = None
    return list(found)
