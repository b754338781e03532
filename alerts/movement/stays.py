"""Movement: where the ads of each contact said they were, and when, as dated stays in time order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from alerts.cases import Stay
from alerts.facts import Cluster
from alerts.movement.places import Spot, find_base, find_spot, kilometres
from alerts.movement.sightings import SELLING, Contact, Sighting, find_sightings
from crawler.database import utc_text
from nlp.reading import Place, Span, Tour

MOVING = SELLING | {"other"}  # a job ad names a place of work, which stays where it is
APART = timedelta(days=7)  # a place seen again within it, with no other between, is one visit
DISTANT = 100  # km; nearer places are one another's neighbours
SPEED = 150  # km/h; faster from place to place than anyone travels
OPEN_VISITS = 50  # places held against the next one; more at once is a list of towns


@dataclass(frozen=True, slots=True)
class Visit:
    """One place of one contact without a break. What is `stated` by day is there for certain only between the end of
    its first day and the beginning of its last.
    """

    spot: Spot
    first: datetime
    last: datetime
    stated: bool
    sightings: tuple[Sighting, ...]
    span: Span

    @property
    def certain(self) -> tuple[datetime, datetime]:
        if not self.stated:
            return self.first, self.last
        day = timedelta(days=1)
        middle = self.first + (self.last - self.first) / 2
        return min(self.first + day, middle), max(self.last - day, middle)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two visits of one contact farther apart than anyone travels in the `hours` between them."""

    one: Visit
    other: Visit
    km: float
    hours: float


@dataclass(frozen=True, slots=True)
class Journey:
    """The visits of one contact in time order; `contacts` are all that stand in the very same versions."""

    contacts: tuple[Contact, ...]
    visits: tuple[Visit, ...]
    clashes: tuple[Clash, ...]

    @property
    def label(self) -> str:
        return ", ".join(f"{kind} {value}" for kind, value in self.contacts)


def find_stays(cluster: Cluster) -> tuple[Stay, ...]:
    """Every stay of the cluster's contacts, in time order. Job ads have none: theirs is a place of work."""
    stays = [stay for journey in find_journeys(cluster) for stay in _stays(journey)]
    return tuple(sorted(stays, key=lambda stay: (stay.first, stay.contacts, stay.place)))


def find_journeys(cluster: Cluster, kinds: frozenset[str] = MOVING) -> list[Journey]:
    """One for each contact of the cluster's ads of these kinds that name a place."""
    contacts: dict[tuple[int, ...], list[Contact]] = defaultdict(list)
    carried: dict[tuple[int, ...], list[Sighting]] = {}
    for contact, sightings in find_sightings(cluster, kinds).items():
        versions = tuple(seen.version.observation for seen in sightings)
        contacts[versions].append(contact)
        carried[versions] = sightings
    found = ((contacts[key], tuple(_merged(seen))) for key, seen in carried.items())
    return [Journey(tuple(names), visits, tuple(_clashes(visits))) for names, visits in found if visits]


def _visits(seen: Sighting) -> Iterator[Visit]:
    """What one version says: the stays that it announces, else the place that it is in as long as it was seen."""
    reading = seen.version.reading
    if reading.tours:
        for tour in reading.tours:
            if spot := find_spot(_place(tour)):
                first, last = _days(tour, seen)
                yield Visit(spot, first, last, True, (seen,), tour)
    elif base := find_base(reading):
        yield Visit(base[1], seen.first, seen.last, False, (seen,), base[0])


def _place(tour: Tour) -> Place:
    return Place(
        field=tour.field, start=tour.start, end=tour.end, quote=tour.quote,
        name=tour.name, country=tour.country, code=tour.code,
    )  # fmt: skip


def _days(tour: Tour, seen: Sighting) -> tuple[datetime, datetime]:
    """From the start of the first day to the end of the last; an open end is as the ad was seen."""
    first = _start(tour.first) if tour.first else seen.first
    last = _start(tour.last) + timedelta(days=1) if tour.last else max(seen.last, first + timedelta(days=1))
    return min(first, last), last


def _start(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.min, UTC)


@dataclass(slots=True)
class _Growing:
    """A visit that later sightings may still lengthen."""

    of: Visit
    last: datetime
    stated: bool
    sightings: list[Sighting]

    def join(self, visit: Visit) -> None:
        self.last = max(self.last, visit.last)
        self.stated = self.stated or visit.stated
        self.sightings += visit.sightings

    def done(self) -> Visit:
        return Visit(self.of.spot, self.of.first, self.last, self.stated, tuple(self.sightings), self.of.span)


def _merged(sightings: Iterable[Sighting]) -> Iterator[Visit]:
    """Visits in time order, each place's joined until the contact is seen elsewhere, or for a week nowhere."""
    visits = [visit for seen in sightings for visit in _visits(seen)]
    grown: list[_Growing] = []
    current: dict[str, _Growing] = {}
    for visit in sorted(visits, key=lambda each: (each.first, each.last, each.spot, each.sightings[0].order)):
        there = current.get(visit.spot.key)
        if there and visit.first - there.last <= APART and grown[-1].of.first <= there.last:
            there.join(visit)
        else:
            grown.append(_Growing(visit, visit.last, visit.stated, list(visit.sightings)))
            current[visit.spot.key] = grown[-1]
    return (each.done() for each in grown)


def _clashes(visits: Sequence[Visit]) -> Iterator[Clash]:
    """The visits that begin before the contact can have come from another; each place held against those still open."""
    last_there: dict[str, Visit] = {}
    for visit in sorted(visits, key=lambda each: each.certain):
        for other in list(islice(reversed(last_there.values()), OPEN_VISITS)):
            if other.spot != visit.spot and (clash := _clash(other, visit)):
                yield clash
        known = last_there.pop(visit.spot.key, None)
        latest = known if known and known.certain[1] > visit.certain[1] else visit
        last_there[visit.spot.key] = latest


def _clash(one: Visit, other: Visit) -> Clash | None:
    km = kilometres(one.spot, other.spot)
    hours = (other.certain[0] - one.certain[1]).total_seconds() / 3600
    if km < DISTANT or hours * SPEED >= km:
        return None
    return Clash(one, other, km, max(0.0, hours))


def _stays(journey: Journey) -> Iterator[Stay]:
    notes: dict[int, set[str]] = defaultdict(set)
    for clash in journey.clashes:
        notes[id(clash.one)].add(clash.other.spot.name)
        notes[id(clash.other)].add(clash.one.spot.name)
    before: Visit | None = None
    for visit in journey.visits:
        yield _stay(journey, visit, before, sorted(notes[id(visit)]))
        before = visit


def _stay(journey: Journey, visit: Visit, before: Visit | None, elsewhere: Sequence[str]) -> Stay:
    spot, seen = visit.spot, visit.sightings
    crossed = before is not None and before.spot.country != spot.country
    return Stay(
        contacts=tuple(f"{kind}:{value}" for kind, value in journey.contacts),
        place=spot.name, country=spot.country, code=spot.code, latitude=spot.latitude, longitude=spot.longitude,
        first=utc_text(visit.first), last=utc_text(visit.last), stated=visit.stated,
        ads=tuple(dict.fromkeys(each.ad.ad for each in seen)),
        km=round(kilometres(before.spot, spot)) if before else None,
        border=f"{before.spot.country}-{spot.country}" if before and crossed else "",
        note=_why_elsewhere(elsewhere), elsewhere=tuple(elsewhere), evidence=seen[0].quote(visit.span),
    )  # fmt: skip


def _why_elsewhere(places: Sequence[str]) -> str:
    if not places:
        return ""
    names = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return f"also {names} at that time: an ad left standing, a copied text or several people, not one person's journey"
