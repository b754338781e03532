"""The lexicons of all phrases, ready to match: words and their other forms, negators, one automaton of phrases."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nlp.automaton import Automaton, Pattern, find_lone_words, find_pattern_words, group_words, parse_pattern
from nlp.catalog_file import DATA, Indicator
from nlp.words import SHORTEST_MISSPELT, normal, stem

SHORTEST_INFLECTED = 5
PHRASES, CONTRARY, UNLESS = "phrases", "contrary", "unless"
UNKNOWN = "und"
NORTH = ("nb", "nn", "sv", "da")
FAMILIES = dict.fromkeys(NORTH, "north")
# Languages whose words may stand in an ad of this one; then those tried where the language is not known.
BESIDE = {"uk": ("uk", "ru"), "ru": ("ru", "uk")}
EVERY = ("en", "north", "pl", "ro", "lt", "es", "uk", "ru")
NEAR = dict.fromkeys(NORTH, NORTH) | BESIDE
KNOWN = frozenset(EVERY) - {"north"} | frozenset(NORTH) | {"th"}
INFLECTED = frozenset({"pl", "ro", "lt", "es", "uk", "ru"})  # one word alone may be met in another form


@dataclass(frozen=True, slots=True)
class Key:
    """What a phrase stands for: an indicator, one of its lexicons, a language."""

    id: str
    slot: str
    language: str


@dataclass(frozen=True, slots=True)
class Meant:
    """What is met where a phrase stands. `denies`: it may hold a negator itself ("without contract")."""

    key: Key
    denies: bool


@dataclass(frozen=True, slots=True)
class Matcher:
    """All phrases of a catalogue, ready to match; `seen` and the automaton only remember what they worked out."""

    phrases: Automaton[int]
    meant: Sequence[Meant]
    symbols: Mapping[str, str]
    """Each word of the lexicons, in normal form, and the word that stands for it and its other forms."""
    stems: Mapping[str, Mapping[str, str]]
    """By family of languages, the symbol of each stem."""
    alone: Mapping[Key, frozenset[str]]
    """The words that are a phrase by themselves, and their stems after "~"."""
    long_words: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By language, then by first letter: what a misspelt word of an ad in that language may stand for."""
    before: Mapping[str, frozenset[str]]
    after: Mapping[str, frozenset[str]]
    told: frozenset[str]
    """Words that warn of what others say, or tell of it."""
    elsewhere: frozenset[str]
    """Words that send those away who look for it."""
    joins: frozenset[str]
    """Words that begin another clause, where a negator of the one before ends."""
    apart: frozenset[str]
    """Words that keep two near parts from being about one thing."""
    parts: Mapping[str, frozenset[str]]
    """By indicator, the parts that it needs together."""
    seen: dict[str, dict[str, str]] = field(default_factory=dict)

    def may_matter(self, key: Key, slots: set[str]) -> bool:
        """Whether a phrase counts beside the others met of its indicator: a part only with all the parts."""
        if key.slot == UNLESS:
            return len(slots) > 1
        return key.slot in (PHRASES, CONTRARY) or self.parts[key.id] <= slots


def build_matcher(indicators: Mapping[str, Indicator]) -> Matcher:
    table = tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))
    patterns = _parse(indicators.values())
    by_language: dict[str, set[str]] = defaultdict(set)
    for key, own in patterns.items():
        by_language[key.language].update(word for pattern in own for word in find_pattern_words(pattern))
    before, after = _by_language(table["before"]), _by_language(table["after"])
    told, elsewhere, joins = (_normal(table[name]["words"]) for name in ("told", "elsewhere", "joins"))
    fixed = frozenset().union(
        *before.values(), *after.values(), told, elsewhere, joins, _normal(table["keep"]["words"])
    )
    stems = _group_stems(by_language, fixed)
    symbols = dict.fromkeys(fixed | set().union(*by_language.values()))
    same = group_words(group for own in stems.values() for group in own.values())
    ready = {word: same.get(word, word) for word in symbols}
    phrases: Automaton[int] = Automaton()
    meant: list[Meant] = []
    for key, own in patterns.items():
        _add(phrases, meant, key, own, ready, before.get(key.language, frozenset()))
    phrases.finish()
    return Matcher(
        phrases=phrases,
        meant=meant,
        symbols=ready,
        stems={family: {one: ready[min(words)] for one, words in own.items()} for family, own in stems.items()},
        alone={key: _alone(key, own) for key, own in patterns.items()},
        long_words=_long_words(by_language, set(ready)),
        before=before,
        after=after,
        told=told,
        elsewhere=elsewhere,
        joins=joins,
        apart=_normal(table["apart"]["words"]),
        parts={entry.id: frozenset(entry.parts) for entry in indicators.values()},
    )


def find_lists(entry: Indicator) -> Mapping[Key, Sequence[str]]:
    """The phrase lists of an indicator, as they are written: one for each of its lexicons and languages."""
    lexicons = {PHRASES: entry.phrases, CONTRARY: entry.contrary, UNLESS: entry.unless, **entry.parts}
    return {
        Key(entry.id, slot, language): texts
        for slot, lexicon in lexicons.items()
        for language, texts in lexicon.items()
    }  # fmt: skip


def _parse(indicators: Iterable[Indicator]) -> dict[Key, list[Pattern]]:
    patterns: dict[Key, list[Pattern]] = {}
    for entry in indicators:
        for key, texts in find_lists(entry).items():
            patterns[key] = [parse_pattern(text) for text in texts]
    parse_pattern.cache_clear()  # kept since the catalogue was checked; nobody asks again
    return {key: own for key, own in patterns.items() if own}


def _group_stems(by_language: Mapping[str, set[str]], fixed: frozenset[str]) -> dict[str, dict[str, set[str]]]:
    """By family and stem, the words that share it. Negators and the like have no other forms."""
    stems: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language, words in by_language.items():
        family = FAMILIES.get(language, language)
        for word in words - fixed:
            stems[family][stem(word, family)].add(word)
    return {family: dict(own) for family, own in stems.items()}


def _add(
    phrases: Automaton[int],
    meant: list[Meant],
    key: Key,
    patterns: Iterable[Pattern],
    symbols: Mapping[str, str],
    negators: frozenset[str],
) -> None:
    plain, denying = len(meant), len(meant) + 1
    meant += [Meant(key, denies=False), Meant(key, denies=True)]
    for pattern in patterns:
        denies = not negators.isdisjoint(find_pattern_words(pattern))
        phrases.add(pattern, denying if denies else plain, symbols.__getitem__)


def _alone(key: Key, patterns: Iterable[Pattern]) -> frozenset[str]:
    words = {word for pattern in patterns for word in find_lone_words(pattern)}
    inflected = {word for word in words if key.language in INFLECTED and len(word) >= SHORTEST_INFLECTED}
    return frozenset(words | {"~" + stem(word, key.language) for word in inflected})


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


def _by_language(table: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    return {language: _normal(words) for language, words in table.items()}


def _normal(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(normal, words))
