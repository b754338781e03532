"""Other ways of grouping ads: MinHash, TF-IDF, and Splink on the contact columns.

`python -m benchmarks.peers PEER COLUMNS SETTING` groups the ads of a file of columns and prints labels, time and memory
as JSON: a process of its own, so that its memory is its own, with an interpreter that has the peers' libraries and need
not have Varde's.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alerts.linking.components import Components

NEIGHBOURS = 50  # nearest texts that TF-IDF looks at
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Column:
    """What a peer gets of one ad: its newest text, and the numbers, contacts and names that Varde read in it."""

    text: str
    phones: Sequence[str]
    contacts: Sequence[str]
    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Peer:
    """A way of grouping: `group` gives a number for each ad. It joins pairs from `setting` up, one of those `tried`."""

    title: str
    modules: tuple[str, ...]
    group: Callable[[Sequence[Column], float], Sequence[int]]
    setting: float
    tried: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """`load_s`: wall time to load the libraries; `cpu_s`, `wall_s`: of the grouping; `peak`: of the process, in MB."""

    labels: Sequence[int]
    load_s: float
    cpu_s: float
    wall_s: float
    peak: float


def by_phone(ads: Sequence[Column], _: float) -> list[int]:
    """The plainest way: one number, one group. No threshold."""
    first: dict[str, int] = {}
    groups = Components(range(len(ads)))
    for place, ad in enumerate(ads):
        for phone in ad.phones:
            groups.join(first.setdefault(phone, place), place)
    return [groups.root(place) for place in range(len(ads))]


def by_minhash(ads: Sequence[Column], jaccard: float) -> list[int]:
    """Components of MinHash LSH over pairs of words: best where texts share phrases."""
    return _by_shingles(ads, _pairs, jaccard)


def by_characters(ads: Sequence[Column], jaccard: float) -> list[int]:
    """The same over five characters, as near-duplicate finders usually have it."""
    return _by_shingles(ads, _fives, jaccard)


def _pairs(text: str) -> set[str]:
    words = _WORD.findall(text.casefold())
    return {" ".join(words[i : i + 2]) for i in range(max(1, len(words) - 1))}


def _fives(text: str) -> set[str]:
    words = " ".join(_WORD.findall(text.casefold()))
    return {words[i : i + 5] for i in range(max(1, len(words) - 4))}


def _by_shingles(ads: Sequence[Column], shingles: Callable[[str], set[str]], jaccard: float) -> list[int]:
    datasketch: Any = importlib.import_module("datasketch")
    index, groups = datasketch.MinHashLSH(threshold=jaccard, num_perm=128), Components(range(len(ads)))
    for place, ad in enumerate(ads):
        hashed = datasketch.MinHash(num_perm=128)
        hashed.update_batch([shingle.encode() for shingle in shingles(ad.text)])
        for other in index.query(hashed):
            groups.join(place, other)
        index.insert(place, hashed)
    return [groups.root(place) for place in range(len(ads))]


def by_tfidf(ads: Sequence[Column], cosine: float) -> list[int]:
    """Components of cosine similarity over TF-IDF of words and pairs of words: best where texts share phrases."""
    return _by_cosine(ads, cosine, ngram_range=(1, 2), min_df=2, max_df=0.2)


def by_words(ads: Sequence[Column], cosine: float) -> list[int]:
    """The same over single words, however often they stand there: best where texts are of one vocabulary only."""
    return _by_cosine(ads, cosine, token_pattern=r"\w+", sublinear_tf=True)


def _by_cosine(ads: Sequence[Column], cosine: float, **counted: Any) -> list[int]:
    text: Any = importlib.import_module("sklearn.feature_extraction.text")
    neighbors: Any = importlib.import_module("sklearn.neighbors")
    vectors = text.TfidfVectorizer(**counted).fit_transform(ad.text for ad in ads)
    nearest = neighbors.NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(ads)), metric="cosine").fit(vectors)
    groups = Components(range(len(ads)))
    for start in range(0, len(ads), 1_000):
        distances, places = nearest.kneighbors(vectors[start : start + 1_000])
        for one, other in _close(start, distances, places, cosine):
            groups.join(one, other)
    return [groups.root(place) for place in range(len(ads))]


def _close(start: int, distances: Any, places: Any, cosine: float) -> Iterator[tuple[int, int]]:
    for row, (far, near) in enumerate(zip(distances, places, strict=True), start=start):
        yield from ((row, int(other)) for distance, other in zip(far, near, strict=True) if distance <= 1 - cosine)


def by_splink(ads: Sequence[Column], probability: float) -> list[int]:
    """Splink on DuckDB: shared phones, shared other contacts, name (rare ones tell more), city; trained on the ads."""
    splink: Any = importlib.import_module("splink")
    compare: Any = importlib.import_module("splink.comparison_library")
    shared = [splink.block_on("phones", arrays_to_explode=["phones"]),
              splink.block_on("contacts", arrays_to_explode=["contacts"])]  # fmt: skip
    settings = splink.SettingsCreator(
        link_type="dedupe_only", blocking_rules_to_generate_predictions=shared,
        comparisons=[
            compare.ArrayIntersectAtSizes("phones", [1]), compare.ArrayIntersectAtSizes("contacts", [1]),
            compare.JaroWinklerAtThresholds("name").configure(term_frequency_adjustments=True),
            compare.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
    )  # fmt: skip
    linker = splink.Linker(_splink_table(ads), settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match([splink.block_on("phones")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (splink.block_on("phones"), splink.block_on("name", "city")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=probability)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, probability).as_record_list()
    numbers = {row["unique_id"]: row["cluster_id"] for row in found}
    return [int(numbers[place]) for place in range(len(ads))]


def _splink_table(ads: Sequence[Column]) -> Any:
    """The ads' columns as Splink takes them in; empty ones are null."""
    arrow: Any = importlib.import_module("pyarrow")
    splink: Any = importlib.import_module("splink")
    rows = [{"unique_id": n, "phones": ad.phones or None, "contacts": ad.contacts or None, "name": ad.name or None,
             "city": ad.city or None} for n, ad in enumerate(ads)]  # fmt: skip
    return splink.DuckDBAPI().register(arrow.Table.from_pylist(rows))


_SKLEARN = ("sklearn.feature_extraction.text", "sklearn.neighbors")
_JACCARDS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
_COSINES = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
PEERS: Mapping[str, Peer] = {
    "phone": Peer("same phone", (), by_phone, 1.0, (1.0,)),
    "minhash": Peer("MinHash (datasketch)", ("datasketch",), by_minhash, 0.55, _JACCARDS),
    "characters": Peer("MinHash of five characters", ("datasketch",), by_characters, 0.5, _JACCARDS),
    "tfidf": Peer("TF-IDF components (scikit-learn)", _SKLEARN, by_tfidf, 0.6, _COSINES),
    "words": Peer("TF-IDF of single words", _SKLEARN, by_words, 0.5, _COSINES),
    "splink": Peer(
        "Splink (DuckDB)", ("splink", "splink.comparison_library", "duckdb", "pyarrow"), by_splink,
        0.01, (0.001, 0.01, 0.1, 0.3, 0.5, 0.8, 0.95, 0.99),
    ),
}  # fmt: skip


def group(peer: Peer, ads: Sequence[Column], setting: float) -> Grouped:
    """Load the peer's libraries, then group; raises ImportError where one is missing."""
    began = time.perf_counter()
    for module in peer.modules:
        importlib.import_module(module)
    loaded, cpu = time.perf_counter(), time.process_time()
    labels = peer.group(ads, setting)
    return Grouped(labels, loaded - began, time.process_time() - cpu, time.perf_counter() - loaded, peak_size())


def peak_size() -> float:
    """The largest this process was so far, in MB. ru_maxrss would begin at the size of the one that started it."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def main() -> None:
    name, path, setting = sys.argv[1:]
    with Path(path).open(encoding="utf-8") as file:
        ads = [Column(**row) for row in map(json.loads, file)]
    json.dump(asdict(group(PEERS[name], ads, float(setting))), sys.stdout)


if __name__ == "__main__":
    main()
