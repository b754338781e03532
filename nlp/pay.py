"""Finds prices with their duration and wages with their period in one field of an ad."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlp.reading import Pay, Per
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("pay")
_HOME_CURRENCY = "NOK"
_MOST = 1e9
_LEAST_BARE = 100  # amounts below are not taken for money without a currency


def _any_of(words: list[str]) -> str:
    ends = [re.escape(word).replace(r"\ ", r"\s+") + (r"(?!\w)" if word[-1].isalnum() else "") for word in words]
    return "|".join(sorted(ends, key=len, reverse=True))


def _periods(name: str) -> dict[str, Per]:
    return {word: per for per, words in _TABLE[name].items() for word in words}


_CURRENCIES: dict[str, str] = {word: code for code, words in _TABLE["currencies"].items() for word in words}
_UNITS = _periods("units")
_LABELS = _periods("labels")
_CODES = _periods("codes")
_NUMBER = r"(?:\d{1,3}(?:[ .,']\d{3}){1,2}(?!\d)|\d{1,7}(?!\d))(?:[.,]\d{1,2}(?!\d))?"
_CURRENCY = _any_of(list(_CURRENCIES))
_PER = (
    r"(?:\s?/\s?|\s*(?:per|pr\.?|i|om|an|a|na|pe|za|pro|por|p/|the|each|every)\s+|\s?p/)(?:hele\s+)?"
    rf"(?P<unit%s>{_any_of(list(_UNITS))})"
)
_DURATION = (
    rf"(?:(?P<minutes%s>\d{{1,3}})\s?(?:{_any_of(_TABLE['durations']['minutes'])})"
    rf"|(?P<half%s>{_any_of(_TABLE['durations']['half'])})"
    rf"|(?P<hours%s>\d{{1,2}}(?:[.,]5)?|{_any_of(_TABLE['durations']['one'])})\s?(?P<word%s>{_any_of(_TABLE['units']['hour'])}))"
)


def _named(pattern: str, suffix: str) -> str:
    return pattern.replace("%s", suffix)


_PAY = re.compile(
    rf"""(?<![\w.,/+-])(?:
      {_named(_DURATION, "_a")}\s?[:=-]?\s?
      (?:(?P<cur_a>{_CURRENCY})\s?)?(?P<num_a>{_NUMBER})(?:\s?(?P<cur_a2>{_CURRENCY}))?
      (?!\s?[/:-]\s?\w|\s?(?:min|%|km|t\b|h\b)|\s\d{{2,3}}\s\d\d)
    | (?:(?P<label>{_any_of(list(_LABELS))})\s*(?:er|is|på|fra|:|=|-)?\s*)?
      (?:(?P<cur_b>{_CURRENCY})\s?)?
      (?P<num_b>{_NUMBER})(?:\s?-\s?(?P<to_b>{_NUMBER}))?(?:\s?(?P<cur_b2>{_CURRENCY}))?
      (?: \s?(?:/|for|per|pr|=|:|na|za)?\s?{_named(_DURATION, "_b")}(?!\s?[:=-]?\s?(?:kr\s?)?\d)
        | {_named(_PER, "_b")} )?
    )""",
    re.VERBOSE | re.IGNORECASE,
)


_FIGURES = re.compile(r"\d+")
_NEAR = 40  # characters between a figure and the words that make it a price


@dataclass(frozen=True, slots=True)
class _Rate:
    currency: str
    per: Per
    minutes: int | None = None


def find_pay(plain: Plain, field: str) -> list[Pay]:
    """Prices and wages in the order of the text; the field `salary` may be schema.org `baseSalary` JSON."""
    if field == "salary" and plain.original.lstrip()[:1] == "{":
        return _of_json(plain, field)
    if not any(map(str.isdecimal, plain.text)):
        return []
    matches = (match for start, end in _windows(plain.text) for match in _PAY.finditer(plain.text, start, end))
    found = [pay for match in matches for pay in _of_match(plain, field, match)]
    return found or _bare_price(plain, field)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of text near a figure, to the next space on both sides: a price has one, most text has none."""
    start = end = -1
    for figures in _FIGURES.finditer(text):
        if figures.start() - _NEAR > end >= 0:
            yield start, end
            start = -1
        if start < 0:
            start = max(end, text.rfind(" ", 0, max(0, figures.start() - _NEAR)), 0)
        near = text.find(" ", figures.end() + _NEAR)
        end = near if near >= 0 else len(text)
    if start >= 0:
        yield start, end


def _bare_price(plain: Plain, field: str) -> list[Pay]:
    match = re.fullmatch(rf"\s*({_NUMBER})\s*", plain.text) if field in {"price", "salary"} else None
    if not match:
        return []
    return list(_pays(plain, field, match.span(1), [match[1]], _Rate(_HOME_CURRENCY, "once")))


def _of_match(plain: Plain, field: str, match: re.Match[str]) -> Iterator[Pay]:
    rate = _rate(match)
    if rate is None:
        return
    amounts = [match["num_a"]] if match["num_a"] else [match["num_b"], *filter(None, [match["to_b"]])]
    yield from _pays(plain, field, match.span(), amounts, rate)


def _rate(match: re.Match[str]) -> _Rate | None:
    """The currency and period of a match; None where it is a number of something else."""
    kind = "_a" if match["num_a"] else "_b"
    symbol = match[f"cur{kind}"] or match[f"cur{kind}2"]
    currency = _CURRENCIES[symbol.lower()] if symbol else _HOME_CURRENCY
    minutes = _minutes(match, kind)
    is_enough = symbol or _amount(match[f"num{kind}"]) >= _LEAST_BARE
    if minutes is not None:
        rate = _Rate(currency, "hour") if minutes == 60 else _Rate(currency, "minutes", minutes)
        return rate if is_enough and 5 <= minutes <= 24 * 60 else None
    period = _period(match)
    if period is None:
        return _Rate(currency, "once") if symbol else None
    return _Rate(currency, period) if is_enough else None


def _period(match: re.Match[str]) -> Per | None:
    if match["unit_b"]:
        return _UNITS[match["unit_b"].lower()]
    return _LABELS.get(" ".join(match["label"].lower().split())) if match["label"] else None


def _minutes(match: re.Match[str], kind: str) -> int | None:
    if match[f"minutes{kind}"]:
        return int(match[f"minutes{kind}"])
    if match[f"half{kind}"]:
        return 30
    hours = match[f"hours{kind}"]
    if hours is None:
        return None
    return round(60 * float(hours.replace(",", "."))) if hours[0].isdigit() else 60


def _pays(plain: Plain, field: str, place: tuple[int, int], amounts: list[str], rate: _Rate) -> Iterator[Pay]:
    start, end = plain.origin(*place)
    for amount in map(_amount, amounts):
        if 0 < amount < _MOST:
            yield Pay(
                field=field,
                start=start,
                end=end,
                quote=plain.original[start:end],
                amount=amount,
                currency=rate.currency,
                per=rate.per,
                minutes=rate.minutes,
            )


def _amount(number: str) -> float:
    """ "25 000", "25.000", "25,000" and "195,50" as numbers: three figures after a mark are thousands."""
    whole = re.sub(r"[ .,'](?=\d{3}(?!\d))", "", number)
    return float(whole.replace(",", ".").replace(" ", ""))


def _of_json(plain: Plain, field: str) -> list[Pay]:
    """Wages of a schema.org `MonetaryAmount`; the whole field is their evidence."""
    try:
        data = json.loads(plain.original)
    except (ValueError, RecursionError):
        return []
    value = data.get("value", data)
    inner = value if isinstance(value, dict) else {**data, "value": value}
    unit = inner.get("unitText") or inner.get("unitCode") or data.get("unitText")
    per = _CODES.get(str(unit).lower(), "once")
    currency = str(data.get("currency") or inner.get("currency") or _HOME_CURRENCY).upper()[:3]
    amounts = [_json_amount(inner.get(key)) for key in ("value", "minValue", "maxValue")]
    return [
        Pay(
            field=field,
            start=0,
            end=len(plain.original),
            quote=plain.original,
            amount=amount,
            currency=currency,
            per=per,
        )
        for amount in dict.fromkeys(filter(None, amounts))
    ]


def _json_amount(value: object) -> float | None:
    if isinstance(value, str) and re.fullmatch(rf"\s*{_NUMBER}\s*", value):
        return _amount(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MOST:
        return None
    return float(value) if math.isfinite(value) and value > 0 else None
