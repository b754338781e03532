"""The phrase lists that no example tries out: each needs, in its language, some in which it does the work by itself.

A list of what says it (`phrases`, or one of the `parts`) needs a hit that it shows without another list of its kind,
and a miss that comes near it. A list of what says the opposite needs a miss that is "absent" by it; a list of what
gives a sentence another meaning needs a miss that would be a hit without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from nlp.automaton import GAP, Choice, Pattern, parse_pattern
from nlp.catalog_file import ANY, Indicator
from nlp.indicators import find_signs, matcher
from nlp.lexicons import CONTRARY, PHRASES, UNLESS, Key, find_lists
from nlp.phrases import AdWords, Hit, find_hits
from nlp.reader import read_words
from nlp.reading import State
from nlp.thai import has_thai

SHORTEST_NEAR = 4  # letters: a shorter word stands in any sentence
HIT = "no hit that it shows by itself; add one to hits.{language} in which no other list of the same kind is met"
NEAR = "no miss that comes near it; add one to misses.{language} that holds a phrase or a long word of it"
OPPOSITE = "no miss that says the opposite by it; add one to misses.{language} in which a phrase of it is met"
OTHERWISE = "no miss that only it keeps from being a hit; add one to misses.{language} with a phrase of it in a hit"


@dataclass(frozen=True, slots=True)
class Gap:
    """A phrase list without an example of its own: `list` is its key in the file, `lacks` says what would try it."""

    file: str
    id: str
    list: str
    language: str
    lacks: str

    def __str__(self) -> str:
        return f"{self.file}: {self.id}: {self.list}.{self.language}: {self.lacks}"


@dataclass(frozen=True, slots=True)
class _Example:
    """An example text as it is read: its hits of its own indicator's phrases, and all lists that it comes near."""

    entry: Indicator
    language: str
    is_hit: bool
    text: AdWords
    symbols: Mapping[str, str]
    hits: Sequence[Hit]

    def shows(self, state: State, wanted: Callable[[Key], bool]) -> bool:
        """Whether those of its hits whose lists are wanted put the indicator in a state."""
        kept = [hit for hit in self.hits if wanted(hit.key)]
        return any(sign.state == state for sign in find_signs(self.entry, self.text, kept))


def find_gaps(entries: Mapping[str, Indicator]) -> list[Gap]:
    """The phrase lists of `entries`, which must be the catalogue in use, that lack an example of their own.

    An example listed under no language counts for any.
    """
    live = [entry for entry in entries.values() if entry.is_of_one_ad and entry.applies_to]
    examples: dict[str, list[_Example]] = defaultdict(list)
    for example in _read(live):
        examples[example.entry.id].append(example)
    return [
        Gap(entry.file, entry.id, _name(entry, key.slot), key.language, lacks.format(language=key.language))
        for entry in live
        for key, texts in find_lists(entry).items()
        if texts
        for lacks in _lacks(key, texts, [one for one in examples[entry.id] if one.language in (key.language, ANY)])
    ]


def _name(entry: Indicator, slot: str) -> str:
    return f"parts.{slot}" if slot in entry.parts else slot


def _read(entries: Iterable[Indicator]) -> Iterator[_Example]:
    rows = [
        (entry, language, text, is_hit)
        for entry in entries
        for is_hit, lexicon in ((True, entry.hit_texts), (False, entry.miss_texts))
        for language, texts in lexicon.items()
        for text in texts
    ]
    languages = [None if language == ANY else language for _, language, _, _ in rows]
    looked = read_words([text for _, _, text, _ in rows], languages=languages)
    for (entry, language, _, is_hit), (words, symbols) in zip(rows, looked, strict=True):
        yield _Example(entry, language, is_hit, words, symbols, list(find_hits(words, symbols, matcher(), (entry.id,))))


def _lacks(key: Key, texts: Sequence[str], examples: Sequence[_Example]) -> Iterator[str]:
    misses = [one for one in examples if not one.is_hit]
    if key.slot == CONTRARY:
        if not any(one.shows("absent", lambda other: other == key or other.slot == UNLESS) for one in misses):
            yield OPPOSITE
    elif key.slot == UNLESS:
        if not any(_is_kept_by(key, one) for one in misses):
            yield OTHERWISE
    else:
        if not any(one.is_hit and one.shows("present", _beside(key)) for one in examples):
            yield HIT
        near = _near_words(texts)
        if not any(_comes_near(key, near, one) for one in misses):
            yield NEAR


def _is_kept_by(key: Key, miss: _Example) -> bool:
    """Whether a list of what gives another meaning keeps a miss from being a hit, without any other of them."""
    is_hidden = not miss.shows("present", lambda other: other == key or other.slot != UNLESS)
    return is_hidden and miss.shows("present", lambda other: other.slot != UNLESS)


def _beside(key: Key) -> Callable[[Key], bool]:
    """The lists that may work together with one of what says it: itself, the other parts, and what speaks against."""
    if key.slot == PHRASES:
        return lambda other: other == key or other.slot in (CONTRARY, UNLESS)
    return lambda other: other == key or other.slot not in (key.slot, PHRASES)


def _near_words(texts: Iterable[str]) -> tuple[str, ...]:
    """What of phrases does not stand in just any sentence: long words; of Thai, which parts no words, whole runs."""
    runs = [run for text in texts for run in _runs(parse_pattern(text))]
    words = {(word,) for run in runs for word in run if not has_thai(word)}
    whole = [run for run in (*words, *filter(_is_thai, runs)) if len("".join(run)) >= SHORTEST_NEAR]
    return tuple(_row(matcher().symbols[word] for word in run) for run in whole)


def _is_thai(run: Iterable[str]) -> bool:
    return any(map(has_thai, run))


def _runs(pattern: Pattern) -> Iterator[list[str]]:
    """The words of a pattern that stand side by side in it."""
    for is_word, elements in groupby(pattern, key=lambda element: isinstance(element, str) and element != GAP):
        if is_word:
            yield [str(element) for element in elements]
        else:
            options = [option for element in elements if isinstance(element, Choice) for option in element.options]
            for option in options:
                yield from _runs(option)


def _row(symbols: Iterable[str]) -> str:
    return f" {' '.join(symbols)} "


def _comes_near(key: Key, near: Iterable[str], miss: _Example) -> bool:
    """Whether a long word or a whole phrase of a list stands in a miss, whatever speaks against it there."""
    known = [miss.symbols[word] for word in miss.text.words]
    row = _row(known)
    if any(words in row for words in near):
        return True
    return any(matcher().meant[number].key == key for number, _, _ in matcher().phrases.find(known))
