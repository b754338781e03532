"""Ties: which of the ads that carry a key it ties to each other, and why the others are only shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from msgspec import Struct, field
from msgspec.structs import replace

from alerts.linking.components import Components
from alerts.linking.contested import Contest, find_contest, most_owners
from alerts.linking.rulings import Rulings
from alerts.linking.uses import NOUNS, Card, Carrier, Guard, KeyUse, first_moments
from alerts.reading.keys import KeyKind

# How far a kind of key, alone, speaks for one hand behind two ads.
KIND_STRENGTH: Mapping[KeyKind, float] = {
    "phone": 1.0, "email": 1.0, "payment": 1.0, "handle": 0.9, "employer": 0.8, "image": 0.8, "url": 0.7,
    "template": 0.6, "host": 1.0, "address": 0.4,
}  # fmt: skip
STRONG = 0.8  # a key of that much strength or more is one that its owner alone can be reached or paid by
_PLAIN = {"plain", "field", "text"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """A verdict that holds whoever takes the key up after `sure`; `centre` is the oldest ad that carries it.

    By then so many owners had the key that it ties nobody, and that a burst from then on exempts nobody.
    """

    centre: int
    sure: str


class Tie(Struct, frozen=True, gc=False):
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

    @property
    def centre(self) -> int:
        """The ad that the others are shown beside: the oldest tied, else the oldest asked about, else the oldest."""
        if self.tied:
            return self.tied[0]
        ads = [carrier.ad for carrier in self.use.carriers]
        return next((ad for ad in ads if ad in self.asked), ads[0])

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
    use = _oldest_first(use, cards)
    contest = find_contest(use, cards, rulings, guard)
    refused = dict(_refused(use, cards, rulings, guard, contest))
    tied = tuple(carrier.ad for carrier in use.carriers if carrier.ad not in refused)
    owners = len({cards[ad].owner for ad in tied})
    strength = KIND_STRENGTH[use.kind] * _confidence(use) / sqrt(max(1, owners - 1))
    state = contest.reason if contest else ""
    cut = frozenset(ad for ad in refused if not state and rulings.cut_reason(use.kind, use.value, cards[ad].name))
    settled = None if tied else _settled(use, cards, rulings, guard)
    return Tie(use, tied, refused, round(strength, 3), _why(use, len(tied)), state, cut, settled)


def settled_tie(use: KeyUse, cards: Mapping[int, Card], state: str) -> Tie:
    """The tie of a key whose verdict stands, for some of its carriers and the oldest."""
    use = _oldest_first(use, cards)
    return Tie(use, (), {carrier.ad: state for carrier in use.carriers}, why=_why(use, 0), state=state)


def _oldest_first(use: KeyUse, cards: Mapping[int, Card]) -> KeyUse:
    return replace(use, carriers=tuple(sorted(use.carriers, key=lambda carrier: cards[carrier.ad].age_order)))


def _settled(use: KeyUse, cards: Mapping[int, Card], rulings: Rulings, guard: Guard) -> Settled | None:
    """What of the verdict on a key that ties nobody can be kept."""
    moments = sorted(first_moments(use.carriers, cards).values())
    if len(use.carriers) < guard.many or len(moments) <= guard.hub or rulings.speak_of(use.kind, use.value):
        return None
    sure = datetime.fromisoformat(moments[guard.hub]) + _DAY
    return Settled(use.carriers[0].ad, sure.isoformat(timespec="milliseconds"))


def _refused(
    use: KeyUse, cards: Mapping[int, Card], rulings: Rulings, guard: Guard, contest: Contest | None
) -> Iterator[tuple[int, str]]:
    """The carriers that the key does not tie, each with the reason. What a person ruled goes before every rule."""
    if rulings.is_confirmed(use.kind, use.value):
        return
    early = _early(use, cards, guard, contest.since) if contest else frozenset()
    alike = _under_one_text(use.carriers) if use.kind == "host" else frozenset()
    for carrier in use.carriers:
        card = cards[carrier.ad]
        if reason := rulings.cut_reason(use.kind, use.value, card.name):
            yield carrier.ad, reason
        elif contest and carrier.ad not in early:
            yield carrier.ad, contest.reason
        elif use.kind == "phone" and card.listed > guard.listed:
            yield carrier.ad, f"contested: this ad lists more than {guard.listed} phones, so none of them ties it"
        elif use.kind == "host" and carrier.ad not in alike:
            yield carrier.ad, "only shown: no text of this ad's web address stands under another address of the host"


def _early(use: KeyUse, cards: Mapping[int, Card], guard: Guard, since: str) -> frozenset[int]:
    """The ads that had a key before what makes it contested, where they were not too many already."""
    early = frozenset(carrier.ad for carrier in use.carriers if carrier.first_seen < since)
    return early if len({cards[ad].owner for ad in early}) <= most_owners(use.kind, guard) else frozenset()


def _under_one_text(carriers: Sequence[Carrier]) -> frozenset[int]:
    """The ads of the addresses on a web host that texts join, those of the oldest such ad; none where no text stands
    under two. `carriers` are the oldest first.
    """
    joined = Components(part for carrier in carriers for part in carrier.how.split(" "))
    for carrier in carriers:
        joined.join(*carrier.how.split(" "))
    groups: dict[str, list[Carrier]] = defaultdict(list)
    for carrier in carriers:
        groups[joined.root(carrier.address)].append(carrier)
    several = (some for some in groups.values() if len({carrier.address for carrier in some}) > 1)
    return frozenset(carrier.ad for carrier in next(several, ()))


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
