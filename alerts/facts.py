"""What linking and judging are about: one ad's newest version with its reading and keys, and a cluster of them."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.cases import Link
from alerts.reading.keys import Key
from nlp.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an ad: what it said, and from when to when it was seen saying so (ISO 8601, UTC)."""

    observation: int
    first_seen: str
    last_seen: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class AdFacts:
    """One ad as it stands: `ad` and `observation` are the store's numbers of it and of its newest version.

    `versions` are all that were read, oldest first; `reading` is that of the last.

    `keys` gather what every version of the ad carried, not only the newest; each comes with when
    it was first and last seen. `most_phones` is the most numbers that one version listed. `persona`
    is the name the ad gives itself, folded. `posted_at` is what the site says, ISO 8601 or nothing.
    """

    ad: int
    observation: int
    site: str
    ad_id: str
    kind: str
    first_seen: str
    last_seen: str
    text: str
    employer: str
    org_number: str
    reading: Reading
    versions: tuple[Version, ...] = ()
    keys: tuple[tuple[Key, str, str], ...] = ()
    most_phones: int = 0
    posted_at: str = ""

    @property
    def persona(self) -> str | None:
        return self.reading.names[0].value.casefold() if self.reading.names else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Ads that belong together, and the ties that say so. `id` is told by its oldest ad: `linking.clusters.name`."""

    id: str
    ads: tuple[AdFacts, ...]
    links: tuple[Link, ...]
