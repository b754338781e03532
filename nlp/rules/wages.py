"""Rules on pay, against the generally applied minimum wages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.parts import LOOK_BACK, Parts, Rule, Sign
from nlp.reading import Pay
from nlp.wages import find_industries, find_rate

# A supplement of 30 NOK an hour is no wage.
SUPPLEMENT = re.compile(
    r"tillegg|supplement|bonus|provisjon|provision|dodatek|premi|tips|deposit|доплат|надбавк", re.IGNORECASE
)


def low_pay(ad: Parts) -> Iterator[Sign]:
    """Hourly pay in NOK against the generally applied minimum wage of the one industry named."""
    hourly = [pay for pay in ad.pay if pay.currency == "NOK" and pay.per == "hour" and not _is_supplement(ad, pay)]
    if not hourly:
        return
    pay = min(hourly, key=lambda item: item.amount)
    industries = find_industries("\n".join(plain.text for plain in ad.fields.values()))
    rate = find_rate(industries[0], ad.posted) if len(industries) == 1 else None
    if rate is None:
        which = " or ".join(industries) or "no industry with a generally applied wage recognised"
        yield Sign(pay, f"no rate known: {which}", "not_computable")
    elif pay.amount < rate.amount:
        row = f"{rate.amount:.2f}, {rate.title}, in force from {rate.valid_from}"
        yield Sign(pay, f"possible: {pay.amount:.2f} NOK an hour is below {row}")


def _is_supplement(ad: Parts, pay: Pay) -> bool:
    plain = ad.fields.get(pay.field)
    return plain is not None and bool(
        SUPPLEMENT.search(plain.original, max(0, pay.start - LOOK_BACK), pay.end + LOOK_BACK // 2)
    )


RULES: tuple[Rule, ...] = (low_pay,)
