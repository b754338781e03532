"""Norwegian organisation numbers: nine digits, the last a check digit by modulus 11."""

from __future__ import annotations

WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def is_org_number(text: str) -> bool:
    """Nine digits that begin with 8 or 9 and whose check digit holds (Brønnøysund register's rule)."""
    digits = "".join(text.split())
    if len(digits) != 9 or not (digits.isascii() and digits.isdecimal()) or digits[0] not in "89":
        return False
    rest = sum(w * int(d) for w, d in zip(WEIGHTS, digits[:8], strict=True)) % 11
    return int(digits[8]) == (11 - rest) % 11
