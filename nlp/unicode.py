"""Makes the text of one field readable for matchers, with a map back to the text as stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlp.tables import load_table

LIMIT = 50_000
"""Code points of one field that are read."""

MAX_RUN = 32
"""Repetitions of one character that are kept; the rest of the run is passed over."""

MAX_MARKS = 8
"""Combining marks kept on one letter of a script that needs them."""

_FOLDED = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    **dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x1f\u2800", " "),
    **dict.fromkeys("\u115f\u1160\u3164\uffa0", ""),  # letters that print nothing
    "\u2044": "/",
}
_OVERRIDES = "\u202d\u202e"
_SOFT_HYPHEN = "\u00ad"  # between letters this is how typesetters write
_TAGS = range(0xE0000, 0xE0080)
_BLACK_FLAG = "\U0001f3f4"  # begins the flags that are spelt in tag characters

_LOOK_ALIKES: dict[str, str] = {**load_table("look_alikes")["cyrillic"], **load_table("look_alikes")["greek"]}
_TO_LATIN = str.maketrans(_LOOK_ALIKES)
_TO_CYRILLIC = {ord(latin): other for other, latin in load_table("look_alikes")["cyrillic"].items() if latin.isalpha()}


def _is_stable(char: str) -> bool:
    return (
        (char in "\t\n\r" or char.isprintable())
        and char not in _FOLDED
        and not unicodedata.combining(char)
        and unicodedata.category(char) not in {"Mn", "Me", "No"}
        and unicodedata.normalize("NFKC", char) == char
    )


def _stable_class() -> str:
    """The characters below U+0500 (Latin, Greek, Cyrillic) that matchers may see as they are."""
    return "".join(re.escape(chr(code)) for code in range(0x500) if _is_stable(chr(code)))


_STRANGE = re.compile(f"[^{_stable_class()}]+")
_LONG_RUN = re.compile(rf"(.)\1{{{MAX_RUN}}}\1*", re.DOTALL)
_STEP = 8
_MAY_BE_LONG = re.compile(rf"(.)\1{{{MAX_RUN // _STEP - 1}}}", re.DOTALL)
"""What stands in every `_STEP`th character of a text with a long run: looking there costs an eighth."""
_OTHER_SCRIPT = re.compile("[\u0370-\u052f]")
_MAY_MIX = re.compile(
    "[A-Za-z\u00c0-\u024f][\u0370-\u052f]|[\u0370-\u052f][A-Za-z\u00c0-\u024f]|[^\\W\\d_A-Za-z\u00c0-\u024f\u0370-\u052f]"
)
"""What a word that mixes scripts holds: letters of two side by side, or one of a third between them."""
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_GLUED = re.compile("([A-Za-z\u00c0-\u024f]{3,})([\u0370-\u052f]{3,})|([\u0370-\u052f]{3,})([A-Za-z\u00c0-\u024f]{3,})")
_ENDING_ON_ACRONYM = re.compile("[A-Z0-9]{2,}[\u0430-\u044f\u0451\u0454-\u0457]+")  # a Russian ending: SMSка


@dataclass(frozen=True, slots=True)
class Plain:
    """Text made readable, with a map back: `text` is what matchers see, `original` the stored text."""

    original: str
    text: str
    at: Sequence[int] | None = None
    """Original offset of every character of `text`, then of its end; None where both are the same."""
    hidden: bool = False
    """Zero-width characters, bidirectional controls or words of mixed script were found."""
    odd: tuple[tuple[int, int], ...] = ()
    """Where they were found, as spans of `original`."""
    truncated: bool = False

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of `original` that the span `start:end` of `text` was made from."""
        if self.at is None:
            return start, end
        first, last = self.at[start], self.at[end]
        # One stored character may have become several: a span ending inside them takes it whole.
        while start < end < len(self.text) and last == self.at[end - 1]:
            end += 1
            last = self.at[end]
        return first, last


def plain(text: str) -> Plain:
    """Read `text` up to `LIMIT`, with marks, invisible characters and other forms of letters undone."""
    head = text[:LIMIT]
    truncated = len(text) > LIMIT
    at: Sequence[int] | None = None
    odd: list[tuple[int, int]] = []
    read = head
    strange = _STRANGE.search(head)
    long_run = _LONG_RUN.search(head) if _MAY_BE_LONG.search(head[::_STEP]) else None
    if strange or long_run:
        places = _shorten(head) if long_run else list(range(len(head)))
        read, at, odd = _rewrite(head, places)
    read, mixed = _unmix(read)
    odd += [(start, end) if at is None else (at[start], at[end]) for start, end in mixed]
    return Plain(text, read, at, bool(odd), tuple(sorted(set(odd))), truncated)


def _shorten(text: str) -> list[int]:
    """Offsets of the characters that stay when long runs of one character are cut to `MAX_RUN`."""
    kept: list[int] = []
    done = 0
    for run in _LONG_RUN.finditer(text):
        kept.extend(range(done, run.start() + MAX_RUN))
        done = run.end()
    kept.extend(range(done, len(text)))
    return kept


def _rewrite(text: str, places: list[int]) -> tuple[str, list[int], list[tuple[int, int]]]:
    """The readable text of the characters of `text` at `places`, its offsets with the end, and odd places."""
    source = "".join(map(text.__getitem__, places)) if len(places) < len(text) else text
    chars: list[str] = []
    at: list[int] = []
    odd: list[tuple[int, int]] = []
    done = 0
    for run in _STRANGE.finditer(source):
        chars.extend(source[done : run.start()])
        at.extend(places[done : run.start()])
        done = run.end()
        _rewrite_run(run.group(), places[run.start() : done], chars, at)
        odd += [(places[i], places[i] + 1) for i in _hidden_places(source, run.start(), done)]
    chars.extend(source[done:])
    at.extend(places[done:])
    at.append(len(text))
    return "".join(chars), at, odd


def _rewrite_run(run: str, places: list[int], chars: list[str], at: list[int]) -> None:
    """Append the readable form of a run of strange characters to `chars` and `at`."""
    marks = 0
    for char, place in zip(run, places, strict=True):
        form, is_mark = _form(char)
        if not is_mark:
            marks = 0
            chars.extend(form)
            at.extend([place] * len(form))
            continue
        marks += 1
        if not chars or marks > MAX_MARKS:
            continue
        whole = unicodedata.normalize("NFC", chars[-1] + char)
        if len(whole) == 1:
            chars[-1] = whole
        elif _needs_marks(chars[-1]):
            chars.append(char)
            at.append(place)


@lru_cache(maxsize=8192)
def _form(char: str) -> tuple[str, bool]:
    """The readable form of one character ("" where it prints nothing), and whether it is a combining mark."""
    folded = _FOLDED.get(char)
    if folded is not None:
        return folded, False
    category = unicodedata.category(char)
    if category in {"Mn", "Me"}:
        return char, True
    if category == "Cs":
        return "\ufffd", False
    if category in {"Cc", "Cf"}:
        return "", False
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit), False
    form = unicodedata.normalize("NFKC", char)
    if len(form) > 4 or (category == "No" and not form.isalnum()):
        return char, False  # ligatures of whole phrases, and fractions: "1\u00bd" must not become "11/2"
    return form if _is_readable(form) else char, False


def _is_readable(form: str) -> bool:
    """Marks that belong to a letter before them (as in Thai \u0e33) would not be read again as they are now."""
    return all(char.isprintable() and unicodedata.category(char) not in {"Mn", "Me"} for char in form)


def _needs_marks(base: str) -> bool:
    """Whether marks carry meaning on this letter: Thai, Arabic and Indic do, Latin or digits do not."""
    return ord(base) >= 0x590 and unicodedata.category(base)[0] in "LM"


def _hidden_places(text: str, start: int, end: int) -> Iterator[int]:
    """Characters of `text[start:end]` that print nothing and stand where no keyboard or editor puts them."""
    flag = _BLACK_FLAG in text[start:end]
    unseen = start
    for place in range(start, end):
        char = text[place]
        if char in _OVERRIDES or (ord(char) in _TAGS and not flag):
            yield place
        if _prints(char):
            unseen = place + 1
        elif place + 1 == end or _prints(text[place + 1]):
            sides = text[unseen - 1 : unseen] if unseen else "", text[place + 1 : place + 2]
            if _splits_a_word(*sides, text[unseen : place + 1]):
                yield from range(unseen, place + 1)


def _prints(char: str) -> bool:
    form, is_mark = _form(char)
    return form != "" and not is_mark


def _splits_a_word(before: str, after: str, unseen: str) -> bool:
    """Whether invisible characters stand inside a word or number of a script that has no use for them."""
    if not (_is_joined(before) and _is_joined(after)) or not any(_form(char)[0] == "" for char in unseen):
        return False
    return unseen != _SOFT_HYPHEN or _is_digit(before) or _is_digit(after)


def _is_joined(char: str) -> bool:
    return char != "" and ((char.isalnum() and ord(char) < 0x590) or _is_digit(char))


def _is_digit(char: str) -> bool:
    return unicodedata.digit(char, None) is not None


def _unmix(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Words that mix scripts, spelt in one, and their places. Lengths stay the same."""
    if not _OTHER_SCRIPT.search(text) or not _MAY_MIX.search(text):
        return text, []
    pieces: list[str] = []
    mixed: list[tuple[int, int]] = []
    done = 0
    for word in _WORD.finditer(text):
        one = _one_script(word.group())
        if one == word.group():
            continue
        pieces += [text[done : word.start()], one]
        done = word.end()
        mixed.append(word.span())
    return "".join([*pieces, text[done:]]), mixed


def _is_glued(word: str) -> bool:
    """Whether two whole words lost the space between them: "commerce" and one in Greek that begins with a capital."""
    cut = _GLUED.fullmatch(word)
    first, second = [part for part in cut.groups() if part] if cut else ("", "")
    return first[-1:].islower() and second[:1].isupper()


def _one_script(word: str) -> str:
    """`word` in the script of most of its letters where the others can be read in it, else in Latin."""
    latin_letters = len(_LATIN.findall(word))
    other_letters = len(_OTHER_SCRIPT.findall(word))
    if not (latin_letters and other_letters) or _ENDING_ON_ACRONYM.fullmatch(word) or _is_glued(word):
        return word
    if other_letters > latin_letters:
        other = word.translate(_TO_CYRILLIC)
        if not _LATIN.search(other):
            return other
    return word.translate(_TO_LATIN)
