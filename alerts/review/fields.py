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


def field_view(
    name: str, text: str, marks: Iterable[Mark], *, fold_at: int = FOLD_AT, cut_at: int = CUT_AT
) -> FieldView:
    """`text` with those of `marks` that are in this field; together its parts are the whole text, unless it is cut."""
    shown = text[: _end(text, cut_at)]
    fold = _fold(shown, fold_at)
    split = pieces(shown, [mark for mark in marks if mark.field == name], cuts=[fold])
    ends = accumulate(len(piece.text) for piece in split)
    opened = sum(end <= fold for end in ends)
    return FieldView(
        name=name,
        open=tuple(split[:opened]),
        folded=tuple(split[opened:]),
        left_out=len(text) - len(shown),
    )


def _end(text: str, cut_at: int) -> int:
    """How many characters of `text` fit the room there is."""
    if len(text) * HIDDEN_COST <= cut_at:
        return len(text)
    spent = accumulate(HIDDEN_COST if is_hidden(char) else 1 for char in text[:cut_at])
    return sum(cost <= cut_at for cost in spent)


def _fold(text: str, fold_at: int) -> int:
    """Where to fold: between two words, and not for the sake of a few lines."""
    if len(text) <= fold_at * 3 // 2:
        return len(text)
    early = fold_at - min(80, fold_at // 2)
    space = max(text.rfind(" ", early, fold_at), text.rfind("\n", early, fold_at))
    return space + 1 if space > 0 else fold_at
