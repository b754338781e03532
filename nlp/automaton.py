"""The phrases of the catalogue: their notation, and one automaton that finds all of them in a row of words.

A pattern is words with `[a|b c]` (one of them), `(a|b)` (one of them or none) and `..` (up to three words more of the
same sentence; none before the first word or after the last one that is there). The automaton follows every pattern at
once and keeps the steps it took before, so that a word costs one look-up; written out, the patterns would be tens of
thousands of phrases that take seconds to load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from nlp.words import STOPS, find_words, normal

GAP = ".."
WIDEST_GAP = 3
STOP = "."
START = 0
OTHER = "_"  # stands for any word outside the lexicons

MOST_STATES = 1 << 14  # kept at once; ads written to visit many start them anew
PIECE = re.compile(r"\.\.(?!\.)|[\[\]()|]|[^\[\]()|.]+|\.")
OPENED = {"[": "]", "(": ")"}

T = TypeVar("T")
Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several phrases, or none where `may_lack`."""

    options: tuple[tuple[str | Choice, ...], ...]
    may_lack: bool


Pattern = tuple[str | Choice, ...]


@lru_cache(maxsize=1 << 15)
def parse_pattern(text: str) -> Pattern:
    """The elements of a pattern, its words in normal form. ValueError when it is not one."""
    pieces = PIECE.findall(text)
    try:
        (pattern,), rest = _parse_options(pieces, "")
    except (ValueError, IndexError):
        pattern, rest = (), []
    if rest or not pattern or fewest_words(pattern) == 0 or GAP in (pattern[0], pattern[-1]):
        raise ValueError(f"phrase {text!r}: one or more words, no sentence end, brackets closed, words around '..'")
    return pattern


def _parse_options(pieces: list[str], closed: str) -> tuple[tuple[Pattern, ...], list[str]]:
    """Options up to the bracket that closes them, and the pieces after it."""
    options: list[Pattern] = []
    elements: list[str | Choice] = []
    while pieces:
        piece, *pieces = pieces
        if piece in OPENED:
            inner, pieces = _parse_options(pieces, OPENED[piece])
            elements.append(Choice(inner, piece == "("))
        elif piece in ("]", ")", "|"):
            if not closed or not elements or (piece != "|" and piece != closed):
                raise ValueError(piece)
            options.append(tuple(elements))
            elements = []
            if piece == closed:
                return tuple(options), pieces
        else:
            elements += [piece] if piece == GAP else _parse_words(piece)
    if closed:
        raise ValueError(closed)
    return (*options, tuple(elements)), []


def _parse_words(text: str) -> list[str]:
    words = [normal(word) for word in find_words(text)]
    if any(not word or word in STOPS for word in words):
        raise ValueError(text)
    return words


def fewest_words(pattern: Pattern) -> int:
    return sum(map(_fewest, pattern))


def _fewest(element: str | Choice) -> int:
    if isinstance(element, str):
        return int(element != GAP)
    return 0 if element.may_lack else min(map(fewest_words, element.options))


def find_pattern_words(pattern: Pattern) -> Iterator[str]:
    """Every word that stands in a pattern."""
    for element in pattern:
        if isinstance(element, Choice):
            for option in element.options:
                yield from find_pattern_words(option)
        elif element != GAP:
            yield element


def find_lone_words(pattern: Pattern) -> Iterator[str]:
    """The words that a pattern is content with, each alone."""
    if fewest_words(pattern) != 1:
        return
    for element in pattern:
        if isinstance(element, Choice) and not element.may_lack:
            for option in element.options:
                yield from find_lone_words(option)
        elif isinstance(element, str) and element != GAP:
            yield element


@dataclass(slots=True)
class _State(Generic[T]):
    """Several places at once, and the states known to come next."""

    places: Places
    met: tuple[T, ...]
    after: dict[str, _State[T]] = field(default_factory=dict)


class Automaton(Generic[T]):
    """Finds patterns in rows of symbols; each pattern says with a value what it stands for."""

    def __init__(self) -> None:
        self._size = 1  # places: after which words of which patterns a reader of them may stand
        self._after: dict[str, dict[int, Places]] = {}  # by the next word: few words are in any pattern
        self._after_any: dict[int, Places] = {}
        self._met: dict[int, tuple[T, ...]] = {}
        self._gaps: set[int] = set()
        self._added: dict[tuple[Places, str], Places] = {}
        self._states: dict[Places, _State[T]] = {}
        self._dead: _State[T] = _State((), ())
        self._root: _State[T] = _State((START,), ())

    def add(self, pattern: Pattern, value: T, symbol: Callable[[str], str]) -> None:
        """Adds a pattern whose words stand in the rows as `symbol` says."""
        for place in self._follow(pattern, (START,), symbol):
            if place not in self._gaps and value not in self._met.get(place, ()):
                self._met[place] = (*self._met.get(place, ()), value)

    def finish(self) -> None:
        """Lets go of what only adding needs; no pattern is added afterwards."""
        self._added.clear()

    def _follow(self, pattern: Pattern, places: Places, symbol: Callable[[str], str]) -> Places:
        for element in pattern:
            if isinstance(element, Choice):
                ends = [self._follow(option, places, symbol) for option in element.options]
                places = tuple(sorted({*(places if element.may_lack else ()), *(end for row in ends for end in row)}))
            elif element == GAP:
                places = self._follow_gap(places)
            else:
                places = self._follow_word(places, symbol(element))
        return places

    def _follow_gap(self, places: Places) -> Places:
        """The places after up to three words; where nothing stands before it, a gap holds no word."""
        reached, last = set(places), tuple(place for place in places if place != START)
        for _ in range(WIDEST_GAP):
            last = self._follow_word(last, GAP) if last else ()
            reached.update(last)
            self._gaps.update(last)
        return tuple(sorted(reached))

    def _follow_word(self, places: Places, symbol: str) -> Places:
        """The place after `symbol`: the same for all patterns that begin alike."""
        if (places, symbol) not in self._added:
            self._added[places, symbol] = only = (self._size,)
            self._size += 1
            after = self._after_any if symbol == GAP else self._after.setdefault(symbol, {})
            for place in places:
                after[place] = after[place] + only if place in after else only
        return self._added[places, symbol]

    def find(self, symbols: Sequence[str]) -> list[tuple[T, int, int]]:
        """Each value met with its first and last place in `symbols`: for each first place the longest way."""
        root, dead, size = self._root, self._dead, len(symbols)
        found: list[tuple[T, int, int]] = []
        for first, symbol in enumerate(symbols):
            state = root.after.get(symbol) or self._step(root, symbol)
            if state is dead:  # as with most words of an ad
                continue
            longest: dict[T, int] = {}
            at = first
            while state is not dead:
                for value in state.met:
                    longest[value] = at
                at += 1
                if at == size:
                    break
                state = state.after.get(symbols[at]) or self._step(state, symbols[at])
            for value, last in longest.items():
                found.append((value, first, last))
        return found

    def _step(self, state: _State[T], symbol: str) -> _State[T]:
        found: set[int] = set()
        for ways in (self._after.get(symbol), self._after_any if symbol != STOP else None):
            if ways:
                found.update(*(ways[place] for place in state.places if place in ways))
        state.after[symbol] = after = self._state(tuple(sorted(found))) if found else self._dead
        return after

    def _state(self, places: Places) -> _State[T]:
        if len(self._states) > MOST_STATES:
            self._states.clear()
            self._root.after.clear()
        if places not in self._states:
            met = dict.fromkeys(value for place in places for value in self._met.get(place, ()))
            self._states[places] = _State(places, tuple(met))
        return self._states[places]


def group_words(groups: Iterable[Iterable[str]]) -> dict[str, str]:
    """Maps each word to one that stands for it and for all that share a group with it, or with one that does."""
    parents: dict[str, str] = {}

    def find(word: str) -> str:
        while parents.setdefault(word, word) != word:
            word = parents[word]
        return word

    for group in groups:
        first, *others = map(find, group)
        for other in others:
            low, high = sorted((find(first), find(other)))
            parents[high] = low
    return {word: find(word) for word in list(parents)}
