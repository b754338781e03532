"""What reading one ad yields: frozen values, each one a span of the stored text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PhoneMethod = Literal["plain", "words", "leet", "unicode", "separated", "split", "reversed", "field"]
ContactKind = Literal["email", "url", "telegram", "whatsapp", "viber", "signal", "wechat",
                      "line", "snapchat", "instagram", "kik", "facebook", "vipps", "swish", "mobilepay", "iban",
                      "account", "bitcoin", "ethereum", "litecoin", "tron", "monero", "address"]  # fmt: skip
Per = Literal["hour", "day", "week", "month", "year", "shift", "piece", "minutes", "once"]
PayRole = Literal["pay", "extra", "rent", "fee"]
TraitKind = Literal["height", "hair", "origin"]
State = Literal["present", "absent", "not_stated", "not_computable"]
Grade = Literal["law", "published+", "published0", "published-", "expert"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in one stored field of an ad.

    `start` and `end` count Unicode code points, and `fields[field][start:end] == quote` holds
    for every span ever produced. A list field is addressed by position: `phones.0`.
    """

    field: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Span):
    """A telephone number. `method` says how it was written; all but `plain` and `field` mean disguised."""

    e164: str
    method: PhoneMethod
    confidence: float
    parts: tuple[Span, ...] = ()
    """Where each piece of it stands, in order, when it stands in several; the span itself is that of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Span):
    """A way to reach or pay the advertiser other than a telephone number, normalised.

    E-mail, URL, messenger handle; a number to pay to (`vipps`, `iban`, `account`, `bitcoin` …, each with its
    check digits in order); or a street `address` with its postcode.
    """

    kind: ContactKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Span):
    """An age in years that the ad states about the person it advertises or seeks."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay(Span):
    """A price or a wage. `minutes` carries the duration when `per` is "minutes" (30 min 800 kr).

    `role` tells other money apart: an `extra` (supplement, bonus, discount, fine), the `rent` of lodging, and a `fee`
    or deposit. `basis` is None where the ad does not say whether tax is off. A range is two of them, of one span.
    """

    amount: float
    currency: str
    per: Per
    minutes: int | None = None
    basis: Literal["net", "gross"] | None = None
    role: PayRole = "pay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Span):
    """A named place. `code` is the national municipality number where there is one."""

    name: str
    country: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour(Span):
    """A stay that the ad announces: a place (as in `Place`) and its first and last day, ISO 8601.

    None where it is open: "from 12 May" has no last day, "until 15 May" no first. The year is the one that the day of
    the ad suggests.
    """

    name: str
    country: str
    code: str | None = None
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait(Span):
    """What the ad says of the person, to hold against other ads: `height` in cm, `hair` as light, dark or red, and the
    country of `origin` (ISO 3166).
    """

    kind: TraitKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch(Span):
    """A stretch of one language, as a BCP 47 code."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Span):
    """A name that the ad gives itself (a persona, not an identity)."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Span):
    """One indicator of the catalogue, in the state this ad puts it in, with the quoted evidence.

    `weight` is signed; `grade` says how well the indicator is supported, `source` by what.
    `note` adds what the quote alone does not say (a compared rate, a decoded number).
    """

    id: str
    state: State
    weight: float
    grade: Grade
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything read from one ad with one version of the catalogue.

    `language` is the BCP 47 code of most of the text, or "und" below about 40 letters; `stretches` are given
    where an ad is written in several. `truncated` is true when a field
    was longer than the reader takes; what was cut stays in the store.
    """

    language: str
    stretches: tuple[Stretch, ...] = ()
    phones: tuple[Phone, ...] = ()
    contacts: tuple[Contact, ...] = ()
    places: tuple[Place, ...] = ()
    tours: tuple[Tour, ...] = ()
    names: tuple[Name, ...] = ()
    persons: int | None = None
    ages: tuple[Age, ...] = ()
    traits: tuple[Trait, ...] = ()
    pay: tuple[Pay, ...] = ()
    indicators: tuple[Finding, ...] = ()
    truncated: bool = False
