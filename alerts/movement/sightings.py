"""Who was seen when: each version of the ads of a cluster under the contacts that it carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.cases import Evidence, Link
from alerts.facts import AdFacts, Cluster, Version
from alerts.reading.keys import find_keys
from nlp.reading import Span

SELLING = frozenset({"escort", "massage"})
CONTACTS = frozenset({"phone", "email", "handle", "payment"})
LISTED = 3  # phones of one version; one with more lists other people's numbers

Contact = tuple[str, str]
"""Kind and value of a key; kind "ad" for an ad that carries none, which is then its own contact."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One version of an ad."""

    ad: AdFacts
    version: Version

    @property
    def persona(self) -> str | None:
        names = self.version.reading.names
        return names[0].value.casefold() if names else None

    @property
    def first(self) -> datetime:
        return moment(self.version.first_seen)

    @property
    def last(self) -> datetime:
        return moment(self.version.last_seen)

    @property
    def order(self) -> tuple[datetime, str, str, int]:
        """Time order, and the same in every store where two began at once."""
        return self.first, self.ad.site, self.ad.ad_id, self.version.observation

    def quote(self, span: Span) -> Evidence:
        """A span of this version as a person is shown it."""
        return Evidence(
            ad=self.ad.ad, observation=self.version.observation, site=self.ad.site, ad_id=self.ad.ad_id,
            field=span.field, start=span.start, end=span.end, quote=span.quote,
        )  # fmt: skip


def moment(text: str) -> datetime:
    """ISO 8601 as a time; one without an offset is in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def find_sightings(cluster: Cluster, kinds: frozenset[str] = SELLING) -> dict[Contact, list[Sighting]]:
    """The versions of ads of these kinds under each uncontested contact, in time order.

    A version that carries none stands under its ad.
    """
    refused = find_refused(cluster.links)
    found: dict[Contact, list[Sighting]] = defaultdict(list)
    for ad in cluster.ads:
        if ad.kind in kinds:
            for version in ad.versions:
                for contact in _contacts(ad, version, refused) or [("ad", f"{ad.site}/{ad.ad_id}")]:
                    found[contact].append(Sighting(ad, version))
    return {contact: sorted(found[contact], key=lambda seen: seen.order) for contact in sorted(found)}


def _contacts(ad: AdFacts, version: Version, refused: Mapping[Contact, set[int]]) -> list[Contact]:
    lists = len(version.reading.phones) > LISTED
    return [
        (key.kind, key.value)
        for key in find_keys(version.reading, (), site=ad.site)
        if key.kind in CONTACTS
        and ad.ad not in refused.get((key.kind, key.value), ())
        and not (lists and key.kind == "phone")
    ]


def find_refused(links: Iterable[Link]) -> dict[Contact, set[int]]:
    """The ads that each contested key does not tie; where it ties none, the one it was held against too."""
    refused: dict[Contact, set[int]] = defaultdict(set)
    tying: set[tuple[str, str, int]] = set()
    centres: dict[Contact, set[int]] = defaultdict(set)
    for link in links:
        if link.contested:
            refused[link.kind, link.value].add(link.ad)
            centres[link.kind, link.value].add(link.other)
        else:
            tying |= {(link.kind, link.value, link.ad), (link.kind, link.value, link.other)}
    for (kind, value), others in centres.items():
        refused[kind, value] |= {ad for ad in others if (kind, value, ad) not in tying}
    return refused
