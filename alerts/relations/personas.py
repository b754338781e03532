"""Relations by the persona that ads advertise: ages, names, origin and looks that do not go together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from alerts.movement.sightings import Contact, Sighting
from alerts.relations.scene import (
    QUOTES,
    Relation,
    Rule,
    Scene,
    count_ads,
    most_personas,
    personas,
    quotes,
    say_contact,
    say_names,
    sells,
    text_start,
)
from nlp.reading import Trait, TraitKind

YEAR = 365.25  # days
SAME_HEIGHT = 5  # cm; people round, and wear shoes
TOGETHER = timedelta(days=7)  # hair is dyed: two colours conflict only in ads that stand at the same time


def one_text_several_personas(scene: Scene) -> Relation | None:
    best = most_personas(s for s in scene.shared if s.kind == "template" and sells(s.ads))
    if best is None or len(names := personas(best.ads)) < 2:
        return None
    note = f"nearly the same text in {len(best.ads)} ads under {say_names(names)}"
    return Relation("B03", note, quotes(best.ads, text_start), len(best.ads))


def one_picture_several_personas(scene: Scene) -> Relation | None:
    best = most_personas(s for s in scene.shared if s.kind == "image")
    if best is None or len(names := personas(best.ads)) < 2:
        return None
    note = f"one picture in {len(best.ads)} ads under {say_names(names)}"
    return Relation("D04", note, quotes(best.ads, text_start), len(best.ads))


def age_changes(scene: Scene) -> Relation | None:
    """A05: under one contact and one name the stated age falls, or rises by more than 3 years a year."""
    for contact, seen in _of_one_persona(scene):
        stating = [each for each in seen if each.version.reading.ages]
        for earlier, later in pairwise(stating):
            if _is_odd_ageing(earlier, later):
                under = "in one ad" if contact[0] == "ad" else f"under one name and one {contact[0]}"
                note = f"stated age {_age(earlier)}, later {_age(later)}, {under}"
                quoted = tuple(each.quote(each.version.reading.ages[0]) for each in (earlier, later))
                return Relation("A05", note, quoted, count_ads((earlier, later)))
    return None


def _age(seen: Sighting) -> int:
    return seen.version.reading.ages[0].value


def _is_odd_ageing(earlier: Sighting, later: Sighting) -> bool:
    change = _age(later) - _age(earlier)
    return change < 0 or change > max(1, 3 * (later.last - earlier.first).days / YEAR)


def several_nationalities(scene: Scene) -> Relation | None:
    """F02: ads of one contact name origins that have nothing in common; one ad may name two."""
    best: tuple[Contact, dict[str, tuple[Sighting, Trait]]] | None = None
    for contact, seen in scene.seen.items():
        found = _origins(seen) if contact[0] != "ad" else {}
        if len(found) > 1 and (best is None or len(found) > len(best[1])):
            best = contact, found
    if best is None:
        return None
    contact, found = best
    note = f"{say_contact(contact)} in ads that name {len(found)} origins ({', '.join(found)})"
    quoted = tuple(seen.quote(trait) for seen, trait in list(found.values())[:QUOTES])
    return Relation("F02", note, quoted, count_ads(seen for seen, _ in found.values()))


def _origins(sightings: Iterable[Sighting]) -> dict[str, tuple[Sighting, Trait]]:
    """Country -> who first named it, oldest first; an ad that names one known before adds nothing."""
    found: dict[str, tuple[Sighting, Trait]] = {}
    said: set[str] = set()
    for seen in sightings:
        named = _traits(seen, "origin")
        if named and said.isdisjoint(trait.value for trait in named):
            found[named[0].value] = (seen, named[0])
        said |= {trait.value for trait in named}
    return found


def facts_conflict(scene: Scene) -> Relation | None:
    """G02: under one contact and one name, height, or hair at one time, cannot be of one person.

    Origin that differs is F02 and is only named here: an indicator of nationality must not raise a level.
    """
    kinds: tuple[TraitKind, ...] = ("height", "hair")
    for contact, seen in _of_one_persona(scene):
        for kind in kinds:
            pair = _conflict(kind, [each for each in seen if _traits(each, kind)])
            if pair:
                one, other = (_traits(each, kind)[0] for each in pair)
                unit = " cm" if kind == "height" else ""
                under = "in one ad" if contact[0] == "ad" else f"under one name and {say_contact(contact)}"
                note = f"{kind} {one.value}{unit} and {other.value}{unit} {under}{_and_origin(seen)}"
                quoted = (pair[0].quote(one), pair[1].quote(other))
                return Relation("G02", note, quoted, count_ads(pair))
    return None


def _conflict(kind: TraitKind, seen: Sequence[Sighting]) -> tuple[Sighting, Sighting] | None:
    """The first two neighbours in time that conflict."""
    for one, other in pairwise(seen):
        if kind == "height" and min(abs(a - b) for a in _heights(one) for b in _heights(other)) > SAME_HEIGHT:
            return one, other
        apart = other.first - one.last > TOGETHER or one.ad.ad == other.ad.ad
        if kind == "hair" and not apart and _values(one, "hair").isdisjoint(_values(other, "hair")):
            return one, other
    return None


def _and_origin(seen: Sequence[Sighting]) -> str:
    origins = list(_origins(seen))
    return f"; origin {' and '.join(origins)}" if len(origins) > 1 else ""


def _traits(seen: Sighting, kind: str) -> list[Trait]:
    return [trait for trait in seen.version.reading.traits if trait.kind == kind]


def _values(seen: Sighting, kind: TraitKind) -> set[str]:
    return {trait.value for trait in _traits(seen, kind)}


def _heights(seen: Sighting) -> list[int]:
    return [int(trait.value) for trait in _traits(seen, "height")]


def _of_one_persona(scene: Scene) -> Iterator[tuple[Contact, list[Sighting]]]:
    """The versions of each name under each contact, in time order; of an ad without a contact, all of them."""
    for contact, seen in scene.seen.items():
        by_name: Mapping[str, list[Sighting]] = defaultdict(list)
        for each in seen:
            name = each.persona or ("" if contact[0] == "ad" else None)
            if name is not None and not _offers_several(each):
                by_name[name].append(each)
        yield from ((contact, by_name[name]) for name in sorted(by_name) if len(by_name[name]) > 1)


def _offers_several(seen: Sighting) -> bool:
    return (seen.version.reading.persons or 1) > 1


RULES: dict[str, Rule] = {
    "A05": age_changes,
    "B03": one_text_several_personas,
    "D04": one_picture_several_personas,
    "F02": several_nationalities,
    "G02": facts_conflict,
}
