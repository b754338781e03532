"""Rules on telephone numbers: how they are written, and where they belong."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.parts import Parts, Rule, Sign


def disguised_phone(ad: Parts) -> Iterator[Sign]:
    for phone in ad.phones:
        if phone.method not in ("plain", "field"):
            yield Sign(phone, f"reads as {phone.e164}; written as: {phone.method}")


def foreign_phone(ad: Parts) -> Iterator[Sign]:
    for phone in ad.phones:
        if not phone.e164.startswith("+47"):
            yield Sign(phone, f"{phone.e164} is not a Norwegian number")


RULES: tuple[Rule, ...] = (
    disguised_phone,
    foreign_phone,
)
