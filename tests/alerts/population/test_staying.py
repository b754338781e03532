"""Turnover and survival: published figures, and the commands over a table and a store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alerts.population.estimates import NoEstimate
from alerts.population.histories import Histories
from alerts.population.survival import Point, Span, kaplan_meier, median_days, share_after
from alerts.population.turnover import Occasion, jolly_seber, occasions_of
from alerts.store import open_alerts
from tests.alerts.population.published import write_table
from tests.alerts.stores import TEXTS, escort, take
from tests.conftest import Varde, printed

# Jolly 1965, Biometrika 52:225-247, table 4: capsids, as caught, marked, released, seen later, passed by
CAPSIDS = [
    Occasion(name=str(number), caught=n, marked=m, released=s, later=r, passed=z)
    for number, (n, m, s, r, z) in enumerate(
        [
            (54, 0, 54, 24, 0), (146, 10, 143, 80, 14), (169, 37, 164, 70, 57), (209, 56, 202, 71, 71),
            (220, 53, 214, 109, 89), (209, 77, 207, 101, 121), (250, 112, 243, 108, 110), (176, 86, 175, 99, 132),
            (172, 110, 169, 70, 121), (127, 84, 126, 58, 107), (123, 77, 120, 44, 88), (120, 72, 120, 35, 60),
            (142, 95, 0, 0, 0),
        ],
        1,
    )
]  # fmt: skip

# Freireich et al. 1963: weeks in remission with 6-MP; those with False had not relapsed
REMISSION = [
    *(Span(weeks, ended=True) for weeks in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *(Span(weeks, ended=False) for weeks in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]


def test_capsids_of_jolly() -> None:
    found = jolly_seber(CAPSIDS)
    sizes = (511.2, 779.1, 963.0, 945.3, 882.2, 802.5, 653.6, 628.8, 478.5, 506.4, 462.8)
    assert [one.estimate for one in found[1:12]] == [pytest.approx(size, abs=0.2) for size in sizes]
    staying = (0.649, 1.015, 0.867, 0.564, 0.836, 0.790, 0.651, 0.985, 0.686, 0.884, 0.771)
    assert [round(one.staying or 0, 3) for one in found[:11]] == [pytest.approx(share, abs=0.0011) for share in staying]
    assert (found[0].estimate, found[12].estimate, found[12].staying) == (None, None, None)
    assert all(one.low < one.estimate < one.high for one in found[1:12] if one.low and one.estimate and one.high)


def test_turnover_of_a_market_made_up() -> None:
    """4,000 contacts, of which a tenth leaves and as many come between occasions; each is seen with a chance of .4."""
    chance = np.random.default_rng(11)
    there = np.ones(4000, dtype=bool)
    seen = []
    for _ in range(7):
        seen.append(there & (chance.random(len(there)) < 0.4))
        there = there & (chance.random(len(there)) < 0.9)
        there = np.concatenate([there, np.ones(400, dtype=bool)])
    table = np.zeros((len(there), 7), dtype=int)
    for place, one in enumerate(seen):
        table[: len(one), place] = one
    counts: dict[tuple[int, ...], int] = {}
    for row in map(tuple, table.tolist()):
        if any(row):
            counts[row] = counts.get(row, 0) + 1
    found = jolly_seber(occasions_of(Histories(tuple("ABCDEFG"), counts)))
    for one in found[1:6]:
        assert one.low is not None
        assert one.high is not None
        assert one.low * 0.97 < 4000 < one.high * 1.03
        assert one.se == pytest.approx(110, abs=60)
    assert [one.staying for one in found[:5]] == [pytest.approx(0.9, abs=0.08)] * 5
    assert [one.coming for one in found[1:4]] == [pytest.approx(400, abs=250)] * 3


def test_occasions_count_before_now_and_later() -> None:
    three = Histories(("A", "B", "C"), {(1, 0, 1): 4, (1, 1, 0): 3, (0, 1, 1): 2, (1, 1, 1): 1})
    assert occasions_of(three)[1] == Occasion(name="B", caught=6, marked=4, released=6, later=3, passed=4)
    with pytest.raises(NoEstimate, match="2 occasions"):
        occasions_of(Histories(("A", "B"), {(1, 1): 1}))


def test_remission_of_freireich() -> None:
    found = kaplan_meier(REMISSION)
    assert [(point.days, point.at_risk, round(point.share, 3), round(point.se, 4)) for point in found] == [
        (6, 21, 0.857, 0.0764), (7, 17, 0.807, 0.0869), (10, 15, 0.753, 0.0963), (13, 12, 0.690, 0.1068),
        (16, 11, 0.627, 0.1141), (22, 7, 0.538, 0.1282), (23, 6, 0.448, 0.1346),
    ]  # fmt: skip
    assert median_days(found) == 23
    assert share_after(found, 15) == share_after(found, 13)
    assert share_after(found, 5) == 1


def test_ends_of_survival() -> None:
    assert kaplan_meier([Span(3, ended=True)]) == [Point(3, 1, 1, 0.0, 0.0, None, None)]
    assert kaplan_meier([Span(3, ended=False)]) == []
    assert median_days([]) is None
    with pytest.raises(NoEstimate):
        kaplan_meier([])


def test_turnover_command(varde: Varde, tmp_path: Path) -> None:
    path = write_table(
        tmp_path, "mon,wed,fri,count\n1,1,1,30\n1,1,0,20\n0,1,1,15\n1,0,1,12\n0,1,0,9\n1,0,0,9\n0,0,1,9\n"
    )
    found = printed(varde("market", "turnover", "--counts", path, "--json"))
    assert [one["name"] for one in found] == ["mon", "wed", "fri"]
    assert found[1]["estimate"] == pytest.approx((50 + 74 * 12 / 45) * 74 / 50)
    done = varde("market", "turnover", "--counts", path)
    assert done.stdout.splitlines()[3].split()[:2] == ["wed", "74"]
    assert "neither persons nor victims" in done.stdout
    once = varde("market", "turnover", "--counts", write_table(tmp_path, "times,count\n1,4\n"))
    assert once.returncode == 1
    assert "in histories only" in once.stderr


def test_survival_command(varde: Varde, tmp_path: Path) -> None:
    db = open_alerts(tmp_path / "varde.db", create=True)
    for day in ("02", "12"):
        take(db, [escort(str(number), TEXTS[number], seen_at=f"2026-03-{day}T10:00:00+00:00") for number in range(2)])
    take(db, [escort("9", TEXTS[2], site="b.example", seen_at="2026-03-02T10:00:00+00:00")])
    db.execute("UPDATE ads SET gone_at = '2026-03-13T10:00:00+00:00' WHERE ad_id = '1'")
    db.conn.commit()
    db.close()
    found = {one["site"]: one for one in printed(varde("market", "survival", "--json"))}
    assert found.keys() == {"all sites", "a.example", "b.example"}
    assert (found["a.example"]["ads"], found["a.example"]["ended"], found["a.example"]["median_days"]) == (2, 1, 10)
    assert (found["a.example"]["after_7_days"], found["a.example"]["after_14_days"]) == (1, 0.5)
    assert found["b.example"]["points"] == []
    done = varde("market", "survival")
    assert "all sites" in done.stdout
    assert "not of persons" in done.stdout
