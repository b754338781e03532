"""Telephone numbers nobody has, each handed out once, and the ways in which ads write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import Voice, load_world

Written = Literal["field", "plain", "spaced", "country", "words", "leet", "unicode", "separated", "split"]
WRITINGS: tuple[Written, ...] = (
    "field", "plain", "spaced", "country", "words", "leet", "unicode", "separated", "split",
)  # fmt: skip
DISGUISES: tuple[Written, ...] = ("words", "leet", "unicode", "separated", "split")
_PREFIXES = ("42", "43", "44", "49")  # mobile in form, and in no Norwegian series that is given out
_SIZE = 4_000_000
_STEP = 2_654_435_761  # prime to _SIZE, so that every number comes once
_SWEDISH = [f"+4670174{number:04d}" for number in range(605, 700)]  # kept for fiction by Swedish PTS
_BRITISH = [f"+447700900{number:03d}" for number in range(1000)]  # kept for drama by British Ofcom
_LEET = ("zer0", "0ne", "tw0", "thr33", "f0ur", "f1ve", "s1x", "s3ven", "e1ght", "n1ne")
_SEPARATORS = (" - ", ".", " / ", " * ", "…", " ⭐ ", "_", " . ")
_KEYCAP, _ZERO_WIDTH, _CIRCLED = "\ufe0f\u20e3", "\u200b", "⓪①②③④⑤⑥⑦⑧⑨"


@dataclass(frozen=True, slots=True)
class Wrote:
    """A number and how an ad writes it."""

    e164: str
    written: Written

    @property
    def is_norwegian(self) -> bool:
        """Foreign numbers are only written out, with their country code."""
        return self.e164.startswith("+47")


class PhoneBook:
    """Hands out numbers in an order that the seed decides."""

    def __init__(self, seed: int) -> None:
        self._offset = Dice(seed, "phones").below(_SIZE)
        self._taken = 0
        self._foreign = {"SE": iter(_SWEDISH), "UK": iter(_BRITISH)}
        self._reserved = {site["phone"] for site in load_world()["site"] if "phone" in site}

    def take(self) -> str:
        self._taken += 1
        number = self._number(self._taken)
        return self.take() if number in self._reserved else number

    def take_foreign(self, country: str) -> str:
        """A Swedish or British number while there are any, else a Norwegian one."""
        return next(self._foreign[country], None) or self.take()

    def earlier(self, dice: Dice) -> str:
        """A number that somebody else had before: numbers are given out again."""
        number = self._number(1 + dice.below(max(1, self._taken)))
        return self.take() if number in self._reserved else number

    def _number(self, index: int) -> str:
        place = (self._offset + index * _STEP) % _SIZE
        prefix, rest = divmod(place, 1_000_000)
        return f"+47{_PREFIXES[prefix]}{rest:06d}"


def show_phone(wrote: Wrote, voice: Voice, dice: Dice) -> str:
    """The number as the text gives it. Foreign numbers are always written with their country code."""
    digits = wrote.e164.removeprefix("+47")
    if digits.startswith("+"):
        return _foreign(digits)
    return (
        _disguised(digits, wrote.written, voice, dice) if wrote.written in DISGUISES else _open(digits, wrote.written)
    )


def _open(digits: str, written: Written) -> str:
    match written:
        case "plain":
            return digits
        case "country":
            return f"+47 {digits[:3]} {digits[3:5]} {digits[5:]}"
    return spaced(f"+47{digits}")


def _disguised(digits: str, written: Written, voice: Voice, dice: Dice) -> str:
    match written:
        case "words":
            return " ".join(voice.digits[int(d)] for d in digits)
        case "leet":
            return _leet(digits, dice)
        case "unicode":
            return _unicode(digits, dice)
        case "split":
            return voice.split.format(first=digits[:4], rest=digits[4:])
    return dice.pick(_SEPARATORS).join(digits)


def spaced(e164: str) -> str:
    """The usual printed form: "42 00 00 17", "+46 70 174 06 05", "+44 7700 900123"."""
    digits = e164.removeprefix("+47")
    return _foreign(e164) if digits == e164 else " ".join(digits[i : i + 2] for i in range(0, 8, 2))


def _foreign(e164: str) -> str:
    if e164.startswith("+46"):
        return f"+46 {e164[3:5]} {e164[5:8]} {e164[8:10]} {e164[10:]}"
    return f"+44 {e164[3:7]} {e164[7:]}"


def _leet(digits: str, dice: Dice) -> str:
    start = dice.below(2)
    return " ".join(_LEET[int(d)] if i % 2 == start else d for i, d in enumerate(digits))


def _unicode(digits: str, dice: Dice) -> str:
    match dice.below(4):
        case 0:
            return "".join(d + _KEYCAP for d in digits)
        case 1:
            return "".join(chr(0xFF10 + int(d)) for d in digits)
        case 2:
            return "".join(_CIRCLED[int(d)] for d in digits)
    return _ZERO_WIDTH.join(digits)
