"""Whom to turn to in a case: public bodies from a dated file, chosen by what the ads are and say."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alerts.cases import Level, Referral
from crawler.errors import VardeError

REFERRAL = Path(__file__).with_name("data") / "referral.toml"


class ReferralError(VardeError):
    """The referral file is wrong; the message names file and key. Raised by `load_referral` only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One body. `source` says where it was read, `verified` how it was checked, `doubt` what was not."""

    name: str
    use: str
    contact: str
    source: str
    verified: str
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Sends a case to bodies. An empty condition fits every case; all others must fit."""

    why: str
    bodies: tuple[str, ...]
    indicators: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()

    def fits(self, kinds: Collection[str], indicators: Collection[str], level: Level) -> bool:
        return _meets(self.indicators, indicators) and _meets(self.kinds, kinds) and _meets(self.levels, [level])


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The whole file. `assistance` is the sentence that stands on every referral panel."""

    dated: str
    assistance: str
    assistance_source: str
    bodies: Mapping[str, Body]
    routes: tuple[Route, ...]


def referral_for(kinds: Collection[str], indicators: Collection[str], level: Level) -> tuple[Referral, ...]:
    """The bodies for a case with ads of these kinds and these indicators present, most pressing first."""
    directory = load_referral()
    fitting = [route for route in directory.routes if route.fits(kinds, indicators, level)]
    reasons: dict[str, str] = {}
    for route in fitting:
        for key in route.bodies:
            reasons.setdefault(key, route.why)
    return tuple(_referral(directory.bodies[key], why) for key, why in reasons.items())


@cache
def load_referral(path: Path = REFERRAL) -> Directory:
    """Reads the referral file; raises ReferralError with what is wrong in it."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        bodies = {key: Body(**body) for key, body in data["body"].items()}
        directory = Directory(
            dated=str(data["dated"]),
            assistance=data["assistance"]["text"],
            assistance_source=data["assistance"]["source"],
            bodies=bodies,
            routes=tuple(_route(route) for route in data["route"]),
        )
    except (KeyError, TypeError) as error:
        raise ReferralError(f"{path}: missing or unknown key: {error}") from error
    _check_bodies(directory, path)
    return directory


def _meets(wanted: frozenset[str], given: Collection[str]) -> bool:
    return not wanted or not wanted.isdisjoint(given)


def _route(data: Mapping[str, Any]) -> Route:
    conditions = {key: frozenset(data[key]) for key in data if key not in ("why", "bodies")}
    return Route(why=data["why"], bodies=tuple(data["bodies"]), **conditions)


def _check_bodies(directory: Directory, path: Path) -> None:
    for route in directory.routes:
        for key in route.bodies:
            if key not in directory.bodies:
                known = ", ".join(sorted(directory.bodies))
                raise ReferralError(f"{path}: route {route.why!r}: no body {key!r}; known: {known}")


def _referral(body: Body, why: str) -> Referral:
    contact = f"{body.contact} ({body.doubt})" if body.doubt else body.contact
    return Referral(body=body.name, use=body.use, contact=contact, why=why)
