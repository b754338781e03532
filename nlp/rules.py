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


# "Write to us on Viber", and no other way named: the messenger counts though no handle was recognised.
_APP = re.compile(
    r"\b(?:on|via|by|through|use|using|på|med|över|over|przez|na|pe|prin|per|в|у|через|на)\s"
    r"(?:whats\s?app|telegram|viber|signal|wechat|messenger|snap(?:chat)?|ватсап|вотсап|вайбер|телеграм\w?|телегу)\b",
    re.IGNORECASE,
)
_OTHER_WAY = re.compile(
    r"@|\b(?:e-?mail|e-?post|mail|call|phone|telephone|apply|website|cv|ring|telefon\w{0,3}|søk|søknad\w{0,3}|nettsid\w{0,3}|"
    r"sök|ansök\w*|webb\w*|zadzwoń|dzwoń|aplik\w*|sunați|telefonic|skambin\w*|el\.?\s?paš\w*|"
    r"дзвон\w*|телефон\w*|пошт\w*|звон\w*|почт\w*|резюме)\b",
    re.IGNORECASE,
)


def app_only(ad: Parts) -> Iterator[Sign]:
    """Messengers are the only way to answer: no telephone, e-mail or web address, and none spoken of."""
    if ad.phones or any(contact.kind not in MESSENGERS for contact in ad.contacts):
        return
    if ad.contacts:
        yield Sign(ad.contacts[0], "the only contact that the ad gives")
        return
    named = [(field, plain, app) for field, plain in ad.fields.items() if (app := _APP.search(plain.text))]
    if named and not any(_OTHER_WAY.search(plain.text) for plain in ad.fields.values()):
        for field, plain, app in named:
            yield Sign(quote(field, plain, *app.span()), "the only way to answer that the ad names")


_SECOND = r"(?<!\d[-–—])(?<!\d\s[-–—])(?<!\d[-–—]\s)(?<!\d\s[-–—]\s)"  # not the upper end of a range
_NUMBER = rf"(?<![\w.,]){_SECOND}(\d{{1,3}})(?:\s?[-–—]\s?(\d{{1,3}}))?[\s-]?"
_HOUR = (
    r"(?:hours?|hrs?|h|timer|timar|timmar|godzin[ay]?|valand[uų]|valandas|ore|годин[иу]?|час(?:ов|а)?)"
    r"\s?(?:/|\b(?:a|per|each|every|om|i|pr\.?|na|pe|w|по|в|на|у)\b)?\s?"
)
_DAY = r"(?:day|daily|dag(?:en|lig)?|dziennie|dzień|dobę|dien[aą]|zi|день|добу|сутки)\b"
_WEEK = r"(?:week|uke[nr]?|uka|veckan?|ugen?|tygodniowo|tydzień|savaitę|săptămână|тиждень|неделю)\b"
DAILY = (HERE, re.compile(_NUMBER + _HOUR + _DAY, re.IGNORECASE))
# "12-hour shifts", "po 12 godzin", "по 12 часов": a day's work without the word for day.
_SHIFT = r"(?:hour|hr|h|timers?|timmars?)[\s-]?(?:working\s)?(?:shifts?|days?|skift|vakter|dager|pass|dagar)\b"
SHIFTS = (HERE, re.compile(_NUMBER + _SHIFT, re.IGNORECASE))
_EACH = (
    r"\b(?:prac\w+|dirb\w+|darbas|работ\w+|прац\w+|lucr\w+|смены|зміни)\s(?:\w+\s)?"
    r"(?:po|по|câte)\s\Z|(?:^|[.!\n]\s*)по\s\Z"
)
EACH = (
    re.compile(_EACH, re.IGNORECASE),
    re.compile(_NUMBER + r"(?:godzin|valandų|valandas|ore|годин|часов)\b", re.IGNORECASE),
)
WEEKLY = (HERE, re.compile(_NUMBER + _HOUR + _WEEK, re.IGNORECASE))
# "Open 12 hours a day", "never more than 60 hours a week": said of the shop, or denied.
NOT_WORKED = re.compile(
    r"\b(?:open|opening|support|åpen|åpent|öppet|öppen|åbent|czynne|czynny|otwarte|"
    r"not|never|no|ikke|aldri|inte|aldrig|nie|не)\b",
    re.IGNORECASE,
)
# Weeks on and weeks off: long shifts by lawful agreement.
ROTATION = re.compile(
    r"\b(?:rotation|rotasjon\w*|rotacj\w*|turnus\w*|weeks?\soff|days?\soff|off\s?shore|uker?\sfri|dager\sfri|"
    r"veckor\sledig\w*|tygodni\w*\swoln\w*|вахт\w*|вихідн\w*)\b|\d\s?/\s?\d",
    re.IGNORECASE,
)
A_DAY, A_WEEK = "9 hours a day", "48 hours a week"
HOURS = ((DAILY, HOURS_A_DAY, A_DAY), (SHIFTS, HOURS_A_DAY, A_DAY), (EACH, HOURS_A_DAY, A_DAY),
         (WEEKLY, HOURS_A_WEEK, A_WEEK))  # fmt: skip
LONG_SHIFT = 12  # of "8-12 hours" the upper number counts from here on; "8-10" may stay lawful

# From eight to eight: the hours of a worker's day, told by the clock.
CLOCK = (
    re.compile(
        r"\b(?:work\w*\sfrom|hours(?:\sare)?\sfrom|jobbe[rt]?\s(?:\w+\s){0,2}fra|arbeidstid(?:en)?(?:\ser)?\sfra|"
        r"arbet\w*\sfrån|prac\w+\sod|program\w*\s(?:este\s)?de\sla|lucr\w*\sde\sla|dirb\w*\snuo|darbas\snuo|графік\s(?:роботи\s)?[зі]|"
        r"прац\w+\sз|график\s(?:работы\s)?с|работ\w+\sс)\s(?:kl\.?\s|klokken\s|godziny\s|orele\s)?\Z",
        re.IGNORECASE,
    ),
    re.compile(
        r"(\d{1,2})(?:[:.]00)?\s?(?:am\s)?(?:-|–|to|til|till|do|la|iki|до)\s?(?:kl\.?\s)?(\d{1,2})(?![\d:.]\d)",
        re.IGNORECASE,
    ),
)
SHARED = re.compile(r"skift|turnus|vakt|shift|rota|zmian|ture\b|schimb|pamain|змін|смен", re.IGNORECASE)


def long_hours(ad: Parts) -> Iterator[Sign]:
    """More than 9 hours a day or 48 a week; of a range the lower number decides, or the upper from 12 hours a day."""
    for form, hours, limit in HOURS:
        for span, match in _find_numbers(ad, [form]):
            if _is_long(match, hours) and not _is_excused(match, by_shift=form is SHIFTS):
                yield Sign(span, f"possible breach: above {limit}; averaged shifts and leading posts are exempt")
    for span, match in _find_numbers(ad, [CLOCK]):
        if int(match[2]) - int(match[1]) > LONG_SHIFT - 2 and not SHARED.search(match.string):
            yield Sign(span, f"possible breach: above {A_DAY}, breaks counted")


def _is_long(match: re.Match[str], hours: range) -> bool:
    lower, upper = int(match[1]), int(match[2] or 0)
    return lower in hours or (hours is HOURS_A_DAY and lower < upper and LONG_SHIFT <= upper in hours)


def _is_excused(match: re.Match[str], *, by_shift: bool) -> bool:
    """Said of opening times, denied, or part of a rotation."""
    start, end = match.span()
    if NOT_WORKED.search(match.string[max(0, start - LOOK_BACK) : start]):
        return True
    return by_shift and ROTATION.search(match.string[max(0, start - LOOK_BACK) : end + LOOK_BACK]) is not None


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
