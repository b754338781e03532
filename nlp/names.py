"""Finds the name an ad gives itself: a persona, not an identity."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from nlp.found import any_of, by_longest_word, find_whole, words_of
from nlp.reading import Name
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("names")
_LONGEST = 80  # characters; a longer field is a sentence
_NAME_BACK = 24  # characters before an age in which a name stands
_MOST = 10  # of one field: beyond it stands a list, not the name of an ad


def _bare(name: str) -> str:
    folded = name.casefold()
    if folded.isascii():
        return folded
    return "".join(char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char))


_GIVEN = frozenset(map(_bare, _TABLE["given"].split()))
_STOPS = frozenset(map(_bare, _TABLE["stops"]["words"]))
_CUES = by_longest_word(
    [(cue, strength) for strength in ("strong", "weak", "plural") for cue in _TABLE["cues"][strength]],
    lambda one: one[0],
)
_THAI_CUES: tuple[str, ...] = tuple(_TABLE["cues"]["thai"])

_NAME = re.compile(r"[^\W\d_]{2,20}(?!\w|['’-]\w)")
_LABELS = frozenset(_TABLE["cues"]["labels"])
_HERE = frozenset(_TABLE["cues"]["here"])
_COLON = re.compile(r"\s?[:=]\s?")
_WORD_BEFORE = re.compile(r"\w[ ]?\Z")
_NAME_BEFORE = re.compile(r"(?:^|(?<=[\s,.!]))([^\W\d_a-zæøåäöа-яіїєґ][^\W\d_]{1,19})\s\Z")
_WHOLE_NAME = re.compile(r"(?P<first>[^\W\d_]{2,20})(?:-[^\W\d_]{2,20})?(?!\w|['’-]\w)")
_JOINER = re.compile(rf"\s*(?:,|/|\s(?:{any_of(_TABLE['joiners'])})\s|[&+])\s*", re.IGNORECASE)
# What may follow a name that stands for the advertiser: nothing, a sign, a number, or a place.
_ENDS = re.compile(rf"\s*(?:$|[^\w\s'’]|\d\d(?!\d))|\s(?:{any_of(_TABLE['before_place'])})\s+(?=[^\W\d_a-zæøåäöа-я])")
_LEADS = re.compile(rf"[^\w]*(?:(?:{any_of(_TABLE['heralds'])})\b[^\w]+)?", re.IGNORECASE)
_GAP = re.compile(r"[\s:,\"'«»“”„(*_\-–♥❤]{1,4}")
# "Lina, 24", "Mia (26)", "Sara 31 år": read backwards from the age.
_OLD = re.compile(r"[1-6](?<![\d.,:+-].)\d(?![\d:%]|[.,/–-]\d|\s?(?:cm|kg|kr|min|m2|km|€|h\b))")
_NAME_OF_AGE = re.compile(r"(?<![\w'’-])([^\W\d_a-zæøåäöа-яіїєґ][^\W\d_]{1,19})(?:,\s?|\s?\(|\s)\Z")
_AGE = re.compile(r"\s?[,(–-]?\s?(?:[1-6]\d)(?![\d:.,]\d|\d)")
_THAI_NAME = re.compile(rf"\s?((?:(?!{any_of(_TABLE['thai']['after'])})[\u0e01-\u0e4e]){{2,12}}|[A-Za-z]{{2,20}})")
# Much else has a name in Thai ("ชื่อร้าน"): bare, one counts that an age or a particle of courtesy follows.
_THAI_LABEL = re.compile(r"(?:^|(?<=\s))ชื่อ(?!เล่น|ของ|ร้าน)\s?([\u0e01-\u0e4e]{2,10}?)\s?(?=อายุ|ค่ะ|คะ|ครับ|นะคะ)")
_ADVERTISED = frozenset({"escort", "massage"})


def find_names(plain: Plain, field: str, kind: str | None = None) -> list[Name]:
    """The names an ad gives itself in one field.

    The field `name` is one as a whole. A title that opens with given names counts in an ad for escort or massage
    where a sign, a number, a place or its end follows ("Lina 24 år", "Anna & Mia"). Elsewhere, a name counts after
    what introduces it ("my name is Lina"); after words that introduce other things too ("I am …"), only in those
    ads, and only a known name or one with an age. In those ads a known name also counts before an age ("Lina, 24")
    and where the text begins. The prose of a job ad gives none: who writes there is a contact person, not a persona.
    """
    if field == "name":
        return _whole_field(plain)
    if kind == "job":
        return []
    of_title = _of_title(plain) if field == "title" and kind in _ADVERTISED else []
    return of_title or list(_introduced(plain, field, is_advertised=kind in _ADVERTISED))


def _whole_field(plain: Plain) -> list[Name]:
    value = " ".join(plain.text.split())
    if len(value) > _LONGEST or not any(map(str.isalpha, value)):
        return []
    return [_name(plain, "name", len(plain.text) - len(plain.text.lstrip()), len(plain.text.rstrip()))]


def _of_title(plain: Plain) -> list[Name]:
    text = plain.text[:_LONGEST]
    names: list[Name] = []
    match = _next_name(text, _LEADS.match(text))
    while match is not None:
        names.append(_name(plain, "title", *match.span()))
        joiner = _JOINER.match(text, match.end())
        if (following := _next_name(text, joiner)) is None:
            return names if _ENDS.match(text, match.end()) else []
        match = following
    return []


def _next_name(text: str, before: re.Match[str] | None) -> re.Match[str] | None:
    match = _NAME.match(text, before.end()) if before else None
    return match if match and match.group()[0].isupper() and _bare(match.group()) in _GIVEN else None


def _introduced(plain: Plain, field: str, *, is_advertised: bool) -> Iterator[Name]:
    """The names that the ad introduces, each value once, in the order of the text."""
    text = plain.text
    places = {*_after_cues(text, is_advertised=is_advertised), *_after_thai_cues(text), *_after_labels(text)}
    if is_advertised:
        places |= {*_before_here(text), *_before_age(text), *_at_start(text)}
    told: set[str] = set()
    for start, end in sorted(places):
        name = _name(plain, field, start, end)
        if _bare(name.value) not in told and len(told) < _MOST:
            told.add(_bare(name.value))
            yield name


def _after_cues(text: str, *, is_advertised: bool) -> Iterator[tuple[int, int]]:
    for word in _CUES.keys() & words_of(text):
        for cue, strength in _CUES[word]:
            if is_advertised or strength == "strong":
                for _, end in find_whole(text, [cue]):
                    yield from _after_cue(text, end, strength)


def _after_cue(text: str, end: int, strength: str) -> Iterator[tuple[int, int]]:
    gap = _GAP.match(text, end)
    match = _WHOLE_NAME.match(text, gap.end()) if gap else None
    if match and strength == "plural":
        yield from _several(text, match)
    elif match and _is_name(text, match, is_strong=strength == "strong"):
        yield match.span()


def _is_name(text: str, match: re.Match[str], *, is_strong: bool) -> bool:
    bare = _bare(match["first"])
    if bare in _STOPS:
        return False
    is_aged = _AGE.match(text, match.end()) is not None
    if bare in _GIVEN:
        return match["first"][0].isupper() or is_strong or is_aged
    return match["first"][0].isupper() and (is_strong or is_aged)


def _several(text: str, match: re.Match[str] | None) -> list[tuple[int, int]]:
    """Names joined to one another; nothing where there is one alone, or where one is not known."""
    found: list[tuple[int, int]] = []
    while match and _bare(match["first"]) in _GIVEN and match["first"][0].isupper() and len(found) < _MOST:
        found.append(match.span())
        joiner = _JOINER.match(text, match.end())
        match = _WHOLE_NAME.match(text, joiner.end()) if joiner else None
    return found if len(found) > 1 else []


def _after_labels(text: str) -> Iterator[tuple[int, int]]:
    """ "Name: Lina", where no other word makes it the name of something else."""
    for start, end in find_whole(text, _LABELS & words_of(text)):
        colon = _COLON.match(text, end)
        match = (
            _WHOLE_NAME.match(text, colon.end())
            if colon and not _WORD_BEFORE.search(text[max(0, start - 2) : start])
            else None
        )
        if match and _is_name(text, match, is_strong=True):
            yield match.span()


def _before_here(text: str) -> Iterator[tuple[int, int]]:
    """ "Lina here"."""
    for start, _ in find_whole(text, _HERE & words_of(text)):
        match = _NAME_BEFORE.search(text, max(0, start - 24), start)
        if match and _bare(match[1]) in _GIVEN:
            yield match.span(1)


def _at_start(text: str) -> Iterator[tuple[int, int]]:
    """ "Lina, new here …", where the ad begins."""
    match = _next_name(text[:_LONGEST], _LEADS.match(text[:_LONGEST]))
    if match and _ENDS.match(text, match.end()):
        yield match.span()


def _before_age(text: str) -> Iterator[tuple[int, int]]:
    """ "Lina, 24" and "Mia (26)": known names only."""
    for age in _OLD.finditer(text):
        match = _NAME_OF_AGE.search(text, max(0, age.start() - _NAME_BACK), age.start())
        if match and _bare(match[1]) in _GIVEN:
            yield match.span(1)


def _after_thai_cues(text: str) -> Iterator[tuple[int, int]]:
    if "ชื่อ" in text or "เรียก" in text:
        for _, end in find_whole(text, _THAI_CUES):
            if match := _THAI_NAME.match(text, end):
                yield match.span(1)
        yield from (match.span(1) for match in _THAI_LABEL.finditer(text))


def _name(plain: Plain, field: str, start: int, end: int) -> Name:
    value = " ".join(plain.text[start:end].split())
    start, end = plain.origin(start, end)
    return Name(field=field, start=start, end=end, quote=plain.original[start:end], value=value)
