"""What the rules between ads look at, what they find, and how they quote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.cases import Evidence
from alerts.facts import AdFacts, Cluster
from alerts.market.usual import Market
from alerts.movement.sightings import SELLING, Contact, Sighting
from alerts.movement.stays import Journey
from nlp.reading import Span

RECRUITING = frozenset({"job"})
QUOTES = 4  # ads quoted for one relation


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A cluster with what several rules ask of it; `seen` and `journeys` are of ads that sell, not of job ads."""

    cluster: Cluster
    shared: Sequence[Shared]
    seen: Mapping[Contact, Sequence[Sighting]]
    journeys: Sequence[Journey]
    market: Market | None = None


Rule = Callable[[Scene], Relation | None]


def find_shared(cluster: Cluster) -> list[Shared]:
    """The uncontested keys that two ads or more of the cluster share."""
    by_number = {facts.ad: facts for facts in cluster.ads}
    carriers: dict[Contact, set[int]] = defaultdict(set)
    for link in cluster.links:
        if not link.contested:
            carriers[link.kind, link.value] |= {link.ad, link.other} & by_number.keys()
    found = sorted(carriers.items())
    return [Shared(kind, value, tuple(_oldest_first(by_number[ad] for ad in ads))) for (kind, value), ads in found]


def _oldest_first(ads: Iterable[AdFacts]) -> list[AdFacts]:
    return sorted(ads, key=lambda ad: (ad.first_seen, ad.site, ad.ad_id))


def sells(ads: Iterable[AdFacts]) -> bool:
    return any(ad.kind in SELLING for ad in ads)


def personas(ads: Iterable[AdFacts]) -> list[str]:
    return sorted({ad.persona for ad in ads if ad.persona and ad.kind in SELLING})


def count_owners(ads: Iterable[AdFacts]) -> int:
    """How many different names stand behind the ads: personas, or employers of job ads."""
    return len({ad.persona if ad.kind in SELLING else ad.employer.casefold() for ad in ads} - {None, ""})


def most_personas(ties: Iterable[Shared]) -> Shared | None:
    return max(ties, key=lambda tie: (len(personas(tie.ads)), len(tie.ads)), default=None)


def say_names(names: Sequence[str]) -> str:
    """ "3 names (Lina, Mia, Sara)"."""
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{len(names)} names ({', '.join(name.title() for name in names[:4])}{more})"


def say_count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def say_contact(contact: Contact) -> str:
    kind, value = contact
    return f"{kind} {value}"


def carried(tie: Shared) -> tuple[Evidence, ...]:
    """Where the ads write the key."""
    return quotes(tie.ads, lambda ad: next(_mentions(ad, tie.value), None))


def _mentions(ad: AdFacts, value: str) -> Iterator[Span]:
    for phone in ad.reading.phones:
        if phone.e164 == value:
            yield phone
    for contact in ad.reading.contacts:
        if contact.value.casefold() in (value.partition(":")[2], value):
            yield contact


def text_start(ad: AdFacts) -> Span | None:
    end = min(len(ad.text), 120)
    return Span(field="text", start=0, end=end, quote=ad.text[:end]) if end else None


def quotes(ads: Iterable[AdFacts], find: Callable[[AdFacts], Span | None]) -> tuple[Evidence, ...]:
    found = ((ad, span) for ad in ads if (span := find(ad)) is not None)
    return tuple(evidence(ad, span) for ad, span in list(found)[:QUOTES])


def evidence(ad: AdFacts, span: Span) -> Evidence:
    """A span of an ad's newest version as a person is shown it."""
    return Evidence(
        ad=ad.ad, observation=ad.observation, site=ad.site, ad_id=ad.ad_id,
        field=span.field, start=span.start, end=span.end, quote=span.quote,
    )  # fmt: skip


def count_ads(sightings: Iterable[Sighting]) -> int:
    return len({seen.ad.ad for seen in sightings})
