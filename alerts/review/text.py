"""Turns hostile text into harmless HTML: every control visible, every URL dead, every mark in place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from alerts.cases import Mark

# Letters by category, yet drawn as nothing at all.
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\ufffe\uffff"
# Controls, formats (bidi, zero width, tags), surrogates, line and paragraph separators.
_HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_SHOWN = frozenset("\t\n\r")
_NAMED = 3  # hidden characters that a chip names; it counts the rest
_SCHEME = re.compile(r"\b([a-z][a-z0-9+.-]*)://", re.ASCII | re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(\.\d+)?)?(Z|\+00:00)", re.ASCII)
_CLUSTER = re.compile(r"(?<!\S)(c-[0-9a-z-]+)(?!\S)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a field covered by the same marks; `ending` are those of them that end with it."""

    text: str
    marks: tuple[Mark, ...]
    ending: tuple[Mark, ...]


def named_clusters(change: str) -> list[tuple[str, bool]]:
    """A line of a cluster's history in parts, those that are names of clusters marked. What follows "because" may be
    an ad's own words, and is left as it is.
    """
    said, because, why = change.partition(" because ")
    parts = [(part, place % 2 == 1) for place, part in enumerate(_CLUSTER.split(said))]
    return [*parts, (because + why, False)]


def is_hidden(char: str) -> bool:
    """True for a character that shows nothing, or that reorders what stands around it."""
    if char in _SHOWN:
        return False
    return char in _BLANKS or unicodedata.category(char) in _HIDDEN_CATEGORIES


def plain(text: str) -> str:
    """`text` with hidden characters spelled out, for attributes and titles."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨{code(char)}⟩" if is_hidden(char) else char for char in text)


def code(char: str) -> str:
    return f"U+{ord(char):04X}"


def visible(text: str) -> Markup:
    """`text` escaped, each run of hidden characters as a small labelled chip."""
    if text.isascii() and text.isprintable():
        return escape(text)
    runs = groupby(text, key=is_hidden)
    return Markup("").join(_chip("".join(run)) if hidden else _shown("".join(run)) for hidden, run in runs)


def _shown(text: str) -> Markup:
    # A bare CR would reach the reader as LF, and the text would no longer be the stored one.
    return escape(text).replace("\r", Markup("&#13;"))


def _chip(run: str) -> Markup:
    """One chip for a run of hidden characters: names the first few, and carries the code of each."""
    parts = [(char, len([*same])) for char, same in groupby(run)]
    more = f" +{len(parts) - _NAMED}" if len(parts) > _NAMED else ""
    label = " ".join(f"{code(char)}{_times(count)}" for char, count in parts[:_NAMED]) + more
    names = ", ".join(f"{code(char)} {name(char)}{_times(count)}" for char, count in parts[:_NAMED]) + more
    codes = " ".join(f"{ord(char):04X}*{count}" for char, count in parts)
    return Markup('<span class="hidden-char" data-codes="{}" title="hidden: {}">{}</span>').format(codes, names, label)


def _times(count: int) -> str:
    return f" × {count}" if count > 1 else ""


def name(char: str) -> str:
    return unicodedata.name(char, "unnamed control character")


def defang(text: str) -> str:
    """`text` with its URLs made dead: hxxps://…"""
    return _SCHEME.sub(_dead, text)


def _dead(match: re.Match[str]) -> str:
    scheme = match[1]
    if scheme.lower() in ("http", "https"):
        return f"{scheme[0]}xx{scheme[3:]}://"
    return f"{scheme}[:]//"


def moment(stamp: str | None) -> str:
    """An ISO 8601 time in UTC as people read it; anything else unchanged."""
    found = _MOMENT.fullmatch(stamp or "")
    return f"{found[1]} {found[2]} UTC" if found else (stamp or "unknown")


def day(stamp: str | None) -> str:
    """The date alone of an ISO 8601 time in UTC; anything else unchanged."""
    found = _MOMENT.fullmatch(stamp or "")
    return found[1] if found else (stamp or "unknown")


def pieces(text: str, marks: Iterable[Mark], *, cuts: Iterable[int] = ()) -> list[Piece]:
    """`text` in order and whole, split wherever a mark begins or ends and at each of `cuts`.

    Marks may overlap; one that is empty or reaches outside the text is left out. A sweep: the cost
    is the number of marks times how many overlap, never their square.
    """
    good = sorted((m for m in marks if 0 <= m.start < m.end <= len(text)), key=lambda m: m.start)
    starts = Counter(mark.start for mark in good)
    bounds = sorted({0, len(text), *starts, *(m.end for m in good), *(c for c in cuts if 0 < c < len(text))})
    active: list[Mark] = []
    waiting = iter(good)
    found = []
    for start, end in pairwise(bounds):
        active = [mark for mark in active if mark.end > start]
        active += [next(waiting) for _ in range(starts[start])]
        found.append(Piece(text[start:end], tuple(active), tuple(m for m in active if m.end == end)))
    return found
