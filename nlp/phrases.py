"""All phrases of the catalogue in one matcher, and where they stand in the words of an ad."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.catalog_file import DATA, Indicator
from nlp.parts import Parts, quote
from nlp.reading import Span
from nlp.words import (
    SHORTEST_MISSPELT,
    STOPS,
    find_misspelt,
    find_places,
    find_words,
    normal,
    parse_phrase,
    spell_out,
)

STOP = "."
OTHER = "_"  # stands for any word outside the lexicons, so that the shared vocabulary never grows
BEFORE = 3
AFTER = 2
PHRASES, CONTRARY = "phrases", "contrary"
UNKNOWN = "und"
NORTH = ("nb", "nn", "sv", "da")


@dataclass(frozen=True, slots=True)
class Key:
    """What a phrase of the matcher stands for: an indicator, one of its lexicons, a language."""

    id: str
    slot: str
    language: str


@dataclass(frozen=True, slots=True)
class Matcher:
    """All phrases of a catalogue, ready to match; nothing in it changes after it is built."""

    vocab: Vocab
    phrases: PhraseMatcher
    keys: Mapping[int, Key]
    words: frozenset[str]
    long_words: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By language, then by first letter: what a misspelt word of an ad in that language may stand for."""
    before: Mapping[str, frozenset[str]]
    after: Mapping[str, frozenset[str]]
    apart: frozenset[str]
    """Words that keep two near parts from being about one thing."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase met in an ad, by the places of its first and last word among the ad's words."""

    key: Key
    first: int
    last: int
    negated: bool


def build_matcher(indicators: Mapping[str, Indicator]) -> Matcher:
    vocab = Vocab()
    phrases = PhraseMatcher(vocab, attr="ORTH")
    table = tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))
    words = {normal(word) for word in table["keep"]["words"]}
    by_language: dict[str, set[str]] = defaultdict(set)
    keys: dict[int, Key] = {}
    for key, spelt in _spell(indicators.values()).items():
        name = f"{key.id} {key.slot} {key.language}"
        phrases.add(name, [Doc(vocab, words=list(phrase)) for phrase in sorted(spelt)])
        keys[vocab.strings[name]] = key
        by_language[key.language].update(*spelt)
    before, after = _negators(table["before"]), _negators(table["after"])
    words = words.union(*by_language.values(), *before.values(), *after.values())
    for symbol in (STOP, OTHER, *words):
        vocab[symbol]  # known beforehand: matching then writes nothing that threads share
    long_words = _long_words(by_language, words)
    apart = frozenset(map(normal, table["apart"]["words"]))
    return Matcher(vocab, phrases, keys, frozenset(words), long_words, before, after, apart)


def _spell(indicators: Iterable[Indicator]) -> dict[Key, set[tuple[str, ...]]]:
    spelt: dict[Key, set[tuple[str, ...]]] = defaultdict(set)
    for entry in indicators:
        for slot, lexicon in {PHRASES: entry.phrases, CONTRARY: entry.contrary, **entry.parts}.items():
            for language, patterns in lexicon.items():
                key = Key(entry.id, slot, language)
                spelt[key] |= {parse_phrase(phrase) for pattern in patterns for phrase in spell_out(pattern)}
    return {key: phrases for key, phrases in spelt.items() if phrases}


def _long_words(by_language: Mapping[str, set[str]], words: set[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    english = by_language.get("en", set())
    # Where the language is not known English comes first: most ads that mix languages are written in it.
    every = _by_initial(sorted(words, key=lambda word: (word not in english, word)))
    north = set().union(*(by_language.get(language, ()) for language in NORTH))
    near = {language: north if language in NORTH else own for language, own in by_language.items()}
    return {UNKNOWN: every} | {language: _by_initial(sorted(own)) for language, own in near.items()}


def _by_initial(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= SHORTEST_MISSPELT and word.isalpha():
            found[word[0]].append(word)
    return {initial: tuple(group) for initial, group in found.items()}


def _negators(table: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    return {language: frozenset(map(normal, words)) for language, words in table.items()}


class AdWords:
    """The words of all prose fields of an ad, one after another with a stop between."""

    def __init__(self, ad: Parts) -> None:
        self.ad = ad
        self.names = list(ad.fields)
        self.words: list[str] = []
        self.starts: list[int] = []
        self._places: dict[int, list[tuple[int, int]]] = {}
        for plain in ad.fields.values():
            self.starts.append(len(self.words))
            self.words += find_words(plain.text)
            self.words.append(STOP)

    def span(self, first: int, last: int) -> Span:
        """The stored text from word `first` to word `last`, both counted over the whole ad."""
        field, start, _ = self._place(first)
        return quote(self.names[field], self.ad.fields[self.names[field]], start, self._place(last)[2])

    def has_comma(self, first: int, last: int) -> bool:
        """Whether a comma stands between two words of one sentence."""
        field, _, end = self._place(first)
        return "," in self.ad.fields[self.names[field]].text[end : self._place(last)[1]]

    def _place(self, word: int) -> tuple[int, int, int]:
        field = bisect_right(self.starts, word) - 1
        if field not in self._places:
            self._places[field] = find_places(self.ad.fields[self.names[field]].text)
        return field, *self._places[field][word - self.starts[field]]


def find_symbols(texts: Sequence[AdWords], lexicons: Matcher) -> Mapping[str, Mapping[str, str]]:
    words: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        words[text.ad.language].update(text.words)
    return {language: _symbols(found, lexicons, language) for language, found in words.items()}


def _symbols(words: Iterable[str], lexicons: Matcher, language: str) -> Mapping[str, str]:
    """The lexicon word that each written word stands for; others are left out."""
    forms = {word: normal(word) for word in words}
    unknown = {form for form in forms.values() if form not in lexicons.words}
    misspelt = find_misspelt(unknown, lexicons.long_words.get(language, lexicons.long_words[UNKNOWN]))
    symbols = {word: misspelt.get(form, form) for word, form in forms.items()}
    known = {word: symbol for word, symbol in symbols.items() if symbol in lexicons.words}
    return known | dict.fromkeys(STOPS, STOP)


def find_hits(text: AdWords, symbols: Mapping[str, str], lexicons: Matcher) -> Iterator[Hit]:
    known = [symbols.get(word, OTHER) for word in text.words]
    # A run of other words matters no more than one of them: the matcher sees a shorter text.
    kept = [at for at, symbol in enumerate(known) if symbol != OTHER or not at or known[at - 1] != OTHER]
    doc = Doc(lexicons.vocab, words=[known[at] for at in kept])
    for name, start, end in lexicons.phrases(doc):
        key, first, last = lexicons.keys[name], kept[start], kept[end - 1]
        if first == last and normal(text.words[first]) != known[first]:
            continue  # one word alone is too little to call another word its misspelt form
        yield Hit(key, first, last, _is_negated(text, known, (first, last), lexicons, key.language))


def _is_negated(text: AdWords, known: list[str], hit: tuple[int, int], lexicons: Matcher, language: str) -> bool:
    """Whether a negator stands close before or after, in the same clause."""
    first, last = hit
    before, after = lexicons.before.get(language, frozenset()), lexicons.after.get(language, frozenset())
    if not before.isdisjoint(known[first : last + 1]):
        return False  # "without contract" is not undone by another "without" near by
    at = _nearest(known, range(first - 1, max(first - 1 - BEFORE, -1), -1), before)
    if at is not None and not text.has_comma(at, first):
        return True
    at = _nearest(known, range(last + 1, min(last + 1 + AFTER, len(known))), after)
    return at is not None and not text.has_comma(last, at)


def _nearest(known: list[str], places: range, wanted: frozenset[str]) -> int | None:
    """The first of `places` with a wanted word, looking no further than the end of the sentence."""
    for at in places:
        if known[at] == STOP:
            return None
        if known[at] in wanted:
            return at
    return None
