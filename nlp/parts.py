"""What is read of one ad before its indicators are judged, and what a rule finds in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from nlp.reading import Age, Contact, Name, Pay, Phone, Place, Span, State, Stretch, Tour, Trait
from nlp.unicode import Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is read of one ad before its indicators are judged.

    `fields` are those that hold prose, `facts` the short ones that name one thing each (employer, org_number …), by
    name; `language` is that of most of the text, `claimed` what its site says, "und" where nothing is known.
    """

    fields: Mapping[str, Plain]
    facts: Mapping[str, Plain] = field(default_factory=dict)
    kind: str | None = None
    language: str = "und"
    claimed: str = "und"
    posted: date | None = None
    stretches: Sequence[Stretch] = ()
    ages: Sequence[Age] = ()
    phones: Sequence[Phone] = ()
    contacts: Sequence[Contact] = ()
    places: Sequence[Place] = ()
    tours: Sequence[Tour] = ()
    names: Sequence[Name] = ()
    persons: int | None = None
    traits: Sequence[Trait] = ()
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


def find_numbers(ad: Parts, forms: Sequence[Form]) -> Iterator[tuple[Span, re.Match[str]]]:
    """What stands at the numbers of an ad. Searching digits first costs a tenth of searching each form."""
    for name, plain in ad.fields.items():
        for number in NUMBER.finditer(plain.text):
            for before, form in forms:
                if match := form.match(plain.text, number.start()):
                    lead = before.search(plain.text, max(0, match.start() - LOOK_BACK), match.start())
                    if lead is not None:
                        yield quote(name, plain, lead.start(), match.end()), match
