"""Finds the ways to reach or pay an advertiser, other than telephone numbers, in one field of an ad."""

from __future__ import annotations

from itertools import chain

from nlp.addresses import find_addresses
from nlp.emails import find_emails
from nlp.found import Found
from nlp.handles import find_handles
from nlp.links import find_links
from nlp.payments import find_payments
from nlp.reading import Contact
from nlp.unicode import Plain

_FINDERS = (find_emails, find_links, find_handles, find_payments, find_addresses)


def find_contacts(plain: Plain, field: str) -> list[Contact]:
    """The contacts of one field, in the order of the text; none inside another.

    Two messengers may share one name ("snap/telegram: lina24"): each is told, and the places overlap.
    """
    found = sorted(set(chain.from_iterable(finder(plain.text) for finder in _FINDERS)), key=_order)
    kept: list[Contact] = []
    last: Found | None = None
    for one in found:
        if last is None or one.start >= last.end or _shares_name(last, one):
            kept.append(_contact(plain, field, one))
            last = one
    return kept


def _order(one: Found) -> tuple[int, int, str]:
    return one.start, -one.end, one.kind


def _shares_name(last: Found, one: Found) -> bool:
    return one.end == last.end and one.kind != last.kind and one.value == last.value


def _contact(plain: Plain, field: str, one: Found) -> Contact:
    start, end = plain.origin(one.start, one.end)
    return Contact(
        field=field, start=start, end=end, quote=plain.original[start:end], kind=one.kind, value=one.value
    )  # fmt: skip
