"""Matches the names of the gazetteer in the words of a text: those of one word by look-up, the others with spaCy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.gazetteer import Entry, gazetteer

_MOST = 200  # names of one field that are weighed
_REACH = 4  # words of one name before or after its longest
OTHER = "_"  # stands for any word that no name holds, so that the shared vocabulary never grows


def match_names(parts: Sequence[str]) -> dict[tuple[int, int], Sequence[Entry]]:
    """Every name of the gazetteer in a text in lower case, cut into gap, word, gap … gap, by its place."""
    names, written = _names(), parts[1::2]
    if gazetteer().words.isdisjoint(written):
        return {}
    found = [(at, at, names.alone[word]) for at, word in enumerate(written) if word in names.alone]
    if not names.anchors.isdisjoint(written):
        found = sorted([*found, *_match_phrases(written, names)], key=lambda one: one[1])
    ends = list(accumulate(map(len, parts))) if found else []
    spans: dict[tuple[int, int], Sequence[Entry]] = {}
    for first, last, entries in found[:_MOST]:
        begin, end = 2 * first, 2 * last + 1  # the gap before its first word, its last word
        if all(map(_is_near, parts[begin + 2 : end : 2])):
            spans[ends[begin], ends[end]] = entries
    return spans


def _match_phrases(written: Sequence[str], names: _Names) -> Iterator[tuple[int, int, Sequence[Entry]]]:
    """Every name of several words, with the places in `written` of its first and its last."""
    kept = _about_anchors(written, names.anchors)
    symbols = [written[at] if at >= 0 and written[at] in names.words else OTHER for at in kept]
    for name, first, end in names.matcher(Doc(names.vocab, words=symbols))[:_MOST]:
        yield kept[first], kept[end - 1], names.entries[name]


def _about_anchors(written: Sequence[str], anchors: frozenset[str]) -> list[int]:
    """The places in `written` of the longest words of names and of those about them; -1 where others are left out.

    The matcher sees a few words of an ad instead of all.
    """
    kept: list[int] = []
    for at, word in enumerate(written):
        if word in anchors:
            begin = max(at - _REACH, kept[-1] + 1 if kept else 0)
            kept += (
                [-1, *range(begin, at + _REACH + 1)] if kept and begin > kept[-1] + 1 else range(begin, at + _REACH + 1)
            )
    return [at for at in kept if at < len(written)]


def _is_near(gap: str) -> bool:
    """Whether what stands between two words lets them be one name: a space, a hyphen, a point."""
    return 0 < len(gap) <= 2 and not gap.strip(" .-")


@dataclass(frozen=True, slots=True)
class _Names:
    """The ways of writing all places, ready to match: `alone` those of one word, the others in `matcher`.

    `words` are all that stand in those of several words, `anchors` the longest of each.
    """

    alone: Mapping[str, Sequence[Entry]]
    vocab: Vocab
    matcher: PhraseMatcher
    entries: Mapping[int, Sequence[Entry]]
    words: frozenset[str]
    anchors: frozenset[str]


@cache
def _names() -> _Names:
    vocab = Vocab()
    matcher = PhraseMatcher(vocab, attr="ORTH")
    spelt: dict[tuple[str, ...], list[Entry]] = {}
    anchors: set[str] = set()
    for word, entries in gazetteer().index.items():
        for entry in entries:
            name = (*entry.lead, word, *entry.rest)
            spelt.setdefault(name, []).append(entry)
            if len(name) > 1:
                anchors.add(word)
    alone = {name[0]: spelt.pop(name) for name in list(spelt) if len(name) == 1}
    found: dict[int, Sequence[Entry]] = {}
    for name, named in spelt.items():
        key = " ".join(name)
        matcher.add(key, [Doc(vocab, words=list(name))])
        found[vocab.strings[key]] = named
    words = frozenset(word for name in spelt for word in name)
    for symbol in (OTHER, *words):
        vocab[symbol]  # known beforehand: matching then writes nothing that threads share
    return _Names(alone, vocab, matcher, found, words, frozenset(anchors))
