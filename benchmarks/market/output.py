"""What a system found in a market, read from its exports: ads, clusters, alerts and stays as JSON Lines."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.market.truth import AdKey, Stayed, TrueAd, day, parse_stays

Row = dict[str, Any]


class OutputError(ValueError):
    """A system's file cannot be scored; the message names the file, the line and what would have worked."""


@dataclass(frozen=True, slots=True)
class FoundAd:
    """One exported ad: its cluster if any, the numbers read from it, and where it was when."""

    cluster: str | None
    phones: frozenset[str]
    stays: tuple[Stayed, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """`alerts` are clusters in the order of the queue; `stays` are by cluster, None where no file was given."""

    ads: Mapping[AdKey, FoundAd]
    alerts: Sequence[str] | None = None
    stays: Mapping[str, Sequence[Stayed]] | None = None


def load_output(
    ads: Path, *, clusters: Path | None = None, alerts: Path | None = None, stays: Path | None = None
) -> Output:
    """The exports as one value. Members named by a row of `clusters` overrule the `cluster` of an ad.

    Raises OutputError.
    """
    members = dict(_members(clusters)) if clusters else {}
    found = {(row["site"], str(row["ad_id"])): row for _, row in _rows(ads, ("site", "ad_id"))}
    return Output(
        ads={key: _found(row, members.get("/".join(key), row.get("cluster"))) for key, row in found.items()},
        alerts=[row["cluster"] for _, row in _rows(alerts, ("cluster",))] if alerts else None,
        stays=_stays(stays) if stays else None,
    )


def owners_of_clusters(output: Output, truth: Mapping[AdKey, TrueAd]) -> dict[str, str]:
    """Cluster -> the owner of most of its ads; the first in the alphabet of several."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key, ad in output.ads.items():
        if ad.cluster is not None and key in truth:
            counts[ad.cluster][truth[key].owner] += 1
    return {cluster: min(owners, key=lambda o: (-owners[o], o)) for cluster, owners in counts.items()}


def _found(row: Row, cluster: str | None) -> FoundAd:
    phones = frozenset(phone["e164"] for phone in row.get("phones", ()))
    return FoundAd(cluster, phones, tuple(_own_stays(row)))


def _own_stays(row: Row) -> Iterator[Stayed]:
    """Without a file of stays, an ad is taken to be in each place it names for as long as it was seen."""
    if "first_seen" in row and "last_seen" in row:
        for place in dict.fromkeys(place["name"].casefold() for place in row.get("places", ())):
            yield Stayed(place, day(row["first_seen"]), day(row["last_seen"]))


def _members(path: Path) -> Iterator[tuple[str, str]]:
    for _, row in _rows(path, ("cluster",)):
        yield from ((member, row["cluster"]) for member in row.get("members", ()))


def _stays(path: Path) -> dict[str, list[Stayed]]:
    found: dict[str, list[Stayed]] = defaultdict(list)
    for _, row in _rows(path, ("cluster", "place", "from", "to")):
        found[row["cluster"]] += parse_stays([row])
    return found


def _rows(path: Path, keys: Iterable[str]) -> Iterator[tuple[int, Row]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            row = _row(path, number, line)
            missing = [key for key in keys if key not in row]
            if missing:
                raise OutputError(f"{path}:{number}: no {', '.join(missing)}; docs/benchmark.md names the keys")
            yield number, row


def _row(path: Path, number: int, line: str) -> Row:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise OutputError(f"{path}:{number}: {error.msg}; one JSON object a line is wanted") from None
    if not isinstance(row, dict):
        raise OutputError(f"{path}:{number}: {type(row).__name__}; one JSON object a line is wanted")
    return row
