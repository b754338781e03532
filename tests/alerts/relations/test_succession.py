from __future__ import annotations

from collections.abc import Sequence

import pytest

from alerts.facts import Cluster
from tests.alerts.histories import CALL, PHONE, ad, found
from tests.alerts.stores import TEXTS, cluster, tie

NAMES = ("Lina", "Mia", "Sara")


def posted(moments: Sequence[str], names: Sequence[str] = NAMES) -> Cluster:
    ads = [
        ad(number, ("01", "02", {"name": name, "text": f"{TEXTS[number]} {CALL}"}), posted_at=moment)
        for number, (name, moment) in enumerate(zip(names, moments, strict=True), 1)
    ]
    return cluster(ads, tie("phone", PHONE, *range(1, len(ads) + 1)))


def test_three_names_within_minutes() -> None:
    group = posted(["2026-11-01T10:02:11+01:00", "2026-11-01T10:04:00+01:00", "2026-11-01T09:09:30Z"])
    relation = found(group)["B11"]
    assert relation.note == "3 names (Lina, Mia, Sara) posted within 10 minutes, 01.11.2026 10:02"
    assert relation.ads == 3


@pytest.mark.parametrize(
    ("moments", "names"),
    [
        pytest.param(["2026-11-01"] * 3, NAMES, id="days-only"),
        pytest.param(["2026-11-01T10:00:00Z"] * 3, NAMES, id="lifted-by-the-site"),
        pytest.param(["2026-11-01T10:02:00Z", "2026-11-01T10:20:00Z", "2026-11-01T10:40:00Z"], NAMES, id="hours"),
        pytest.param([f"2026-11-01T10:0{n}:10Z" for n in range(3)], ("Lina", "Lina", "Mia"), id="two-names"),
        pytest.param(["soon-but-when", "", "2026-11-01T10:02:00Z"], NAMES, id="no-moments"),
    ],
)
def test_no_burst(moments: list[str], names: tuple[str, ...]) -> None:
    assert "B11" not in found(posted(moments, names))


def churn(*numbers: str, days: Sequence[tuple[str, str]]) -> Cluster:
    ads = [
        ad(at, (first, last, {"name": "Lina", "text": f"{TEXTS[0]} Ring {number}."}))
        for at, (number, (first, last)) in enumerate(zip(numbers, days, strict=True), 1)
    ]
    return cluster(ads, tie("template", "t", *range(1, len(ads) + 1)))


TURNS = (("01", "04"), ("05", "09"), ("10", "14"))


def test_one_text_under_three_numbers_in_turn() -> None:
    relation = found(churn("42000017", "43000017", "44000017", days=TURNS))["D05"]
    assert relation.note == (
        "one text under 3 telephone numbers one after another (+4742000017, +4743000017, +4744000017)"
    )
    assert [part.quote for part in relation.evidence] == ["42000017", "43000017", "44000017"]


@pytest.mark.parametrize(
    ("numbers", "days"),
    [
        pytest.param(("42000017", "43000017"), TURNS[:2], id="a-new-telephone"),
        pytest.param(
            ("42000017", "43000017", "44000017"), (("01", "14"), ("03", "14"), ("05", "14")), id="side-by-side"
        ),
        pytest.param(("42000017", "42000017", "42000017"), TURNS, id="one-number"),
    ],
)
def test_no_churn(numbers: tuple[str, ...], days: tuple[tuple[str, str], ...]) -> None:
    assert "D05" not in found(churn(*numbers, days=days))


def test_one_ad_under_three_numbers_in_turn() -> None:
    said = [(first, last, f"{TEXTS[0]} Ring {number}.")
            for (first, last), number in zip(TURNS, ("42000017", "43000017", "44000017"), strict=True)]  # fmt: skip
    assert found(cluster([ad(1, *said)]))["D05"].note.startswith("one ad under 3 telephone numbers")
    rewritten = [said[0], (*said[1][:2], "I am 31 years old. Ring 43000017."), said[2]]
    assert "D05" not in found(cluster([ad(1, *rewritten)]))
