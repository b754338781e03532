"""A template as people read it: the text its ads share, with numbered slots, and what each ad has in them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from alerts.templates.shingles import MAX_LENGTH, read_plain, word_spans

MAX_WORDS = 1_000  # of an ad that are aligned: 2,000 characters of unspaced script or of emoji are more
MAX_ADS = 200  # aligned; of more, those with the lowest numbers
FIXED = 0.5  # share of the ads that have a word in its place; what fewer have is no part of the template
SLOT = 0.2  # share of the ads with something else in a place, or between two words; what fewer have is their own


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of an ad's text: `text[start:end]`. Where an ad has nothing, start and end are equal."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Text that the ads share, or a slot (numbered from 1) without text."""

    text: str = ""
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One ad: what it has in each slot, what it has outside them, and the share of the fixed words it has."""

    ad: int
    slots: tuple[Span, ...]
    own: tuple[Span, ...]
    agreement: float


@dataclass(frozen=True, slots=True)
class TemplateView:
    """`segments` with the slots filled from the row of `pattern` give the beginning of that ad's text."""

    pattern: int | None
    segments: tuple[Segment, ...]
    rows: tuple[Row, ...]
    left_out: int
    """Ads that are not aligned because there are more than MAX_ADS."""


@dataclass(frozen=True, slots=True)
class _Ad:
    number: int
    text: str
    words: Sequence[int]
    places: Sequence[tuple[int, int]]
    """Where each word stands in `text`."""
    end: int
    """How far `text` was read."""

    def span(self, start: int, end: int) -> Span:
        return Span(start, end, self.text[start:end])

    def stretch(self, first: int, last: int) -> Span:
        """From word `first` to before word `last`; an empty one lies where the word before it ends."""
        if first < last:
            return self.span(self.places[first][0], self.places[last - 1][1])
        at = self.places[first - 1][1] if first else 0
        return self.span(at, at)


def template_view(texts: Mapping[int, str]) -> TemplateView:
    """The ads of one template, by number, aligned word by word. The outcome depends on the texts and their numbers
    alone; texts are read up to MAX_LENGTH characters, so that time is bounded.
    """
    chosen = sorted(texts)[:MAX_ADS]
    ads = [_read(number, texts[number]) for number in chosen]
    if not ads:
        return TemplateView(None, (), (), 0)
    pattern = _pattern(ads)
    matches = [_match(pattern, ad) for ad in ads]
    seen = Counter(word for match in matches for word in match)
    often = [word for word in range(len(pattern.words)) if seen[word] > FIXED * len(ads)]
    replaced = Counter(word for ad, match in zip(ads, matches, strict=True) for word in _replaced(ad, often, match))
    fixed = [word for word in often if replaced[word] < SLOT * len(ads)]
    gaps = _slots(fixed, pattern, ads, matches)
    rows = [_row(ad, fixed, gaps, match) for ad, match in zip(ads, matches, strict=True)]
    return TemplateView(
        pattern.number, tuple(_segments(pattern, rows[ads.index(pattern)].slots)), tuple(rows), len(texts) - len(ads)
    )


def _read(number: int, text: str) -> _Ad:
    plain = read_plain(text)
    words, places = word_spans(plain.text)
    apart = _apart(plain.origin(*place) for place in places[:MAX_WORDS])
    is_whole = len(text) <= MAX_LENGTH and len(words) <= MAX_WORDS
    end = len(text) if is_whole else apart[-1][1] if apart else 0
    return _Ad(number, text, words[:MAX_WORDS], apart, end)


def _apart(places: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in the stored text: those of pieces of a run, or made of one stored character, would overlap."""
    found: list[tuple[int, int]] = []
    done = 0
    for start, end in places:
        done, start = max(done, end), max(done, start)
        found.append((start, done))
    return found


def _pattern(ads: Sequence[_Ad]) -> _Ad:
    """The ad with the most words that most ads have, and the fewest others; the text decides between equals."""
    common = Counter(word for ad in ads for word in set(ad.words))
    return max(ads, key=lambda ad: (sum(2 * common[word] - len(ads) for word in set(ad.words)), ad.text, -ad.number))


def _match(pattern: _Ad, ad: _Ad) -> dict[int, int]:
    """Word of the pattern -> the same word of the ad, in a longest common order."""
    return {
        op.src_start + offset: op.dest_start + offset
        for op in LCSseq.opcodes(pattern.words, ad.words)
        if op.tag == "equal"
        for offset in range(op.src_end - op.src_start)
    }


def _slots(fixed: Sequence[int], pattern: _Ad, ads: Sequence[_Ad], matches: Sequence[Mapping[int, int]]) -> list[int]:
    """The gaps that are slots: gap n lies before the n-th fixed word, the last one after them all."""
    ends = [-1, *fixed, len(pattern.words)]
    filled = Counter(
        low
        for ad, match in zip(ads, matches, strict=True)
        for low, high, first, last in _stretches(ad, fixed, match)
        if high == low and last > first
    )
    return [gap for gap in range(len(fixed) + 1) if ends[gap + 1] - ends[gap] > 1 or filled[gap] >= SLOT * len(ads)]


def _stretches(ad: _Ad, fixed: Sequence[int], match: Mapping[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """What an ad has between the fixed words it has: first gap, last gap, first word, word after the last."""
    gap = place = 0
    for number, word in enumerate(fixed):
        if word in match:
            yield gap, number, place, match[word]
            gap, place = number + 1, match[word] + 1
    yield gap, len(fixed), place, len(ad.words)


def _replaced(ad: _Ad, often: Sequence[int], match: Mapping[int, int]) -> Iterator[int]:
    """The words in whose place the ad has others."""
    for low, high, first, last in _stretches(ad, often, match):
        if last > first:
            yield from often[low:high]


def _row(ad: _Ad, fixed: Sequence[int], gaps: Sequence[int], match: Mapping[int, int]) -> Row:
    slots: list[Span] = []
    own: list[Span] = []
    for low, high, first, last in _stretches(ad, fixed, match):
        here = bisect_left(gaps, high + 1) - bisect_left(gaps, low)
        span = ad.stretch(first, last)
        if here:  # where fixed words are missing between slots, the first of them takes it all
            slots += [span, *[Span(span.end, span.end, "")] * (here - 1)]
        elif first < last:
            own.append(span)
    has = sum(word in match for word in fixed)
    return Row(ad.number, tuple(slots), tuple(own), has / len(fixed) if fixed else 0.0)


def _segments(pattern: _Ad, slots: Sequence[Span]) -> Iterator[Segment]:
    done = 0
    for number, span in enumerate(slots, start=1):
        if span.start > done:
            yield Segment(pattern.text[done : span.start])
        yield Segment(slot=number)
        done = span.end
    if pattern.end > done:
        yield Segment(pattern.text[done : pattern.end])
