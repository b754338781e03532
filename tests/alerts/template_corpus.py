"""Ads made for the tests of templates: slots, edits, an agency's footer, two templates of one half."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

ONSETS, VOWELS = "bdfghjklmnprstv", "aeiouyæøå"
FOOTER = 45  # words
STOCK = 50  # words that all ads of a trade are written with


@dataclass(frozen=True, slots=True)
class Corpus:
    texts: dict[int, str]
    labels: dict[int, int]


class Writer:
    """Made-up words by Zipf's law, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.vocabulary = [
            "".join(self._syllable() for _ in range(self.rng.choice((1, 2, 2, 3)))) for _ in range(3_000)
        ]
        self.weights = list(accumulate(1 / (rank + 5) for rank in range(len(self.vocabulary))))

    def words(self, count: int) -> list[str]:
        return self.rng.choices(self.vocabulary, cum_weights=self.weights, k=count)

    def slotted(self, base: list[str], slots: int) -> list[str]:
        words = list(base)
        for slot in range(slots):
            words[5 + 9 * slot : 7 + 9 * slot] = [*self.words(1), str(self.rng.randint(10, 10**7))]
        return words

    def edited(self, base: list[str], share: float) -> list[str]:
        words: list[str] = []
        for word in base:
            chance = self.rng.random() / share if share else 1.0
            words += [] if chance < 1 / 3 else self.words(1) if chance < 2 / 3 else [word]
            words += self.words(1) if 2 / 3 <= chance < 1 else []
        return words

    def _syllable(self) -> str:
        return self.rng.choice(ONSETS) + self.rng.choice(VOWELS) + self.rng.choice(("", *ONSETS))


def build_corpus(*, seed: int = 1, edits: float = 0.1, slots: int = 3, footer: bool = False, stock: int = 0) -> Corpus:
    """150 ads of nobody else's text, 30 templates of 2 to 12 ads, and a pair of templates that share half their text.
    `stock` of the words of every ad come from the few that its trade uses.
    """
    writer = Writer(seed)
    footers = [writer.words(FOOTER) for _ in range(3)]
    half = writer.words(30)
    trade = writer.rng.sample(writer.vocabulary, STOCK)
    bases = [writer.words(60 - stock) + writer.rng.choices(trade, k=stock) for _ in range(178)]
    bases += [half + writer.words(30), half + writer.words(30)]
    texts: list[tuple[str, int]] = []
    for label, base in enumerate(bases):
        size = 1 if label < 150 else 2 + label % 11
        end = footers[label % 3] if footer and label % 2 else []
        for _ in range(size):
            body = writer.edited(writer.slotted(base, slots), edits) if size > 1 else base
            texts.append((" ".join([*body, *end]), label))
    writer.rng.shuffle(texts)
    return Corpus(
        {number: text for number, (text, _) in enumerate(texts)},
        {number: label for number, (_, label) in enumerate(texts)},
    )


def build_flood(variants: int, *, seed: int = 1, edits: float = 0.05) -> list[str]:
    writer = Writer(seed)
    base = writer.words(60)
    return [" ".join(writer.edited(writer.slotted(base, 3), edits)) for _ in range(variants)]
