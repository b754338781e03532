"""The numbering plan: which digits are a telephone number, in Norway and elsewhere."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers


def is_mobile_form(digits: str) -> bool:
    return len(digits) == 8 and digits[0] in "49"


@lru_cache(maxsize=65_536)
def international(digits: str) -> str | None:
    """The E.164 form of digits that begin with a country code; None where nobody can have the number."""
    if digits.startswith("47") and is_mobile_form(digits[2:]):
        return f"+{digits}"
    number = _parsed(digits)
    return _formatted(number) if number and phonenumbers.is_valid_number(number) else None


@lru_cache(maxsize=8192)
def possible(digits: str) -> str | None:
    number = _parsed(digits)
    return _formatted(number) if number and phonenumbers.is_possible_number(number) else None


@lru_cache(maxsize=65_536)
def national(digits: str) -> str | None:
    """The E.164 form of a Norwegian number. Mobile forms never given out (42, 43, 44, 49) count too."""
    if len(digits) != 8:
        return None
    return f"+47{digits}" if is_mobile_form(digits) else international(f"47{digits}")


def _parsed(digits: str) -> phonenumbers.PhoneNumber | None:
    if not 7 <= len(digits) <= 17:
        return None
    try:
        return phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return None


def _formatted(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
