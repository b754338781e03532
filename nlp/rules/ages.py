"""Rules on ages: of the person an ad offers, and of those a job is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.parts import HERE, Parts, Rule, Sign, find_numbers

ADULT = 18
YOUNG_ADULT = range(18, 23)
AGE_CAPS = range(19, 46)  # an upper limit of 60 is a pension rule, not a wish for the young


def stated_minor(ad: Parts) -> Iterator[Sign]:
    """An age below 18: always shown, whatever else the ad says."""
    return (Sign(age, f"stated age {age.value}") for age in ad.ages if age.value < ADULT)


def stated_young_adult(ad: Parts) -> Iterator[Sign]:
    return (Sign(age, f"stated age {age.value}") for age in ad.ages if age.value in YOUNG_ADULT)


# "20-30 years" is more often experience than age, so English needs "old" or a word for age.
_EXPERIENCE = r"(?!\w|['’]|\s?(?:of\s)?(?:exp|erfar|doświadcz|patirt|опыт|досвід|стаж))"
_YEARS = (
    r"(?:(?:years?|yrs?)[\s-](?:old|of\sage)|y\.?o\.?\b|år(?:\sgam(?:mel|le|mal|la))?|"
    r"lata?|metų|ani|рок(?:ів|и)|лет|года?)" + _EXPERIENCE
)
_DASH = r"\s?(?:-|–|—|to|til|till|and|og|do|iki|până la|до)\s?"
_RANGE = rf"(?<![\w.,])(1[6-9]|2\d|3\d){_DASH}(\d\d)"
_AGE_WORD = (
    r"\b(?:ages?|aged|alder(?:en)?|ålder|wiek\w{0,2}|amžius|vârsta|вік\w{0,2}|возраст\w{0,2}|"
    r"girls|women|ladies|jenter|kvinner|damer|tjejer|kvinnor|piger|kvinder|kobiety|dziewczyny|merginos|"
    r"moterys|fete|femei|дівчата|жінки|девушки|женщины)\W{1,3}"
    r"(?:(?:between|mellom|mellan|mellem|od|nuo|від|от|aged|i alderen)\s)?\Z"
)
_LIMIT_WORD = r"\b(?:under|below|max\.?|maximum|up\sto|inntil|opptil|maks\.?|do|iki|până\sla|до)\s\Z"
AGES = (
    (HERE, re.compile(rf"{_RANGE}[\s-]?{_YEARS}", re.IGNORECASE)),
    (re.compile(_AGE_WORD, re.IGNORECASE), re.compile(rf"{_RANGE}\b", re.IGNORECASE)),
    (re.compile(_LIMIT_WORD, re.IGNORECASE), re.compile(rf"()(\d\d)\s?{_YEARS}", re.IGNORECASE)),
)


def age_cap(ad: Parts) -> Iterator[Sign]:
    """An upper age limit of 45 or less."""
    for span, match in find_numbers(ad, AGES):
        if int(match[2]) in AGE_CAPS and (not match[1] or int(match[1]) < int(match[2])):
            yield Sign(span, f"upper age limit {match[2]}")


RULES: tuple[Rule, ...] = (
    stated_minor,
    stated_young_adult,
    age_cap,
)
