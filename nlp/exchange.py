"""What foreign money is worth in NOK, about, by year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from nlp.tables import load_table

_TABLE: Mapping[str, Any] = load_table("currencies")
MARGIN: float = _TABLE["margin"]
SOURCE: str = _TABLE["source"]


def nok_per_unit(currency: str, day: date | None) -> tuple[float, int] | None:
    """The approximate value of one unit and the year it is of; None for a currency without a row.

    None as the day stands for the last year known, as does any later year; an earlier one takes the first.
    """
    if currency == "NOK":
        return 1.0, day.year if day else 0
    rates = {int(year): float(rate) for year, rate in _TABLE["nok"].get(currency, {}).items()}
    if not rates:
        return None
    wanted = day.year if day else max(rates)
    year = max((known for known in rates if known <= wanted), default=min(rates))
    return rates[year], year
