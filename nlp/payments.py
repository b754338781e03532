"""Finds what an ad asks to be paid to: Vipps, Swish and MobilePay numbers, bank accounts, cryptocurrency addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from nlp.coins import coin_of
from nlp.found import Found, any_of, find_whole, lowered, words_of
from nlp.phone_plan import international, national
from nlp.reading import ContactKind
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("payments")
_PAY: dict[str, ContactKind] = {word: kind for kind, words in _TABLE["pay"].items() for word in words}
_FIRSTS = {word.split()[0]: word for word in _PAY}
_IBAN_LENGTHS: dict[str, int] = _TABLE["iban"]
_ACCOUNT_WORDS = frozenset(_TABLE["words"]["account"])
_ACCOUNT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_BIRTH_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_REACH = 40  # characters between a word for an account and its digits
_MOST_COINS = 50  # candidates of one field: each may cost half a millisecond

_NUMBER = re.compile(
    rf"(?P<led>(?:[\s:.#(=\-]{{0,3}}(?:{any_of(_TABLE['words']['between'])})(?!\w)\.?){{0,3}}[\s:=\-]{{0,3}}(?P<mark>\#?))\s?\(?"
    r"(?P<number>\+?\d(?:[ .\-]?\d){3,15})(?![\d@])(?!,-)",
    re.IGNORECASE,
)
_MEASURE = re.compile(rf"\s?(?:[,.]-|%|(?:{any_of(_TABLE['words']['measures'])})\b)", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]000)+\Z")
# Both begin at digits, which are fewer than letters; what stands before is looked at after.
_IBAN = re.compile(r"[0-9]{2}(?=[ .\-]?[A-Za-z0-9])")
_ACCOUNT = re.compile(r"[0-9]{4}(?P<sign>[. ]?)\d{2}(?P=sign)\d{5}(?![\d.]\d|\d)")
_COIN = re.compile(r"(?<!\w)(?:0[xX][0-9A-Fa-f]{40}|[A-Za-z0-9]{26,106}+)(?!\w)")
_CASELESS = ("0x", "bc1", "ltc1")
_LEAST_DIGITS = 10  # of the shortest account
_LEAST_COIN = 26  # characters of the shortest address
_DIGITS = re.compile(r"\D+")


def find_payments(text: str) -> Iterator[Found]:
    words = words_of(text)
    apps = [_FIRSTS[first] for first in _FIRSTS.keys() & words]
    for app in apps:
        for _, end in find_whole(text, [app]):
            yield from _app_number(text, end, _PAY[app])
    if sum(map(text.count, "0123456789")) >= _LEAST_DIGITS:
        yield from _ibans(text)
        yield from _accounts(text)
    if max(map(len, words), default=0) >= _LEAST_COIN:
        yield from _coins(text)


def _app_number(text: str, end: int, kind: ContactKind) -> Iterator[Found]:
    match = _NUMBER.match(text, end)
    if match is None or _MEASURE.match(text, match.end()):
        return
    written = match["number"]
    if _THOUSANDS.match(written) and not match["mark"]:
        return
    digits = _DIGITS.sub("", written)
    if value := _pay_value(kind, digits, written.startswith("+")):
        yield Found(match.start("number") - len(match["mark"]), match.end("number"), kind, value)


def _pay_value(kind: ContactKind, digits: str, has_country: bool) -> str | None:
    """The number of a shop, or that of a person with its country."""
    if has_country or digits.startswith("00"):
        return international(digits.removeprefix("00"))
    if kind == "swish":
        return digits if len(digits) == 10 and digits.startswith("123") else _swedish(digits)
    if len(digits) in {5, 6}:
        return digits
    if kind == "vipps":
        return national(digits)
    return international(f"45{digits}") if len(digits) == 8 else None


def _swedish(digits: str) -> str | None:
    return international(f"46{digits[1:]}") if len(digits) == 10 and digits.startswith("07") else None


def _ibans(text: str) -> Iterator[Found]:
    done = 0
    for match in _IBAN.finditer(text):
        start = match.start() - 2
        size = _IBAN_LENGTHS.get(text[max(0, start) : match.start()].upper())
        if size is None or start < done or text[max(0, start - 1) : start].isalnum():
            continue
        value, end = _take(text, start, size)
        if len(value) == size and is_iban(value) and not text[end : end + 1].isalnum():
            yield Found(start, end, "iban", value)
            done = end


def _take(text: str, start: int, size: int) -> tuple[str, int]:
    """The first `size` letters and digits, passing over single signs between them, and where they end."""
    taken: list[str] = []
    end = start
    while len(taken) < size and end < len(text):
        char = text[end]
        if char.isascii() and char.isalnum():
            taken.append(char.upper())
        elif char not in " .-\u00a0" or text[end - 1] == char:
            break
        end += 1
    return "".join(taken), end


def is_iban(value: str) -> bool:
    """ISO 13616: with the first four moved to the end and letters as numbers, 1 modulo 97."""
    return int("".join(str(int(char, 36)) for char in value[4:] + value[:4])) % 97 == 1


def _accounts(text: str) -> Iterator[Found]:
    """Norwegian accounts: dotted, or beside a word that says what the digits are."""
    has_word = not _ACCOUNT_WORDS.isdisjoint(words_of(text))
    for match in _ACCOUNT.finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        if before == "." or before.isalnum():
            continue
        digits = _DIGITS.sub("", match.group())
        if not is_account(digits) or is_birth_number(digits):
            continue
        if match["sign"] == "." or (has_word and _is_named(text, match.start(), match.end())):
            yield Found(match.start(), match.end(), "account", digits)


def is_account(digits: str) -> bool:
    """Eleven digits, the last a check digit by modulus 11."""
    rest = sum(weight * int(digit) for weight, digit in zip(_ACCOUNT_WEIGHTS, digits[:10], strict=True)) % 11
    return int(digits[10]) == (11 - rest) % 11


def is_birth_number(digits: str) -> bool:
    """A Norwegian national identity number: its last check digit is that of an account, its first one its own."""
    day, month = int(digits[:2]), int(digits[2:4])
    if not (1 <= day % 40 <= 31 and 1 <= month % 40 <= 12):
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(_BIRTH_WEIGHTS, digits[:9], strict=True)) % 11
    return int(digits[9]) == (11 - rest) % 11


def _is_named(text: str, start: int, end: int) -> bool:
    near = lowered(text)[max(0, start - _REACH) : start] + " " + lowered(text)[end : end + _REACH]
    return not _ACCOUNT_WORDS.isdisjoint(re.findall(r"\w+", near))


def _coins(text: str) -> Iterator[Found]:
    for match in islice(_COIN.finditer(text), _MOST_COINS):
        if kind := coin_of(match.group()):
            low = match.group().lower()
            yield Found(match.start(), match.end(), kind, low if low.startswith(_CASELESS) else match.group())
