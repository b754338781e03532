"""Finds amounts of money and bare numbers in a text: thousands in every style, ranges, currencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("pay")
CURRENCIES: dict[str, str] = {word: code for code, words in _TABLE["currencies"].items() for word in words}
THOUSAND, MILLION = (frozenset(_TABLE["multiples"][name]) for name in ("thousand", "million"))
NUMBER = r"(?:\d{1,3}(?:[ .,']\d{3}){1,2}(?!\d)|\d{1,7}(?!\d))(?:[.,]\d{1,2}(?!\d))?"
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(rf"{NUMBER}(?![\d%])")
# A word, a sign, or the ",-" that closes a Norwegian price; Thai writes no spaces.
_SIGN = r"บาท|ยูโร|พัน|[^\W\d_]{1,12}|[€$£₴₽฿₺]|[,.]-(?![\w-])"
_WORD = re.compile(
    rf"\s?(?:(?:de|norske|norska|norwegian|norweskich|norvegų|US|danske|svenske|svenska|норвежских|норвезьких)\s)?({_SIGN})"
)  # Romanian counts "2500 de euro"
_ALONE = re.compile(rf"\s?({_SIGN})")
_AT = re.compile(rf"({NUMBER})(?![\d%])(?:\s?({_SIGN}))?")
_TO = re.compile(r"(?:\.-)?\s?(?:-|(?:to|til|till|do|iki|до|à|a|la|ถึง)\s)\s?(?:(?:kr|NOK)\.?\s|[€$£]\s?)?(?=\d)")
_AND = re.compile(r"\s(?:and|og|och|a|y|i|și|si|ir|и|та|і|й)\s(?=\d)")
_BETWEEN = (
    "mellom",
    "between",
    "mellan",
    "mellem",
    "między",
    "între",
    "intre",
    "entre",
    "między",
    "между",
    "між",
    "tarp",
)
_RANGES = frozenset(
    ["to", "til", "till", "do", "iki", "до", "à", "a", "la", "and", "og", "och", "y", "i", "și", "si", "ir"]
)
_RANGES |= {"и", "та", "і", "й"}
# Upper ends that are times, sizes or shares: "800 - 60 min", "2-3 km".
_OTHER = re.compile(r"\s?(?:min|h\b|t\b|tim|hour|hr|godz|ore\b|val\b|год|час|km|cm|kg|m2|m²|%|år|year|lat|лет|/\d|:\d)")
# Whose krone: "18 000 norske kroner", "9 000 norska".
_NATIONS = {
    **dict.fromkeys(["norske", "norska", "norwegian", "norweskich", "norvegų", "норвежских", "норвезьких"], "NOK"),
    "danske": "DKK", "svenske": "SEK", "svenska": "SEK",
}  # fmt: skip
_ENDS = frozenset(word[-1] for word in CURRENCIES)
_NAMES_TOO = frozenset({"euro", "ft", "p", "р", "m"})  # "Euro 6" is a class of engines
_LEAST = 3  # figures of a bare number that may be money


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts as written at `start:end`, two where a range is stated. `currency` is None for a bare number.

    `word` is what follows a bare number, in small letters.
    """

    start: int
    end: int
    amounts: tuple[float, ...]
    currency: str | None
    word: str = ""


def find_money(text: str, words: frozenset[str]) -> Iterator[Money]:
    """Every number that may be an amount, in order, with the currency beside it, and every number before `words`."""
    done = 0
    for digits in _DIGITS.finditer(text):
        start = digits.start()
        if start < done or (start and text[start - 1] in ".,/+-_"):
            continue
        match = _AT.match(text, start)
        if match and (money := _money(text, match, done, words)):
            done = money.end
            yield money


def _money(text: str, match: re.Match[str], done: int, words: frozenset[str]) -> Money | None:
    start, end = match.span(1)
    word = match[2].lower() if match[2] else ""
    before = _currency_before(text, done, start) if start and text[start - 1] in _MARKS else None
    if before is None and word not in _KNOWN and "-" not in text[end : end + 2]:
        # Most numbers of an ad are no money: nothing more is asked of these.
        if word not in words and end - start < _LEAST:
            return None
        return (
            None if start and _is_glued(text[start - 1]) else Money(start, end, (parse_amount(match[1]),), None, word)
        )
    return _amounts(text, match, before)


def _amounts(text: str, match: re.Match[str], before: tuple[str, int] | None) -> Money | None:
    start, end = match.span(1)
    if before is None and start and _is_glued(text[start - 1]):
        return None
    scale, end = _scale(text, end)
    if scale == 0:
        return None
    low = parse_amount(match[1]) * scale
    after, end = _currency_after(text, end)
    amounts, last, end = _upper(text, start, end, low)
    currency = after or last or (before[0] if before else None)
    return Money(
        before[1] if before and not (after or last) else start, end, amounts, currency, (match[2] or "").lower()
    )


def _is_glued(char: str) -> bool:
    return char.isalpha() and char < "\u0e00"


def _scale(text: str, end: int) -> tuple[int, int]:
    """1000 after "k" or "tusen", 0 after "mill" (no pay is told in millions), else 1; and where it ends."""
    word = _WORD.match(text, end)
    if word is None:
        return 1, end
    name = word[1].lower()
    if name in THOUSAND:
        stop = word.end()
        return 1000, stop + (text[stop : stop + 1] == ".")
    return (0, end) if name in MILLION else (1, end)


def _currency_after(text: str, end: int) -> tuple[str | None, int]:
    word = _WORD.match(text, end)
    code = CURRENCIES.get(word[1].lower()) if word else None
    if word and code:
        return _NATIONS.get(word.group().split()[0].lower(), code), word.end()
    alone = _ALONE.match(text, end)
    code = CURRENCIES.get(alone[1].lower()) if alone else None
    return (code, alone.end()) if alone and code else (None, end)


def _currency_before(text: str, done: int, start: int) -> tuple[str, int] | None:
    """The currency right before a number, and where it begins."""
    if text[start - 1] == " " and start > 1 and text[start - 2] not in _MARKS:
        return None
    head = text[max(done, start - 12) : start]
    shown = head.rstrip(" .:")
    if not shown or len(head) - len(shown) > 2 or shown[-1].lower() not in _ENDS:
        return None
    if shown[-1] in "€$£₴₽฿₺":
        return CURRENCIES[shown[-1]], start - len(head) + len(shown) - 1
    at = len(shown)
    while at and shown[at - 1].isalpha():
        at -= 1
    code = CURRENCIES.get(shown[at:].lower())
    if shown[at:].lower() in _NAMES_TOO and not text[start + 1 : start + 2].isdigit():
        return None
    return (code, start - len(head) + at) if code else None


def _upper(text: str, start: int, end: int, low: float) -> tuple[tuple[float, ...], str | None, int]:
    """The amounts of a range, the currency and the end of its upper one; only `low` where there is none."""
    alone = (low,), None, end
    to = _TO.match(text, end)
    if to is None and (to := _AND.match(text, end)) and not _follows_between(text, start):
        return alone
    number = _NUMBER.match(text, to.end()) if to else None
    if number is None or _OTHER.match(text, number.end()):
        return alone
    scale, stop = _scale(text, number.end())
    high = parse_amount(number.group()) * (scale or 1)
    currency, stop = _currency_after(text, stop)
    if low < 1000 <= high and high > 100 * low:
        low *= 1000  # "200-300 000 kr", "2-3k"
    return ((low, high), currency, stop) if 0 < low < high <= low * 20 else alone


def _follows_between(text: str, start: int) -> bool:
    return text[max(0, start - 12) : start].lower().rstrip(" €$£").removesuffix("kr").rstrip().endswith(_BETWEEN)


def parse_amount(number: str) -> float:
    """ "25 000", "25.000", "25,000" and "195,50" as numbers: three figures after a mark are thousands."""
    if number.isdigit():
        return float(number)
    whole = re.sub(r"[ .,'](?=\d{3}(?!\d))", "", number)
    return float(whole.replace(",", ".").replace(" ", ""))


_ADJECTIVES = frozenset(
    {
        "de",
        "norske",
        "norska",
        "norwegian",
        "norweskich",
        "norvegų",
        "us",
        "danske",
        "svenske",
        "svenska",
        "норвежских",
        "норвезьких",
    }
)
_KNOWN = _RANGES | _ADJECTIVES | THOUSAND | MILLION | frozenset(CURRENCIES)
_MARKS = frozenset(" .:") | _ENDS | frozenset(char.upper() for char in _ENDS)
