"""Relations by time: several personas posted in a burst, one text under one number after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from alerts.facts import AdFacts
from alerts.movement.sightings import SELLING, Sighting, moment
from alerts.relations.scene import (
    QUOTES,
    Relation,
    Rule,
    Scene,
    count_ads,
    evidence,
    say_names,
    text_start,
)
from nlp.reading import Phone

MINUTES = timedelta(minutes=10)
PERSONAS = 3
NUMBERS = 3  # one after another: two are a lost telephone
OVERLAP = timedelta(days=3)  # while an ad is still seen with the number before


def burst(scene: Scene) -> Relation | None:
    """B11: three personas or more posted within ten minutes, as the site tells the time of posting.

    When a crawl saw them says nothing. Ads that carry one and the same moment on the full hour were lifted by the site.
    """
    posted = sorted(_posted(scene), key=lambda each: (each[0], each[1].site, each[1].ad_id))
    start = 0
    best: list[tuple[datetime, AdFacts]] = []
    for end in range(len(posted)):
        while posted[end][0] - posted[start][0] > MINUTES:
            start += 1
        window = posted[start : end + 1] if end - start < 200 else []
        if len(_names(window)) > len(_names(best)) and not _is_lifted(window):
            best = window
    if len(names := _names(best)) < PERSONAS:
        return None
    note = f"{say_names(names)} posted within 10 minutes, {best[0][0]:%d.%m.%Y %H:%M}"
    quoted = ((ad, ad.reading.names[0] if ad.reading.names else text_start(ad)) for _, ad in best)
    return Relation("B11", note, tuple(evidence(ad, span) for ad, span in quoted if span)[:QUOTES], len(best))


def _posted(scene: Scene) -> Iterator[tuple[datetime, AdFacts]]:
    """The ads that sell whose site tells the time of the day they were posted at."""
    for ad in scene.cluster.ads:
        if ad.kind in SELLING and ad.persona and len(ad.posted_at) > len("2026-11-01"):
            try:
                yield moment(ad.posted_at), ad
            except ValueError:
                continue


def _names(posted: Iterable[tuple[datetime, AdFacts]]) -> list[str]:
    return sorted({ad.persona for _, ad in posted if ad.persona})


def _is_lifted(posted: Sequence[tuple[datetime, AdFacts]]) -> bool:
    first = posted[0][0] if posted else None
    return first is not None and first.minute == first.second == 0 and all(at == first for at, _ in posted)


def number_churn(scene: Scene) -> Relation | None:
    """D05: one text, or one ad that otherwise reads the same, under three numbers or more one after another."""
    by_ad: dict[int, list[Sighting]] = defaultdict(list)
    for seen in _each_version(scene):
        by_ad[seen.ad.ad].append(seen)
    texts = (tie.ads for tie in scene.shared if tie.kind == "template")
    same = [("one text", [seen for ad in ads for seen in by_ad.get(ad.ad, ())]) for ads in texts]
    same += [("one ad", seen) for seen in by_ad.values() if len(seen) >= NUMBERS and _reads_the_same(seen)]
    for what, sightings in same:
        if len(numbers := _in_turn(sightings)) >= NUMBERS:
            shown = ", ".join(phone.e164 for _, phone in numbers[:4])
            note = f"{what} under {len(numbers)} telephone numbers one after another ({shown})"
            quoted = tuple(seen.quote(phone) for seen, phone in numbers[:QUOTES])
            return Relation("D05", note, quoted, count_ads(seen for seen, _ in numbers))
    return None


def _each_version(scene: Scene) -> Iterator[Sighting]:
    known: set[int] = set()
    for sightings in scene.seen.values():
        for seen in sightings:
            if seen.version.observation not in known:
                known.add(seen.version.observation)
                yield seen


def _reads_the_same(sightings: Sequence[Sighting]) -> bool:
    """Whether versions of one ad differ in little but the number: the same language, name, ages and cues."""
    return all(_gist(one) == _gist(other) for one, other in pairwise(sightings))


def _gist(seen: Sighting) -> tuple[object, ...]:
    reading = seen.version.reading
    cues = {f.id for f in reading.indicators if f.state == "present"} - {"D02", "C06"}  # those of the number itself
    return reading.language, seen.persona, tuple(age.value for age in reading.ages), frozenset(cues)


def _in_turn(sightings: Iterable[Sighting]) -> list[tuple[Sighting, Phone]]:
    """Where each number was first written, in time order; nothing where two are used side by side."""
    spans: dict[str, tuple[datetime, datetime, Sighting, Phone]] = {}
    for seen in sorted(sightings, key=lambda each: each.order):
        for phone in seen.version.reading.phones:
            known = spans.get(phone.e164)
            if known is None:
                spans[phone.e164] = seen.first, seen.last, seen, phone
            else:
                spans[phone.e164] = known[0], max(known[1], seen.last), known[2], known[3]
    turns = sorted(spans.values(), key=lambda each: each[:2])
    if any(one[1] - other[0] > OVERLAP or one[0] == other[0] for one, other in pairwise(turns)):
        return []
    return [(seen, phone) for _, _, seen, phone in turns]


RULES: dict[str, Rule] = {"B11": burst, "D05": number_churn}
