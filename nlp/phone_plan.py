"""The numbering plan: which digits are a telephone number, in Norway and elsewhere."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import phonenumbers

Region = Literal["NO", "SE", "DK", "FI", "IS"]

_CODES: dict[Region, str] = {"NO": "47", "SE": "46", "DK": "45", "FI": "358", "IS": "354"}
_LENGTHS: dict[Region, frozenset[int]] = {
    "NO": frozenset({8}),
    "SE": frozenset({8, 9, 10}),
    "DK": frozenset({8}),
    "FI": frozenset({9, 10, 11}),
    "IS": frozenset({7}),
}
_MOBILE: dict[Region, re.Pattern[str]] = {
    "NO": re.compile(r"[49]\d{7}"),
    "SE": re.compile(r"07[02369]\d{7}"),
    "DK": re.compile(r"[2-9]\d{7}"),
    "FI": re.compile(r"0(?:4[0-69]\d{6,8}|50\d{6,8})"),
    "IS": re.compile(r"[678]\d{6}"),
}
_TRUNK: tuple[Region, ...] = ("SE", "FI")
_ALL_LENGTHS: dict[Region, frozenset[int]] = {
    region: own | {len(_CODES[region]) + size - (region in _TRUNK) for size in own} for region, own in _LENGTHS.items()
}
_BRITISH_MOBILE = re.compile(r"07[1-57-9]\d{8}")
_ZERO_TO_DIAL_AT_HOME = re.compile("(47|45|354)0(?=[2-9])")


def is_mobile_form(digits: str, region: Region = "NO") -> bool:
    """Whether digits as dialled in `region` look like a mobile number, given out or not."""
    return _MOBILE[region].fullmatch(digits) is not None


def lengths(region: Region) -> frozenset[int]:
    """How many digits a number has when it is dialled in its own country, with the country code or without."""
    return _ALL_LENGTHS[region]


@lru_cache(maxsize=8192)
def international(digits: str) -> str | None:
    """The E.164 form of digits that begin with a country code; None where nobody can have the number."""
    trunk = _ZERO_TO_DIAL_AT_HOME.match(digits)
    if trunk:
        digits = trunk.group(1) + digits[trunk.end() :]
    if digits.startswith("47") and is_mobile_form(digits[2:]):
        return f"+{digits}"
    number = _parsed(digits)
    return _formatted(number) if number and phonenumbers.is_valid_number(number) else None


@lru_cache(maxsize=8192)
def possible(digits: str) -> str | None:
    number = _parsed(digits)
    return _formatted(number) if number and phonenumbers.is_possible_number(number) else None


@lru_cache(maxsize=8192)
def national(digits: str, region: Region = "NO") -> str | None:
    """The E.164 form of a number dialled within `region`. Norwegian mobile forms never given out count too.

    The country code may stand before a mobile number: 4742000017.
    """
    code = _CODES[region]
    if len(digits) not in lengths(region):
        return None
    if len(digits) not in _LENGTHS[region] or (region in _TRUNK and not digits.startswith("0")):
        rest = ("0" if region in _TRUNK else "") + digits[len(code) :]
        if not digits.startswith(code) or len(rest) not in _LENGTHS[region]:
            return None
        return international(digits) if is_mobile_form(rest, region) else None
    return international(code + (digits[1:] if region in _TRUNK else digits))


@lru_cache(maxsize=8192)
def neighbouring(digits: str) -> str | None:
    """The E.164 form of a Swedish, Finnish or British mobile number as it is dialled at home, with its zero."""
    for region in _TRUNK:
        if is_mobile_form(digits, region):
            return national(digits, region)
    return international(f"44{digits[1:]}") if _BRITISH_MOBILE.fullmatch(digits) else None


def _parsed(digits: str) -> phonenumbers.PhoneNumber | None:
    if not 7 <= len(digits) <= 17:
        return None
    try:
        return phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return None


def _formatted(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
