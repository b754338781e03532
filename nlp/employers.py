"""Finds what an ad says about who employs: a firm's name, an organisation number, an e-mail domain of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rapidfuzz import fuzz

from nlp.found import any_of, by_longest_word, find_whole, lowered, words_of
from nlp.orgnumbers import is_org_number
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("employers")
_FREE = frozenset(_TABLE["free"])
_GENERIC = frozenset(_TABLE["generic"])
_THROUGH = frozenset(_TABLE["through"])
_CUES = frozenset(_TABLE["cues"])
_WEAK = frozenset(_TABLE["weak_cues"])
_PUBLIC = frozenset(_TABLE["public"])
_ADJECTIVES = frozenset(_TABLE["adjectives"])
_COMMON = frozenset(_TABLE["common"])
_FIRM_NOUNS = frozenset(_TABLE["firm_nouns"])
_ORG_CUES = frozenset(_TABLE["org_cues"])
_ALIKE = 85  # of 100: a word of the name, written with at most one letter else, stands in the domain
_LEAST = 3  # letters of a word or of initials that tell a firm from others

_NAME_BACK = (
    r"(?<!\w)[^\W\d_a-zæøåäöа-яіїєґ][\w&'’.-]{1,30}[ ](?:(?:[^\W\d_a-zæøåäöа-яіїєґ][\w&'’.-]{1,30}|&|og)[ ]){0,3}"
)
_FORM = re.compile(rf"(?<!\w)(?:{any_of(_TABLE['forms'])})(?![\w-])")
_BEFORE_FORM = re.compile(rf"{_NAME_BACK}\Z")
_FORM_BEFORE = re.compile(
    rf"(?<!\w)(?:{any_of(_TABLE['forms_before'])})\s[«\"'„“]?(?=[^\W\d_a-zа-яіїєґ])[\w&-]{{2,30}}"
)
_KIND = re.compile(rf"(?<!\w)(?:{any_of(_TABLE['kinds'])})(?!\w)", re.IGNORECASE)
_AFTER_CUE = re.compile(
    r"(?:\s(?:er|is|to|este|yra|є)\s|\s?[:–-]\s{0,2}|\s?\n\s{0,2})[\"«„“'»]?(?=[^\W\d_a-zæøåäöа-яіїєґ])[^\W\d_][\w&'’-]{1,30}"
)
_AFTER_WEAK = re.compile(r"\s?(?::\s?|\s(?=[\"«„“»]))[\"«„“'»]?(?=[^\W\d_a-zæøåäöа-яіїєґ])[^\W\d_][\w&'’-]{1,30}")
_IN = re.compile(rf"(?<!\w)(?:{any_of(_TABLE['in'])})\s\Z", re.IGNORECASE)
_VERB = re.compile(rf"(?<=\w )(?:{any_of(_TABLE['verbs'])})(?!\w)")
_NINE = re.compile(r"(?<![\d+])\d{3}[ .]?\d{3}[ .]?\d{3}(?![ ]?\d)")
# A word of each form, kind and verb: the patterns cost ten times more than looking for these.
_FORM_WORDS, _BEFORE_WORDS, _KIND_WORDS, _VERB_WORDS = (
    frozenset(by_longest_word([word.lower() for word in _TABLE[name]], str))
    for name in ("forms", "forms_before", "kinds", "verbs")
)
_BETWEEN_CUE = 25  # characters
_PREPOSITION = 6  # characters before a name
_NAME = 80  # characters before a legal form in which the name stands


def find_firms(text: str) -> Iterator[tuple[int, int]]:
    """Where a firm is named: by its legal form, its kind, or the word employer before it."""
    words = words_of(text)
    yield from find_registered(text)
    if not _KIND_WORDS.isdisjoint(words):
        yield from _by_kind(text)
    if not _VERB_WORDS.isdisjoint(words):
        yield from _by_verb(text)
    for cue in _CUES & words:
        after = _AFTER_WEAK if cue in _WEAK else _AFTER_CUE
        for start, end in find_whole(text, [cue]):
            if match := after.match(text, end):
                yield start, match.end()


def find_registered(text: str) -> Iterator[tuple[int, int]]:
    """Where a firm is named with its legal form ("Byggmester Berg AS", "ТОВ Північ")."""
    words = words_of(text)
    if not _FORM_WORDS.isdisjoint(words):
        yield from _by_form(text)
    if not _BEFORE_WORDS.isdisjoint(words):
        yield from (match.span() for match in _FORM_BEFORE.finditer(text))


def _by_form(text: str) -> Iterator[tuple[int, int]]:
    for form in _FORM.finditer(text):
        if name := _BEFORE_FORM.search(text, max(0, form.start() - _NAME), form.start()):
            yield name.start(), form.end()


def _by_kind(text: str) -> Iterator[tuple[int, int]]:
    for kind in _KIND.finditer(text):
        name = _BEFORE_FORM.search(text, max(0, kind.start() - _NAME), kind.start())
        if name and _may_name(text, name, kind):
            yield name.start(), kind.end()


def _by_verb(text: str) -> Iterator[tuple[int, int]]:
    """ "Fjordfisk søker …", "Harbour House is a …", but not "Hotellet søker …" or "A family in Bergen seeks …"."""
    for verb in _VERB.finditer(text):
        name = _BEFORE_FORM.search(text, max(0, verb.start() - _NAME), verb.start())
        words = name.group().lower().split() if name else []
        if not name or _IN.search(text, max(0, name.start() - _PREPOSITION), name.start()):
            continue
        if words[-1] not in _COMMON or (words[-1] in _FIRM_NOUNS and not _COMMON.issuperset(words)):
            yield name.start(), verb.start() - 1


def _may_name(text: str, name: re.Match[str], kind: re.Match[str]) -> bool:
    """Whether the words before "hotel" are a name: not the one capital of a sentence ("Stort hotell søker")."""
    words = name.group().lower().split()
    if kind.group() in _PUBLIC:
        return words[-1] not in _ADJECTIVES
    if kind.group()[0].isupper() or len(words) > 1:
        return not _COMMON.issuperset(words)
    before = text[max(0, name.start() - 4) : name.start()].rstrip(" ")
    return before != "" and before[-1] not in ".!?:;\n•-"


def find_org_numbers(text: str) -> Iterator[tuple[int, int, bool]]:
    """Nine digits that the text calls an organisation number: where, and whether the check digit holds."""
    if _ORG_CUES.isdisjoint(words_of(text)):
        return
    low = lowered(text)
    for match in _NINE.finditer(text):
        near = f"{low[max(0, match.start() - _BETWEEN_CUE) : match.start()]} {low[match.end() : match.end() + 5]}"
        if not _ORG_CUES.isdisjoint(re.findall(r"\w+", near)):
            yield *match.span(), is_org_number(re.sub(r"\D", "", match.group()))


def is_free(host: str) -> bool:
    """Whether anybody gets an e-mail address at this host."""
    return host in _FREE


def is_through(host: str) -> bool:
    """Whether others recruit through this host."""
    return not _THROUGH.isdisjoint(host.split("."))


def fits(host: str, employer: str) -> bool | None:
    """Whether a host may be that of the employer, by a word of its name or its initials; None where it has no such."""
    labels = "".join(host.split(".")[:-1])
    bare = _flat(labels)
    words = [_flat(word) for word in re.findall(r"[^\W_]+", employer)]
    telling = [word for word in words if len(word) >= _LEAST and word not in _GENERIC]
    if not telling:
        return None
    initials = "".join(word[0] for word in words if word not in {"as", "asa", "ab"})
    if len(initials) >= _LEAST and initials[:4] in bare:
        return True
    return any(word in bare or _is_alike(word, bare) for word in telling)


def _is_alike(word: str, host: str) -> bool:
    return len(word) > _LEAST + 1 and fuzz.partial_ratio(word, host) >= _ALIKE


def _flat(name: str) -> str:
    """As firms write their names in hosts."""
    low = name.lower().replace("-", "")
    for letter, ascii_letters in (
        ("æ", "ae"),
        ("ø", "o"),
        ("å", "a"),
        ("ä", "a"),
        ("ö", "o"),
        ("é", "e"),
        ("ł", "l"),
        ("ü", "u"),
    ):
        low = low.replace(letter, ascii_letters)
    return low
