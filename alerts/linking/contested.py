"""Contested keys: why a key speaks for nobody in particular, by who carries it and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.linking.rulings import Rulings
from alerts.linking.uses import NOUNS, Card, Guard, KeyUse, first_moments
from alerts.reading.keys import KeyKind

_SHARED = 2  # names to an address on a web host that is one hand's; on one of many each has an address of its own
_ON_EVERY_AD = frozenset({"phone", "email", "handle", "url"})
_DAY = timedelta(days=1)

Cards = Mapping[int, Card]


@dataclass(frozen=True, slots=True)
class Contest:
    """Why a key ties nobody; those who had it before `since` keep it, for whoever pastes it does not take it from them.

    Without a moment nobody does.
    """

    reason: str
    since: str = ""


def find_contest(use: KeyUse, cards: Cards, rulings: Rulings, guard: Guard) -> Contest | None:
    """None for a key that ties. What a person ruled goes before every rule."""
    if rulings.is_confirmed(use.kind, use.value):
        return None
    if reason := rulings.cut_reason(use.kind, use.value):
        return Contest(reason)
    noun, start = NOUNS.get(use.kind, use.kind), _burst_start(use, cards, guard)
    if reason := _crowd(use, cards, guard):
        return Contest(reason, start)
    if start:
        took = f"{guard.burst} or more names took up this {noun} within a day from {start[:16]}"
        return Contest(f"contested: {took}; pasted about", start)
    if start := _own_start(use, cards, guard):
        most = f"most names with this {noun}, all of one site, give a contact of their own too"
        return Contest(f"contested: {most}; the site's own", start)
    reason = _pattern(use, cards)
    return Contest(reason) if reason else None


def most_owners(kind: KeyKind, guard: Guard) -> int:
    """How many owners may have a key that ties them."""
    return guard.house if kind == "address" else guard.hub


def _crowd(use: KeyUse, cards: Cards, guard: Guard) -> str:
    owners, most = len({cards[carrier.ad].owner for carrier in use.carriers}), most_owners(use.kind, guard)
    if owners <= most:
        return ""
    if use.kind == "address":
        return f"contested: more than {most} different names give this street address; a house of many"
    noun = NOUNS.get(use.kind, use.kind)
    return f"contested: more than {most} different names carry this {noun}; a switchboard, or a site's own"


def _burst_start(use: KeyUse, cards: Cards, guard: Guard) -> str:
    """When a day begins in which at least `guard.burst` owners took up the key for the first time; "" for never."""
    moments = sorted(first_moments(use.carriers, cards).values())
    if len(moments) < guard.burst:
        return ""
    for start, end in zip(moments, moments[guard.burst - 1 :], strict=False):
        if datetime.fromisoformat(end) - datetime.fromisoformat(start) <= _DAY:
            return start
    return ""


def _own_start(use: KeyUse, cards: Cards, guard: Guard) -> str:
    """When the first of those took up a key who show that it is a site's own; "" where it is not."""
    if use.kind not in _ON_EVERY_AD:
        return ""
    apart = _apart(use.value, [cards[carrier.ad] for carrier in use.carriers], guard)
    return min((carrier.first_seen for carrier in use.carriers if cards[carrier.ad].owner in apart), default="")


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


def _pattern(use: KeyUse, cards: Cards) -> str:
    """By what those who carry a text or a web host show themselves to be different hands; "" where they do not."""
    some = [cards[carrier.ad] for carrier in use.carriers]
    if use.kind == "template" and len({card.employer for card in some} - {""}) > 1:
        return "contested: employers of different organisation numbers write nearly this text; a trade's stock phrases"
    if use.kind == "host" and len({card.owner for card in some}) < _SHARED * len({one.address for one in use.carriers}):
        return "contested: hardly any two names share an address on this web host; a host of many"
    return ""
