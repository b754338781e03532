"""People who advertise for themselves: independents and small flat-shares, none of whom warrants an alert."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spiders.demo.numbers import WORLD, NumberBook, write_phone
from spiders.demo.posts import FJORD, LAST, NORDLYS, Operator, Post, Written, day, load_data, planted

_INDEPENDENTS = {"nb": 9, "en": 6, "sv": 4, "pl": 2, "ro": 2, "ru": 3}
_FLATS = ("nb", "en", "sv", "ro")
_WRITING: tuple[Written, ...] = ("field", "plain", "field", "field", "plain", "field", "separated", "field")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """One persona with what stays the same in all her ads."""

    operator: Operator
    language: str
    name: str
    age: int
    city: str
    e164: str
    written: Written
    price: str
    image: int
    address: str = ""
    flat: str = ""


@dataclass(frozen=True, slots=True)
class _Draft:
    """Sentences drawn for one ad and the indicators they plant."""

    sentences: tuple[str, ...]
    ids: frozenset[str]


def escort_posts(rng: random.Random, book: NumberBook) -> Iterator[Post]:
    """All ads of independents and flat-shares."""
    voices = load_data("escort")
    people = {language: list(voices[language]["people"]) for language in voices}
    for index, person in enumerate(_people(rng, book, people, voices)):
        yield from _history(person, voices[person.language], 2 if person.flat else (4, 3, 4, 3, 3)[index % 5], rng)


def _people(
    rng: random.Random, book: NumberBook, names: dict[str, list[str]], voices: dict[str, Any]
) -> Iterator[_Person]:
    languages = [code for code, count in _INDEPENDENTS.items() for _ in range(count)]
    for index, language in enumerate(languages):
        operator = Operator(id=f"solo-{index + 1:02d}", kind="independent")
        yield _person(operator, language, names[language].pop(0), rng=rng, book=book, number=index)
    for index, language in enumerate(_FLATS):
        yield from _flat(index, language, names[language], rng=rng, book=book, voice=voices[language])


def _flat(
    index: int,
    language: str,
    names: list[str],
    *,
    rng: random.Random,
    book: NumberBook,
    voice: dict[str, Any],
) -> Iterator[_Person]:
    operator = Operator(id=f"flat-{index + 1}", kind="flat_share")
    for who in range(2):
        yield _person(
            operator, language, names.pop(0), rng=rng, book=book, number=40 + 2 * index + who,
            city=WORLD["cities"][index], address=WORLD["streets"][index], flat=rng.choice(voice["flat"]),
        )  # fmt: skip


def _person(
    operator: Operator,
    language: str,
    name: str,
    *,
    rng: random.Random,
    book: NumberBook,
    number: int,
    **where: str,
) -> _Person:
    home = {"city": rng.choice(WORLD["cities"])} | where
    return _Person(
        operator=operator, language=language, name=name, age=rng.randint(26, 47), e164=book.take(),
        written=_WRITING[number % len(_WRITING)], price=f"{rng.randrange(1200, 2100, 100)} kr/time",
        image=number + 1, **home,
    )  # fmt: skip


def _history(person: _Person, voice: dict[str, Any], ads: int, rng: random.Random) -> Iterator[Post]:
    """The person's ads, months apart, on both directories."""
    own = {part: _draw(rng, voice[part], count) for part, count in _OWN.items()}
    phone_line = rng.choice(voice["phone"])
    days = sorted(rng.sample(range(60, LAST), ads))
    for number, posted in enumerate(days):
        draft = _draft(person, own, rng)
        yield _post(person, draft, voice, rng, site=_SITES[number % 4], posted=posted, phone_line=phone_line)


_OWN = {"opening": 1, "about": 3, "practical": 3, "screening": 1, "closing": 1}
_SITES = (NORDLYS, FJORD, NORDLYS, FJORD)


def _draw(rng: random.Random, lines: list[list[str]], count: int) -> list[list[str]]:
    return rng.sample(lines, min(count, len(lines)))


def _draft(person: _Person, own: dict[str, list[list[str]]], rng: random.Random) -> _Draft:
    """Two of the person's three sentences of each kind, so that her own ads differ a little."""
    about = rng.sample(own["about"], 2)
    practical = rng.sample(own["practical"], 2)
    lines = [*own["opening"], *about, *practical, *own["screening"], *own["closing"]]
    if person.flat:
        lines.insert(3, [person.flat])
    ids = frozenset(i for line in lines for i in line[1:])
    return _Draft(tuple(line[0] for line in lines), ids)


def _post(
    person: _Person,
    draft: _Draft,
    voice: dict[str, Any],
    rng: random.Random,
    *,
    site: str,
    posted: int,
    phone_line: str,
) -> Post:
    phone = write_phone(person.e164, person.written, person.language, rng)
    age = person.age - (LAST - posted) // 365
    slots = {
        "name": person.name,
        "city": person.city,
        "age": age,
        "address": person.address,
        "phone": phone.shown,
    }
    sentences = [*draft.sentences] if phone.written == "field" else [*draft.sentences, phone_line]
    paragraphs = (" ".join(sentences[:3]), " ".join(sentences[3:-2]), " ".join(sentences[-2:]))
    return Post(
        site=site, operator=person.operator, kind="escort", language=person.language,
        title=rng.choice(voice["titles"]).format(**slots), text="\n\n".join(paragraphs).format(**slots),
        city=person.city, posted_at=day(posted), phone=phone, name=person.name, age=age, price=person.price,
        image=person.image, indicators=planted(set(draft.ids), phone, age),
    )  # fmt: skip
