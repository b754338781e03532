"""Rules on ages: of the person an ad offers, and of those a job is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.found import lowered
from nlp.hours import Worktime
from nlp.law import YOUNG, says
from nlp.offers import offer_of
from nlp.parts import HERE, LOOK_BACK, Parts, Rule, Sign, find_numbers, quote
from nlp.reading import Age

ADULT: int = YOUNG["adult"]
YOUNG_ADULT = range(18, 23)
AGE_CAPS = range(19, 46)  # an upper limit of 60 is a pension rule, not a wish for the young


def stated_minor(ad: Parts) -> Iterator[Sign]:
    """An age below 18: always shown, whatever else the ad says."""
    return (Sign(age, _read_as(age)) for age in ad.ages if age.value < ADULT)


def _read_as(age: Age) -> str:
    """The age, and where the figure does not stand there, what it was read from: "I turn 18 next month"."""
    if str(age.value) in age.quote or not any(map(str.isdecimal, age.quote)):
        return f"stated age {age.value}"
    year = re.search(r"(?:19|20)\d\d", age.quote)
    how = "year of birth; one less before the birthday" if year else "the birthday is still to come"
    return f"stated age {age.value}, read from “{age.quote}” ({how})"


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


RISKS = (("night", "night work"), ("hazard", "risky work"), ("relocation", "lodging or travel"))
NO_NIGHTS = re.compile(
    r"\b(?:never|not?|aldri|aldrig|ikk?j?e|inte|ingen|nigdy|bez|nie|niciodată|nu|fără|niekada|ne|be|ніколи|без|не|никогда|nunca|sin)"
    r"\s(?:\w+\s){0,2}(?:natt?|night|noc|noap|nakt|ніч|ноч|noche)\w*",
)
# 30-44 kg, 66-97 lbs, 130-149 cm: below nearly all adults.
BODY = re.compile(
    r"(?<![\d.,+/-])(?:(?:3\d|4[0-4])(?:[.,]\d)?\s?(?:de\s)?(?:(?:kg|kilos?|kilogram\w{0,3}|кг)(?!\w)|กก|กิโล)|(?:6[6-9]|[78]\d|9[0-7])\s?(?:lbs?|pounds)(?!\w)|1[34]\d\s?(?:cm|см|ซม)(?!\w)"
    r"|1[.,][34]\d\s?m(?!\w))",
    re.IGNORECASE,
)
MEASURES = ("kg", "kilo", "lb", "pound", "cm", "1.3", "1.4", "1,3", "1,4", "кг", "см", "กก", "กิโล", "ซม")
"""What stands in every text that has such a weight or height."""
THINGS = re.compile(
    r"\b(?:bag|bagasje|luggage|lift|løft\w*|box|kasse\w*|under|over|max|minus|lost|gått ned|seng|bed|table|bord|skjerm|"
    r"screen|"
    r"tv|bredd\w*|width|dybde|lang|long|bagaż\w*|vekttap|parcel|pakke\w*|til salgs|for sale|bench|markløft)\b",
    re.IGNORECASE,
)


# Who reads, buys, plays or is cared for, not who is to work.
AUDIENCE = re.compile(
    r"\b(?:audience\w*|target\w*|demographic\w*|eyes|viewers?|readers?|consumers?|shoppers?|customers?|clients?|players?|users?|"
    r"patients?|pupils?|students?|guests?|målgrupp\w*|publikum\w*|kund\w*|gjest\w*|gäst\w*|gæst\w*|elev\w*|bruker\w*|lesere?|läsare|"
    r"klient\w*|odbiorc\w*|clienț\w*|клиент\w*|клієнт\w*|аудитор\w*|público)\b",
    re.IGNORECASE,
)


def age_cap(ad: Parts) -> Iterator[Sign]:
    """An upper age limit of 45 or less, other than of an audience or of customers."""
    for span, match in find_numbers(ad, AGES):
        if int(match[2]) in AGE_CAPS and (not match[1] or int(match[1]) < int(match[2])) and not _is_of_audience(match):
            yield Sign(span, f"upper age limit {match[2]}")


def _is_of_audience(match: re.Match[str]) -> bool:
    near = (
        match.string[max(0, match.start() - LOOK_BACK) : match.start()],
        match.string[match.end() : match.end() + 20],
    )
    return any(AUDIENCE.search(text) for text in near)


def minor_work(ad: Parts) -> Iterator[Sign]:
    """A job for someone under 18 at night, above 8 hours, with risks or away from home."""
    young = [age for age in ad.ages if age.value < ADULT]
    if not young:
        return
    offer = offer_of(ad)
    said = NO_NIGHTS.sub(" ", offer.folded)
    reasons = [name for fact, name in RISKS if says(said, fact)]
    reasons += [reason for time in offer.hours if (reason := _too_long(time))]
    if reasons:
        yield Sign(young[0], f"possible: {_read_as(young[0])}; {', '.join(dict.fromkeys(reasons))} ({YOUNG['source']})")


def _too_long(time: Worktime) -> str | None:
    first, last = YOUNG["night"]
    if time.clock and _is_at_night(*time.clock, first, last):
        return f"work between {first} and {last:02}"
    most = {"day": YOUNG["hours_a_day"] + (1 if time.clock else 0), "week": YOUNG["hours_a_week"]}.get(time.measure)
    return f"more than {YOUNG[f'hours_a_{time.measure}']} hours a {time.measure}" if most and time.low > most else None


def _is_at_night(begin: float, end: float, first: float, last: float) -> bool:
    return begin >= first or begin < last or end > first or end < begin


def low_body(ad: Parts) -> Iterator[Sign]:
    """A very low body weight or height, by the figure alone; things and distances are left out."""
    for name, plain in ad.fields.items():
        low = lowered(plain.text)
        if not any(measure in low for measure in MEASURES):
            continue
        for match in BODY.finditer(plain.text):
            lead = plain.text[max(0, match.start() - LOOK_BACK) : match.start()]
            if not THINGS.search(lead) and not THINGS.search(plain.text, match.end(), match.end() + 20):
                yield Sign(quote(name, plain, *match.span()), f"stated {match.group().strip()}")


RULES: tuple[Rule, ...] = (stated_minor, stated_young_adult, age_cap, minor_work, low_body)
