"""Finds the indicators of the catalogue in a batch of ads: one pass for all phrases, then the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from nlp.catalog_file import Indicator, catalogue
from nlp.lexicons import CONTRARY, PHRASES, UNLESS, Matcher, build_matcher
from nlp.parts import Parts, Sign
from nlp.phrases import AdWords, Hit, are_near_languages, find_hits, find_symbols
from nlp.reading import Finding, Span, State
from nlp.regular import Patterns, build_patterns, find_patterns
from nlp.rules import RULES
from nlp.words import STOPS, normal

UNQUOTED = "a flag only: the words are neither kept nor shown"


@lru_cache(maxsize=1)
def matcher() -> Matcher:
    """The matcher of the catalogue in use."""
    return build_matcher(catalogue())


@lru_cache(maxsize=1)
def patterns() -> Patterns | None:
    """The regular expressions of the catalogue in use, most of which have none."""
    return build_patterns({entry.id: entry.patterns for entry in catalogue().values()})


Looked = tuple[AdWords, Mapping[str, str]]
"""The words of an ad, and the lexicon word that each stands for."""


def look_up(ads: Sequence[Parts]) -> list[Looked]:
    """The words of ads of which fields and language alone are known yet: all at once, for each word is met often."""
    texts = [AdWords(ad) for ad in ads]
    symbols = find_symbols(texts, matcher())
    return [(text, symbols[text.ad.language]) for text in texts]


def find_indicators(ad: Parts, looked: Looked) -> tuple[Finding, ...]:
    """The findings of an ad, in the order of the catalogue's ids."""
    text, symbols = looked
    text.ad = ad
    return _judge(text, symbols)


def _judge(text: AdWords, symbols: Mapping[str, str]) -> tuple[Finding, ...]:
    hits = defaultdict(list)
    entries = _entries(text.ad.kind)
    for hit in find_hits(text, symbols, matcher(), entries):
        hits[hit.key.id].append(hit)
    shown: Mapping[str, list[Sign]] = _pattern_signs(text.ad)
    findings: list[Finding] = []
    for id in sorted(_ruled(text.ad.kind) | hits.keys() | shown.keys()):
        if entry := entries.get(id):
            signs = [*_signs(entry, text, hits.get(id, ())), *shown.get(id, ())]
            if signs:
                findings += _findings(entry, signs)
    return _without_covered(findings, entries)


def _without_covered(findings: Sequence[Finding], entries: Mapping[str, Indicator]) -> tuple[Finding, ...]:
    """The findings but those that another of the ad says with more."""
    present = {finding.id for finding in findings if finding.state == "present"}
    return tuple(
        finding
        for finding in findings
        if finding.state != "present" or present.isdisjoint(entries[finding.id].covered_by)
    )


@lru_cache(maxsize=16)
def _entries(kind: str | None) -> Mapping[str, Indicator]:
    """The indicators that one ad of a kind can show, by id."""
    return {id: entry for id, entry in catalogue().items() if entry.applies(kind) and entry.is_of_one_ad}


@lru_cache(maxsize=16)
def _ruled(kind: str | None) -> frozenset[str]:
    """The ids of those that a rule judges, whatever phrases are met."""
    return frozenset(id for id, entry in _entries(kind).items() if entry.rule)


def _pattern_signs(ad: Parts) -> Mapping[str, list[Sign]]:
    found: dict[str, list[Sign]] = defaultdict(list)
    if (ready := patterns()) is not None:
        for id, sign in find_patterns(ad, ready):
            found[id].append(sign)
    return found


def _signs(entry: Indicator, text: AdWords, hits: Sequence[Hit]) -> Iterator[Sign]:
    """Everything in the ad that speaks for or against one indicator."""
    yield from find_signs(entry, text, hits)
    if entry.rule is not None:
        yield from RULES[entry.rule](text.ad)


def find_signs(entry: Indicator, text: AdWords, hits: Sequence[Hit]) -> Iterator[Sign]:
    """What the phrases of an indicator that are met in an ad say for or against it; `hits` are of that one alone."""
    if hits:
        hits = _without_other_meaning(text, hits)
        contrary = [hit for hit in hits if hit.key.slot == CONTRARY and not hit.negated]
        yield from _phrase_signs(text, [hit for hit in hits if hit.key.slot == PHRASES], contrary)
        parts = [hit for hit in hits if hit.key.slot in entry.parts and not hit.negated]
        if entry.within is None:
            yield from _part_signs(entry, text, parts)
        else:
            yield from _near_signs(entry, text, parts, contrary)


def _without_other_meaning(text: AdWords, hits: Sequence[Hit]) -> Sequence[Hit]:
    """The hits in whose sentence nothing gives them another meaning: tax is deducted lawfully."""
    other = [hit for hit in hits if hit.key.slot == UNLESS]
    return [hit for hit in hits if not any(_in_one_sentence(text, hit, one) for one in other)] if other else hits


def _in_one_sentence(text: AdWords, one: Hit, other: Hit) -> bool:
    first, last = min(one.last, other.last), max(one.first, other.first)
    return STOPS.isdisjoint(text.words[first : last + 1])


def _phrase_signs(text: AdWords, hits: list[Hit], contrary: list[Hit]) -> Iterator[Sign]:
    for hit in contrary:
        yield Sign(text.span(hit.first, hit.last), state="absent")
    for hit in hits:
        # "no deposit to pay" holds "deposit to pay": what the ad denies it does not say.
        if not any(_overlap(hit, other) for other in contrary):
            yield Sign(text.span(hit.first, hit.last), state="absent" if hit.negated else "present")


def _part_signs(entry: Indicator, text: AdWords, hits: list[Hit]) -> Iterator[Sign]:
    """Parts that count only together: quotes the first, names the others."""
    found = {hit.key.slot: hit for hit in reversed(hits)}
    if entry.parts and len(found) == len(entry.parts):
        first, *others = [text.span(found[part].first, found[part].last) for part in entry.parts]
        with_what = ", ".join(f"“{other.quote}” ({other.field})" for other in others)
        yield Sign(first, f"together with {with_what}")


def _near_signs(entry: Indicator, text: AdWords, hits: list[Hit], contrary: list[Hit]) -> Iterator[Sign]:
    """Two parts in one sentence, few words apart: quotes from the first to the last of their words."""
    last: dict[tuple[str, str], Hit] = {}
    for hit in sorted(hits, key=lambda hit: hit.first):
        for other in last.values():
            if other.key.slot != hit.key.slot and _are_near(entry, text, other, hit):
                first, end = other.first, max(other.last, hit.last)
                if not any(one.first <= end and first <= one.last for one in contrary):
                    yield Sign(text.span(first, end))
        last[hit.key.slot, hit.key.language] = hit


def _are_near(entry: Indicator, text: AdWords, one: Hit, two: Hit) -> bool:
    between = text.words[one.last + 1 : two.first]
    if len(between) > (entry.within or 0) or _overlap(one, two) or not are_near_languages(one.key, two.key):
        return False
    return STOPS.isdisjoint(between) and matcher().apart.isdisjoint(map(normal, between))


def _overlap(one: Hit, other: Hit) -> bool:
    return one.first <= other.last and other.first <= one.last


def _findings(entry: Indicator, signs: Iterable[Sign]) -> Iterator[Finding]:
    """One finding a state: the first place, the longest phrase there, and how many places more."""
    by_state: dict[State, list[Sign]] = defaultdict(list)
    for sign in signs:
        by_state[sign.state].append(sign)
    for state in sorted(by_state):
        yield _finding(entry, state, by_state[state])


def _finding(entry: Indicator, state: State, signs: list[Sign]) -> Finding:
    order = {field: at for at, field in enumerate(dict.fromkeys(sign.span.field for sign in signs))}
    chosen = min(signs, key=lambda sign: (order[sign.span.field], sign.span.start, -sign.span.end))
    span = chosen.span if entry.quoted else Span(field=chosen.span.field, start=0, end=0, quote="")
    return Finding(
        field=span.field,
        start=span.start,
        end=span.end,
        quote=span.quote,
        id=entry.id,
        state=state,
        weight=entry.weight,
        grade=entry.grade,
        source=entry.source,
        note=chosen.note if entry.quoted else UNQUOTED,
    )
