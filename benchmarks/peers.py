"""Other ways of grouping ads, where their libraries are installed: MinHash, TF-IDF, and Splink on the contact columns.

They get the newest version of each ad; Splink gets the numbers and names that Varde read, since it reads none itself.
"""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from alerts.linking.components import Components

JACCARD, COSINE, PROBABILITY = 0.5, 0.4, 0.95  # each at the setting that did best on ads of this kind
NEIGHBOURS = 50  # nearest texts that TF-IDF looks at
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Column:
    """What a peer gets of one ad."""

    text: str
    phone: str
    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Peer:
    """A way of grouping, the packages it needs, and the groups it makes: a number for each ad."""

    title: str
    packages: tuple[str, ...]
    group: Callable[[Sequence[Column]], Sequence[int]]

    @property
    def missing(self) -> list[str]:
        modules = {"scikit-learn": "sklearn"}
        return [name for name in self.packages if find_spec(modules.get(name, name)) is None]


@dataclass(frozen=True, slots=True)
class Grouped:
    labels: Sequence[int]
    cpu: float


def run_peer(peer: Peer, ads: Sequence[Column]) -> Grouped:
    """The groups, and the seconds of processor time they took."""
    began = time.process_time()
    labels = peer.group(ads)
    return Grouped(labels, time.process_time() - began)


def by_phone(ads: Sequence[Column]) -> list[int]:
    """The plainest way: one number, one group."""
    first: dict[str, int] = {}
    return [first.setdefault(ad.phone, place) if ad.phone else place for place, ad in enumerate(ads)]


def by_minhash(ads: Sequence[Column]) -> list[int]:
    """Components of MinHash LSH over shingles of five characters."""
    datasketch: Any = importlib.import_module("datasketch")
    index, groups = datasketch.MinHashLSH(threshold=JACCARD, num_perm=128), Components(range(len(ads)))
    for place, ad in enumerate(ads):
        words = " ".join(_WORD.findall(ad.text.casefold()))
        hashed = datasketch.MinHash(num_perm=128)
        hashed.update_batch([words[i : i + 5].encode() for i in range(max(1, len(words) - 4))])
        for other in index.query(hashed):
            groups.join(place, other)
        index.insert(place, hashed)
    return [groups.root(place) for place in range(len(ads))]


def by_tfidf(ads: Sequence[Column]) -> list[int]:
    """Components of cosine similarity over TF-IDF of words and pairs of words."""
    text: Any = importlib.import_module("sklearn.feature_extraction.text")
    neighbors: Any = importlib.import_module("sklearn.neighbors")
    vectors = text.TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_df=0.2).fit_transform(ad.text for ad in ads)
    nearest = neighbors.NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(ads)), metric="cosine").fit(vectors)
    groups = Components(range(len(ads)))
    for start in range(0, len(ads), 1_000):
        distances, places = nearest.kneighbors(vectors[start : start + 1_000])
        for one, other in _close(start, distances, places):
            groups.join(one, other)
    return [groups.root(place) for place in range(len(ads))]


def _close(start: int, distances: Any, places: Any) -> Iterator[tuple[int, int]]:
    for row, (far, near) in enumerate(zip(distances, places, strict=True), start=start):
        yield from ((row, int(other)) for distance, other in zip(far, near, strict=True) if distance <= 1 - COSINE)


def by_splink(ads: Sequence[Column]) -> list[int]:
    """Splink on DuckDB with stock settings: exact phone, name by Jaro-Winkler, exact city."""
    splink: Any = importlib.import_module("splink")
    compare: Any = importlib.import_module("splink.comparison_library")
    pandas: Any = importlib.import_module("pandas")
    rows = [{"unique_id": n, "phone": ad.phone or None, "name": ad.name or None, "city": ad.city or None}
            for n, ad in enumerate(ads)]  # fmt: skip
    rules = [splink.block_on("phone"), splink.block_on("name", "city")]
    settings = splink.SettingsCreator(
        link_type="dedupe_only", blocking_rules_to_generate_predictions=rules,
        comparisons=[compare.ExactMatch("phone"), compare.JaroWinklerAtThresholds("name"), compare.ExactMatch("city")],
    )  # fmt: skip
    linker = splink.Linker(splink.DuckDBAPI().register(pandas.DataFrame(rows)), settings)  # as of Splink 5
    linker.training.estimate_probability_two_random_records_match([splink.block_on("phone")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on("phone"))
    linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on("name", "city"))
    pairs = linker.inference.predict(threshold_match_probability=PROBABILITY)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, PROBABILITY).as_pandas_dataframe()
    numbers = dict(zip(found["unique_id"], found["cluster_id"], strict=True))
    return [int(numbers[place]) for place in range(len(ads))]


PEERS = (
    Peer("same phone", (), by_phone),
    Peer(f"MinHash (datasketch), Jaccard {JACCARD}", ("datasketch",), by_minhash),
    Peer(f"TF-IDF components (scikit-learn), cosine {COSINE}", ("scikit-learn",), by_tfidf),
    Peer("Splink 5 on DuckDB: phone, name, city", ("splink", "pandas"), by_splink),
)
