"""Thai, which puts no spaces between words: its writing is told apart by clusters of letters, as an eye reads it."""

from __future__ import annotations

import re

# A consonant with the vowel written before it and all that is written above, below or right after it. No word begins
# within a cluster or ends within one, so a phrase is the same row of clusters wherever it stands in running text.
CLUSTER = r"[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]*|\u0e46"
"""What to try before other words where a text is split: a cluster of Thai letters, or the mark that doubles a word."""

SCRIPT = r"\u0e00-\u0e7f"
"""The script, as a range for a class of characters."""

_RUN = re.compile(rf"[{SCRIPT}]")


def has_thai(text: str) -> bool:
    return not text.isascii() and _RUN.search(text) is not None
