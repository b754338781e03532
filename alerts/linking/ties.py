"""Ties: which of the ads that carry a key it ties to each other, and why the others are only shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import sqrt

from alerts.linking.components import Components
from alerts.linking.rulings import Rulings
from alerts.reading.keys import KeyKind

# How far a kind of key, alone, speaks for one hand behind two ads.
KIND_STRENGTH: Mapping[KeyKind, float] = {
    "phone": 1.0, "email": 1.0, "payment": 1.0, "handle": 0.9, "employer": 0.8, "image": 0.8, "url": 0.7,
    "template": 0.6, "host": 1.0, "address": 0.4,
}  # fmt: skip
NOUNS: Mapping[KeyKind, str] = {
    "template": "text template", "url": "web address", "image": "image hash", "employer": "organisation number",
    "address": "street address", "host": "web host",
}  # fmt: skip
STRONG = 0.8  # a key of that much strength or more is one that its owner alone can be reached or paid by
_PLAIN = {"plain", "field", "text"}
_SHARED = 2  # names to an address on a web host that is one hand's; on one of many each has an address of its own
_ON_EVERY_AD = frozenset({"phone", "email", "handle", "url"})
_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
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


@dataclass(frozen=True, slots=True)
class Carrier:
    """One ad that carries a key, and from when to when it did."""

    ad: int
    first_seen: str
    last_seen: str
    confidence: float
    how: str


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One key with every ad that carries it."""

    kind: KeyKind
    value: str
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A verdict that holds whoever takes the key up after `sure`; `centre` is the oldest ad that carries it.

    By then so many owners had the key that it ties nobody, and that a burst from then on exempts nobody.
    """

    centre: int
    sure: str


@dataclass(frozen=True, slots=True)
class Tie:
    """One key, judged: `tied` are the ads it ties, oldest first; `refused` says of each other one why it does not."""

    use: KeyUse
    tied: tuple[int, ...]
    refused: Mapping[int, str] = field(default_factory=dict)
    strength: float = 0.0
    why: str = ""
    state: str = ""
    """Why the key ties nobody, or only those who had it first; "" for one that ties."""
    asked: frozenset[int] = frozenset()
    """Those refused that a person was asked about, or decided on: both sides show it."""
    settled: Settled | None = None

    @property
    def mark(self) -> str:
        """By which it is told whether a key ties others than before: "" for one that ties, whoever came or went."""
        exempt = f" ({', '.join(map(str, self.tied))} had it before)" if self.state and self.tied else ""
        return self.state + exempt

    def without(self, refused: Mapping[int, str]) -> Tie:
        """The same with more ads refused."""
        tied = tuple(ad for ad in self.tied if ad not in refused)
        return replace(self, tied=tied, refused={**self.refused, **refused}, asked=self.asked | refused.keys())

    @property
    def is_strong(self) -> bool:
        return KIND_STRENGTH[self.use.kind] * _confidence(self.use) >= STRONG


def find_ties(uses: Sequence[KeyUse], cards: Mapping[int, Card], rulings: Rulings, guard: Guard) -> Iterator[Tie]:
    """What each key ties. `cards` has every carrier of every use."""
    for use in uses:
        if len(use.carriers) > 1:
            yield _tie(use, cards, rulings, guard)


def _tie(use: KeyUse, cards: Mapping[int, Card], rulings: Rulings, guard: Guard) -> Tie:
    carriers = tuple(sorted(use.carriers, key=lambda carrier: cards[carrier.ad].age_order))
    use = replace(use, carriers=carriers)
    state = _refusal_of_all(use, carriers, cards, rulings, guard)
    refused = dict(_refused(use, carriers, cards, rulings, guard, state))
    tied = tuple(carrier.ad for carrier in carriers if carrier.ad not in refused)
    owners = len({cards[ad].owner for ad in tied})
    strength = KIND_STRENGTH[use.kind] * _confidence(use) / sqrt(max(1, owners - 1))
    names = {ad: f"{cards[ad].site}/{cards[ad].ad_id}" for ad in refused}
    cut = frozenset(ad for ad in refused if not state and rulings.cut_reason(use.kind, use.value, names[ad]))
    settled = None if tied else _settled(use, carriers, cards, rulings, guard)
    return Tie(use, tied, refused, round(strength, 3), _why(use, len(tied)), state, cut, settled)


def settled_tie(use: KeyUse, state: str) -> Tie:
    """The tie of a key whose verdict stands, for some of its carriers and the oldest."""
    return Tie(use, (), {carrier.ad: state for carrier in use.carriers}, why=_why(use, 0), state=state)


def _settled(
    use: KeyUse, carriers: Sequence[Carrier], cards: Mapping[int, Card], rulings: Rulings, guard: Guard
) -> Settled | None:
    """What of the verdict on a key that ties nobody can be kept."""
    moments = sorted(_first_moments(carriers, cards).values())
    if len(carriers) < guard.many or len(moments) <= guard.hub or rulings.speak_of(use.kind, use.value):
        return None
    sure = datetime.fromisoformat(moments[guard.hub]) + _DAY
    return Settled(carriers[0].ad, sure.isoformat(timespec="milliseconds"))


def _first_moments(carriers: Iterable[Carrier], cards: Mapping[int, Card]) -> dict[str, str]:
    """When each owner took up a key for the first time."""
    first: dict[str, str] = {}
    for carrier in carriers:
        owner = cards[carrier.ad].owner
        first[owner] = min(carrier.first_seen, first.get(owner, carrier.first_seen))
    return first


def _refused(
    use: KeyUse, carriers: Sequence[Carrier], cards: Mapping[int, Card], rulings: Rulings, guard: Guard, everyone: str
) -> Iterator[tuple[int, str]]:
    """The carriers that the key does not tie, each with the reason. What a person ruled goes before every rule."""
    if rulings.is_confirmed(use.kind, use.value):
        return
    early = _early(use, carriers, cards, guard) if everyone else frozenset()
    alike = _under_one_text(carriers) if use.kind == "host" else frozenset()
    for carrier in carriers:
        card = cards[carrier.ad]
        if reason := rulings.cut_reason(use.kind, use.value, f"{card.site}/{card.ad_id}"):
            yield carrier.ad, reason
        elif everyone and carrier.ad not in early:
            yield carrier.ad, everyone
        elif use.kind == "phone" and card.listed > guard.listed:
            yield carrier.ad, f"contested: this ad lists more than {guard.listed} phones, so none of them ties it"
        elif use.kind == "host" and carrier.ad not in alike:
            yield carrier.ad, "only shown: no text of this ad's web address stands under another address of the host"


def _refusal_of_all(
    use: KeyUse, carriers: Sequence[Carrier], cards: Mapping[int, Card], rulings: Rulings, guard: Guard
) -> str:
    """Why a key speaks for nobody in particular; "" for one that does."""
    if rulings.is_confirmed(use.kind, use.value):
        return ""
    if reason := rulings.cut_reason(use.kind, use.value):
        return reason
    noun, owners = NOUNS.get(use.kind, use.kind), len({cards[carrier.ad].owner for carrier in carriers})
    if use.kind == "address" and owners > guard.house:
        return f"contested: more than {guard.house} different names give this street address; a house of many"
    if owners > guard.hub:
        return f"contested: more than {guard.hub} different names carry this {noun}; a switchboard, or a site's own"
    if start := _burst_start(carriers, cards, guard):
        return (
            f"contested: {guard.burst} or more names took up this {noun} within a day from {start[:16]}; pasted about"
        )
    return _pattern_of_many(use, carriers, cards, guard)


def _pattern_of_many(use: KeyUse, carriers: Sequence[Carrier], cards: Mapping[int, Card], guard: Guard) -> str:
    """By what those who carry a key show themselves to be different hands; "" where they do not."""
    noun, some = NOUNS.get(use.kind, use.kind), [cards[carrier.ad] for carrier in carriers]
    if use.kind in _ON_EVERY_AD and _apart(use.value, some, guard):
        return (
            f"contested: most names with this {noun}, all of one site, give a contact of their own too; the site's own"
        )
    if use.kind == "template" and len({card.employer for card in some} - {""}) > 1:
        return "contested: employers of different organisation numbers write nearly this text; a trade's stock phrases"
    addresses = {_address(carrier) for carrier in carriers} if use.kind == "host" else set()
    if len({card.owner for card in some}) < _SHARED * len(addresses):
        return "contested: hardly any two names share an address on this web host; a host of many"
    return ""


def _address(carrier: Carrier) -> str:
    return carrier.how.partition(" ")[0]


def _under_one_text(carriers: Sequence[Carrier]) -> frozenset[int]:
    """The ads of the addresses on a web host that texts join, those of the oldest such ad; none where no text stands
    under two. `carriers` are the oldest first.
    """
    joined = Components(part for carrier in carriers for part in carrier.how.split(" "))
    for carrier in carriers:
        joined.join(*carrier.how.split(" "))
    groups: dict[str, list[Carrier]] = defaultdict(list)
    for carrier in carriers:
        groups[joined.root(_address(carrier))].append(carrier)
    several = (some for some in groups.values() if len(set(map(_address, some))) > 1)
    return frozenset(carrier.ad for carrier in next(several, ()))


def _apart(value: str, some: Sequence[Card], guard: Guard) -> frozenset[str]:
    """The owners who give a contact that no other of them gives, where they are most and all on one site; else none.

    So it is where a site puts its own number under every ad; those of one hand share what they are reached by, or have
    nothing else.
    """
    owners = {card.owner for card in some}
    if len(owners) < guard.own or len({card.site for card in some}) > 1:
        return frozenset()
    givers: dict[str, set[str]] = defaultdict(set)
    for card in some:
        for contact in card.contacts - {value}:
            givers[contact].add(card.owner)
    apart = frozenset(owner for those in givers.values() if len(those) == 1 for owner in those)
    return apart if len(apart) > len(owners) / 2 else frozenset()


def _early(use: KeyUse, carriers: Sequence[Carrier], cards: Mapping[int, Card], guard: Guard) -> frozenset[int]:
    """The ads that had a key before what makes it contested: whoever pastes it does not take it from them."""
    start = _burst_start(carriers, cards, guard) or _own_start(use, carriers, cards, guard)
    early = [carrier.ad for carrier in carriers if carrier.first_seen < start] if start else []
    return frozenset(early) if len({cards[ad].owner for ad in early}) <= guard.hub else frozenset()


def _own_start(use: KeyUse, carriers: Sequence[Carrier], cards: Mapping[int, Card], guard: Guard) -> str:
    """When the first of those took up a key who show that it is a site's own; "" where it is not."""
    some = [cards[carrier.ad] for carrier in carriers]
    if use.kind not in _ON_EVERY_AD or len({card.owner for card in some}) > guard.hub:
        return ""
    apart = _apart(use.value, some, guard)
    return min((carrier.first_seen for carrier in carriers if cards[carrier.ad].owner in apart), default="")


def _burst_start(carriers: Sequence[Carrier], cards: Mapping[int, Card], guard: Guard) -> str:
    """When a day begins in which at least `guard.burst` owners took up the key for the first time; "" for never."""
    moments = sorted(_first_moments(carriers, cards).values())
    if len(moments) < guard.burst:
        return ""
    for start, end in zip(moments, moments[guard.burst - 1 :], strict=False):
        if datetime.fromisoformat(end) - datetime.fromisoformat(start) <= _DAY:
            return start
    return ""


def _confidence(use: KeyUse) -> float:
    return min(carrier.confidence for carrier in use.carriers)


def _why(use: KeyUse, ads: int) -> str:
    disguised = sorted({carrier.how for carrier in use.carriers} - _PLAIN) if use.kind == "phone" else []
    written = f", written as {', '.join(disguised)} in some" if disguised else ""
    if use.kind == "image":
        return f"{_picture(use)} in {ads} ads; pictures are also copied, and no face was analysed"
    if use.kind == "host":
        return f"same text under several addresses of one web host, in {ads} ads"
    return f"same {NOUNS.get(use.kind, use.kind)} in {ads} ads{written}"


def _picture(use: KeyUse) -> str:
    """By how many bits the picture differs, which is how such a carrier was read."""
    bits = max((int(carrier.how) for carrier in use.carriers if carrier.how.isdigit()), default=0)
    return (
        f"picture within {bits} of 256 bits of {use.value[:18]}…" if bits else "same image hash, as it is or mirrored,"
    )
