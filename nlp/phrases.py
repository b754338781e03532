"""Finds the phrases of the catalogue in the words of an ad, and whether they are denied there."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlp.automaton import OTHER, STOP
from nlp.lexicons import BESIDE, EVERY, FAMILIES, KNOWN, NEAR, UNKNOWN, Key, Matcher, Meant
from nlp.parts import Parts, quote
from nlp.reading import Span
from nlp.words import SHORTEST_STEM, STOPS, find_misspelt, find_places, find_words, normal, stem

BEFORE = 5
AFTER = 2
TOLD = 12  # words after a warning that still belong to what it warns of
MOST_SEEN = 1 << 16  # words kept of one language


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase met in an ad, by the places of its first and last word among the ad's words."""

    key: Key
    first: int
    last: int
    negated: bool


class AdWords:
    """The words of all prose fields of an ad, one after another with a stop between."""

    def __init__(self, ad: Parts) -> None:
        self.ad = ad
        self.names = list(ad.fields)
        self.words: list[str] = []
        self.starts: list[int] = []
        self._places: dict[int, list[int]] = {}
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
        first = self.starts[field]
        if field not in self._places:
            last = [*self.starts, len(self.words)][field + 1] - 1  # before the stop between two fields
            self._places[field] = find_places(self.ad.fields[self.names[field]].text, self.words[first:last])
        start = self._places[field][word - first]
        return field, start, start + len(self.words[word])


def find_symbols(texts: Sequence[AdWords], lexicons: Matcher) -> Mapping[str, Mapping[str, str]]:
    """By language, the symbol of every word of the ads in it."""
    words: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        words[text.ad.language].update(text.words)
    return {language: _symbols(found, lexicons, language) for language, found in words.items()}


def _symbols(words: set[str], lexicons: Matcher, language: str) -> Mapping[str, str]:
    """The lexicon word that each written word stands for, or OTHER; words seen before are not looked up anew."""
    seen = lexicons.seen.get(language, {})
    new = words - seen.keys()
    if len(seen) + len(new) > MOST_SEEN:
        seen, new = {}, words
    found = seen | _resolve(new, lexicons, language) | dict.fromkeys(STOPS, STOP) if new else seen
    lexicons.seen[language] = found
    return found


def _resolve(words: Iterable[str], lexicons: Matcher, language: str) -> dict[str, str]:
    forms = {word: normal(word) for word in words}
    known = {form: symbol for form in set(forms.values()) if (symbol := _known(form, lexicons, language))}
    unknown = {form for form in forms.values() if form not in known}
    misspelt = find_misspelt(unknown, lexicons.long_words.get(language, lexicons.long_words[UNKNOWN]))
    known |= {form: lexicons.symbols[meant] for form, meant in misspelt.items()}
    return {word: known.get(form, OTHER) for word, form in forms.items()}


def _known(form: str, lexicons: Matcher, language: str) -> str | None:
    """The symbol of a word that stands in a lexicon, as it is or in another form."""
    if (symbol := lexicons.symbols.get(form)) is not None or len(form) <= SHORTEST_STEM:
        return symbol
    for family in _families(language):
        if (symbol := lexicons.stems.get(family, {}).get(stem(form, family))) is not None:
            return symbol
    return None


def _families(language: str) -> tuple[str, ...]:
    family = FAMILIES.get(language, language)
    return BESIDE.get(family, (family, "en") if family in EVERY else EVERY)


def find_hits(text: AdWords, symbols: Mapping[str, str], lexicons: Matcher, wanted: Container[str]) -> Iterator[Hit]:
    """Every phrase of the `wanted` indicators in an ad, and whether it is denied there; parts only where all stand."""
    known = [symbols[word] for word in text.words]
    present = frozenset(known)
    spoken = _spoken(text.ad)
    found = [
        (meant, first, last)
        for number, first, last in lexicons.phrases.find(known)
        # "camera" is a room in Romanian, but not in an English ad
        if (meant := lexicons.meant[number]).key.id in wanted and (not spoken or meant.key.language in spoken)
    ]
    slots: dict[str, set[str]] = defaultdict(set)
    for meant, _, _ in found:
        slots[meant.key.id].add(meant.key.slot)
    for meant, first, last in found:
        if lexicons.may_matter(meant.key, slots[meant.key.id]) and (
            first < last or _stands_alone(normal(text.words[first]), meant.key, lexicons)
        ):
            yield Hit(meant.key, first, last, _is_negated(text, known, present, (first, last), lexicons, meant))


def _spoken(ad: Parts) -> frozenset[str]:
    """The languages whose phrases count in an ad; none given where that cannot be told."""
    found = {ad.language, *(stretch.language for stretch in ad.stretches)}
    if not found <= KNOWN:
        return frozenset()
    return frozenset({"en"}.union(*(NEAR.get(language, (language,)) for language in found)))


def are_near_languages(one: Key, other: Key) -> bool:
    """Whether words of both may stand in one sentence: "to" is two in Danish only."""
    return other.language in NEAR.get(one.language, (one.language,))


def _stands_alone(form: str, key: Key, lexicons: Matcher) -> bool:
    """One word alone is too little to call another word its misspelt form."""
    alone = lexicons.alone[key]
    return form in alone or "~" + stem(form, key.language) in alone


def _is_negated(
    text: AdWords, known: list[str], present: frozenset[str], hit: tuple[int, int], lexicons: Matcher, meant: Meant
) -> bool:
    """Whether a negator stands close before, inside or after, in the same clause, or a warning earlier on.

    `present` are the words in `known`: most ads have no warning, and no negator of most languages.
    """
    first, last = hit
    if not present.isdisjoint(lexicons.told) and (
        _nearest(known, range(first - 1, max(first - 1 - TOLD, -1), -1), lexicons.told) is not None
    ):
        return True
    if not present.isdisjoint(lexicons.elsewhere) and (
        _nearest(known, range(last + 1, min(last + 1 + TOLD, len(known))), lexicons.elsewhere) is not None
    ):
        return True
    language = meant.key.language
    before, after = lexicons.before.get(language, frozenset()), lexicons.after.get(language, frozenset())
    if meant.denies and not before.isdisjoint(known[first : last + 1]):
        return False  # "without contract" is not undone by another "without" near by
    if not present.isdisjoint(before):
        if not before.isdisjoint(known[first : last + 1]):
            return True
        at = _nearest(known, range(first - 1, max(first - 1 - BEFORE, -1), -1), before, lexicons.joins)
        if at is not None and not text.has_comma(at, first):
            return True
    if present.isdisjoint(after):
        return False
    at = _nearest(known, range(last + 1, min(last + 1 + AFTER, len(known))), after, lexicons.joins)
    return at is not None and not text.has_comma(last, at)


def _nearest(known: list[str], places: range, wanted: frozenset[str], end: frozenset[str] = frozenset()) -> int | None:
    """The first of `places` with a wanted word, looking no further than the end of the sentence or a word of `end`."""
    for at in places:
        if known[at] in wanted:
            return at
        if known[at] == STOP or known[at] in end:
            return None
    return None
