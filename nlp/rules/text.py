"""Rules on the text itself: letters that look like others, words of mixed scripts, hidden characters."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.parts import Parts, Rule, Sign
from nlp.reading import Span


def odd_letters(ad: Parts) -> Iterator[Sign]:
    """Letters that look like others, or words of mixed scripts."""
    for field, plain in ad.fields.items():
        for start, end in plain.odd:
            yield Sign(Span(field=field, start=start, end=end, quote=plain.original[start:end]))


RULES: tuple[Rule, ...] = (odd_letters,)
