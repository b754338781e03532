"""Finds prices with their duration, wages with their period, rents and fees in one field of an ad."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from nlp.exchange import nok_per_unit
from nlp.money import NUMBER, Money, find_money, parse_amount
from nlp.pay_words import Basis, Lead, basis_at, lead_of, period_at, role_at
from nlp.reading import Pay, PayRole, Per
from nlp.salary import find_json_pay
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: Mapping[str, Any] = load_table("pay")
_HOME = {"sv": "SEK", "da": "DKK"}  # whose krone "kr" is; the Norwegian one elsewhere, and in ads about Norway
_KRONE = {"SE": "SEK", "DK": "DKK", "IS": "ISK"}
_NORWAY = re.compile(r"\b(?:norge|norsk|norway)", re.IGNORECASE)
_MOST = 1e9
_LEAST_BARE = 100  # amounts below are not taken for money without a currency
_YEARS = range(1990, 2040)
_HOURS, _MINUTES = (
    frozenset([*_TABLE["units"]["hour"], "год", "години", "hours", "годин"]),
    frozenset(_TABLE["durations"]["minutes"]),
)
_LENGTHS = _HOURS | _MINUTES
_LENGTH = re.compile(r"\s?(?:de\s)?(นาที|ชั่วโมง|[^\W\d_]+)\.?(?![^\W\d_])")
_FOR = re.compile(
    r" ?(?:[/=:(-]|(?:for|per|pr\.?|na|za|pe|pentru|por|за|på|för|à|a)(?= ))? ?(?=\d|½|[^\W\d_])", re.IGNORECASE
)
_FEW = re.compile(r"\d{1,3}(?:[.,]5)?(?!\d)")
_THEN = re.compile(r"\)? ?[:=-]? ?(?:kr\.? ?)?(?:€|£|\$)?\d")
# "500 kr 30 min 800 kr 60 min": each price is followed by its duration.
_NEXT_PRICE = re.compile(
    r" ?(?:kr\.? ?)?\d[\d .]{1,6}(?:kr|nok|,-|€)? ?(?:for )?\d{1,3} ?(?:min|t\b|time|h\b)", re.IGNORECASE
)
_BESIDE = re.compile(r" ?(?:[,:=-]|for|à|er|är|is|son|kostar|koster|costs|kosztuje|costă|коштує|стоит)? ?(?:kr\.? )?")
# After a bare number: it is a time, a telephone number, a speed.
_NO_PRICE = re.compile(r"[/:-]\w|\s?[:-]\s?\d|\s?(?:min|%|km|t\b|h\b)|\s\d{2,3}\s\d\d|[ -]?\d")
_SIZES: Mapping[Per, tuple[float, float]] = {"month": (3_000, 80_000), "year": (120_000, 1_500_000)}  # NOK
_WEIGHTS = frozenset(_TABLE["weights"]["words"])
_HALVES = "|".join(sorted(map(re.escape, _TABLE["durations"]["half"]), key=len, reverse=True))
_COUNTS = {word: int(count) for count, words in _TABLE["counts"].items() for word in words}
_LEAD = re.compile(
    rf"(?<!\w)(?:(?P<half>{_HALVES})|(?:(?P<count>[^\W\d_]+) )?(?P<hour>[^\W\d_]+))"
    r" ?(?:[:=-]|er|är|is|son|kostar|koster|costs|kosztuje|costă|коштує|стоит|for)? ?(?:kr\.? )?\Z"
)
_WORDS = re.compile(r"[^\W\d_]+")
_LEAD_ENDS = _HOURS | {_WORDS.findall(half)[-1] for half in _TABLE["durations"]["half"]}
_HALF = tuple(_TABLE["durations"]["half"])


@dataclass(frozen=True, slots=True)
class _Terms:
    """What an amount is paid for, and where its words end."""

    end: int
    per: Per | None = None
    minutes: int | None = None
    basis: Basis | None = None


def find_pay(plain: Plain, field: str, *, language: str = "und", countries: Collection[str] = frozenset()) -> list[Pay]:
    """Prices, wages, rents and fees in the order of the text; see `Pay.role`.

    The field `salary` may be schema.org `baseSalary` JSON. The countries of the ad's places decide whose krone "kr" is,
    where there are none its `language`.
    """
    if field == "salary" and plain.original.lstrip()[:1] == "{":
        return find_json_pay(plain, field)
    if not any(map(str.isdecimal, plain.text)):
        return []
    home = _home(plain.text, language, countries)
    pays = list(_pays(plain, field, home))
    if home == "NOK" and countries:
        pays = [replace(pay, currency=home) if "kronor" in pay.quote else pay for pay in pays]
    return pays or _bare_price(plain, field, home)


def _home(text: str, language: str, countries: Collection[str]) -> str:
    """The currency of "kr"."""
    if "NO" in countries:
        return "NOK"
    krones = sorted(_KRONE[country] for country in countries if country in _KRONE)
    own = _HOME.get(language, "NOK")
    if krones:
        return own if own in krones else krones[0]
    return "NOK" if _NORWAY.search(text) else own


def _pays(plain: Plain, field: str, home: str) -> Iterator[Pay]:
    text, done = plain.text, 0
    length: tuple[int, int, int] | None = None
    for money in find_money(text, _LENGTHS):
        if money.start < done:
            continue
        if money.currency is None and (found := _length(text, money)):
            length = found
            continue
        start, minutes = _before(text, done, money.start, length)
        length = None
        if money.currency is None and not _may_be_bare(text, money, minutes):
            continue
        lead = lead_of(text, done, money.start)
        terms = _terms(text, lead, money, minutes)
        if terms is None:
            continue
        yield from _of(plain, field, money, (start, terms), _role(text, lead, terms), home)
        done = terms.end


def _of(plain: Plain, field: str, money: Money, at: tuple[int, _Terms], role: PayRole, home: str) -> Iterator[Pay]:
    start, terms = at
    first, last = plain.origin(start, terms.end)
    for amount in money.amounts:
        if 0 < amount < _MOST:
            yield Pay(
                field=field, start=first, end=last, quote=plain.original[first:last], amount=amount,
                currency=home if money.currency in {None, "HOME"} else str(money.currency),
                per=terms.per or "once", minutes=terms.minutes, basis=terms.basis, role=role,
            )  # fmt: skip


def _role(text: str, lead: Lead, terms: _Terms) -> PayRole:
    name = lead.role() or role_at(text, terms.end) or "pay"
    if name == "broken":
        return "pay"
    if name == "travel":
        return "extra" if terms.per is None else "pay"
    return cast("PayRole", name)


def _length(text: str, money: Money) -> tuple[int, int, int] | None:
    """(start, end, minutes) where a number counts minutes or hours: "30 min", "2 timer"."""
    if (money.word not in _LENGTHS and money.word != "de") or len(money.amounts) > 1:
        return None
    word = _LENGTH.match(text, money.end)
    minutes = _minutes(word[1].lower(), money.amounts[0]) if word else None
    return (money.start, word.end(), minutes) if word and minutes else None


def _minutes(word: str, count: float) -> int | None:
    minutes = count if word in _MINUTES else 60 * count if word in _HOURS else 0
    return round(minutes) if 5 <= minutes <= 24 * 60 else None


def _before(text: str, done: int, start: int, length: tuple[int, int, int] | None) -> tuple[int, int | None]:
    """Where a price begins with the duration before it, and that duration in minutes."""
    if length and _BESIDE.fullmatch(text, length[1], start):
        return length[0], length[2]
    low = max(done, start - 24)
    head = text[low:start].lower()
    # The pattern is slow and most amounts have no duration before them.
    lead = _LEAD.search(head) if not _LEAD_ENDS.isdisjoint(_WORDS.findall(head)[-2:]) else None
    if lead is None:
        return start, None
    if lead["half"]:
        return low + lead.start("half"), 30
    if lead["hour"] not in _HOURS:
        return start, None
    count = _COUNTS.get(lead["count"] or "", 1)
    return low + lead.start("count" if lead["count"] in _COUNTS else "hour"), 60 * count


def _may_be_bare(text: str, money: Money, minutes: int | None) -> bool:
    """Whether a number without a currency may be money: large enough, and no time, telephone or speed."""
    return money.amounts[0] >= _LEAST_BARE and not (minutes is not None and _NO_PRICE.match(text, money.end))


def _terms(text: str, lead: Lead, money: Money, minutes: int | None) -> _Terms | None:
    """What an amount is for; None where it is a number of something else."""
    terms = _after(text, money.end) if minutes is None else _basis(text, _Terms(money.end, None, minutes))
    if terms.per is None:
        per = "minutes" if terms.minutes else lead.period(is_bare=money.currency is None)
        terms = replace(terms, per=per)
    if terms.minutes == 60:
        terms = replace(terms, per="hour", minutes=None)
    if money.currency is None and (terms.per in {None, "piece"} or _is_year(money, terms)):
        return None
    if terms.per is None and money.word in _WEIGHTS:
        return None
    if terms.basis is None:
        terms = replace(terms, basis=lead.basis())
    if terms.per is None and (terms.basis or lead.role() == "pay"):
        return replace(terms, per=_implied(money))
    return terms


def _implied(money: Money) -> Per | None:
    """The period of a wage told without one, by its size: "Оклад 1050 евро" is a month's, "£25,800" a year's."""
    worth = nok_per_unit("NOK" if money.currency in {None, "HOME"} else str(money.currency), None)
    if worth is None:
        return None
    nok = money.amounts[0] * worth[0]
    return next((per for per, sizes in _SIZES.items() if sizes[0] <= nok <= sizes[1]), None)


def _is_year(money: Money, terms: _Terms) -> bool:
    return terms.per in {"week", "month", "year"} and money.amounts[0] in _YEARS and money.end - money.start == 4


def _after(text: str, end: int) -> _Terms:
    """Period, duration and basis behind an amount, in any order."""
    terms = _Terms(end)
    if length := _length_after(text, end):
        return _basis(text, _Terms(length[0], None, length[1]))
    for _ in range(3):
        if terms.per is None and (found := period_at(text, terms.end)):
            terms = replace(terms, end=found[0], per=found[1])
        elif terms.basis is None and (basis := basis_at(text, terms.end)):
            terms = replace(terms, end=basis[0], basis=basis[1])
        else:
            break
    return terms


def _basis(text: str, terms: _Terms) -> _Terms:
    found = basis_at(text, terms.end)
    return replace(terms, end=found[0], basis=found[1]) if found else terms


def _length_after(text: str, end: int) -> tuple[int, int] | None:
    """Where a duration behind an amount ends, and its minutes; none where it belongs to the next price."""
    lead = _FOR.match(text, end)
    if lead is None:
        return None
    rest = text[lead.end() : lead.end() + 24].lower()
    stop, minutes = _wordy(rest)
    number = _FEW.match(text, lead.end())
    if number and (word := _LENGTH.match(text, number.end())):
        minutes = _minutes(word[1].lower(), float(number.group().replace(",", ".")))
        stop = word.end() - lead.end()
    end = lead.end() + stop
    is_of_next = _THEN.match(text, end) is not None and not _NEXT_PRICE.match(text, end)
    return (end, minutes) if minutes and not is_of_next else None


def _wordy(rest: str) -> tuple[int, int | None]:
    """Length in letters and in minutes of a duration in words at the beginning of `rest`."""
    if rest.startswith(_HALF):
        return max(len(word) for word in _HALF if rest.startswith(word)), 30
    words = rest.split(maxsplit=2)[:2]
    if len(words) == 2 and words[0] in _COUNTS and (hour := words[1].rstrip(".,)!")) in _HOURS:
        return rest.index(words[1]) + len(hour), 60 * _COUNTS[words[0]]
    return 0, None


def _bare_price(plain: Plain, field: str, home: str) -> list[Pay]:
    """A field of one number."""
    match = re.fullmatch(rf"\s*({NUMBER})\s*", plain.text) if field in {"price", "salary"} else None
    if match is None or not 0 < parse_amount(match[1]) < _MOST:
        return []
    start, end = plain.origin(*match.span(1))
    quote = plain.original[start:end]
    return [
        Pay(field=field, start=start, end=end, quote=quote, amount=parse_amount(match[1]), currency=home, per="once")
    ]
