"""Scoring a run against the sample market's truth, on a market of seven ads."""

from __future__ import annotations

from typing import Any

import pytest

from spiders.demo.score import Share, score
from spiders.demo.truth import load_truth


def true_ad(ad_id: str, operator: str, e164: str, written: str = "plain") -> dict[str, Any]:
    return {"site": "s", "ad_id": ad_id, "operator": operator, "phones": [{"e164": e164, "written": written}]}


def ad(ad_id: str, *, phones: tuple[str, ...] = (), cluster: str | None = None, level: str = "L0") -> dict[str, Any]:
    return {
        "site": "s",
        "ad_id": ad_id,
        "cluster": cluster,
        "level": level,
        "phones": [{"e164": p} for p in phones],
    }


TRUTH = {
    "operators": [
        {"operator": "net", "alert": "L2"},
        {"operator": "solo", "alert": None},
        {"operator": "firm", "alert": None},
        {"operator": "child", "alert": "L3"},
    ],
    "ads": [
        true_ad("1", "net", "+4742000001", "words"),
        true_ad("2", "net", "+4742000001", "words"),
        true_ad("3", "net", "+4742000001"),
        true_ad("4", "solo", "+4742000002"),
        true_ad("5", "solo", "+4742000002"),
        true_ad("6", "firm", "+4742000003"),
        true_ad("7", "child", "+4742000004", "field"),
    ],
}
NET_AND_ONE_SOLO = [
    ad("1", phones=("+4742000001",), cluster="c-1", level="L2"),
    ad("2", phones=("+4742000099",), cluster="c-1", level="L2"),
    ad("3", phones=("+4742000001",), cluster="c-1", level="L2"),
    ad("4", phones=("+4742000002",), cluster="c-1", level="L2"),
    ad("5", phones=("+4742000002", "+4742000002")),
]


def test_ads_are_counted_by_site_and_strangers_left_out() -> None:
    assert score(TRUTH, [*NET_AND_ONE_SOLO, ad("elsewhere")], []).ads == {"s": Share(5, 7)}


def test_phones_are_counted_as_pairs_on_the_ads_found() -> None:
    found = score(TRUTH, NET_AND_ONE_SOLO, [])
    assert found.phone_precision == Share(4, 5)
    assert found.phone_recall == Share(4, 5)
    assert found.phone_recall_by_writing == {"plain": Share(3, 3), "words": Share(1, 2)}


def test_ties_are_counted_as_pairs() -> None:
    found = score(TRUTH, NET_AND_ONE_SOLO, [])
    assert found.tie_precision == Share(3, 6), "three of the six pairs in c-1 are of one operator"
    assert found.tie_recall == Share(3, 4), "the pair 4-5 is not tied"


@pytest.mark.parametrize(
    ("alerts", "extra", "alerted", "on_benign", "touched"),
    [
        ([], [], Share(0, 2), Share(0, 0), Share(0, 2)),
        ([("c-1", "L1")], [], Share(0, 2), Share(0, 0), Share(0, 2)),
        ([("c-1", "L2")], [], Share(1, 2), Share(0, 1), Share(1, 2)),
        ([("c-1", "L2"), ("c-6", "L2")], [ad("6", cluster="c-6")], Share(1, 2), Share(1, 2), Share(2, 2)),
        ([("c-1", "L2")], [ad("7", level="L3")], Share(2, 2), Share(0, 2), Share(1, 2)),
        (
            [("c-1", "L2"), ("c-7", "L3")],
            [ad("7", cluster="c-7", level="L3")],
            Share(2, 2),
            Share(0, 2),
            Share(1, 2),
        ),
    ],
    ids=["none", "watch only", "mixed cluster", "on a firm", "ad tied to nothing", "cluster of one"],
)
def test_alerts_are_counted_by_operator(
    alerts: list[tuple[str, str]],
    extra: list[dict[str, Any]],
    alerted: Share,
    on_benign: Share,
    touched: Share,
) -> None:
    rows = [{"alert": 1, "cluster": cluster, "level": level} for cluster, level in alerts]
    found = score(TRUTH, [*NET_AND_ONE_SOLO, *extra], rows)
    assert (found.alerted, found.alerts_on_benign, found.benign_touched) == (alerted, on_benign, touched)


def test_nothing_found_has_no_percentage() -> None:
    found = score(TRUTH, [], [])
    assert found.phone_precision == Share(0, 0)
    assert (found.phone_precision.percent, found.alerted.percent) == ("–", "0.0 %")


def test_perfect_run_scores_full_marks() -> None:
    truth = load_truth()
    level = {row["operator"]: row["alert"] or "L0" for row in truth["operators"]}
    ads = [row | {"cluster": row["operator"], "level": level[row["operator"]]} for row in truth["ads"]]
    alerts = [{"cluster": row["operator"], "level": row["alert"]} for row in truth["operators"] if row["alert"]]
    found = score(truth, ads, alerts)
    shares = [
        *found.ads.values(),
        found.phone_precision,
        found.phone_recall,
        found.tie_precision,
        found.tie_recall,
        found.alerted,
    ]
    assert all(share.hit == share.of > 0 for share in shares)
    assert found.alerts_on_benign == Share(0, 15)
    assert found.benign_touched == Share(0, 46)
