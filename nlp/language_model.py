"""LanguageModel: py3langid's model for some of its languages, in a third of the memory of its own automaton."""

from __future__ import annotations

import itertools
import unicodedata
from array import array
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

_BYTE = 8  # bits
_MOST = 160_000  # steps that are kept: some 50,000 beside those of the model
_AT_ONCE = 1 << 10  # states: a megabyte of rows
Numbers = NDArray[np.uint32]


class LanguageModel:
    """A naive Bayes classifier over runs of bytes (Lui & Baldwin 2012, as py3langid ships it).

    The library holds what comes after every state and byte, 39 MB. Here each state holds only what begins with it,
    and the state to fall back to where nothing does (Aho & Corasick 1975): the same runs are met.
    """

    def __init__(self, whole: LanguageIdentifier) -> None:
        """Of the languages that `whole` is set to."""
        self._weights, self._prior, self._languages = whole.nb_ptc, whole.nb_pc, whole.nb_classes
        self._met = array("i", whole.tk_output)
        self._next: dict[int, int] = {}
        self._back = array("I", bytes(4 * len(self._met)))
        rows = np.frombuffer(whole.tk_nextmove, dtype=np.uint32).reshape(-1, 1 << _BYTE)
        for state, letter, end, back in _steps(rows, np.asarray(whole.tk_row)):
            self._next[(state << _BYTE) + letter] = end << _BYTE
            self._back[end] = back << _BYTE

    @classmethod
    def load(cls, languages: Collection[str]) -> Self:
        """The shipped model for these codes of ISO 639. ValueError where it does not know one."""
        whole = LanguageIdentifier.from_model_file(MODEL_FILE)
        whole.set_languages(languages)
        return cls(whole)

    def tell(self, text: str) -> str:
        """The likeliest language of a text, always one of them."""
        text = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
        met = self._find(text.encode("utf-8", "replace"))
        if not met:
            return str(self._languages[0])
        counts = np.fromiter(met.values(), dtype=np.float32, count=len(met))
        scores = np.log1p(counts) @ self._weights[np.fromiter(met, dtype=np.intp, count=len(met))] + self._prior
        return str(self._languages[int(scores.argmax())])

    def _find(self, text: bytes) -> dict[int, int]:
        """How often each run of bytes that the model weighs is met."""
        after = self._next
        visited, state = [], 0
        for letter in text:
            end = after.get(state + letter)
            if end is None:
                end = self._fall(state, letter)
            state = end
            visited.append(state)
        found: dict[int, int] = {}
        for state, times in Counter(visited).items():
            run = self._met[state >> _BYTE]
            if run >= 0:
                found[run] = found.get(run, 0) + times
        return found

    def _fall(self, state: int, letter: int) -> int:
        """What comes next where nothing begins with both, kept for the next time as long as there is room."""
        key, end = state + letter, None
        while end is None and state:
            state = self._back[state >> _BYTE]
            end = self._next.get(state + letter)
        if len(self._next) < _MOST:
            self._next[key] = end or 0
        return end or 0


def _steps(rows: Numbers, row: Numbers) -> Iterator[tuple[int, int, int, int]]:
    """Every state, a byte, the state after both and the one that this falls back to; those of short runs first.

    A state has what its row says otherwise than the row of the state it falls back to.
    """
    level = np.zeros((1, 2), dtype=rows.dtype)  # states and what each falls back to
    while len(level):
        found = [_longer(part, rows, row) for part in np.array_split(level, 1 + len(level) // _AT_ONCE)]
        yield from itertools.chain.from_iterable(map(np.ndarray.tolist, found))
        level = np.concatenate(found)[:, 2:]


def _longer(level: Numbers, rows: Numbers, row: Numbers) -> Numbers:
    states, backs = level.T
    base = rows[row[backs]] if states[0] else np.zeros_like(rows[:1])
    at, letters = np.nonzero(rows[row[states]] != base)
    return np.stack([states[at], letters.astype(rows.dtype), rows[row[states[at]], letters], base[at, letters]], axis=1)
