"""Reads digits out of text however they are spelt: figures, number words, letters that look like figures."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby
from typing import Literal

from nlp.number_grammar import Spoken, spoken_number
from nlp.number_words import (
    ANY,
    COMMON,
    LEET_MAP,
    MAX_TOKEN,
    SHY,
    WEAK,
    WORDS,
    Role,
    Word,
    drawn_out,
    is_leet,
    misspelt,
    prints_like_figures,
    unglue,
    with_figures,
    without_long,
)

Kind = Literal["digits", "words", "leet"]

_LEAST_COMPANY, _LEAST_SHY_COMPANY = 2, 4  # words that need no company, or words that do
_LEAST_SPELT_OUT, _MOST_APART = 6, 100  # letters
_THAI = "|".join(sorted((word for word in WORDS if "\u0e00" <= word[0] <= "\u0e7f"), key=len, reverse=True))

TOKEN = re.compile(rf"[^\W_\u0900-\u0e7f]+(?:'[\u044f\u042f][^\W_]+)?|{_THAI}|[\u0900-\u0e00]+")
"""A word or a figure: Ukrainian number words with an apostrophe are one word, Thai ones need no spaces between."""

_WITHOUT_THAI = re.compile(r"[^\W_]+(?:'[\u044f\u042f][^\W_]+)?")
_ALL_PARTS, _PARTS = re.compile(f"({TOKEN.pattern})"), re.compile(f"({_WITHOUT_THAI.pattern})")
_NEEDS_ALL = re.compile("[\u0900-\u0e7f]")

_SPELT_OUT = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]{1,3}[^\W\d_](?![^\W_])){5,80}+")

_FIGURES_AT_END = re.compile(r"(?<!\d)(\d{1,2})[\W_]{1,2}$")
_FIGURES = re.compile(r"[\W_]{1,2}(\d{1,2})(?!\d)")

_MORE_DIGITS: dict[Role, int] = {"repeat": 2, "hundred": 2, "plural": 3}  # that a word adds to the one before or after

_ALONE = re.compile("[OoIl\u041e\u043e]{1,3}")


@dataclass(frozen=True, slots=True)
class Numeral:
    """Digits at `start:end` of a text. `weak` numerals are words that seldom mean a number."""

    start: int
    end: int
    digits: str
    kind: Kind
    role: Role
    weak: bool = False
    common: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What one token can mean. `shy` ones count only in the company of words of their language."""

    kind: Kind
    words: tuple[Word, ...]
    weak: bool = False
    common: bool = False
    shy: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    known: _Known


def has_digits(text: str, least: int) -> bool:
    """Whether the words and figures of `text` can spell at least `least` digits together."""
    words = _tokens(text).findall(text)
    return sum(map(_count_digits, without_long(words))) >= least or _is_spelt_out(text, [*map(len, words)])


def _is_spelt_out(text: str, lengths: Sequence[int]) -> bool:
    """Whether letters of a text stand apart, as many as a number has, by the lengths of its words."""
    return lengths.count(1) >= _LEAST_SPELT_OUT and _SPELT_OUT.search(text) is not None


def find_figures(text: str) -> Iterator[tuple[int, int, int, list[str]]]:
    """(start, end, the most digits it can stand for, words between it and the one before) of every token with digits.

    A glance: what follows from the words beside a token is left out, so some of them are none.
    """
    parts = (_ALL_PARTS if _NEEDS_ALL.search(text) else _PARTS).split(text)  # gap, token, gap … gap
    ends = list(accumulate(lengths := [*map(len, parts)]))
    words = without_long(parts[1::2])
    if _is_spelt_out(text, lengths[1::2]):
        yield 0, len(text), len(text), []
        return
    done = 0
    for at, most in enumerate(map(_most_digits, words)):
        if most:
            yield ends[2 * at], ends[2 * at + 1], most, words[done:at]
            done = at + 1


@lru_cache(maxsize=8192)
def _most_digits(token: str) -> int:
    """How many digits a token can stand for by itself or beside others; misspelt ones and letters for figures too."""
    known = _decode(token)
    words = known.words if known else misspelt(token.lower())
    if not words and 0 < len(token) < 3 and all(map(prints_like_figures, token)):
        return len(token)
    return max((_MORE_DIGITS.get(word.role, len(word.digits)) for word in words), default=0)


def _tokens(text: str, start: int = 0, end: int = sys.maxsize) -> re.Pattern[str]:
    """What finds the tokens of a text: for most texts without the many words that only Thai needs."""
    return TOKEN if _NEEDS_ALL.search(text, start, end) else _WITHOUT_THAI


@lru_cache(maxsize=8192)
def _count_digits(token: str) -> int:
    known = _decode(token)
    return int(known.words[0].role == "repeat") + len(known.words[0].digits) if known else 0


def spelt_number(text: str) -> tuple[str, str] | None:
    """The number that the last one or two words of `text` spell, as those words and its digits.

    Two words only where they make one number ("twenty four"); None for a word that is no number.
    """
    tokens = list(_tokens(text).finditer(text))
    run = [_Token(*token.span(), known) for token in tokens[-2:] if (known := _decode(token.group()))]
    joined = list(_joined(run, text)) if run and run[-1].end == len(text) else []
    if not joined or joined[-1].kind != "words":
        return None
    return text[joined[-1].start :], joined[-1].digits


def find_numerals(text: str, start: int = 0, end: int | None = None) -> Iterator[Numeral]:
    """The numerals of `text[start:end]` in order, with offsets into `text`."""
    end = len(text) if end is None else end
    tokens = list(_tokens(text, start, end).finditer(text, start, end))
    words = without_long([token[0] for token in tokens])
    unread = 0
    for at in [at for at, begins in enumerate(map(_begins, words)) if begins]:
        if at >= unread:
            run, unread = _run(text, tokens, words, at, unread)
            yield from _settled(run, text)


@lru_cache(maxsize=8192)
def _begins(token: str) -> bool:
    """Whether a number can begin with a token: not with most words of most texts."""
    known = None if len(token) == 1 else _decode(token)
    return len(token) == 1 or (known is not None and any(word.role != "and" for word in known.words))


def _run(
    text: str, tokens: Sequence[re.Match[str]], words: Sequence[str], at: int, unread: int
) -> tuple[list[_Token], int]:
    """The tokens from place `at` on that can mean digits, and the place where the next ones may begin."""
    run: list[_Token] = []
    done = 0
    for place in range(at, len(tokens)):
        start, end = tokens[place].span()
        if start < done:
            continue
        word = words[place]
        if _may_spell(words, place) and (spelt := _spelt_out(text, start, tokens[-1].end())):
            run.append(spelt)
            done = spelt.end
            continue
        known = _decode(word) or (_decode_near(word, run) if run else None)
        if known is None:
            return run, place + 1
        if not run and place > unread and known.kind == "words" and (near := _decode_near(words[place - 1], [])):
            run.append(_Token(*tokens[place - 1].span(), near))
        run.append(_Token(start, end, known))
    return run, len(tokens)


def _may_spell(words: Sequence[str], place: int) -> bool:
    """Whether a letter that stands apart may begin a number: not far into a row of such, or it is tried for ever."""
    if len(words[place]) != 1 or words[place].isdigit():
        return False
    return place < _MOST_APART or any(len(word) != 1 for word in words[place - _MOST_APART : place])


def _spelt_out(text: str, start: int, end: int) -> _Token | None:
    """Number words that are written letter by letter from `start` on."""
    spelt = _SPELT_OUT.match(text, start, end)
    if spelt is None:
        return None
    words = unglue("".join(filter(str.isalnum, spelt.group())).lower())
    digits = "".join(digits for _, digits in _spoken(words))
    if len(words) < 2 or not digits:
        return None
    return _Token(*spelt.span(), _Known("words", (Word(digits, "number", ANY),)))


def _decode_near(word: str, pending: Sequence[_Token]) -> _Known | None:
    """What a token can mean beside numerals only: a letter for a figure, a misspelt number word."""
    if pending and pending[-1].known.kind != "words" and 0 < len(word) < 3 and all(map(prints_like_figures, word)):
        return _Known("leet", (Word(word.translate(LEET_MAP), "leet", ANY),), weak=True, common=True, shy=True)
    near = misspelt(word.lower()) if len(word) <= MAX_TOKEN else ()
    return _Known("words", near, weak=True, common=True, shy=True) if near else None


@lru_cache(maxsize=8192)
def _decode(token: str) -> _Known | None:
    """What one token can mean by itself."""
    if token.isascii() and token.isdigit():
        return _Known("digits", (Word(token, "digits", ANY),))
    if _ALONE.fullmatch(token):
        return _Known("leet", (Word(token.translate(LEET_MAP), "leet", ANY),), weak=True, common=True)
    lower = token.lower()
    words = WORDS.get(lower)
    if words:
        return _Known("words", words, lower in WEAK, lower in COMMON, lower in SHY)
    digits = sum(map(token.count, "0123456789"))
    if digits and is_leet(token, digits):
        return _Known("leet", (Word(token.translate(LEET_MAP), "leet", ANY),))
    if (digits and len(token) > 1) or "I" in token[1:]:
        words = with_figures(token)
        if words:
            return _Known("words", words, shy=len(token) < 3)
    glued = _glued(lower)
    words = () if glued else drawn_out(lower)
    return glued or (_Known("words", words) if words else None)


def _glued(token: str) -> _Known | None:
    """The digits of number words and figures written together."""
    words = unglue(token)
    if len(words) < 2:
        return None
    parts = [digits for _, digits in _spoken(words)]
    digits = "".join(parts)
    # Two short words together are often a name (to + ni); three, a figure among them, or one number are not.
    mixed = len(token) > 4 and any("0" <= char <= "9" for char in token)
    shy = len(digits) < 3 and not (len(parts) == 1 and len(digits) == 2) and not mixed
    return _Known("words", (Word(digits, "number", words[-1].tongues),), shy=shy) if digits else None


def _spoken(words: Sequence[Word]) -> Iterator[tuple[int, str]]:
    """(number of words, digits) for each number that words in a row make."""
    row = [
        Spoken(word.digits, "unit" if word.role == "digits" else word.role, word.tongues, close=True) for word in words
    ]
    at = 0
    while at < len(row):
        size, digits = spoken_number(row, at)
        if digits:
            yield size, digits
        at += size


def _settled(run: list[_Token], text: str) -> Iterator[Numeral]:
    """The numerals of tokens in a row, each read in the language that most of them are in."""
    if len(run) == 1 or all(token.known.kind == "digits" for token in run):
        for token in run:
            yield from _single(token)
        return
    if all(len(token.known.words) == 1 and not token.known.shy for token in run):
        yield from _joined(run, text)
        return
    company = _company([token.known for token in run if token.known.kind == "words"])
    read = [_in_company(token, company, text) for token in run]
    for kept, part in groupby(read, key=lambda token: token is not None):
        if kept:
            yield from _joined([token for token in part if token], text)


def _single(token: _Token) -> Iterator[Numeral]:
    known = token.known
    word = known.words[0]
    if word.digits and word.role != "repeat" and not known.shy:
        yield Numeral(token.start, token.end, word.digits, known.kind, word.role, known.weak, known.common)


def _company(spelt: Sequence[_Known]) -> list[tuple[int, int]]:
    """For each language, how many words in a row can be of it, and how many of these are not shy."""
    counts = [(0, 0)] * ANY.bit_length()
    for known in spelt:
        tongues = 0
        for word in known.words:
            tongues |= word.tongues
        for place in _bits(tongues):
            every, bold = counts[place]
            counts[place] = every + 1, bold + (not known.shy)
    return counts


@lru_cache(maxsize=4096)
def _bits(tongues: int) -> tuple[int, ...]:
    return tuple(place for place in range(ANY.bit_length()) if tongues >> place & 1)


def _in_company(token: _Token, company: Sequence[tuple[int, int]], text: str) -> _Token | None:
    """The token with the one meaning that most words beside it share; None where a shy word stands alone."""
    known = token.known
    if known.kind == "leet" and known.shy:
        return token if _is_between_figures(token, text) else None
    best = max(known.words, key=lambda word: max(company[place] for place in _bits(word.tongues)))
    every, bold = max(company[place] for place in _bits(best.tongues))
    if known.shy and bold < _LEAST_COMPANY and every < (_LEAST_SHY_COMPANY - bold):
        return None
    return _Token(token.start, token.end, _Known(known.kind, (best,), known.weak, known.common, known.shy))


def _is_between_figures(token: _Token, text: str) -> bool:
    """Whether letters stand where figures would, in groups of one size: 4 9 3 B 0, 43 97 1S 84."""
    size = token.end - token.start
    before = _FIGURES_AT_END.search(text[max(0, token.start - 6) : token.start])
    after = _FIGURES.match(text, token.end)
    return before is not None and after is not None and len(before[1]) == len(after[1]) == size


def _joined(run: Sequence[_Token], text: str) -> Iterator[Numeral]:
    """The numerals of a run with those that make one number put together: forty + two, to + og + førti."""
    row = [
        Spoken(word.digits, word.role, word.tongues, weak=token.known.weak, close=_is_close(token, before, text))
        for token, before in zip(run, [None, *run], strict=False)
        for word in token.known.words[:1]
    ]
    at = 0
    while at < len(row):
        size, digits = spoken_number(row, at)
        first, last = run[at], run[at + size - 1]
        if digits and size == 1:
            known = first.known
            yield Numeral(first.start, first.end, digits, known.kind, row[at].role, known.weak, known.common)
        elif digits:
            yield Numeral(first.start, last.end, digits, "words", "number")
        at += size


def _is_close(token: _Token, before: _Token | None, text: str) -> bool:
    return before is not None and text[before.end : token.start] in {" ", "-", "", " - ", "  ", "\n"}
