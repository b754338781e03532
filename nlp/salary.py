"""Reads wages of a schema.org `MonetaryAmount`, as a field `salary` may hold it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from nlp.money import NUMBER, parse_amount
from nlp.reading import Pay, Per
from nlp.tables import load_table
from nlp.unicode import Plain

_CODES: dict[str, Per] = {word: per for per, words in load_table("pay")["codes"].items() for word in words}
_HOME_CURRENCY = "NOK"
_MOST = 1e9


def find_json_pay(plain: Plain, field: str) -> list[Pay]:
    """The amounts of a JSON `baseSalary`; the whole field is their evidence. Empty where it is no JSON."""
    try:
        data = json.loads(plain.original)
    except (ValueError, RecursionError):
        return []
    return _pays(plain, field, data)


def _pays(plain: Plain, field: str, data: dict[str, Any]) -> list[Pay]:
    value = data.get("value", data)
    inner = value if isinstance(value, dict) else {**data, "value": value}
    unit = inner.get("unitText") or inner.get("unitCode") or data.get("unitText")
    per = _CODES.get(str(unit).lower(), "once")
    currency = str(data.get("currency") or inner.get("currency") or _HOME_CURRENCY).upper()[:3]
    amounts = dict.fromkeys(filter(None, (_amount(inner.get(key)) for key in ("value", "minValue", "maxValue"))))
    end, whole = len(plain.original), plain.original
    return [Pay(field=field, start=0, end=end, quote=whole, amount=a, currency=currency, per=per) for a in amounts]


def _amount(value: object) -> float | None:
    if isinstance(value, str) and re.fullmatch(rf"\s*{NUMBER}\s*", value):
        return parse_amount(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MOST:
        return None
    return float(value) if math.isfinite(value) and value > 0 else None
