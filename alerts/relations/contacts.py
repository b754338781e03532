"""Relations by what ads can be reached or paid by: one contact behind many names, sites, employers or kinds of ad."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.cases import Evidence
from alerts.facts import AdFacts
from alerts.movement.sightings import CONTACTS, SELLING
from alerts.relations.scene import (
    RECRUITING,
    Relation,
    Rule,
    Scene,
    Shared,
    carried,
    count_owners,
    most_personas,
    personas,
    quotes,
    say_count,
    say_names,
    sells,
    text_start,
)
from nlp.orgnumbers import is_org_number

MANY_EMPLOYERS = 3
BRIDGES = CONTACTS | {"template", "image"}
# What makes an ad of kind "other" (a room, a model wanted) one that recruits.
OFFERS = frozenset({"H03", "H04", "H05", "H06", "H07", "H08", "H15", "H16", "H21", "H25"})


def one_contact_many_personas(scene: Scene) -> Relation | None:
    best = most_personas(s for s in scene.shared if s.kind in CONTACTS and sells(s.ads))
    if best is None or len(names := personas(best.ads)) < 3:
        return None
    return Relation("B04", f"{best.kind} {best.value} answers for {say_names(names)}", carried(best), len(best.ads))


def one_phone_in_many_ads(scene: Scene) -> Relation | None:
    best = most_personas(s for s in scene.shared if s.kind == "phone" and len(s.ads) >= 3 and sells(s.ads))
    if best is None or len(names := personas(best.ads)) < 2:
        return None
    note = f"phone {best.value} in {len(best.ads)} ads under {say_names(names)}"
    return Relation("D01", note, carried(best), len(best.ads))


def one_address_on_the_net(scene: Scene) -> Relation | None:
    tie = _most_owners(scene, {"email", "handle", "url"})
    return _owned(tie, "D03", f"{tie.kind} {tie.value}") if tie else None


def one_account(scene: Scene) -> Relation | None:
    tie = _most_owners(scene, {"payment"})
    return _owned(tie, "D07", tie.value.replace(":", " ")) if tie else None


def one_contact_on_many_sites(scene: Scene) -> Relation | None:
    for tie in scene.shared:
        sites = sorted({ad.site for ad in tie.ads})
        if tie.kind in CONTACTS and len(sites) >= 3:
            one_each = tuple(next(ad for ad in tie.ads if ad.site == site) for site in sites)
            note = f"{tie.kind} {tie.value} on {', '.join(sites)}"
            return Relation("D09", note, carried(Shared(tie.kind, tie.value, one_each)), len(tie.ads))
    return None


def bridge(scene: Scene) -> Relation | None:
    """D06: the same contact, text or picture recruits and is advertised."""
    for tie in scene.shared:
        selling = [ad for ad in tie.ads if ad.kind in SELLING]
        recruiting = [ad for ad in tie.ads if _recruits(ad)]
        if tie.kind in BRIDGES and selling and recruiting:
            what = (
                f"{tie.kind} {tie.value}"
                if tie.kind in CONTACTS
                else {"image": "one picture"}.get(tie.kind, "one text")
            )
            jobs = say_count(len(recruiting), "job, housing or model ad" if _others(recruiting) else "job ad")
            note = f"{what} in {jobs} and in {say_count(len(selling), 'escort or massage ad')}"
            return Relation("D06", note, _both_sides(tie, recruiting[:2] + selling[:2]), len(tie.ads))
    return None


def one_phone_many_employers(scene: Scene) -> Relation | None:
    """H28: organisation numbers tell employers apart where they are given, else their names."""
    best: tuple[Shared, list[str]] | None = None
    for tie in scene.shared:
        jobs = tuple(ad for ad in tie.ads if ad.kind in RECRUITING)
        names = sorted(_employers(jobs).values())
        if tie.kind == "phone" and len(names) >= MANY_EMPLOYERS and (best is None or len(names) > len(best[1])):
            best = Shared(tie.kind, tie.value, jobs), names
    if best is None:
        return None
    tie, names = best
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    note = f"phone {tie.value} in job ads of {len(names)} employers ({', '.join(names[:4])}{more})"
    return Relation("H28", note, carried(tie), len(tie.ads))


def _most_owners(scene: Scene, kinds: set[str]) -> Shared | None:
    """The key of these kinds in the most ads, of those that several names carry."""
    found = (tie for tie in scene.shared if tie.kind in kinds and count_owners(tie.ads) >= 2)
    return max(found, key=lambda tie: len(tie.ads), default=None)


def _owned(tie: Shared, indicator: str, what: str) -> Relation:
    note = f"{what} in {len(tie.ads)} ads of {count_owners(tie.ads)} different names"
    return Relation(indicator, note, carried(tie), len(tie.ads))


def _recruits(ad: AdFacts) -> bool:
    if ad.kind != "other":
        return ad.kind in RECRUITING
    return any(finding.id in OFFERS and finding.state == "present" for finding in ad.reading.indicators)


def _others(ads: Iterable[AdFacts]) -> bool:
    return any(ad.kind == "other" for ad in ads)


def _both_sides(tie: Shared, ads: list[AdFacts]) -> tuple[Evidence, ...]:
    if tie.kind in CONTACTS:
        return carried(Shared(tie.kind, tie.value, tuple(ads)))
    return quotes(ads, text_start)


def _employers(ads: Iterable[AdFacts]) -> dict[str, str]:
    """Name by organisation number, else by the name itself in small letters."""
    found: dict[str, str] = {}
    for ad in ads:
        name = " ".join(ad.employer.split())
        key = ad.org_number if is_org_number(ad.org_number) else name.casefold()
        if key:
            found.setdefault(key, name or ad.org_number)
    return found


RULES: dict[str, Rule] = {
    "B04": one_contact_many_personas,
    "D01": one_phone_in_many_ads,
    "D03": one_address_on_the_net,
    "D06": bridge,
    "D07": one_account,
    "D09": one_contact_on_many_sites,
    "H28": one_phone_many_employers,
}
