"""Near-duplicates: ours beside MinHash and TF-IDF components, where those are installed."""

from __future__ import annotations

import csv
import importlib
import multiprocessing
import re
import resource
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from alerts.linking.components import Components
from alerts.templates.finding import find_templates
from benchmarks.clustering_scores import ClusteringScore, score_clustering
from benchmarks.template_market import Labelled, build_market

SIZES = (2_000, 10_000, 50_000)
PEERS_UP_TO = 10_000  # texts; beyond that the peers take minutes
JACCARD, COSINE = 0.5, 0.3  # as near-duplicate finders usually have them
_WORD = re.compile(r"\w+")

Method = Callable[[Sequence[str]], Sequence[Hashable]]


@dataclass(frozen=True, slots=True)
class Measured:
    score: ClusteringScore
    seconds: float
    """CPU time, without imports."""
    megabytes: float
    """Peak of the process, texts and libraries included."""


def run(data: Path | None) -> None:
    """Measure on dup/*.csv of `data` (columns text and label), else on generated ads of several sizes."""
    sets = {path.stem: _load(path) for path in sorted((data / "dup").glob("*.csv"))} if data else _generated()
    print(f"{'':16}{'method':18}   ARI  precision recall   ads/CPU s  peak MB")
    for name, rows in sets.items():
        for method, library in METHODS.items():
            if library and not find_spec(library):
                continue
            if library and len(rows) > PEERS_UP_TO:
                continue
            _report(name, method, rows)
    for method, library in METHODS.items():
        if library and not find_spec(library):
            print(f"{method}: not measured, {library} is not installed")


def _load(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Labelled(row["text"], int(row["label"])) for row in csv.DictReader(file)]


def _generated() -> dict[str, list[Labelled]]:
    return {f"{size:,} generated": build_market(size) for size in SIZES}


def _report(name: str, method: str, rows: list[Labelled]) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process of its own, for its memory
        found = pool.apply(_measure, (method, rows))
    score = found.score
    speed = len(rows) / max(1e-9, found.seconds)
    print(
        f"{name:16}{method:18} {score.ari:5.3f}  {score.precision:9.3f} {score.recall:6.3f}  "
        f"{speed:10,.0f}  {found.megabytes:7,.0f}",
        flush=True,
    )


def _measure(method: str, rows: list[Labelled]) -> Measured:
    texts = [row.text for row in rows]
    work = _WORK[method]
    work(texts[:50])  # imports and tables
    began = time.process_time()
    labels = work(texts)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(score_clustering([row.label for row in rows], labels), seconds, peak)


def _ours(texts: Sequence[str]) -> Sequence[Hashable]:
    values = find_templates(dict(enumerate(texts)))
    return [values.get(place, place) for place in range(len(texts))]


def _minhash(texts: Sequence[str]) -> Sequence[Hashable]:
    """datasketch: MinHash of five characters, 128 permutations, pairs of the index joined."""
    datasketch = importlib.import_module("datasketch")
    index = datasketch.MinHashLSH(threshold=JACCARD, num_perm=128)
    groups = Components(range(len(texts)))
    for place, text in enumerate(texts):
        plain = " ".join(_WORD.findall(text.casefold()))
        sketch = datasketch.MinHash(num_perm=128)
        sketch.update_batch({plain[at : at + 5].encode() for at in range(max(1, len(plain) - 4))})
        for other in index.query(sketch):
            groups.join(other, place)
        index.insert(place, sketch)
    return [groups.root(place) for place in range(len(texts))]


def _tfidf(texts: Sequence[str]) -> Sequence[Hashable]:
    """scikit-learn: cosine of TF-IDF words, pairs above a threshold joined."""
    text = importlib.import_module("sklearn.feature_extraction.text")
    matrix = text.TfidfVectorizer(token_pattern=r"\w+", sublinear_tf=True).fit_transform(texts)
    groups = Components(range(len(texts)))
    step = 500
    for first in range(0, len(texts), step):
        near = (matrix[first : first + step] @ matrix.T).tocoo()
        for row, column, value in zip(near.row.tolist(), near.col.tolist(), near.data.tolist(), strict=True):
            if value >= COSINE and column < first + row:
                groups.join(column, first + row)
    return [groups.root(place) for place in range(len(texts))]


METHODS: dict[str, str | None] = {"Varde": None, "MinHash": "datasketch", "TF-IDF components": "sklearn"}
_WORK: dict[str, Method] = {"Varde": _ours, "MinHash": _minhash, "TF-IDF components": _tfidf}
