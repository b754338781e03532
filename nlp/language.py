"""Tells the language of texts, among those of the ad markets the system reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nlp.tables import load_table

UNDETERMINED = "und"
LEAST_LETTERS = 40
"""Letters below which no language is claimed: shorter texts are told apart by chance."""

_READ = 400  # characters that decide; longer texts add time and no certainty
_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u052f\u0600-\u06ff\u0e00-\u0e7f]+")
"""Words of the scripts that the known languages are written in; a text in another is undetermined."""


def identify(texts: Sequence[str]) -> list[str]:
    """The BCP 47 code of every text, "und" where it has too few letters."""
    return [_identify(text) for text in texts]


def _identify(text: str) -> str:
    head = _ADDRESS.sub(" ", text[:_READ].encode("utf-8", "replace").decode("utf-8"))
    words = _WORD.findall(head)
    if sum(map(len, words)) < LEAST_LETTERS:
        return UNDETERMINED
    language = str(_library().classify(" ".join(words))[0])
    return "nb" if language == "no" else language


@cache
def _library() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(load_table("languages")["known"])
    return identifier
