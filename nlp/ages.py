"""Finds ages that an ad states about the person it advertises or seeks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from nlp.age_asides import age_aside, find_named
from nlp.found import lowered
from nlp.numerals import spelt_number
from nlp.reading import Age
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("ages")
_YOUNGEST, _OLDEST = 10, 79
_RARELY_SAID = 15  # below it, "10 years" without more is nearly always how long something lasted
_CLAUSE = 40  # characters before a number that can say whose age it is


def _any_of(name: str) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_TABLE[name], key=len, reverse=True))


_NUMBER = r"(?<![\d.,:/+#-])(?P<age>[1-7]\d)"
_STATED = re.compile(
    rf"{_NUMBER}(?:\s?-\s?(?P<to>[1-7]\d))?[\s-]?(?:(?P<persons>(?:{_any_of('of_persons')})(?!\w))"
    rf"|(?P<years>(?:{_any_of('of_anything')})(?!\w)))",
    re.IGNORECASE,
)
# Numbers are few and words many, so a number is found first and what stands before it is looked at then.
_ALONE = re.compile(r"(?<!\d)(?P<age>[1-7]\d)(?![\d+:]|[.,]\d|\s?\+)")
_LABEL = re.compile(rf"\b(?:{_any_of('before')})(?:\s*[:=-]\s*|\s+)$", re.IGNORECASE)
_SELF = re.compile(rf"\b(?:{_any_of('self')})\s+$", re.IGNORECASE)
_END = re.compile(r"\s*(?:[.,;!)&]|$|\n|og\b|and\b|i\b|och\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19[3-9]|20[01])\d(?!\d)")
_BORN = re.compile(rf"\b(?:{_any_of('born')})\s*:?\s*$", re.IGNORECASE)
_REACH = 32  # characters before a number that can hold the word which makes it an age
_LASTING = re.compile(rf"\s*,?\s*(?:{_any_of('lasting')})\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(rf"(?:\b(?:{_any_of('not_before')})|[<>+≥])\s*$", re.IGNORECASE)
_CUSTOMERS = re.compile(rf"\b(?:{_any_of('customers')})\b[^.!?\n]*$", re.IGNORECASE)
_OPENING = re.compile(rf"(?:^|[^\w\s]\s*|\n\s*|\b[A-ZÆØÅÄÖ]\w+\s+|\b(?i:{_any_of('self')}|{_any_of('before')})\s+)$")
_UNIT = re.compile(
    rf"[\s-](?:(?P<persons>(?:{_any_of('spelt_persons')})(?!\w))|(?P<years>(?:{_any_of('spelt_anything')})(?!\w)))",
    re.IGNORECASE,
)
_MAY_BE_SPELT = re.compile(r"(?:y(?:ea)?rs?|å(?:r|rs))\b")  # in small letters: a fifth of what any case costs
_SPELT = re.compile(r"[^\W\d_]+(?:[\s-][^\W\d_]+)?$")
_TURNS = re.compile(rf"\b(?:{_any_of('turns')})\s+$", re.IGNORECASE)
_YEARS_AFTER = re.compile(rf"\s(?:de\s)?(?:{_any_of('of_anything')})(?!\w)", re.IGNORECASE)
_SOON = re.compile(rf"(?:\s(?:de\s)?(?:{_any_of('of_anything')}))?,?\s(?:{_any_of('soon')})(?!\w)", re.IGNORECASE)
_SOON_BEFORE = re.compile(rf"\b(?:{_any_of('soon')})(?!\w)", re.IGNORECASE)
# Words near a number that say whose age it is not, and how long something lasted.
_LASTED = re.compile(rf"\b(?:{_any_of('lasted')})\b[^.!?,;\n]*$", re.IGNORECASE)
_THING = re.compile(rf"\b(?:{_any_of('things')})\s+(?:(?:{_any_of('is_or_has')})\s(?:\w+\s)?)?$", re.IGNORECASE)
_PERSON_OF = re.compile(rf"\b(?:{_any_of('persons')})\s+(?:på|of|de)\s+$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")  # a look behind each letter would cost five times this
_EXPERIENCE = re.compile(rf"\s*(?:{_any_of('experience')})", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?P<age>[1-7]\d)(?:\s?(?P<to>-|{_any_of('to')})\s?|\s(?P<and>{_any_of('and')})\s)(?P<upper>[1-7]\d)(?![\d%:]|[.,]\d)"
    rf"(?P<years>[\s-]?(?:{_any_of('of_persons')}|{_any_of('of_anything')})(?!\w))?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"(?:{_any_of('between')})\s*$", re.IGNORECASE)
_SOUGHT = re.compile(
    rf"\b(?:{_any_of('sought')}|{_any_of('before')})\W{{1,3}}(?:[^\W\d_]+\W{{1,2}}){{0,3}}$", re.IGNORECASE
)
_PERSON_ON = re.compile(rf"\b(?:(?:{_any_of('persons')})\s(?:på|of|de)|[^\W\d_a-zæøåäö][^\W\d_]{{2,15}}\spå)\s+$")
_BOUND = re.compile(rf"(?:\b(?P<upper>{_any_of('upper')})|\b(?P<lower>{_any_of('lower')}))\s*$", re.IGNORECASE)
_SEEKS = re.compile(rf"\b(?:{_any_of('sought')})(?!\w)", re.IGNORECASE)
_WORD_AFTER = re.compile(r"[\s-]?([^\W\d_]+)")


def _edge_words(name: str, at: int) -> frozenset[str]:
    """The first (0) or last (-1) word of each entry, in small letters: a cheap test before a pattern."""
    return frozenset(words[at] for entry in _TABLE[name] if (words := re.findall(r"[^\W\d_]+", entry.lower())))


_UNITS_BEGIN = _edge_words("of_persons", 0) | _edge_words("of_anything", 0)
_TO_BEGIN = _edge_words("to", 0) | _edge_words("and", 0)
_END_OR_WHO = re.compile(r"\s*(?:[.,;!?)]|$|\n)|\s(?:som|who|care|которые|que|og|and|and)\b")
_UNIT_AFTER = re.compile(
    r"\s?(?:kr|%|:|\.\d|time|hour|nok|€|zł|год|час|km|min|\d|eur|kg|st\b|-|og\s\d|til\b|to\b)", re.IGNORECASE
)
_ON = frozenset({"på", "of", "de"})
_SENTENCE = re.compile(r"[.!?\n]")
_BOUNDS_END = _edge_words("upper", -1) | _edge_words("lower", -1)
_WORDS = re.compile(r"[^\W\d_]+")
_LASTING_WORDS = _edge_words("lasting", 0)
_CUSTOMERS_END, _THINGS_END, _LASTED_END = (_edge_words(name, -1) for name in ("customers", "things", "lasted"))
_NOT_BEFORE_END = _edge_words("not_before", -1)
_LABELS_END = _edge_words("before", -1)
_SOUGHT_END = _edge_words("sought", -1) | _LABELS_END
_BETWEEN_END = _edge_words("between", -1)
_SELF_END = _edge_words("self", -1)
_TURNS_END = _edge_words("turns", -1)
_UNIT_BEGINNINGS = tuple(_edge_words("of_persons", 0))
_FIELD_AGE = re.compile(r"(?<!\d)\d{1,3}(?!\d)")


def find_ages(plain: Plain, field: str, *, year: int | None = None) -> list[Age]:
    """Ages in years. `year` is the one that years of birth are counted from, by default the current one."""
    if field == "age":
        return _of_field(plain)
    stated = list(_spelt(plain.text))
    if any(map(str.isdecimal, plain.text)):
        stated += _stated(plain.text)
        stated += find_named(plain.text)
    found = {(start, value): _span(plain, field, start, end, value) for start, end, value in stated}
    found |= {
        (start, value): _span(plain, field, start, end, value)
        for start, end, born in _births(plain.text)
        if _YOUNGEST <= (value := (year or date.today().year) - born) <= _OLDEST
    }
    return sorted(found.values(), key=lambda age: (age.start, age.value))


def _of_field(plain: Plain) -> list[Age]:
    match = _FIELD_AGE.search(plain.text)
    if not match or not _YOUNGEST <= int(match.group()) < 100:
        return []
    return [_span(plain, "age", match.start(), match.end(), int(match.group()))]


def _stated(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, age) of every age said in figures. What stands beside a number is looked at before any pattern."""
    done = 0
    for number in _DIGITS.finditer(text):
        start, end = number.span()
        if end - start != 2 or start < done or text[start] in "089":
            continue
        before, after = _word_before(text, start), _word_after(text, end)
        found = list(_at_number(text, number, before, after))
        if not found and (before[:1].isalpha() or not start) and (aside := age_aside(text, number)):
            found = [aside]
        for one in found:
            done = one[1]
            yield one


def _word_before(text: str, start: int) -> str:
    """The word before a number with at most four marks between, in small letters; "" where there is none."""
    end = start
    while end and start - end < 5 and not text[end - 1].isalnum():
        end -= 1
    begin = end
    while begin and end - begin < 16 and text[begin - 1].isalpha():
        begin -= 1
    return text[begin:end].lower()


def _word_after(text: str, end: int) -> str:
    match = _WORD_AFTER.match(text, end)
    return match[1].lower() if match else ""


def _at_number(text: str, number: re.Match[str], before: str, after: str) -> Iterator[tuple[int, int, int]]:
    if before in _TURNS_END and (turning := _turning(text, number)):
        yield turning
    elif _may_be_range(text, number.end(), after) and (both := _range(text, number)):
        yield from both
    elif before in _BOUNDS_END and (bound := _bound(text, number)):
        yield bound
    elif (after in _UNITS_BEGIN or _is_glued_unit(after)) and (match := _STATED.match(text, number.start())):
        if _is_age(text, match.span(), int(match["age"]), of_person=bool(match["persons"])):
            yield match.start(), match.end(), int(match["age"])
    else:
        yield from _alone(text, number, before)


def _may_be_range(text: str, end: int, after: str) -> bool:
    return after in _TO_BEGIN or text[end : end + 2].lstrip()[:1] == "-"


def _is_glued_unit(after: str) -> bool:
    """ "24yo", "24-åring", "24letnia": endings of the words that count years."""
    return after.startswith(_UNIT_BEGINNINGS)


def _turning(text: str, number: re.Match[str]) -> tuple[int, int, int] | None:
    """Who turns 18 next month is 17 today; the years of things are said with other words."""
    word = _before(_TURNS, text, number)
    if word is None:
        return None
    if soon := _SOON.match(text, number.end()):
        return word[0], soon.end(), int(number.group()) - 1
    first = max(0, word[0] - _REACH)
    earlier = next(reversed([*_SOON_BEFORE.finditer(text, first, word[0])]), None)
    if earlier is None or re.search(r"[.!?\n]", text[earlier.end() : word[0]]):
        return None
    unit = _YEARS_AFTER.match(text, number.end())
    return earlier.start(), unit.end() if unit else number.end(), int(number.group()) - 1


def _range(text: str, number: re.Match[str]) -> list[tuple[int, int, int]]:
    """Both ends of "18-25 years", "between 18 and 25"; none where it tells something else."""
    match = _RANGE.match(text, number.start())
    if match is None or not int(match["age"]) < int(match["upper"]):
        return []
    start, end = match.span()
    clause = text[max(0, start - _CLAUSE) : start]
    words = frozenset(_WORDS.findall(clause.lower()))
    if not match["years"] and _SOUGHT_END.isdisjoint(words):
        return []
    between = _BETWEEN.search(clause) if not _BETWEEN_END.isdisjoint(words) else None
    if match["and"] and not between:
        return []
    is_aside = _EXPERIENCE.match(text, end) or _AUDIENCE.match(text, end)
    if is_aside or _says(_CUSTOMERS, _CUSTOMERS_END, clause, words):
        return []
    # "10 to 20 years" without a word for persons is how long something lasts.
    if not _SOUGHT.search(clause) and (
        not match["years"] or int(match["age"]) < _RARELY_SAID or _LASTING.match(text, end, end + 24)
    ):
        return []
    first = start - len(clause) + between.start() if between else start
    return [(first, end, int(match["age"])), (first, end, int(match["upper"]))]


def _bound(text: str, number: re.Match[str]) -> tuple[int, int, int] | None:
    """The upper age of the persons an ad seeks ("kvinner under 25"), or a lower one below 18 ("ungdom fra 15 år")."""
    start, age = number.start(), int(number.group())
    clause = _SENTENCE.split(text[max(0, start - _CLAUSE) : start])[-1]
    bound = _BOUND.search(clause)
    unit = _YEARS_AFTER.match(text, number.end())
    end = unit.end() if unit else number.end()
    if bound is None or not _SEEKS.search(clause) or _EXPERIENCE.match(text, end) or _CUSTOMERS.search(clause):
        return None
    if not unit and (_UNIT_AFTER.match(text, end) if bound["lower"] else not _END_OR_WHO.match(text, end)):
        return None
    is_told = age in range(19, 61) if bound["upper"] else age in range(13, 18)
    return (start, end, age) if is_told else None


def _alone(text: str, number: re.Match[str], before: str) -> Iterator[tuple[int, int, int]]:
    """ "Age: 24", "I am 24, from Riga", "kvinne på 46"."""
    start, end = number.span()
    if before in _ON:
        if _END_OR_WHO.match(text, end) and _PERSON_ON.search(text[max(0, start - 24) : start]):
            yield start, end, int(number.group())
        return
    match = _ALONE.match(text, start) if before in _LABELS_END or before in _SELF_END else None
    if match is None:
        return
    word = _before(_LABEL, text, match) or (_END.match(text, end) and _before(_SELF, text, match))
    if word and not _is_about_customers(text, word[0]):
        yield word[0], end, int(match["age"])


def _spelt(text: str) -> Iterator[tuple[int, int, int]]:
    """Ages in number words: "tjuefire år", "twenty-four years old"."""
    for word in _MAY_BE_SPELT.finditer(lowered(text)):
        unit = _UNIT.match(text, word.start() - 1) if word.start() else None
        if unit is None:
            continue
        if text[unit.start() - 1 : unit.start()].isdecimal():
            continue
        head = text[max(0, unit.start() - _REACH) : unit.start()]
        found = _SPELT.search(head)
        number = spelt_number(found.group()) if found else None
        if number is None:
            continue
        start = unit.start() - len(number[0])
        age = int(number[1])
        if _YOUNGEST <= age <= _OLDEST and _is_age(text, (start, unit.end()), age, of_person=bool(unit["persons"])):
            yield start, unit.end(), age


def _births(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, year) of every year of birth."""
    for match in _YEAR.finditer(text):
        if text[match.start() - 1 : match.start()].isdecimal():
            continue
        if word := _before(_BORN, text, match):
            yield word[0], match.end(), int(match.group())


def _before(pattern: re.Pattern[str], text: str, number: re.Match[str]) -> tuple[int, int] | None:
    """The span of the word before a number that `pattern` knows."""
    reach = max(0, number.start() - _REACH)
    found = pattern.search(text[reach : number.start()])
    return (reach + found.start(), reach + found.end()) if found else None


# Right behind it: who looks, reads or buys, not who is offered or sought.
_AUDIENCE = re.compile(
    r"(?:\s?[-–]\s?\d\d)?\W{0,2}(?:years?[\s-]olds?\W{1,2})?(?:eyes|audiences?|viewers|readers|consumers|demographic|target|market|shoppers|målgrupp\w*|publikum)\b",
    re.IGNORECASE,
)


def _is_age(text: str, place: tuple[int, int], age: int, *, of_person: bool) -> bool:
    start, end = place
    clause = text[max(0, start - _CLAUSE) : start]
    words = frozenset(_WORDS.findall(clause.lower()))
    before = clause[-16:]
    if _AUDIENCE.match(text, end):
        return False
    if _says(_CUSTOMERS, _CUSTOMERS_END, clause, words) or _says(_THING, _THINGS_END, clause, words):
        return False
    if (
        (not _NOT_BEFORE_END.isdisjoint(words) or not before.rstrip()[-1:].isalpha())
        and _NOT_BEFORE.search(before)
        and not _PERSON_OF.search(clause)
        and not _PERSON_ON.search(clause)
    ):
        return False
    if of_person:
        return not _EXPERIENCE.match(text, end)
    if age < _RARELY_SAID and not _OPENING.search(before):
        return False
    if not _ON.isdisjoint(words) and _PERSON_ON.search(text[max(0, start - 24) : start]):
        return True
    return not (_says(_LASTED, _LASTED_END, clause, words) or _lasts(text, end))


def _says(pattern: re.Pattern[str], ends: frozenset[str], clause: str, words: frozenset[str]) -> bool:
    """Whether a pattern is found. The last words of its entries are looked for first: that costs a tenth."""
    return not ends.isdisjoint(words) and pattern.search(clause) is not None


def _lasts(text: str, end: int) -> bool:
    """Whether a duration follows: "20 years of experience"."""
    return (
        not _LASTING_WORDS.isdisjoint(_WORDS.findall(text[end : end + 24].lower()))
        and _LASTING.match(text[end : end + 24]) is not None
    )


def _is_about_customers(text: str, start: int) -> bool:
    clause = text[max(0, start - _CLAUSE) : start]
    return _says(_CUSTOMERS, _CUSTOMERS_END, clause, frozenset(_WORDS.findall(clause.lower())))


def _span(plain: Plain, field: str, start: int, end: int, value: int) -> Age:
    start, end = plain.origin(start, end)
    return Age(field=field, start=start, end=end, quote=plain.original[start:end], value=value)
