"""Few ads are linked, judged and stored at once or not at all; many are not, so that what writes beside goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts import concluding
from alerts.facts import Cluster
from alerts.intake import analyse, read_here, read_new
from alerts.linking.link import Linked
from alerts.store import open_alerts
from crawler.database import Database
from tests.alerts.stores import TEXTS, escort, judged_store, take

KEPT = "SELECT (SELECT count(*) FROM template_texts), (SELECT count(*) FROM cards), (SELECT count(*) FROM members)"


def stopped(db: Database, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, int]:
    """How many texts, cards and members there are when a fourth ad was being judged and that failed."""

    def fail(cluster: Cluster, _: object) -> None:
        raise KeyError(cluster.id)

    take(db, [escort("4", f"{TEXTS[1]} Ring 42 00 00 17.")])
    with monkeypatch.context() as patched:
        patched.setattr(concluding, "judge", fail)
        with pytest.raises(KeyError):
            analyse(db)
    texts, cards, members = db.execute(KEPT).fetchone()
    return texts, cards, members


@pytest.fixture
def three(tmp_path: Path) -> Database:
    return judged_store(tmp_path, [escort(str(number), f"{TEXTS[0]} Ring 42 00 00 17.") for number in (1, 2, 3)])


def test_few_ads_are_stored_at_once(three: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.templates.updating.FEW", 1)
    monkeypatch.setattr("alerts.templates.updating.GROWTH", 9)
    assert stopped(three, monkeypatch) == (3, 3, 3)
    analyse(three)
    assert three.execute(KEPT).fetchone() == (4, 4, 4)


def test_many_are_judged_outside_of_a_transaction(three: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concluding, "FEW", 1)
    monkeypatch.setattr("alerts.templates.updating.FEW", 1)
    monkeypatch.setattr("alerts.templates.updating.GROWTH", 9)
    assert stopped(three, monkeypatch) == (4, 4, 3)
    assert not three.conn.in_transaction
    analyse(three)
    assert three.execute(KEPT).fetchone() == (4, 4, 4)


def test_an_ad_that_another_process_reads_meanwhile_waits(
    three: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, other = concluding._link, open_alerts(tmp_path / "varde.db")

    def link_later(*given: Any, **named: Any) -> Linked | None:
        take(other, [escort("5", f"{TEXTS[2]} Ring 42 00 00 17.")])
        read_new(other, read_here, again=False, say=lambda _: None)
        return link(*given, **named)

    monkeypatch.setattr(concluding, "FEW", 0)
    take(three, [escort("4", f"{TEXTS[1]} Ring 42 00 00 17.")])
    with monkeypatch.context() as patched:
        patched.setattr(concluding, "_link", link_later)
        analyse(three)
    assert three.execute(KEPT).fetchone()[1:] == (4, 4)
    analyse(three)
    assert three.execute(KEPT).fetchone()[1:] == (5, 5)
