"""Rules on how an ad may be answered, and whether it says by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from nlp.employers import find_firms, find_org_numbers, find_registered, fits, is_free, is_through
from nlp.orgnumbers import is_org_number
from nlp.parts import Parts, Rule, Sign, quote
from nlp.reading import Contact, Span

MESSENGERS = frozenset({"telegram", "whatsapp", "viber", "signal", "wechat", "line", "snapchat", "instagram",
                        "kik", "facebook"})  # fmt: skip
_WAYS = MESSENGERS | {"email", "url"}
_NINE = re.compile(r"\d{9}")
_MAIL_HOST = re.compile(r"(?:mail|mejl|poshta|pochta|poczta|correo|post)\.\w+\Z")
# Where anybody has a letter box, by its name.
_LETTER_BOX = re.compile(
    r"(?:mail|mailbox|inbox|mejl|epost|poczta|pochta|poshta|postkasse|postkassa|postboks|brevkasse|brevlada|skrzynka|"
    r"skrynka|correo|correos|(?:^|[.-])(?:post|posta|brev|yashik|lyst|buzon|casuta|adresa|pastas|paštas))\.\w+\Z"
)
_LONG = 800  # characters
# How a firm speaks of itself, also where its name was taken out.
_AS_A_FIRM = re.compile(
    r"\b(?:our (?:company|firm|client|organi[sz]ation|brand|team of|headquarters)|the company (?:is|was|has)|"
    r"we are (?:an?|the|one)\s\w+|nasz(?:a|ej|ą) firm\w+|(?:jesteśmy|to) (?:firmą|liderem|spółką)|"
    r"dla naszego klienta|w naszej firmie|grup[ay] kapitałow\w+|selskapet vårt|vår bedrift|vårt företag|"
    r"vores virksomhed|compania noastră|mūsų įmonė|наша компан\w+|nuestra empresa)\b",
    re.IGNORECASE,
)
_HEAD = 80  # characters quoted of an ad that does not say something

# "Write to us on Viber", and no other way named: the messenger counts though no handle was recognised.
_APP = re.compile(
    r"\b(?:on|via|by|through|use|using|på|med|över|over|przez|na|pe|prin|per|в|у|через|на|por)\s"
    r"(?:whats\s?app\w{0,2}|telegram\w{0,2}|viber\w{0,2}|signal|wechat|messenger\w{0,2}|snap(?:chat)?|ватсап\w?|вотсап\w?|вайбер\w?"
    r"|телеграм\w?|телегу|телеге)\b",
    re.IGNORECASE,
)
_OTHER_WAY = re.compile(
    r"@|\b(?:e-?mail|e-?post|mail|call|phone|telephone|apply|application|website|cv|resume|ring|telefon\w{0,3}|søk|søknad\w{0,3}|"
    r"nettsid\w{0,3}|link\w{0,2}|lenk\w{0,3}|knappen|besøk|visit|office|kontoret|oppmøte|"
    r"sök|ansök\w{0,12}|webb\w{0,8}|hemsida\w{0,2}|ansøg\w{0,8}|hjemmeside\w{0,2}|zadzwoń|dzwoń|dzwonić|telefonicznie|aplik\w{0,8}|sunați|"
    r"sunati|telefonic|apel\w{0,4}|skambin\w{0,5}|el\.?\s?paš\w{0,4}|дзвон\w{0,6}|телефон\w{0,4}|пошт\w{0,4}|звон\w{0,6}|почт\w{0,4}|резюме|"
    r"анкет\w{0,3}|llam\w{0,5}|teléfono|correo)\b",
    re.IGNORECASE,
)


def app_only(ad: Parts) -> Iterator[Sign]:
    """Messengers are the only way to answer: no e-mail, web address or number but a messenger's, none spoken of."""
    ways = [contact for contact in ad.contacts if contact.kind in _WAYS]
    numbers = {contact.value for contact in ways if contact.kind in MESSENGERS}
    if any(phone.e164 not in numbers for phone in ad.phones) or any(way.kind not in MESSENGERS for way in ways):
        return
    speaks_of_other = any(_OTHER_WAY.search(_without(plain.text)) for plain in ad.fields.values())
    if ways and not (speaks_of_other and ad.phones):
        yield Sign(ways[0], "the only contact that the ad gives")
        return
    if not ways and not speaks_of_other:
        for field, plain in ad.fields.items():
            if app := _APP.search(plain.text):
                yield Sign(quote(field, plain, *app.span()), "the only way to answer that the ad names")


def _without(text: str) -> str:
    """The text without the at signs of handles, which are no e-mail."""
    return re.sub(r"(?<![\w.])@(?=\w)", "", text) if "@" in text else text


def free_mail_for_firm(ad: Parts) -> Iterator[Sign]:
    """An e-mail address that anybody gets, where a firm or a valid organisation number is named.

    So does one at a host of other people that carries the name of the employer before the at sign, with more words
    ("harbourbank.jobs.no@quickmail.example"), or whose host calls itself a mail service. Contrary ("absent") where the
    host fits the name. Any other host that does not resemble the name says nothing: groups and agencies have such.
    """
    mails = [contact for contact in ad.contacts if contact.kind == "email"]
    if not mails:
        return
    stated = ad.facts["employer"].text.strip() if "employer" in ad.facts else ""
    firm = stated or _registered(ad)
    claim = firm or _valid_org_number(ad)
    for mail in mails:
        host = mail.value.rpartition("@")[2]
        if claim and is_free(host):
            yield Sign(mail, f"an address that anybody gets, beside {claim}")
        elif firm and fits(host, firm):
            yield Sign(mail, f"the host fits {firm}", "absent")
        elif stated and fits(host, stated) is False and _borrows_name(mail.value, stated):
            yield Sign(mail, f"written in the name of {stated}, at a host that does not resemble it")


def _registered(ad: Parts) -> str:
    """The first firm that the text names with its legal form: it may be another than who employs."""
    for plain in ad.fields.values():
        for start, end in find_registered(plain.text):
            return plain.text[start:end]
    return ""


def _borrows_name(mail: str, employer: str) -> bool:
    """Whether an address at the host of others is made to look like that of the employer, or anybody gets one there."""
    local, _, host = mail.rpartition("@")
    words = [word for word in re.split(r"[._+-]", local) if word]
    carries_name = len(words) > 1 and fits(f"{local}.example", employer) is True
    return not is_through(host) and (carries_name or _MAIL_HOST.search(host) is not None)


def _valid_org_number(ad: Parts) -> str:
    if "org_number" in ad.facts and is_org_number(ad.facts["org_number"].text):
        return f"organisation number {ad.facts['org_number'].text.strip()}"
    for plain in ad.fields.values():
        for start, end, is_valid in find_org_numbers(plain.text):
            if is_valid:
                return f"organisation number {plain.text[start:end]}"
    return ""


def unnamed_employer(ad: Parts) -> Iterator[Sign]:
    """Nobody says who employs: no employer, organisation number, firm, or host of its own; or the number is wrong.

    Contrary ("absent") where a name or a valid number stands. Not computable where the site gives no employer, and the
    ad speaks as a firm or is so long that it may name one in words that were not recognised.
    """
    wrong = list(_wrong_org_numbers(ad))
    yield from wrong
    named = _employer_named(ad)
    if named is not None:
        yield Sign(named, "names the employer", "absent")
    elif not wrong and (head := _head(ad)) is not None:
        if _may_name_one(ad):
            yield Sign(head, "the site gives no employer, and the text may name one", "not_computable")
        else:
            yield Sign(head, "no employer, firm or organisation number is named in the ad")


def _may_name_one(ad: Parts) -> bool:
    """Whether a firm that was not recognised may stand in an ad without a field for the employer."""
    if "employer" in ad.facts:
        return False
    texts = [plain.text for plain in ad.fields.values()]
    return sum(map(len, texts)) > _LONG or any(_AS_A_FIRM.search(text) for text in texts)


def _wrong_org_numbers(ad: Parts) -> Iterator[Sign]:
    note = "the check digit of this organisation number does not hold"
    fact = ad.facts.get("org_number")
    if fact and _NINE.fullmatch(number := re.sub(r"\s", "", fact.text)) and not is_org_number(number):
        yield Sign(quote("org_number", fact, 0, len(fact.text)), note)
    for field, plain in ad.fields.items():
        for start, end, is_valid in find_org_numbers(plain.text):
            if not is_valid:
                yield Sign(quote(field, plain, start, end), note)


def _employer_named(ad: Parts) -> Span | None:
    """Where the employer is named: in its field, by a valid number, in the text, or by a host of its own."""
    for fact in ("employer", "org_number"):
        plain = ad.facts.get(fact)
        if plain and plain.text.strip() and (fact == "employer" or is_org_number(plain.text)):
            return quote(fact, plain, 0, len(plain.text))
    for field, plain in ad.fields.items():
        for start, end in find_firms(plain.text):
            return quote(field, plain, start, end)
        for start, end, is_valid in find_org_numbers(plain.text):
            if is_valid:
                return quote(field, plain, start, end)
    return next((contact for contact in ad.contacts if _is_own_host(contact)), None)


def _is_own_host(contact: Contact) -> bool:
    if contact.kind == "email":
        host = contact.value.rpartition("@")[2]
        return not is_free(host) and _LETTER_BOX.search(host) is None
    return contact.kind == "url" and not is_through(urlsplit(contact.value).hostname or "")


def _head(ad: Parts) -> Span | None:
    """The beginning of the ad, which does not say it."""
    for field in ("title", "text"):
        if (plain := ad.fields.get(field)) and plain.text.strip():
            return quote(field, plain, 0, min(len(plain.text), _HEAD))
    return None


RULES: tuple[Rule, ...] = (app_only, free_mail_for_firm, unnamed_employer)
