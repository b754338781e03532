from __future__ import annotations

import pytest

from benchmarks.clustering_scores import score_clustering


@pytest.mark.parametrize(
    ("truth", "found", "ari", "precision", "recall"),
    [
        ("aabb", "xxyy", 1.0, 1.0, 1.0),
        ("aabb", "xxxx", 0.0, 2 / 6, 1.0),
        ("aabb", "wxyz", 0.0, 1.0, 0.0),
        ("aaabbb", "xxyyzz", 8 / 33, 2 / 3, 1 / 3),
        ("abcd", "wxyz", 1.0, 1.0, 1.0),
        ("", "", 1.0, 1.0, 1.0),
    ],
    ids=["same", "all in one", "all alone", "in between", "nothing to join", "nothing"],
)
def test_scores(truth: str, found: str, ari: float, precision: float, recall: float) -> None:
    score = score_clustering(truth, found)
    assert (score.ari, score.precision, score.recall) == pytest.approx((ari, precision, recall))
