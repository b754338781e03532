"""One stored field of an ad, prepared for reading: marked, folded where it is long, never altered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from alerts.cases import Mark
from alerts.review.text import Piece, is_hidden, pieces

FOLD_AT = 700  # characters that stand open; the rest is folded
CUT_AT = 20_000  # characters that are shown at all
HIDDEN_COST = 20  # a hidden character takes the room of this many, so that a flood of them fills no memory


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field of an ad cut for reading: what stands open, what is folded, how much is left out."""

    name: str
    open: tuple[Piece, ...]
    folded: tuple[Piece, ...]
    left_out: int

    @property
    def folded_length(self) -> int:
        return sum(len(piece.text) for piece in self.folded)

    @property
    def folded_marks(self) -> int:
        return sum(len(piece.ending) for piece in self.folded)


def field_view(name: str, text: str, marks: Iterable[Mark]) -> FieldView:
    """`text` with those of `marks` that are in this field; together its parts are the whole text."""
    shown = text[: _end(text)]
    fold = _fold(shown)
    split = pieces(shown, [mark for mark in marks if mark.field == name], cuts=[fold])
    ends = accumulate(len(piece.text) for piece in split)
    opened = sum(end <= fold for end in ends)
    return FieldView(
        name=name,
        open=tuple(split[:opened]),
        folded=tuple(split[opened:]),
        left_out=len(text) - len(shown),
    )


def _end(text: str) -> int:
    """How many characters of `text` fit the room there is."""
    if len(text) * HIDDEN_COST <= CUT_AT:
        return len(text)
    spent = accumulate(HIDDEN_COST if is_hidden(char) else 1 for char in text[:CUT_AT])
    return sum(cost <= CUT_AT for cost in spent)


def _fold(text: str) -> int:
    """Where to fold: between two words, and not for the sake of a few lines."""
    if len(text) <= FOLD_AT * 3 // 2:
        return len(text)
    space = max(text.rfind(" ", FOLD_AT - 80, FOLD_AT), text.rfind("\n", FOLD_AT - 80, FOLD_AT))
    return space + 1 if space > 0 else FOLD_AT
