"""Made-up telephone and organisation numbers, and the ways in which ads write them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from spiders.demo.posts import Phone, Written, load_data

WORLD = load_data("world")
_PREFIXES = ("42", "43", "44", "49")  # mobile-like, never assigned to a subscriber
_KEYCAP = "\ufe0f\u20e3"
_ZERO_WIDTH = "\u200b"
_CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
_SEPARATORS = (" - ", ".", " / ", " * ", "…", " ⭐ ")
_ORG_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


@dataclass(slots=True)
class NumberBook:
    """Hands out each fictional number once. Foreign ones come from ranges kept for fiction."""

    rng: random.Random
    _used: set[str] = field(default_factory=set)

    def take(self, country: str = "NO") -> str:
        number = self._draw(country)
        while number in self._used:
            number = self._draw(country)
        self._used.add(number)
        return number

    def _draw(self, country: str) -> str:
        match country:
            case "SE":
                return f"+467017406{self.rng.randint(5, 99):02d}"
            case "UK":
                return f"+447700900{self.rng.randint(0, 999):03d}"
        return f"+47{self.rng.choice(_PREFIXES)}{self.rng.randint(0, 999_999):06d}"


def write_phone(e164: str, written: Written, language: str, rng: random.Random) -> Phone:
    """The number in the form `written`. Foreign numbers keep their country code."""
    return Phone(e164=e164, written=written, shown=_form(e164, written, language, rng))


def _form(e164: str, written: Written, language: str, rng: random.Random) -> str:
    digits = e164.removeprefix("+47")
    match written:
        case "words":
            return " ".join(WORLD["words"][language][int(d)] for d in digits.lstrip("+"))
        case "leet":
            return _leet(digits, rng)
        case "unicode":
            return _unicode(digits, rng)
        case "separated":
            return rng.choice(_SEPARATORS).join(digits.lstrip("+")) if digits == e164[3:] else _dotted(e164)
        case "split":
            return str(WORLD["split"][language]).format(first=digits[:4], rest=digits[4:])
    return spaced(e164)


def spaced(e164: str) -> str:
    """The usual printed form: "42 00 00 17", "+46 70 174 06 05", "+44 7700 900123"."""
    if e164.startswith("+46"):
        return f"+46 {e164[3:5]} {e164[5:8]} {e164[8:10]} {e164[10:]}"
    if e164.startswith("+44"):
        return f"+44 {e164[3:7]} {e164[7:]}"
    return " ".join(e164[i : i + 2] for i in range(3, 11, 2))


def _dotted(e164: str) -> str:
    return f"+{e164[1:3]} " + ".".join(e164[3:])


def _leet(digits: str, rng: random.Random) -> str:
    """Digits and misspelt English words in turn, so that no run of digits stays whole."""
    words = WORLD["leet"]["digits"]
    start = rng.randint(0, 1)
    return " ".join(words[int(d)] if i % 2 == start else d for i, d in enumerate(digits.lstrip("+")))


def _unicode(digits: str, rng: random.Random) -> str:
    sign, bare = ("+", digits[1:]) if digits.startswith("+") else ("", digits)
    match rng.randint(0, 3):
        case 0:
            return sign + "".join(d + _KEYCAP for d in bare)
        case 1:
            return sign + "".join(chr(0xFF10 + int(d)) for d in bare)
        case 2:
            return sign + "".join(_CIRCLED[int(d)] for d in bare)
    return sign + _ZERO_WIDTH.join(bare)


def in_text(phone: Phone, language: str) -> str:
    """What stands where the text gives the number: the number, or a pointer to the site's phone box."""
    return str(WORLD["field"][language]) if phone.written == "field" else phone.shown


def org_numbers() -> list[str]:
    """Nine-digit numbers with a right modulus-11 check digit, from the unused range below 801 000 000."""
    found = []
    for stem in range(80_000_100, 80_000_160):
        rest = sum(w * int(d) for w, d in zip(_ORG_WEIGHTS, str(stem), strict=True)) % 11
        if rest != 1:  # the check digit would be 10: such numbers do not exist
            found.append(f"{stem}{(11 - rest) % 11}")
    return found
