"""Finds the places that an ad names, and says where a place is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.found import letter_parts
from nlp.gazetteer import CAPITAL, FOREIGN_WORD, NAMESAKE, WORD, WORDLIKE, Entry, Locality, gazetteer
from nlp.parts import quote
from nlp.place_names import match_names
from nlp.reading import Place
from nlp.tables import load_table
from nlp.unicode import Plain

SURE_FIELDS = frozenset({"location"})
"""Fields that hold a place: what stands there is one, even if it is a word."""

DOUBTFUL = frozenset({NAMESAKE, WORDLIKE, FOREIGN_WORD, CAPITAL})
"""Marks of a name that is read only where something says that it is a place."""

_POSTCODE = re.compile(r"(?<![\d-])\d{4}(?= \Z)")
_GAP = r"[\s\d.,/&·|+•–:()-]"
_LIST = re.compile(
    rf"(?=.*[\d,/&·|+•–\n-]){_GAP}{{1,16}}(?:(?:jan|feb|mar|apr|ma[ijy]|jun|jul|aug|sep|o[ck]t|nov|de[cs])[a-z]*{_GAP}{{1,12}})?"
    r"|\s(?:og|and|eller|or|i|ir|oraz|și|и|та|і|y|och)\s",
    re.IGNORECASE | re.DOTALL,
)
"""What stands between the places of a list, as in "Oslo 3.-5. mai, Moss"."""
_ADDRESS = re.compile(r"://|@|www\.|\w\.\w")
_THAI = re.compile("[\u0e00-\u0e7f]")
_LOOK_BACK = 24
_LONGEST_GAP = 40


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that stand by the names of places."""

    into: frozenset[str]
    before: frozenset[str]
    scandinavian: frozenset[str]
    after: frozenset[str]
    never_after: frozenset[str]
    doubtful_after: frozenset[str]
    countries: Mapping[str, str]
    thai: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name in a text, the places it may be, and whether nothing speaks against it."""

    field: str
    start: int
    end: int
    places: tuple[Locality, ...]
    sure: bool
    capital: bool


def locality(code_or_name: str) -> Locality | None:
    """The place of a municipality number or of a name that only one place has."""
    places = gazetteer()
    if code_or_name.isdigit():
        return places.municipalities.get(code_or_name)
    return _only(places.named(code_or_name))


def find_localities(fields: Mapping[str, Plain], *, country: str | None = None) -> list[Place]:
    """The places named in an ad, as they stand. `country` is that of the site (ISO 3166), if it is known.

    A name that is also a word or borne by people is read only where its surroundings say that it is a place. A name
    that several Norwegian places have is given without a code where nothing tells them apart; one that places of
    several countries have is then left out.
    """
    hits = [hit for field, plain in fields.items() for hit in _find(field, plain.text)]
    if not hits:
        return []
    kept = _keep(hits, fields)
    context = _Context.of(kept, fields, country)
    return [place for hit in kept if (place := _place(hit, context, fields[hit.field])) is not None]


def _find(field: str, text: str) -> Iterator[_Hit]:
    """The names in a text, longer ones first where they overlap; then the Thai ones."""
    found = match_names(letter_parts(text))
    done = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= done and (hit := _weigh(field, text, (start, end), found[start, end])):
            done = end
            yield hit
    if not text.isascii() and _THAI.search(text):
        yield from _find_thai(field, text)


def _weigh(field: str, text: str, span: tuple[int, int], matched: Sequence[Entry]) -> _Hit | None:
    start, end = span
    marks = set("".join(entry.marks for entry in matched))
    if _in_address(text, start, end) or _next_word(text, end) in _words().never_after:
        return None
    found = tuple(dict.fromkeys(entry.place for entry in matched))
    postcode = _POSTCODE.search(text, max(0, start - 6), start)
    code = gazetteer().municipality_of(postcode.group()) if postcode else None
    delivered = tuple(place for place in found if code and place.code == code)
    sure = (
        not marks & DOUBTFUL
        or field.partition(".")[0] in SURE_FIELDS
        or delivered != ()
        or _is_said(text, start, end, marks)
    )
    return _Hit(field, start, end, delivered or found, sure, text[start].isupper())


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether a name is part of a URL, a host or an e-mail address."""
    if not (text[start - 1 : start] in tuple("/.@_-=") or text[end : end + 1] in tuple("/.@_-=")):
        return False
    first = max(text.rfind(" ", max(0, start - 100), start), text.rfind("\n", max(0, start - 100), start)) + 1
    last = text.find(" ", end, end + 100)
    return _ADDRESS.search(text, first, last if last >= 0 else min(len(text), end + 100)) is not None


def _next_word(text: str, end: int) -> str:
    if text[end : end + 1] != " ":
        return ""
    word = WORD.match(text, end + 1)
    return word.group().lower() if word else ""


def _is_said(text: str, start: int, end: int, marks: set[str]) -> bool:
    """Whether the words about a name that is also a word say that it is a place."""
    words = _words()
    before = _word_before(text, start)
    capital = text[start].isupper() and not (WORDLIKE in marks and _is_acronym(text, start, end))
    after = _next_word(text, end)
    if after in words.doubtful_after:
        return False
    if after in words.after and (capital or WORDLIKE not in marks):
        return True
    if not capital:
        return FOREIGN_WORD in marks and WORDLIKE not in marks and before.lower() in words.scandinavian
    if CAPITAL in marks:
        return before != "" or (FOREIGN_WORD in marks and start == 0)
    return before.lower() in words.into or (before.lower() in words.before and NAMESAKE not in marks)


def _is_acronym(text: str, start: int, end: int) -> bool:
    """Whether a name is all capital among words that are not."""
    before = _word_before(text, start)
    return end - start > 1 and text[start:end].isupper() and before != "" and not before.isupper()


def _word_before(text: str, start: int) -> str:
    """The word before `start`, if nothing but a space or a colon stands between."""
    lead = text[max(0, start - _LOOK_BACK) : start].rstrip(" :")
    return WORD.findall(lead)[-1] if start and text[start - 1] == " " and lead[-1:].isalpha() else ""


def _find_thai(field: str, text: str) -> Iterator[_Hit]:
    for name, target in _words().thai.items():
        start = text.find(name)
        place = locality(target) if start >= 0 else None
        if place is not None:
            yield _Hit(field, start, start + len(name), (place,), True, True)


def _keep(hits: Sequence[_Hit], fields: Mapping[str, Plain]) -> list[_Hit]:
    """The hits that are sure, and the capital ones that stand in a list with one that is."""
    kept = [hit.sure for hit in hits]
    for order in (range(1, len(hits)), range(len(hits) - 2, -1, -1)):
        step = 1 if order.step == 1 else -1
        for at in order:
            if not kept[at] and kept[at - step] and hits[at].capital:
                kept[at] = _in_a_list(hits[at], hits[at - step], fields)
    return [hit for hit, keep in zip(hits, kept, strict=True) if keep]


def _in_a_list(one: _Hit, other: _Hit, fields: Mapping[str, Plain]) -> bool:
    if one.field != other.field:
        return False
    first, last = sorted((one, other), key=lambda hit: hit.start)
    return _LIST.fullmatch(fields[one.field].text[first.end : last.start][:_LONGEST_GAP]) is not None


@dataclass(frozen=True, slots=True)
class _Context:
    """What the other places of an ad, and the words for countries in it, say about one that could be several."""

    codes: frozenset[str]
    counties: frozenset[str]
    countries: frozenset[str]

    @staticmethod
    def of(hits: Iterable[_Hit], fields: Mapping[str, Plain], country: str | None) -> _Context:
        places = [hit.places[0] for hit in hits if len(hit.places) == 1]
        named = {place.country for place in places} | ({country} if country else set())
        if any(len({place.country for place in hit.places}) > 1 for hit in hits):
            words = {word for plain in fields.values() for word in WORD.findall(plain.text.lower())}
            named |= {code for word, code in _words().countries.items() if word in words}
        return _Context(
            codes=frozenset(place.code for place in places if place.code),
            counties=frozenset(place.county for place in places if place.county),
            countries=frozenset(named),
        )


def _place(hit: _Hit, context: _Context, plain: Plain) -> Place | None:
    found = _choose(hit.places, context)
    if found is None:
        return None
    span = quote(hit.field, plain, hit.start, hit.end)
    return Place(
        field=span.field,
        start=span.start,
        end=span.end,
        quote=span.quote,
        name=found.name,
        country=found.country,
        code=found.code if len(_apart(hit.places, context)) == 1 else None,
    )


def _choose(places: Sequence[Locality], context: _Context) -> Locality | None:
    """The place that the context points to; the first of several Norwegian ones; None between countries."""
    left = _apart(places, context)
    return left[0] if len({place.country for place in left}) == 1 else None


def _apart(places: Sequence[Locality], context: _Context) -> Sequence[Locality]:
    """What is left of `places`: one of each municipality, then those of a country, municipality or county named."""
    left = list({place.code or (place.country, place.name): place for place in reversed(places)}.values())[::-1]
    for kept in (
        [place for place in left if place.country in context.countries],
        [place for place in left if place.code in context.codes],
        [place for place in left if place.county in context.counties],
    ):
        if len(left) > 1 and kept:
            left = [place for place in left if place in kept] or left
    return left


def _only(places: Sequence[Locality]) -> Locality | None:
    """The only place of `places`; of one municipality, the municipality itself."""
    codes = {place.code or (place.country, place.name) for place in places}
    if len(codes) != 1:
        return None
    return next((place for place in places if place.kind == "municipality"), places[0])


@cache
def _words() -> _Words:
    table = load_table("places")
    before = table["before"]
    return _Words(
        into=frozenset(before["in"]),
        before=frozenset(before["in"] + before["to"]),
        scandinavian=frozenset(before["scandinavian"]),
        after=frozenset(table["after"]["place"]),
        never_after=frozenset(table["after"]["other"]),
        doubtful_after=frozenset(table["after"]["doubtful"]),
        countries={word: code for code, words in table["countries"].items() for word in words.split()},
        thai=table["thai"],
    )
