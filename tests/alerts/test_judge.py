from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.facts import Cluster
from alerts.judge import _groups, judge
from nlp import catalogue
from tests.alerts.stores import TEXTS, cluster, facts, tie

LONG_AGO = "2026-01-01T12:00:00+01:00"


def alone(text: str, *, kind: str = "escort", **more: str) -> Cluster:
    return cluster([facts(1, text, kind=kind, **more)])


@pytest.mark.parametrize(
    ("kind", "text", "level"),
    [
        pytest.param("escort", TEXTS[0], "L0", id="nothing"),
        pytest.param("escort", f"{TEXTS[0]} I am 17 years old.", "L3", id="stated-age-under-18"),
        pytest.param("escort", f"{TEXTS[0]} I am 19 years old.", "L0", id="age-19-is-context"),
        pytest.param("escort", f"{TEXTS[0]} Ring fire to null null null null en syv", "L1", id="disguised-phone-only"),
        pytest.param("job", f"{TEXTS[0]} You pay a deposit of 300 EUR before you start.", "L3", id="fee"),
        pytest.param("job", f"{TEXTS[0]} Hand in your passport on arrival.", "L3", id="document"),
        pytest.param(
            "job",
            f"{TEXTS[0]} No experience needed and no Norwegian required.",
            "L1",
            id="one-common-indicator",
        ),
    ],
)
def test_level(kind: str, text: str, level: str) -> None:
    assert judge(alone(text, kind=kind)).level == level


def test_three_groups_with_a_strong_one_are_for_review() -> None:
    text = (
        "Cleaner wanted, no experience needed and no Norwegian required. Work 7 days a week, no days off. "
        "Cash in hand. Contact only by WhatsApp."
    )
    judged = judge(alone(text, kind="job"))
    assert judged.level == "L2"
    assert {"H03", "H18", "H19"} <= {reason.indicator for reason in judged.reasons}


def test_every_reason_is_quoted_and_sourced() -> None:
    judged = judge(alone(f"{TEXTS[0]} Hand in your passport on arrival.", kind="job"))
    for reason in judged.reasons:
        assert reason.evidence
        assert reason.source
        assert reason.grade
        assert reason.benign


def test_origin_changes_no_level() -> None:
    """Two groups that vote, one of them strong: with origin as a third it would be up for review."""
    text = f"{TEXTS[0]} Asian lady. Our girls are waiting. We are hiring girls, start working with us today."
    with_origin, without = judge(alone(text)), judge(alone(text.replace("Asian lady. ", "")))
    assert "F01" in {reason.indicator for reason in with_origin.reasons}
    assert (with_origin.level, with_origin.score) == (without.level, without.score) == ("L1", without.score)
    assert len({group for reason in with_origin.reasons for group in reason.groups}) == 3


def test_youth_wording_needs_its_second_kind_in_the_same_ad() -> None:
    young, plural = f"{TEXTS[0]} She just turned 18.", f"{TEXTS[1]} Our girls are waiting."
    apart = [facts(1, f"{young} 42000017"), facts(2, f"{plural} 42000017")]
    assert judge(cluster(apart, tie("phone", "+4742000017", 1, 2))).level == "L1"
    assert judge(alone(f"{young} {plural}")).level == "L3"


def test_a_large_cluster_does_not_gather_votes_from_many_ads() -> None:
    lines = ("No experience needed.", "Cash in hand.", "Work 7 days a week, no days off.")
    ads = [facts(n, f"{TEXTS[n]} {line} 42000017", kind="job") for n, line in enumerate(lines, start=1)]
    assert judge(cluster(ads, tie("phone", "+4742000017", 1, 2, 3))).level == "L1"


def test_long_history_speaks_against() -> None:
    ads = [facts(n, f"{TEXTS[n]} 42000017", name="Lina", first_seen=LONG_AGO) for n in (1, 2)]
    against = {reason.indicator: reason for reason in judge(cluster(ads)).against}
    assert against["N01"].weight < 0


def test_valid_employer_speaks_against() -> None:
    against = judge(alone(TEXTS[0], kind="job", org_number="889640782")).against
    assert [reason.indicator for reason in against] == ["N02"]


def test_the_opposite_speaks_against() -> None:
    judged = judge(alone(f"{TEXTS[0]} Havna Hotell AS. You never pay a deposit.", kind="job"))
    assert judged.level == "L0"
    assert [reason.note for reason in judged.against if reason.indicator == "H06"] == ["the ad says the opposite"]


@pytest.mark.parametrize(
    ("names", "found"), [(("Lina", "Lina"), {"N03"}), (("Lina", "Mia"), set())], ids=["one-name", "two-names"]
)
def test_a_web_address_of_its_own_speaks_against(names: tuple[str, str], found: set[str]) -> None:
    own = [("url", "lina.example/book")]
    ads = [facts(n, TEXTS[n], name=name, keys=own) for n, name in enumerate(names, start=1)]
    against = judge(cluster(ads, tie("url", own[0][1], 1, 2))).against
    assert {reason.indicator for reason in against if reason.indicator[0] == "N"} == found


def test_an_indicator_has_one_vote_whatever_groups_it_is_of() -> None:
    text = f"{TEXTS[0]} Ring fire to null null null null en syv"
    assert judge(alone(text)).level == "L1"
    entry = catalogue()["D02"]
    assert _groups(["D02"], {"D02": replace(entry, groups=("a", "b", "c"))}) == {"a"}
