"""Indicators that only several ads together can show: one function for each of the catalogue's cross-ad entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from alerts.cases import Evidence
from alerts.facts import AdFacts, Cluster
from nlp.reading import Span

SELLING = frozenset({"escort", "massage"})
RECRUITING = frozenset({"job"})
CONTACTS = frozenset({"phone", "email", "handle", "payment"})
QUOTES = 4  # ads quoted for one relation
YEAR = 365.25  # days


@dataclass(frozen=True, slots=True)
class Relation:
    """One cross-ad indicator found in a cluster: what was seen, in words, and where."""

    indicator: str
    note: str
    evidence: tuple[Evidence, ...]
    ads: int


@dataclass(frozen=True, slots=True)
class Shared:
    """One uncontested key with the ads of the cluster that carry it, oldest first."""

    kind: str
    value: str
    ads: tuple[AdFacts, ...]


def find_relations(cluster: Cluster) -> list[Relation]:
    """Every cross-ad indicator of the cluster, one entry each, in the order of their ids."""
    shared = find_shared(cluster)
    found = ((indicator, rule(cluster, shared)) for indicator, rule in sorted(RULES.items()))
    return [relation for _, relation in found if relation]


def find_shared(cluster: Cluster) -> list[Shared]:
    """The uncontested keys that two ads or more of the cluster share."""
    by_number = {facts.ad: facts for facts in cluster.ads}
    carriers: dict[tuple[str, str], set[int]] = defaultdict(set)
    for link in cluster.links:
        if not link.contested:
            carriers[link.kind, link.value] |= {link.ad, link.other}
    return [Shared(kind, value, tuple(by_number[ad] for ad in sorted(ads))) for (kind, value), ads in carriers.items()]


def _one_template_several_personas(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    best = _most_personas(s for s in shared if s.kind == "template" and _sells(s.ads))
    if best is None or len(_personas(best.ads)) < 2:
        return None
    note = f"nearly the same text in {len(best.ads)} ads under {_names(best.ads)}"
    return Relation("B03", note, _quotes(best.ads, _text_start), len(best.ads))


def _one_contact_many_personas(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    best = _most_personas(s for s in shared if s.kind in CONTACTS and _sells(s.ads))
    if best is None or len(_personas(best.ads)) < 3:
        return None
    return Relation("B04", f"{best.kind} {best.value} answers for {_names(best.ads)}", _carried(best), len(best.ads))


def _phone_shared(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    phones = (s for s in shared if s.kind == "phone" and len(s.ads) >= 3 and _sells(s.ads))
    best = _most_personas(phones)
    if best is None or len(_personas(best.ads)) < 2:
        return None
    return Relation(
        "D01",
        f"phone {best.value} in {len(best.ads)} ads under {_names(best.ads)}",
        _carried(best),
        len(best.ads),
    )


def _address_shared(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    others = [s for s in shared if s.kind in ("email", "handle", "url") and _owners(s.ads) >= 2]
    if not others:
        return None
    best = max(others, key=lambda s: len(s.ads))
    note = f"{best.kind} {best.value} in {len(best.ads)} ads of {_owners(best.ads)} different names"
    return Relation("D03", note, _carried(best), len(best.ads))


def _payment_shared(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    accounts = [s for s in shared if s.kind == "payment" and _owners(s.ads) >= 2]
    if not accounts:
        return None
    best = max(accounts, key=lambda s: len(s.ads))
    note = f"{best.value.replace(':', ' ')} in {len(best.ads)} ads of {_owners(best.ads)} different names"
    return Relation("D07", note, _carried(best), len(best.ads))


def _image_shared(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    best = _most_personas(s for s in shared if s.kind == "image")
    if best is None or len(_personas(best.ads)) < 2:
        return None
    return Relation(
        "D04",
        f"one picture in {len(best.ads)} ads under {_names(best.ads)}",
        _quotes(best.ads, _text_start),
        len(best.ads),
    )


def _bridge(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    """D06: the same contact recruits and is advertised."""
    for tie in shared:
        selling = [ad for ad in tie.ads if ad.kind in SELLING]
        recruiting = [ad for ad in tie.ads if ad.kind in RECRUITING]
        if tie.kind in CONTACTS and selling and recruiting:
            where = f"{_count(recruiting, 'job ad')} and in {_count(selling, 'escort or massage ad')}"
            ads = (*recruiting[:2], *selling[:2])
            return Relation(
                "D06", f"{tie.kind} {tie.value} in {where}", _carried(Shared(tie.kind, tie.value, ads)), len(tie.ads)
            )
    return None


def _several_sites(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    for tie in shared:
        sites = sorted({ad.site for ad in tie.ads})
        if tie.kind in CONTACTS and len(sites) >= 3:
            one_each = tuple(next(ad for ad in tie.ads if ad.site == site) for site in sites)
            note = f"{tie.kind} {tie.value} on {', '.join(sites)}"
            return Relation("D09", note, _carried(Shared(tie.kind, tie.value, one_each)), len(tie.ads))
    return None


def _age_changes(_: Cluster, shared: Sequence[Shared]) -> Relation | None:
    """A05: under one phone and one persona the stated age falls, or rises by more than 3 years a year."""
    for tie in shared:
        by_persona: dict[str, list[AdFacts]] = defaultdict(list)
        for ad in tie.ads:
            if tie.kind == "phone" and ad.persona and ad.reading.ages and ad.kind in SELLING:
                by_persona[ad.persona].append(ad)
        for ads in by_persona.values():
            ordered = sorted(ads, key=lambda ad: ad.last_seen)
            for earlier, later in pairwise(ordered):
                if _is_odd_ageing(earlier, later):
                    note = f"stated age {_age(earlier)}, later {_age(later)}, under one name and one phone"
                    return Relation("A05", note, _quotes([earlier, later], lambda ad: ad.reading.ages[0]), 2)
    return None


def _is_odd_ageing(earlier: AdFacts, later: AdFacts) -> bool:
    days = (datetime.fromisoformat(later.last_seen) - datetime.fromisoformat(earlier.last_seen)).days
    change = _age(later) - _age(earlier)
    return change < 0 or change > max(1, 3 * days / YEAR)


RULES: Mapping[str, Callable[[Cluster, Sequence[Shared]], Relation | None]] = {
    "A05": _age_changes,
    "B03": _one_template_several_personas,
    "B04": _one_contact_many_personas,
    "D01": _phone_shared,
    "D03": _address_shared,
    "D04": _image_shared,
    "D06": _bridge,
    "D07": _payment_shared,
    "D09": _several_sites,
}


def _age(ad: AdFacts) -> int:
    return ad.reading.ages[0].value


def _sells(ads: Iterable[AdFacts]) -> bool:
    return any(ad.kind in SELLING for ad in ads)


def _personas(ads: Iterable[AdFacts]) -> list[str]:
    return sorted({ad.persona for ad in ads if ad.persona and ad.kind in SELLING})


def _owners(ads: Iterable[AdFacts]) -> int:
    """How many different names stand behind the ads: personas, or employers of job ads."""
    return len({ad.persona if ad.kind in SELLING else ad.employer.casefold() for ad in ads} - {None, ""})


def _most_personas(ties: Iterable[Shared]) -> Shared | None:
    return max(ties, key=lambda tie: (len(_personas(tie.ads)), len(tie.ads)), default=None)


def _names(ads: Sequence[AdFacts]) -> str:
    names = [name.title() for name in _personas(ads)]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{len(names)} names ({', '.join(names[:4])}{more})"


def _count(ads: Sequence[AdFacts], noun: str) -> str:
    return f"{len(ads)} {noun}{'s' if len(ads) > 1 else ''}"


def _carried(tie: Shared) -> tuple[Evidence, ...]:
    """Where the ads write the key."""
    return _quotes(tie.ads, lambda ad: next(_mentions(ad, tie.value), None))


def _mentions(ad: AdFacts, value: str) -> Iterator[Span]:
    for phone in ad.reading.phones:
        if phone.e164 == value:
            yield phone
    for contact in ad.reading.contacts:
        if contact.value.casefold() == value.partition(":")[2] or contact.value.casefold() == value:
            yield contact


def _text_start(ad: AdFacts) -> Span:
    end = min(len(ad.text), 120)
    return Span(field="text", start=0, end=end, quote=ad.text[:end])


def _quotes(ads: Sequence[AdFacts], find: Callable[[AdFacts], Span | None]) -> tuple[Evidence, ...]:
    spans = ((ad, span) for ad in ads if (span := find(ad)) is not None)
    return tuple(evidence(ad, span) for ad, span in list(spans)[:QUOTES])


def evidence(ad: AdFacts, span: Span) -> Evidence:
    """A span of an ad as a person is shown it."""
    return Evidence(
        ad=ad.ad, observation=ad.observation, site=ad.site, ad_id=ad.ad_id,
        field=span.field, start=span.start, end=span.end, quote=span.quote,
    )  # fmt: skip
