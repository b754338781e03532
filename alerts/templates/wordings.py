"""Wordings: the words of a text as numbers, found once when an ad is read, by which its template is found."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from alerts.templates.shingles import Numbers, Words, find_words, mix, signatures

MIN_LENGTH = 80  # letters and digits; a shorter text is too common to say anything, even word for word
_NAME = 12  # hexadecimal digits
_NUMBER = np.dtype(np.uint32)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one text as numbers, the keys by which it and others find each other, and what stands for the words;
    all are empty where it is too short to have a template.
    """

    name: str = ""
    words: bytes = b""
    keys: bytes = b""

    def word_numbers(self) -> Numbers:
        return np.frombuffer(self.words, _NUMBER)

    def key_numbers(self) -> Numbers:
        return np.frombuffer(self.keys, _NUMBER)


def read_wordings(texts: Sequence[str]) -> list[Wording]:
    """The wording of each text. Cost grows with the characters."""
    words, letters = find_words(texts)
    keys, ends = _kept_keys(words)
    return [
        _wording(words.of(n).tobytes(), keys[ends[n] : ends[n + 1]].tobytes()) if length >= MIN_LENGTH else Wording()
        for n, length in enumerate(letters)
    ]


def _kept_keys(words: Words) -> tuple[Numbers, list[int]]:
    """The keys of all texts, and where those of each begin. One key of a signature is often a phrase that all use; two
    that stand side by side in it are as rare as what `find_pairs` goes by.
    """
    rows = signatures(words)
    owner = rows >> np.uint64(32)
    both = owner[1:] == owner[:-1]
    keys = mix(rows[:-1] << np.uint64(32) | rows[1:] & np.uint64(0xFFFFFFFF))[both]
    return (keys >> np.uint64(32)).astype(_NUMBER), owner[1:][both].searchsorted(np.arange(len(words) + 1)).tolist()


def _wording(words: bytes, keys: bytes) -> Wording:
    return Wording(hashlib.sha256(words).hexdigest()[:_NAME], words, keys)


def joined_words(wordings: Collection[Wording]) -> Words:
    """The words of all, in their order."""
    numbers = np.frombuffer(b"".join([one.words for one in wordings]), _NUMBER)
    bounds = np.zeros(len(wordings) + 1, np.int64)
    np.cumsum([len(one.words) // _NUMBER.itemsize for one in wordings], out=bounds[1:])
    return Words(numbers, bounds)
