"""Finds telephone numbers whose pieces stand apart, in several fields or far from each other in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nlp.found import letter_parts
from nlp.numerals import has_digits
from nlp.phone_context import any_of, is_cued, is_labelled_otherwise
from nlp.phone_groups import runs, without_other_figures, without_word_after
from nlp.phone_plan import Region, international, is_mobile_form, national
from nlp.phone_text import opened
from nlp.reading import Phone, Span
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("phones")["split"]
_MOST_PIECES = 40  # of one ad
_MOST_RUNS = 200  # of one field
_MOST_DIGITS = 10  # of one piece
_LEAST_DIGITS = 2
_MOST_IN_CHAIN = 6
_NEAR = 48  # characters before a piece in which it is announced
_AT_EDGE = 4  # characters between a piece and the edge of its field, signs apart

_FIRST = re.compile(rf"(?<![^\W_])(?:{any_of(_TABLE['first'])})", re.IGNORECASE)
_LAST = re.compile(rf"(?<![^\W_])(?:{any_of(_TABLE['last'])})", re.IGNORECASE)
_MIDDLE = re.compile(rf"(?<![^\W_])(?:{any_of(_TABLE['middle'])})", re.IGNORECASE)
_ELSEWHERE = re.compile(rf"(?<![^\W_])(?:{any_of(_TABLE['elsewhere'])})", re.IGNORECASE)
_NOUN = re.compile(any_of(_TABLE["nouns"]), re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?\n](?!\.)(?=\s)(?<!\.\.)")
_GOES_ON_AFTER = re.compile(r"\s?(?:\.{2,}|\u2026|[-\u2192>]{1,3}\s*$)")
_GOES_ON_BEFORE = re.compile(r"(?:\.{2,}|\u2026|^\s*[-\u2192>]{1,3})\s?$")
_FIGURE = re.compile(r"\d")
_STEM = 4  # letters of a word by which phrases are looked up
_OPEN_END = re.compile(r"[-\u2192>]\s*\Z")
_BEGINNING = re.compile(r"(?<!\d)(?:[49]|00)")


def _squeezed(text: str) -> str:
    """Text in lower case without the signs that may stand between the words of a phrase."""
    return "".join(text.lower().split()).replace("-", "").replace(".", "")


def _by_stem(phrases: Iterable[str]) -> dict[str, list[str]]:
    """Phrases, squeezed, by the beginning of their longest word."""
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        longest = max(letter_parts(phrase)[1::2], key=len)
        found.setdefault(longest[:_STEM], []).append(_squeezed(phrase))
    return found


_SAID_OFTEN = 8  # letters: shorter words between pieces ("then") are everyday ones
_ENDS = _by_stem(_TABLE["last"])
_ANNOUNCEMENTS = _by_stem(
    [phrase for kind in ("first", "last", "elsewhere") for phrase in _TABLE[kind]]
    + [phrase for phrase in _TABLE["middle"] if len(phrase) > _SAID_OFTEN]
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Digits at `start:end` of the readable text of a field, with what is said of them."""

    field: str
    start: int
    end: int
    digits: str
    plus: bool
    begins: bool
    """Whether a number of the region can begin with it."""
    cued: bool
    before: str
    """The text before it, back to the piece before or the start of its sentence."""
    after: str
    at_start: bool
    at_end: bool

    @property
    def is_first(self) -> bool:
        return _FIRST.search(self.before) is not None

    @property
    def is_last(self) -> bool:
        if _LAST.search(self.before):
            return True
        return _LAST.match(self.after.lstrip(" ,:(-")) is not None and not _FIGURE.search(self.after)

    @property
    def is_named(self) -> bool:
        """Whether what is announced is a piece of a number, not of a stay or a price."""
        return _NOUN.search(self.before) is not None or _NOUN.search(self.after) is not None

    @property
    def goes_on(self) -> bool:
        return _GOES_ON_AFTER.match(self.after) is not None or _MIDDLE.match(self.after.lstrip(" ,:(-")) is not None

    @property
    def came_from(self) -> bool:
        return _GOES_ON_BEFORE.search(self.before) is not None


def find_split_phones(fields: Mapping[str, Plain], found: Sequence[Phone], *, region: Region = "NO") -> list[Phone]:
    """Numbers in pieces: "first half in the title, rest below", "begins with 4200 … ends with 0017".

    `fields` stand in reading order (the title first); `found` are the numbers that are known as a whole. A piece
    counts only where it is announced or where its end and the beginning of the next are open.
    """
    texts = [plain.text for plain in fields.values()]
    if not _may_announce(texts) or not any(_BEGINNING.search(text) or has_digits(text, 3) for text in texts):
        return []
    taken = {(phone.field, phone.start, phone.end) for phone in found}
    pieces: list[_Piece] = []
    for field, plain in fields.items():
        pieces += _pieces(plain, field, taken, region)
    del pieces[_MOST_PIECES:]
    phones: list[Phone] = []
    used: set[tuple[str, int]] = set()
    for row, confidence in _rows(pieces):
        places = {(piece.field, piece.start) for piece in row}
        e164 = _number(row, region)
        if e164 and used.isdisjoint(places):
            used |= places
            phones.append(_phone(fields, row, e164, confidence))
    return phones


def _may_announce(texts: Sequence[str]) -> bool:
    """Whether texts can say that they hold pieces of a number; a glance, so that most ads cost no more.

    In one text alone the last piece is always announced; from one to the next an open end will do.
    """
    if len(texts) == 1:
        return _has_phrase(texts[0], _ENDS)
    return any("..." in text or "\u2026" in text or _OPEN_END.search(text[-8:]) for text in texts) or any(
        _has_phrase(text, _ANNOUNCEMENTS) for text in texts
    )


def _has_phrase(text: str, phrases: dict[str, list[str]]) -> bool:
    stems = phrases.keys() & {word[:_STEM] for word in letter_parts(text)[1::2]}
    if not stems:
        return False
    squeezed = _squeezed(text)
    return any(phrase in squeezed for stem in stems for phrase in phrases[stem])


def _pieces(plain: Plain, field: str, taken: set[tuple[str, int, int]], region: Region) -> Iterator[_Piece]:
    text = opened(plain.text)
    found = list(runs(text, 0, len(text)))
    shown = without_other_figures(text, found)
    groups = [run for stretch in found for run in runs(shown, stretch[0].start, stretch[-1].end)]
    done = 0
    for run in map(without_word_after, groups[:_MOST_RUNS]):
        start, end = run[0].start, run[-1].end
        digits = "".join(numeral.digits for numeral in run)
        before = shown[max(done, start - _NEAR) : start]
        if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS or all(one.weak for one in run):
            continue
        if _is_taken(plain, field, (start, end), taken) or is_labelled_otherwise(shown, text, start, end):
            continue
        done = end
        plus = before.rstrip().endswith("+") or digits.startswith("00")
        ahead = text[end : end + _NEAR]
        begins = plus or digits[0] in "49" or region != "NO"
        yield _Piece(
            field, start, end, digits, plus, begins, is_cued(text, start, end), _SENTENCE_END.split(before)[-1], ahead,
            at_start=start < 40 and len(text[:start].strip(" .\u2026->+")) <= _AT_EDGE,
            at_end=len(text[end : end + 40].strip(" .\u2026->")) <= _AT_EDGE,
        )  # fmt: skip


def _is_taken(plain: Plain, field: str, place: tuple[int, int], taken: set[tuple[str, int, int]]) -> bool:
    start, end = plain.origin(*place)
    return any(name == field and first < end and start < last for name, first, last in taken)


def _rows(pieces: Sequence[_Piece]) -> Iterator[tuple[list[_Piece], float]]:
    """Pieces that can make a number, in its order, the surest first."""
    chains = [chain for at in range(len(pieces)) for chain in _chains(pieces, at)]
    yield from ((chain, 0.85) for chain in chains)
    pairs = [(one, two) for one in pieces for two in pieces if one is not two and _may_be_one(one, two)]
    rated = [(confidence, one, two) for one, two in pairs if (confidence := _confidence(one, two, pieces))]
    rated.sort(key=lambda pair: -pair[0])
    yield from (([one, two], confidence) for confidence, one, two in rated)


def _chains(pieces: Sequence[_Piece], at: int) -> Iterator[list[_Piece]]:
    """Three pieces and more of one field: begins … continues … ends."""
    first = pieces[at]
    if not first.begins or not first.is_first:
        return
    chain = [first]
    for piece in pieces[at + 1 : at + _MOST_IN_CHAIN]:
        if piece.field != first.field:
            return
        chain.append(piece)
        if piece.is_last:
            if len(chain) > 2:
                yield chain
            return
        if not _MIDDLE.search(piece.before):
            return


def _may_be_one(one: _Piece, two: _Piece) -> bool:
    size = len(one.digits) + len(two.digits)
    return one.begins and (not two.plus or two.is_last) and (size in {8, 10} or (one.plus and 9 <= size <= 15))


def _confidence(one: _Piece, two: _Piece, pieces: Sequence[_Piece]) -> float:
    """How sure it is that two pieces belong together; 0 where nothing says so."""
    if _are_sums(one, two):
        return 0.0
    named = one.is_named or two.is_named
    if one.is_first and two.is_last:
        return 0.9 if named else 0.8
    if two.is_last and two.is_named and _is_only(one, two, pieces):
        return 0.8
    if _ELSEWHERE.search(two.before) and one.field != two.field and _is_only(one, two, pieces):
        return 0.8
    return _open_ended(one, two, pieces)


def _open_ended(one: _Piece, two: _Piece, pieces: Sequence[_Piece]) -> float:
    """Pieces whose end and beginning are open, the one right after the other."""
    if (one, two) not in pairwise(pieces):
        return 0.0
    if one.cued and two.is_last:
        return 0.7
    if one.field == two.field:
        return 0.0
    if one.at_end and two.at_start and (one.goes_on or one.plus) and two.came_from:
        return 0.75
    if two.at_start and ((one.goes_on and (one.plus or one.is_named)) or (one.is_first and one.is_named)):
        return 0.7
    if _ELSEWHERE.search(one.after) and one.is_named:
        return 0.7
    return 0.7 if two.is_last and (one.plus or one.goes_on) else 0.0


def _is_only(one: _Piece, two: _Piece, pieces: Sequence[_Piece]) -> bool:
    """Whether no other piece could stand before `two`."""
    return [piece for piece in pieces if piece is not two and _may_be_one(piece, two)] == [one]


def _are_sums(one: _Piece, two: _Piece) -> bool:
    return all(piece.digits.endswith("00") and len(piece.digits) > 2 for piece in (one, two))


def _number(row: Sequence[_Piece], region: Region) -> str | None:
    digits = "".join(piece.digits for piece in row)
    if row[0].plus:
        return international(digits.removeprefix("00"))
    known = is_mobile_form(digits, region) or is_mobile_form(digits.removeprefix("47"), region)
    return national(digits, region) if known else None


def _phone(fields: Mapping[str, Plain], row: Sequence[_Piece], e164: str, confidence: float) -> Phone:
    parts = tuple(_span(fields[piece.field], piece) for piece in row)
    first = parts[0]
    return Phone(
        field=first.field, start=first.start, end=first.end, quote=first.quote, e164=e164, method="split",
        confidence=confidence, parts=parts,
    )  # fmt: skip


def _span(plain: Plain, piece: _Piece) -> Span:
    start, end = plain.origin(piece.start, piece.end)
    return Span(field=piece.field, start=start, end=end, quote=plain.original[start:end])
