"""KeyUse: one key with the ads that carry it, and what linking knows of each ad; Guard: how much is too much.

Cards, carriers and ties are made by the million: a Struct takes a tenth of the time that a dataclass does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec import Struct

from alerts.reading.keys import KeyKind

NOUNS: Mapping[KeyKind, str] = {
    "template": "text template", "url": "web address", "image": "image hash", "employer": "organisation number",
    "address": "street address", "host": "web host",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How much is too much: what an attacker, a switchboard or a shared house must not tie.

    `hub`: owners of a key; `burst`: owners that a key gains within a day; `listed`: phones of one ad; `house`: owners
    of a street address; `side`: ads on each side of a single ad that joins them by no second sign; `large`: ads on each
    side of a single key that joins them; `weak`: the same of a key that is not strong; `own`: owners on one site, most
    of whom have a contact each beside the key. Measured in `./dev bench poisoning`. `many`: carriers from which on a
    verdict on a key may be kept; it is for speed and changes no cluster.
    """

    hub: int = 40
    burst: int = 20
    listed: int = 3
    house: int = 4
    side: int = 3
    large: int = 10
    weak: int = 3
    own: int = 6
    many: int = 200


OPEN = Guard(hub=10**9, burst=10**9, listed=10**9, house=10**9, side=10**9, large=10**9, weak=10**9, own=10**9)


class Card(Struct, frozen=True, kw_only=True, gc=False):
    """What linking knows of an ad besides its keys. `owner` is the hand that seems to be behind it: the name it gives
    itself, its employer, else its text; `listed` the most phones that one version of it showed; `employer` its
    organisation number; `contacts` the phones, mail addresses and accounts that it ever gave.
    """

    ad: int
    site: str
    ad_id: str
    owner: str
    first_seen: str
    last_seen: str
    listed: int = 0
    employer: str = ""
    contacts: frozenset[str] = frozenset()

    @property
    def age_order(self) -> tuple[str, str, str]:
        """Oldest first, and the same in every store: it does not depend on the numbers a store gives."""
        return self.first_seen, self.site, self.ad_id

    @property
    def name(self) -> str:
        return f"{self.site}/{self.ad_id}"


class Carrier(Struct, frozen=True, gc=False):
    """One ad that carries a key, and from when to when it did."""

    ad: int
    first_seen: str
    last_seen: str
    confidence: float
    how: str

    @property
    def address(self) -> str:
        """Of a web host: which of its addresses this is; the texts that stand there follow it in `how`."""
        return self.how.partition(" ")[0]


class KeyUse(Struct, frozen=True, gc=False):
    """One key with every ad that carries it."""

    kind: KeyKind
    value: str
    carriers: tuple[Carrier, ...]


def first_moments(carriers: Iterable[Carrier], cards: Mapping[int, Card]) -> dict[str, str]:
    """When each owner took up a key for the first time."""
    first: dict[str, str] = {}
    for carrier in carriers:
        owner = cards[carrier.ad].owner
        first[owner] = min(carrier.first_seen, first.get(owner, carrier.first_seen))
    return first
