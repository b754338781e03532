"""Rulings: what a person decided about a tie. They outlive every rebuild, and each can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

RulingKind = Literal["cut", "confirm"]
RULING_KINDS: tuple[RulingKind, ...] = get_args(RulingKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """`ad` is "site/ad_id" where only that ad is cut off from the key, "" where the key is cut or confirmed for all."""

    id: int
    at: str
    by: str
    ruling: RulingKind
    kind: str
    value: str
    ad: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rulings:
    """The rulings in force, by key."""

    by_key: Mapping[tuple[str, str, str], Ruling] = field(default_factory=dict)

    @classmethod
    def of(cls, rulings: Iterable[Ruling]) -> Rulings:
        """The newest ruling on a key, or on one ad's carrying it, is the one in force."""
        return cls({(r.kind, r.value, r.ad): r for r in sorted(rulings, key=lambda r: r.id)})

    def is_confirmed(self, kind: str, value: str) -> bool:
        found = self.by_key.get((kind, value, ""))
        return found is not None and found.ruling == "confirm"

    def speak_of(self, kind: str, value: str) -> bool:
        """Whether a person said anything of the key, for all or for one ad."""
        return any(key[:2] == (kind, value) for key in self.by_key)

    def cut_reason(self, kind: str, value: str, ad: str = "") -> str:
        """Who cut the key (or the ad from it), and why; "" where nobody did."""
        found = self.by_key.get((kind, value, ad))
        return f"cut by {found.by} on {found.at[:10]}: {found.reason}" if found and found.ruling == "cut" else ""
