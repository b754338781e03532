"""Near-duplicates: ours with its one setting beside MinHash and TF-IDF, where `./dev peers` brought those."""

from __future__ import annotations

import csv
import multiprocessing
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from alerts.templates.finding import find_templates
from benchmarks.clustering_scores import ClusteringScore, score_clustering
from benchmarks.peerruns import NotThere, run_peer, write_columns
from benchmarks.peers import PEERS, Column, peak_size
from benchmarks.template_market import Labelled, build_market

SIZES = (2_000, 10_000, 50_000)
PEERS_UP_TO = 10_000  # texts; beyond that the peers take minutes
METHODS = ("characters", "words")


@dataclass(frozen=True, slots=True)
class Measured:
    score: ClusteringScore
    seconds: float
    """CPU time, without imports."""
    megabytes: float
    """Peak of the process, texts and libraries included."""


def run(data: Path | None) -> None:
    """Measure on dup/*.csv of `data` (columns text and label), else on generated ads of several sizes.

    The peers are shown at every file's best setting, and at the one setting that is best on all files together.
    """
    sets = {path.stem: _load(path) for path in sorted((data / "dup").glob("*.csv"))} if data else _generated()
    print(f"{'':16}{'method':34}   ARI  precision recall   ads/CPU s  peak MB")
    for name, rows in sets.items():
        _report(name, "Varde", _ours(rows), len(rows))
    small = {name: rows for name, rows in sets.items() if len(rows) <= PEERS_UP_TO}
    for peer in METHODS:
        try:
            _report_peer(peer, small)
        except NotThere as error:
            print(f"{PEERS[peer].title}: {error}")


def _report_peer(peer: str, sets: Mapping[str, list[Labelled]]) -> None:
    found = {
        name: {setting: _peer(peer, rows, setting) for setting in PEERS[peer].tried} for name, rows in sets.items()
    }
    usual = max(PEERS[peer].tried, key=lambda setting: mean(each[setting].score.ari for each in found.values()))
    for name, each in found.items():
        best = max(each, key=lambda setting: each[setting].score.ari)
        _report(name, f"{PEERS[peer].title} {usual:g}", each[usual], len(sets[name]))
        _report(name, f"  at its best here, {best:g}", each[best], len(sets[name]))


def _load(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Labelled(row["text"], int(row["label"])) for row in csv.DictReader(file)]


def _generated() -> dict[str, list[Labelled]]:
    return {f"{size:,} generated": build_market(size) for size in SIZES}


def _report(name: str, method: str, found: Measured, texts: int) -> None:
    score = found.score
    print(
        f"{name:16}{method:34} {score.ari:5.3f}  {score.precision:9.3f} {score.recall:6.3f}  "
        f"{texts / max(1e-9, found.seconds):10,.0f}  {found.megabytes:7,.0f}",
        flush=True,
    )


def _peer(peer: str, rows: Sequence[Labelled], setting: float) -> Measured:
    with TemporaryDirectory() as scratch:
        columns = write_columns((Column(row.text, (), (), "", "") for row in rows), Path(scratch))
        found = run_peer(peer, columns, setting)
    return Measured(score_clustering([row.label for row in rows], found.labels), found.cpu_s, found.peak)


def _ours(rows: list[Labelled]) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process of its own, for its memory
        return pool.apply(_measure, (rows,))


def _measure(rows: list[Labelled]) -> Measured:
    texts = [row.text for row in rows]
    _group(texts[:50])  # imports and tables
    began = time.process_time()
    labels = _group(texts)
    seconds = time.process_time() - began
    return Measured(score_clustering([row.label for row in rows], labels), seconds, peak_size())


def _group(texts: Sequence[str]) -> Sequence[Hashable]:
    values = find_templates(dict(enumerate(texts)))
    return [values.get(place, place) for place in range(len(texts))]
