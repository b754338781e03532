"""Scores a system's output against a market's truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.clustering_scores import PairScores, ari, bcubed, largest, pair_scores
from benchmarks.market.output import Output, owners_of_clusters
from benchmarks.market.truth import AdKey, Stayed, TrueAd

AT = (10, 20, 50, 100)  # alerts from the head of the queue


@dataclass(frozen=True, slots=True)
class Share:
    """`hit` of `of`; a share of nothing is None."""

    hit: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hit / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Hits:
    """Precision and recall as shares."""

    precision: Share
    recall: Share

    @property
    def f1(self) -> float | None:
        precision, recall = self.precision.value, self.recall.value
        if precision is None or recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How well clusters fit owners."""

    ads: int
    ari: float
    pairs: PairScores
    bcubed: PairScores
    largest: int
    true_largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertScores:
    """`precision` at the first k alerts; `recall` counts the owners who warrant an alert; `by_kind` who was alerted."""

    alerts: int
    precision: Mapping[int, Share]
    recall: Share
    by_kind: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Everything measured. `linked` is over the ads whose owner has another ad. `missing` ads are not in the output."""

    missing: int
    phones: Hits
    phones_by_writing: Mapping[str, Share]
    clusters: Grouping
    linked: Grouping
    alerts: AlertScores | None
    stays: Hits
    place_days: Hits


def score(truth: Mapping[AdKey, TrueAd], output: Output) -> Scores:
    """Ads of the output that are not in the truth are left aside; those that it lacks count as found alone."""
    sizes = Counter(ad.owner for ad in truth.values())
    stays, place_days = score_stays(truth, output)
    return Scores(
        missing=sum(key not in output.ads for key in truth),
        phones=score_phones(truth, output),
        phones_by_writing=phones_by_writing(truth, output),
        clusters=_grouping(truth, output, truth),
        linked=_grouping(truth, output, [key for key, ad in truth.items() if sizes[ad.owner] > 1]),
        alerts=score_alerts(truth, output) if output.alerts is not None else None,
        stays=stays, place_days=place_days,
    )  # fmt: skip


def score_phones(truth: Mapping[AdKey, TrueAd], output: Output) -> Hits:
    """(ad, number) pairs. Numbers in the text that are not the advertiser's own are neither right nor wrong."""
    hit = found = true = 0
    for key, ad in truth.items():
        own = {number for number, _ in ad.written}
        read = (output.ads[key].phones if key in output.ads else frozenset()) - (ad.others - own)
        hit, found, true = hit + len(own & read), found + len(read), true + len(own)
    return Hits(Share(hit, found), Share(hit, true))


def phones_by_writing(truth: Mapping[AdKey, TrueAd], output: Output) -> dict[str, Share]:
    """Recall of numbers by the way in which they are written."""
    hits, of = Counter[str](), Counter[str]()
    for key, ad in truth.items():
        for number, written in ad.written:
            of[written] += 1
            hits[written] += key in output.ads and number in output.ads[key].phones
    return {written: Share(hits[written], of[written]) for written in sorted(of)}


def score_alerts(truth: Mapping[AdKey, TrueAd], output: Output) -> AlertScores:
    """An alert is right where the owner of most of its cluster's ads warrants one."""
    due = {ad.owner for ad in truth.values() if ad.alert}
    kinds = {ad.owner: ad.owner_kind for ad in truth.values()}
    owners = owners_of_clusters(output, truth)
    alerted = [owners.get(cluster) for cluster in output.alerts or ()]
    right = [owner in due for owner in alerted]
    at = {k: Share(sum(right[:k]), len(right[:k])) for k in (*AT, len(right)) if right[:k]}
    return AlertScores(
        alerts=len(right), precision=at, recall=Share(len(due & set(alerted)), len(due)),
        by_kind=Counter(kinds[owner] if owner else "unknown" for owner in alerted),
    )  # fmt: skip


def score_stays(truth: Mapping[AdKey, TrueAd], output: Output) -> tuple[Hits, Hits]:
    """Stays that overlap one of the same owner in the same place; and the same counted in days at a place."""
    true: dict[str, set[Stayed]] = defaultdict(set)
    for ad in truth.values():
        true[ad.owner].update(ad.stays)
    found = _found_stays(truth, output)
    stays, days = Counter[str](), Counter[str]()
    for owner in true.keys() | found.keys():
        one, other = found.get(owner, set()), true.get(owner, set())
        stays.update(right=_overlapping(one, other), found=len(one), met=_overlapping(other, one), true=len(other))
        here, there = _days(one), _days(other)
        days.update(right=len(here & there), found=len(here), met=len(here & there), true=len(there))
    return _hits(stays), _hits(days)


def _found_stays(truth: Mapping[AdKey, TrueAd], output: Output) -> dict[str, set[Stayed]]:
    found: dict[str, set[Stayed]] = defaultdict(set)
    if output.stays is not None:
        owners = owners_of_clusters(output, truth)
        for cluster, stays in output.stays.items():
            found[owners.get(cluster, f"unknown cluster {cluster}")].update(stays)
        return found
    for key, ad in output.ads.items():
        if key in truth and truth[key].stays:  # jobs and spam are nowhere
            found[truth[key].owner].update(ad.stays)
    return found


def _overlapping(stays: Iterable[Stayed], others: Iterable[Stayed]) -> int:
    by_place: dict[str, list[Stayed]] = defaultdict(list)
    for other in others:
        by_place[other.place].append(other)
    return sum(any(stay.overlaps(other) for other in by_place[stay.place]) for stay in stays)


def _days(stays: Iterable[Stayed]) -> set[tuple[str, int]]:
    return {(stay.place, day) for stay in stays for day in range(stay.first, stay.last + 1)}


def _hits(counts: Mapping[str, int]) -> Hits:
    return Hits(Share(counts["right"], counts["found"]), Share(counts["met"], counts["true"]))


def _grouping(truth: Mapping[AdKey, TrueAd], output: Output, keys: Iterable[AdKey]) -> Grouping:
    chosen = list(keys)
    labels: Sequence[Hashable] = [_label(output, key) for key in chosen]
    owners: Sequence[Hashable] = [truth[key].owner for key in chosen]
    return Grouping(
        ads=len(chosen), ari=ari(labels, owners), pairs=pair_scores(labels, owners), bcubed=bcubed(labels, owners),
        largest=largest(labels), true_largest=largest(owners),
    )  # fmt: skip


def _label(output: Output, key: AdKey) -> Hashable:
    cluster = output.ads[key].cluster if key in output.ads else None
    return key if cluster is None else cluster
