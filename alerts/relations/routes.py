"""Relations by place: many municipalities in days, borders, a shared route, two places at once, one address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain, pairwise

from alerts.cases import Evidence
from alerts.movement.places import NORDIC
from alerts.movement.sightings import Sighting
from alerts.movement.stays import Journey, Visit
from alerts.relations.scene import QUOTES, Relation, Rule, Scene, say_count, say_names
from nlp.reading import Contact as Written

FORTNIGHT, MONTH = timedelta(days=14), timedelta(days=30)
MUNICIPALITIES = 3
ROUTE = 3  # places in a row, of which none is the one before
ALIKE = timedelta(days=30)  # between the beginnings of two contacts' stays on one route
ROTATING = 3  # names at one address

Route = tuple[str, ...]


def many_municipalities(scene: Scene) -> Relation | None:
    """C02: one contact in three municipalities or more within 14 days."""
    for journey in scene.journeys:
        visits = _within(journey.visits, FORTNIGHT, lambda visit: visit.spot.key)
        if len(visits) >= MUNICIPALITIES:
            return _relation("C02", f"{journey.label} in {_say_places(visits)} within 14 days", visits)
    return None


def several_countries(scene: Scene) -> Relation | None:
    """C04: one contact in two Nordic countries or more within 30 days."""
    for journey in scene.journeys:
        nordic = [visit for visit in journey.visits if visit.spot.country in NORDIC]
        visits = _within(nordic, MONTH, lambda visit: visit.spot.country)
        if len(visits) >= 2:
            return _relation("C04", f"{journey.label} in {_say_places(visits)} within 30 days", visits)
    return None


def two_places_at_once(scene: Scene) -> Relation | None:
    """C05: a contact in two places that nobody travels between in the time."""
    for journey in scene.journeys:
        if journey.clashes:
            clash = max(journey.clashes, key=lambda each: (each.km, each.one.spot, each.other.spot))
            gap = f"{clash.hours:.0f} hours apart" if clash.hours >= 1 else "at once"
            note = (
                f"{journey.label} in {clash.one.spot.name} and {clash.other.spot.name} {gap}, {clash.km:.0f} km: "
                "an ad left standing, a copied text or several people, not one person's journey"
            )
            return _relation("C05", note, (clash.one, clash.other))
    return None


def shared_route(scene: Scene) -> Relation | None:
    """C03: two contacts, in no ad together, follow the same places in the same order within a month of each other."""
    known: dict[Route, list[tuple[Journey, tuple[Visit, ...]]]] = defaultdict(list)
    for journey in scene.journeys:
        for leg in _legs(journey):
            route = tuple(visit.spot.key for visit in leg)
            for other, way in known[route][-QUOTES:]:
                if _is_alike(way, leg) and _ads(other).isdisjoint(_ads(journey)):
                    places = " - ".join(visit.spot.name for visit in leg)
                    note = f"{other.label} and {journey.label} went {places} in the same order"
                    return _relation("C03", note, (way[0], leg[0], way[-1], leg[-1]))
            known[route].append((journey, leg))
    return None


def rotating_personas(scene: Scene) -> Relation | None:
    """C07: three names or more at one street address."""
    found: dict[str, dict[str, tuple[Sighting, Written]]] = defaultdict(dict)
    for seen in chain.from_iterable(scene.seen.values()):
        for contact in seen.version.reading.contacts:
            if contact.kind == "address" and seen.persona:
                found[contact.value.casefold()].setdefault(seen.persona, (seen, contact))
    if not found:
        return None
    _, names = max(sorted(found.items()), key=lambda each: len(each[1]))
    if len(names) < ROTATING:
        return None
    first = list(names.values())
    note = f"{first[0][1].value} in ads under {say_names(sorted(names))}"
    return Relation("C07", note, tuple(s.quote(c) for s, c in first[:QUOTES]), len({s.ad.ad for s, _ in first}))


def _within(visits: Sequence[Visit], window: timedelta, group: Callable[[Visit], str]) -> list[Visit]:
    """The most groups of visits that one window of time meets, a visit of each, in time order.

    A window that ends when a visit begins meets the newest visit of each group before it, or none of the group.
    """
    best: list[Visit] = []
    latest: dict[str, Visit] = {}
    for visit in visits:
        known = latest.get(group(visit))
        if known is None or visit.last >= known.last:
            latest[group(visit)] = visit
        met = [other for other in latest.values() if other.last >= visit.first - window]
        if len(met) > len(best):
            best = sorted(met, key=lambda each: (each.first, each.spot))
    return best


def _legs(journey: Journey) -> Iterator[tuple[Visit, ...]]:
    """Every run of `ROUTE` different places in a row."""
    path = [visit for before, visit in pairwise((None, *journey.visits)) if visit and _moved(before, visit)]
    for at in range(len(path) - ROUTE + 1):
        leg = tuple(path[at : at + ROUTE])
        if len({visit.spot.key for visit in leg}) == ROUTE:
            yield leg


def _moved(before: Visit | None, visit: Visit) -> bool:
    return before is None or before.spot != visit.spot


def _is_alike(one: Sequence[Visit], other: Sequence[Visit]) -> bool:
    return all(abs(a.first - b.first) <= ALIKE for a, b in zip(one, other, strict=True))


def _ads(journey: Journey) -> set[int]:
    return {seen.ad.ad for visit in journey.visits for seen in visit.sightings}


def _relation(indicator: str, note: str, visits: Iterable[Visit]) -> Relation:
    quoted: dict[tuple[int, int], Evidence] = {}
    visits = tuple(visits)
    for visit in visits:
        seen = visit.sightings[0]
        quoted.setdefault((seen.version.observation, visit.span.start), seen.quote(visit.span))
    ads = {seen.ad.ad for visit in visits for seen in visit.sightings}
    return Relation(indicator, note, tuple(quoted.values())[:QUOTES], len(ads))


def _say_places(visits: Sequence[Visit]) -> str:
    names = [f"{visit.spot.name} ({visit.first:%d.%m.%Y})" for visit in visits[:4]]
    more = f" and {len(visits) - 4} more" if len(visits) > 4 else ""
    return f"{say_count(len(visits), 'place')}: {', '.join(names)}{more}"


RULES: dict[str, Rule] = {
    "C02": many_municipalities,
    "C03": shared_route,
    "C04": several_countries,
    "C05": two_places_at_once,
    "C07": rotating_personas,
}
