"""Reads ads in batches: language, numbers, contacts, ages, pay, names and indicators, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from nlp.ages import find_ages
from nlp.contacts import find_contacts
from nlp.indicators import Looked, find_indicators, look_up
from nlp.language import find_stretches, identify
from nlp.localities import find_localities
from nlp.names import find_names
from nlp.parts import Parts
from nlp.pay import find_pay
from nlp.persons import count_persons
from nlp.phones import find_phones
from nlp.reading import Name, Phone, Reading, Stretch, Trait
from nlp.split_phones import find_split_phones
from nlp.tours import find_tours
from nlp.traits import find_traits
from nlp.unicode import Plain, plain

Fields = Mapping[str, Plain]
T = TypeVar("T")

UNKNOWN = "und"
# Where each thing may stand. A list field is addressed by position, so `phones.0` counts as `phones`.
PROSE = frozenset({"title", "text", "location", "name", "age", "price", "salary", "extra"})
PHONES = PROSE - {"age", "price", "salary"} | {"phones", "handles"}
CONTACTS = PROSE - {"age", "price", "salary"} | {"emails", "handles"}
AGES = frozenset({"title", "text", "age"})
PAY = frozenset({"title", "text", "price", "salary"})
NAMES = ("name", "title", "text")
TRAITS = frozenset({"title", "text", "extra"})
LOCATIONS = frozenset({"title", "text", "location"})
FACTS = frozenset({"employer", "org_number", "location"})
LANGUAGE = ("title", "text")
FRESH = 14  # days; a version seen later than that after its posting is dated by its sighting


def read(
    texts: Sequence[str | Mapping[str, str]],
    *,
    kinds: Sequence[str | None] | None = None,
    languages: Sequence[str | None] | None = None,
) -> list[Reading]:
    """Reads each ad: a text, or a mapping of its fields (a list field as `phones.0`, `phones.1` …).

    `kinds` and `languages` run parallel to `texts`: the kind of each ad (None: judge every indicator)
    and the language that its site claims (used where the text is too short to tell). Never raises on
    any text; ValueError when the sequences differ in length.
    """
    fields = [_plain_fields(text) for text in texts]
    claimed = _column("languages", languages, len(fields))
    spoken = _spoken(fields, claimed)
    columns = list(zip(fields, _column("kinds", kinds, len(fields)), spoken, claimed, strict=True))
    looked = _look_up(fields, spoken)
    # Each ad is read to its end before the next one begins: what its readers share is kept for few texts.
    return [
        _reading(ad, _parts(ad, kind, language, claim or UNKNOWN), words)
        for (ad, kind, language, claim), words in zip(columns, looked, strict=True)
    ]


def read_words(texts: Sequence[str], *, languages: Sequence[str | None]) -> list[Looked]:
    """The words of each text, as `read` looks for phrases in them: the languages that are spoken there are known.

    `languages` runs parallel to `texts`, as for `read`. ValueError when they differ in length.
    """
    fields = [_plain_fields(text) for text in texts]
    spoken = _spoken(fields, _column("languages", languages, len(fields)))
    looked = _look_up(fields, spoken)
    for ad, language, (words, _) in zip(fields, spoken, looked, strict=True):
        words.ad = Parts(fields=words.ad.fields, language=language, stretches=_stretches(ad))
    return looked


def _spoken(fields: Sequence[Fields], claimed: Sequence[str | None]) -> list[str]:
    """The language of each ad: as it reads, or what its site claims."""
    found = identify([_prose(ad) for ad in fields])
    return [
        language if language != UNKNOWN else claim or UNKNOWN for language, claim in zip(found, claimed, strict=True)
    ]


def _look_up(fields: Sequence[Fields], spoken: Sequence[str]) -> list[Looked]:
    return look_up(
        [Parts(fields=dict(_select(ad, PROSE)), language=one) for ad, one in zip(fields, spoken, strict=True)]
    )


def _reading(fields: Fields, ad: Parts, looked: Looked) -> Reading:
    return Reading(
        language=ad.language,
        stretches=tuple(ad.stretches),
        phones=tuple(ad.phones),
        contacts=tuple(ad.contacts),
        places=tuple(ad.places),
        tours=tuple(ad.tours),
        names=tuple(ad.names),
        persons=ad.persons,
        ages=tuple(ad.ages),
        traits=tuple(ad.traits),
        pay=tuple(ad.pay),
        indicators=find_indicators(ad, looked),
        truncated=any(text.truncated for text in fields.values()),
    )


def _column(name: str, values: Sequence[T | None] | None, size: int) -> Sequence[T | None]:
    if values is None:
        return [None] * size
    if len(values) != size:
        raise ValueError(f"{name}: {len(values)} values for {size} texts; give one for each, or None")
    return values


def _plain_fields(text: str | Mapping[str, str]) -> Fields:
    fields = {"text": text} if isinstance(text, str) else text
    return {field: plain(value) for field, value in fields.items() if value}


def _names(fields: Fields, kind: str | None) -> list[Name]:
    """What the field `name` says; where it says nothing, the title; then the text."""
    found = (find_names(fields[field], field, kind) for field in NAMES if field in fields)
    return next(filter(None, found), [])


def _select(fields: Fields, wanted: frozenset[str]) -> list[tuple[str, Plain]]:
    return [(field, text) for field, text in fields.items() if field.partition(".")[0] in wanted]


def _prose(fields: Fields) -> str:
    return "\n".join(fields[field].text for field in LANGUAGE if field in fields)


def _parts(fields: Fields, kind: str | None, language: str, claimed: str) -> Parts:
    posted = _date(fields["posted_at"].text) if "posted_at" in fields else None
    year = posted.year if posted else None
    prose = dict(_select(fields, PROSE))
    located = dict(_select(fields, LOCATIONS))
    places = find_localities(located)
    countries = frozenset(place.country for place in places)
    return Parts(
        fields=prose,
        facts=dict(_select(fields, FACTS)),
        kind=kind,
        language=language,
        claimed=claimed,
        posted=posted,
        stretches=_stretches(fields),
        ages=[age for field, text in _select(fields, AGES) for age in find_ages(text, field, year=year)],
        phones=_phones(fields),
        contacts=[item for field, text in _select(fields, CONTACTS) for item in find_contacts(text, field)],
        places=places,
        tours=find_tours(located, places, anchor=_anchor(fields)) if places and kind != "job" else (),
        names=_names(fields, kind),
        persons=count_persons(prose) if kind != "job" else None,
        traits=_traits(fields) if kind != "job" else (),
        pay=[
            pay
            for field, text in _select(fields, PAY)
            for pay in find_pay(text, field, language=language, countries=countries)
        ],
    )


def _stretches(fields: Fields) -> list[Stretch]:
    return [stretch for field in LANGUAGE if field in fields for stretch in find_stretches(fields[field], field)]


def _traits(fields: Fields) -> list[Trait]:
    return [trait for field, text in _select(fields, TRAITS) for trait in find_traits(text, field)]


def _phones(fields: Fields) -> list[Phone]:
    """The numbers of each field, and those that begin in one place and go on in another."""
    looked = dict(_select(fields, PHONES))
    found = [phone for field, text in looked.items() for phone in find_phones(text, field)]
    return [*found, *find_split_phones(looked, found)]


def _anchor(fields: Fields) -> date | None:
    """The day that stated dates are meant from: when the ad was posted, or seen where that is long after."""
    posted, seen = (_date(fields[name].text) if name in fields else None for name in ("posted_at", "seen_at"))
    if posted and seen and (seen - posted).days > FRESH:
        return seen
    return posted or seen


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
