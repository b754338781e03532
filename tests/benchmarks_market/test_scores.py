"""The scorer on cases whose scores were worked out by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clustering_scores import PairScores, ari, bcubed, largest, pair_scores
from benchmarks.market.output import FoundAd, Output, OutputError, load_output
from benchmarks.market.report import report_lines
from benchmarks.market.scores import Share, score
from benchmarks.market.truth import AdKey, Stayed, TrueAd, load_truth

TRUE = [1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("labels", "precision", "recall", "rand"),
    [
        pytest.param([1, 1, 1, 2, 2, 3], 1.0, 1.0, 1.0, id="the same"),
        pytest.param([9, 9, 9, 7, 7, 5], 1.0, 1.0, 1.0, id="other names"),
        pytest.param([1, 1, 1, 1, 1, 1], 4 / 15, 1.0, 0.0, id="all in one"),
        pytest.param([1, 2, 3, 4, 5, 6], 1.0, 0.0, 0.0, id="all alone"),
        pytest.param([1, 1, 2, 3, 3, 3], 2 / 4, 2 / 4, (2 - 16 / 15) / (4 - 16 / 15), id="one moved, one joined"),
    ],
)
def test_pairs_and_ari(labels: list[int], precision: float, recall: float, rand: float) -> None:
    assert pair_scores(labels, TRUE) == PairScores(pytest.approx(precision), pytest.approx(recall))  # type: ignore[arg-type]
    assert ari(labels, TRUE) == pytest.approx(rand)


@pytest.mark.parametrize(
    ("labels", "truth"),
    [pytest.param([], [], id="nothing"), pytest.param([1], [7], id="one"), pytest.param([1, 2], [3, 4], id="alone")],
)
def test_degenerate_groupings_are_perfect(labels: list[int], truth: list[int]) -> None:
    assert ari(labels, truth) == 1.0
    assert pair_scores(labels, truth) == bcubed(labels, truth) == PairScores(1.0, 1.0)


def test_bcubed_counts_items_not_pairs() -> None:
    found = bcubed([1, 1, 1, 1, 1, 1], TRUE)
    assert found.precision == pytest.approx((9 + 4 + 1) / 36)
    assert found.recall == 1.0


def test_groupings_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 labels and 6 truths"):
        ari([1, 2], TRUE)


def test_largest() -> None:
    assert (largest(TRUE), largest([])) == (3, 0)


def true_ad(owner: str, *numbers: str, alert: str | None = None, stays: tuple[Stayed, ...] = ()) -> TrueAd:
    written = tuple((number, "plain") for number in numbers)
    return TrueAd(owner, "network" if alert else "independent", alert, "nb", written, frozenset({"+4743999901"}), stays)


TRUTH: Mapping[AdKey, TrueAd] = {
    ("a.example", "1"): true_ad("net", "+4742000001", alert="L2", stays=(Stayed("oslo", 10, 14),)),
    ("a.example", "2"): true_ad("net", "+4742000001", alert="L2", stays=(Stayed("bergen", 20, 24),)),
    ("a.example", "3"): true_ad("solo", "+4742000003", stays=(Stayed("oslo", 10, 10),)),
    ("b.example", "1"): true_ad("other"),
}


def found(cluster: str | None, *phones: str, stays: tuple[Stayed, ...] = ()) -> FoundAd:
    return FoundAd(cluster, frozenset(phones), stays)


PERFECT = {
    ("a.example", "1"): found("c-1", "+4742000001", "+4743999901", stays=(Stayed("oslo", 10, 14),)),
    ("a.example", "2"): found("c-1", "+4742000001", stays=(Stayed("bergen", 20, 24),)),
    ("a.example", "3"): found(None, "+4742000003", stays=(Stayed("oslo", 10, 10),)),
    ("b.example", "1"): found(None),
}


def test_perfect_output_scores_one() -> None:
    scores = score(TRUTH, Output(PERFECT, alerts=["c-1"]))
    assert (scores.phones.f1, scores.stays.f1, scores.place_days.f1) == (1.0, 1.0, 1.0)
    assert (scores.clusters.ari, scores.linked.ari, scores.linked.ads) == (1.0, 1.0, 2)
    assert scores.alerts is not None
    assert (scores.alerts.precision[10], scores.alerts.recall) == (Share(1, 1), Share(1, 1))
    assert scores.missing == 0


def test_output_with_nothing_in_it_scores_nothing() -> None:
    scores = score(TRUTH, Output({}, alerts=[]))
    assert (scores.missing, scores.phones.recall, scores.phones.precision) == (4, Share(0, 3), Share(0, 0))
    assert scores.phones.f1 is None
    assert (scores.clusters.pairs.recall, scores.clusters.pairs.precision) == (0.0, 1.0)
    assert scores.alerts is not None
    assert scores.alerts.recall == Share(0, 1)
    assert any("missing" in line for line in report_lines(scores))


def test_wrong_number_costs_precision_and_a_site_s_own_does_not() -> None:
    ads = PERFECT | {("b.example", "1"): found(None, "+4749000009", "+4743999901")}
    phones = score(TRUTH, Output(ads)).phones
    assert (phones.precision, phones.recall) == (Share(3, 4), Share(3, 3))


def test_one_cluster_of_all_shows_in_precision_and_size() -> None:
    ads = {key: found("c-1", *ad.phones) for key, ad in PERFECT.items()}
    clusters = score(TRUTH, Output(ads)).clusters
    assert clusters.pairs == PairScores(1 / 6, 1.0)
    assert (clusters.largest, clusters.true_largest) == (4, 2)


def test_alerts_are_counted_from_the_head_of_the_queue() -> None:
    ads = PERFECT | {("a.example", "3"): found("c-3")}
    alerts = score(TRUTH, Output(ads, alerts=["c-3", "c-1", "c-unknown"])).alerts
    assert alerts is not None
    assert alerts.precision == {10: Share(1, 3), 20: Share(1, 3), 50: Share(1, 3), 100: Share(1, 3), 3: Share(1, 3)}
    assert alerts.by_kind == {"independent": 1, "network": 1, "unknown": 1}


def test_stay_that_misses_the_days_or_the_place_is_wrong() -> None:
    stays = {"c-1": [Stayed("oslo", 14, 16), Stayed("oslo", 15, 16), Stayed("moss", 20, 24)]}
    scores = score(TRUTH, Output(PERFECT, stays=stays))
    assert (scores.stays.precision, scores.stays.recall) == (Share(1, 3), Share(1, 3))
    assert (scores.place_days.precision, scores.place_days.recall) == (Share(1, 8), Share(1, 11))


def test_members_of_a_cluster_overrule_the_ad(tmp_path: Path) -> None:
    ads = write(tmp_path / "ads.jsonl", {"site": "a.example", "ad_id": "1", "cluster": None})
    clusters = write(tmp_path / "clusters.jsonl", {"cluster": "c-9", "members": ["a.example/1"]})
    assert load_output(ads, clusters=clusters).ads["a.example", "1"].cluster == "c-9"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("{", r"ads.jsonl:1: .*one JSON object a line", id="broken"),
        pytest.param("[]", r"ads.jsonl:1: list; one JSON object", id="list"),
        pytest.param('{"site": "a.example"}', r"ads.jsonl:1: no ad_id", id="key missing"),
    ],
)
def test_what_cannot_be_scored_is_named(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "ads.jsonl").write_text(line + "\n")
    with pytest.raises(OutputError, match=message):
        load_output(tmp_path / "ads.jsonl")


def test_commands_make_and_score_a_market(tmp_path: Path) -> None:
    run("generate", "--ads", "120", "--seed", "2", "--out", tmp_path)
    truth = load_truth(tmp_path)
    rows = [
        {"site": site, "ad_id": ad_id, "cluster": ad.owner, "phones": [{"e164": number} for number, _ in ad.written]}
        for (site, ad_id), ad in truth.items()
    ]
    write(tmp_path / "ads.jsonl", *rows)
    done = run("score", "--truth", tmp_path, "--ads", tmp_path / "ads.jsonl", "--json")
    scores = json.loads(done.stdout)
    assert (scores["clusters"]["ari"], scores["missing"]) == (1.0, 0)
    assert scores["phones"]["recall"]["hit"] == scores["phones"]["recall"]["of"] > 90


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.market", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
