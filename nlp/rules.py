"""Rules that words alone cannot state: ages, hours, wages and numbers, judged on what was read so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from nlp.reading import Age, Contact, Pay, Phone, Span, State
from nlp.unicode import Plain
from nlp.wages import find_industries, find_rate

ADULT = 18
YOUNG_ADULT = range(18, 23)
AGE_CAPS = range(19, 46)  # an upper limit of 60 is a pension rule, not a wish for the young
HOURS_A_DAY = range(10, 17)  # above 9 (Working Environment Act s. 10-4); 24 is a service's opening time
HOURS_A_WEEK = range(49, 113)  # above 48 with overtime (s. 10-6)
MESSENGERS = frozenset({"telegram", "whatsapp", "viber", "signal", "wechat", "line", "snapchat", "instagram",
                        "kik"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is read of one ad before its indicators are judged. `fields` are those that hold prose."""

    fields: Mapping[str, Plain]
    kind: str | None = None
    language: str = "und"
    posted: date | None = None
    ages: Sequence[Age] = ()
    phones: Sequence[Phone] = ()
    contacts: Sequence[Contact] = ()
    pay: Sequence[Pay] = ()


@dataclass(frozen=True, slots=True)
class Sign:
    """What a rule found: where, in which state, and what the quote alone does not say."""

    span: Span
    note: str = ""
    state: State = "present"


Rule = Callable[[Parts], Iterable[Sign]]
Form = tuple[re.Pattern[str], re.Pattern[str]]
"""What must stand right before a number (ending on `\\Z`), and what must begin with it."""

NUMBER = re.compile(r"\d{1,3}")
HERE = re.compile(r"\Z")
LOOK_BACK = 40


def quote(field: str, plain: Plain, start: int, end: int) -> Span:
    """The span of the stored field that `plain.text[start:end]` was made from."""
    first, last = plain.origin(start, end)
    return Span(field=field, start=first, end=last, quote=plain.original[first:last])


def _find_numbers(ad: Parts, forms: Sequence[Form]) -> Iterator[tuple[Span, re.Match[str]]]:
    """What stands at the numbers of an ad. Searching digits first costs a tenth of searching each form."""
    for field, plain in ad.fields.items():
        for number in NUMBER.finditer(plain.text):
            for before, form in forms:
                if match := form.match(plain.text, number.start()):
                    lead = before.search(plain.text, max(0, match.start() - LOOK_BACK), match.start())
                    if lead is not None:
                        yield quote(field, plain, lead.start(), match.end()), match


def stated_minor(ad: Parts) -> Iterator[Sign]:
    """An age below 18: always shown, whatever else the ad says."""
    return (Sign(age, f"stated age {age.value}") for age in ad.ages if age.value < ADULT)


def stated_young_adult(ad: Parts) -> Iterator[Sign]:
    return (Sign(age, f"stated age {age.value}") for age in ad.ages if age.value in YOUNG_ADULT)


def disguised_phone(ad: Parts) -> Iterator[Sign]:
    for phone in ad.phones:
        if phone.method not in ("plain", "field"):
            yield Sign(phone, f"reads as {phone.e164}; written as: {phone.method}")


def foreign_phone(ad: Parts) -> Iterator[Sign]:
    for phone in ad.phones:
        if not phone.e164.startswith("+47"):
            yield Sign(phone, f"{phone.e164} is not a Norwegian number")


def odd_letters(ad: Parts) -> Iterator[Sign]:
    """Letters that look like others, or words of mixed scripts."""
    for field, plain in ad.fields.items():
        for start, end in plain.odd:
            yield Sign(Span(field=field, start=start, end=end, quote=plain.original[start:end]))


def app_only(ad: Parts) -> Iterator[Sign]:
    """Messenger handles are the only way to answer: no telephone, e-mail or web address."""
    if ad.contacts and not ad.phones and all(contact.kind in MESSENGERS for contact in ad.contacts):
        yield Sign(ad.contacts[0], "the only contact that the ad gives")


_SECOND = r"(?<!\d[-–—])(?<!\d\s[-–—])(?<!\d[-–—]\s)(?<!\d\s[-–—]\s)"  # not the upper end of a range
_NUMBER = rf"(?<![\w.,]){_SECOND}(\d{{1,3}})(?:\s?[-–—]\s?\d{{1,3}})?\s?"
_HOUR = (
    r"(?:hours?|hrs?|h|timer|timar|timmar|godzin[ay]?|valand[uų]|valandas|ore|годин[иу]?|час(?:ов|а)?)"
    r"\s?(?:/|\b(?:a|per|each|every|om|i|pr\.?|na|pe|w|по|в|на|у)\b)?\s?"
)
_DAY = r"(?:day|daily|dag(?:en|lig)?|dziennie|dzień|dobę|dien[aą]|zi|день|добу|сутки)\b"
_WEEK = r"(?:week|uke[nr]?|uka|veckan?|ugen?|tygodniowo|tydzień|savaitę|săptămână|тиждень|неделю)\b"
DAILY = (HERE, re.compile(_NUMBER + _HOUR + _DAY, re.IGNORECASE))
WEEKLY = (HERE, re.compile(_NUMBER + _HOUR + _WEEK, re.IGNORECASE))
# "Open 12 hours a day", "never more than 60 hours a week": said of the shop, or denied.
NOT_WORKED = re.compile(
    r"\b(?:open|opening|support|åpen|åpent|öppet|öppen|åbent|czynne|czynny|otwarte|"
    r"not|never|no|ikke|aldri|inte|aldrig|nie|не)\b",
    re.IGNORECASE,
)
HOURS = ((DAILY, HOURS_A_DAY, "9 hours a day"), (WEEKLY, HOURS_A_WEEK, "48 hours a week"))


def long_hours(ad: Parts) -> Iterator[Sign]:
    """More than 9 hours a day or 48 a week; of a range, the lower number decides."""
    for form, hours, limit in HOURS:
        for span, match in _find_numbers(ad, [form]):
            before = match.string[max(0, match.start() - LOOK_BACK) : match.start()]
            if int(match[1]) in hours and not NOT_WORKED.search(before):
                yield Sign(span, f"possible breach: above {limit}; averaged shifts and leading posts are exempt")


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
    for span, match in _find_numbers(ad, AGES):
        if int(match[2]) in AGE_CAPS and (not match[1] or int(match[1]) < int(match[2])):
            yield Sign(span, f"upper age limit {match[2]}")


# A supplement of 30 NOK an hour is no wage.
SUPPLEMENT = re.compile(
    r"tillegg|supplement|bonus|provisjon|provision|dodatek|premi|tips|deposit|доплат|надбавк", re.IGNORECASE
)


def low_pay(ad: Parts) -> Iterator[Sign]:
    """Hourly pay in NOK against the generally applied minimum wage of the one industry named."""
    hourly = [pay for pay in ad.pay if pay.currency == "NOK" and pay.per == "hour" and not _is_supplement(ad, pay)]
    if not hourly:
        return
    pay = min(hourly, key=lambda item: item.amount)
    industries = find_industries("\n".join(plain.text for plain in ad.fields.values()))
    rate = find_rate(industries[0], ad.posted) if len(industries) == 1 else None
    if rate is None:
        which = " or ".join(industries) or "no industry with a generally applied wage recognised"
        yield Sign(pay, f"no rate known: {which}", "not_computable")
    elif pay.amount < rate.amount:
        row = f"{rate.amount:.2f}, {rate.title}, in force from {rate.valid_from}"
        yield Sign(pay, f"possible: {pay.amount:.2f} NOK an hour is below {row}")


def _is_supplement(ad: Parts, pay: Pay) -> bool:
    plain = ad.fields.get(pay.field)
    return plain is not None and bool(
        SUPPLEMENT.search(plain.original, max(0, pay.start - LOOK_BACK), pay.end + LOOK_BACK // 2)
    )


RULES: Mapping[str, Rule] = MappingProxyType({
    rule.__name__: rule
    for rule in (stated_minor, stated_young_adult, disguised_phone, foreign_phone, odd_letters, app_only,
                 long_hours, age_cap, low_pay)
})  # fmt: skip
