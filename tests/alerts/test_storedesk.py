from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from parsel import Selector
from starlette.testclient import TestClient

from alerts import alertstore
from alerts.cases import Verdict
from alerts.decisions import decisionstore
from alerts.decisions.verdicts import REASON_MAX
from alerts.intake import analyse
from alerts.review.app import make_app
from alerts.store import open_alerts
from alerts.storedesk import StoreDesk
from crawler.database import Database, OperationalError
from tests.alerts.stores import LATER, TEXTS, escort, job, judged_store, take

ADS = [
    job("1", f"{TEXTS[0]} Hand in your passport on arrival."),
    escort("2", f"{TEXTS[1]} Ring fire to null null null null en syv", name="Nora"),
]
URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One judged store, which each test gets a copy of."""
    folder = tmp_path_factory.mktemp("judged")
    judged_store(folder, ADS).close()
    return folder / "varde.db"


@pytest.fixture
def db(judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("VARDE_USER", "Kari Nordmann")
    copyfile(judged, tmp_path / "varde.db")
    return open_alerts(tmp_path / "varde.db")


@pytest.fixture
def pages(db: Database, tmp_path: Path) -> Iterator[TestClient]:
    app = make_app(StoreDesk(tmp_path / "varde.db"))
    with TestClient(app, base_url=URL, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def cluster(db: Database) -> str:
    (alert,) = alertstore.alerts(db)
    return alert.cluster


def form(pages: TestClient, cluster: str, css: str = "form.decide") -> dict[str, str]:
    """The hidden fields of a form, as a browser would send them."""
    inputs = Selector(pages.get(f"/cluster/{cluster}").text).css(f"{css} input[type=hidden]")
    return {field.attrib["name"]: field.attrib["value"] for field in inputs}


def test_desk_counts_and_queues(db: Database, tmp_path: Path, cluster: str) -> None:
    desk = StoreDesk(tmp_path / "varde.db")
    totals = desk.totals()
    assert (totals.ads, totals.phones, totals.clusters, totals.last_crawl) == (2, 1, 0, None)
    assert (dict(totals.levels), totals.decided) == ({"L1": 1, "L3": 1}, 0)
    assert [alert.cluster for alert in desk.queue().shown] == [cluster]
    assert [alert.state for alert in desk.alerts("L1", None)] == ["watched"]


def test_the_connection_of_the_page_cannot_write(db: Database, tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        StoreDesk(tmp_path / "varde.db")._db.execute("DELETE FROM alerts")


def test_a_decision_is_stored_under_the_name_of_the_user_and_shown(
    db: Database, pages: TestClient, cluster: str
) -> None:
    sent = form(pages, cluster) | {"verdict": "benign", "reason": " Copied for registration.\r\nAs the law asks. "}
    answer = pages.post(f"/cluster/{cluster}", data=sent, headers={"origin": URL})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cluster/{cluster}#decisions")
    (alert,) = alertstore.alerts(db)
    (decision,) = alert.decisions
    assert (alert.state, decision.verdict, decision.by) == ("decided", "benign", "Kari Nordmann")
    assert decision.reason == "Copied for registration.\nAs the law asks."
    page = pages.get(f"/cluster/{cluster}").text
    assert "Copied for registration." in page
    assert "held up in 0 of 1 alert decided" in page


def test_undo_on_the_page_is_an_entry_of_its_own(db: Database, pages: TestClient, cluster: str) -> None:
    pages.post(f"/cluster/{cluster}", data=form(pages, cluster) | {"verdict": "useful", "reason": "handed on"})
    sent = form(pages, cluster, ".decisions form") | {"reason": "the wrong case"}
    assert pages.post(f"/cluster/{cluster}", data=sent).status_code == 303
    (alert,) = alertstore.alerts(db)
    assert (alert.state, [one.verdict for one in alert.decisions]) == ("new", ["useful", "undone"])


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"reason": "  "}, 422, "needs its reason"),
        ({"reason": "x" * (REASON_MAX + 1)}, 422, "2,001 characters"),
        ({"verdict": "guilty"}, 422, "no verdict"),
        ({"verdict": ""}, 422, "choose what you found"),
        ({"alert": "99"}, 422, "this page has changed"),
        ({"alert": "1 OR 1=1"}, 422, "this page has changed"),
        ({"undo": "99"}, 422, "this page has changed"),
        ({"seen": "0123456789abcdef"}, 422, "has changed since you opened it"),
        ({"token": ""}, 403, "was started anew"),
        ({"token": "ø"}, 403, "was started anew"),
    ],
    ids=["no-reason", "long", "verdict", "none", "alert", "sql", "undo", "changed", "no-token", "other-token"],
)
def test_what_cannot_be_stored_is_said_and_the_text_kept(
    db: Database, pages: TestClient, cluster: str, change: dict[str, str], status: int, says: str
) -> None:
    sent = form(pages, cluster) | {"verdict": "useful", "reason": "what I wrote <b>"} | change
    answer = pages.post(f"/cluster/{cluster}", data=sent)
    page = Selector(answer.text)
    assert answer.status_code == status
    assert says in page.css(".error").xpath("string()").get("")
    if "undo" not in change:
        assert page.css("#reason").xpath("string()").get("").strip() == sent["reason"].strip()
        assert page.css("input[checked]::attr(value)").getall() == [sent["verdict"]] * (sent["verdict"] == "useful")
    assert alertstore.alerts(db)[0].state == "new"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": URL}, 303),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
        ({}, 303),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "https://127.0.0.1:8000"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"content-type": "text/plain"}, 403),
        ({"content-type": "multipart/form-data; boundary=x"}, 403),
        ({"host": "evil.example"}, 400),
    ],
    ids=lambda value: "+".join(f"{k}={v}" for k, v in value.items()) or "bare" if isinstance(value, dict) else "",
)
def test_only_the_page_itself_may_send_a_decision(
    db: Database, pages: TestClient, cluster: str, headers: dict[str, str], status: int
) -> None:
    sent = form(pages, cluster) | {"verdict": "useful", "reason": "handed on"}
    assert pages.post(f"/cluster/{cluster}", data=sent, headers=headers).status_code == status
    assert alertstore.alerts(db)[0].state == ("decided" if status == 303 else "new")


@pytest.mark.parametrize("body", [b"\xff", b"reason=%ff", b"&" * 40_000, b"a=1&" * 100], ids=range(4))
def test_what_is_no_form_is_refused(pages: TestClient, cluster: str, body: bytes) -> None:
    answer = pages.post(
        f"/cluster/{cluster}", content=body, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 400
    assert "no form of this page" in answer.text


def test_no_decision_by_an_address_alone(db: Database, pages: TestClient, cluster: str) -> None:
    sent = form(pages, cluster) | {"verdict": "useful", "reason": "handed on"}
    assert pages.get(f"/cluster/{cluster}", params=sent).status_code == 200
    assert pages.post("/", data=sent).status_code == 405
    assert alertstore.alerts(db)[0].state == "new"


def test_an_alert_that_changed_meanwhile_is_to_be_read_again(db: Database, pages: TestClient, cluster: str) -> None:
    sent = form(pages, cluster) | {"verdict": "benign", "reason": "a hotel"}
    take(db, [ADS[0] | {"text": f"{ADS[0]['text']} You pay a deposit of 300 EUR.", "seen_at": LATER}])
    analyse(db)
    answer = pages.post(f"/cluster/{cluster}", data=sent)
    assert answer.status_code == 422
    assert "has changed since you opened it" in answer.text
    again = sent | {"seen": form(pages, cluster)["seen"]}
    assert pages.post(f"/cluster/{cluster}", data=again).status_code == 303


def test_a_store_that_is_held_is_said_on_the_page(
    db: Database, pages: TestClient, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.storedesk.PATIENCE", 20)
    sent = form(pages, cluster) | {"verdict": "useful", "reason": "handed on"}
    db.execute("BEGIN IMMEDIATE")
    answer = pages.post(f"/cluster/{cluster}", data=sent)
    db.execute("ROLLBACK")
    assert answer.status_code == 422
    assert "nothing was stored; try again in a while" in answer.text
    assert pages.post(f"/cluster/{cluster}", data=sent).status_code == 303


def test_watched_clusters_have_no_form(db: Database, pages: TestClient) -> None:
    (watched,) = alertstore.watched(db)
    assert "<form" not in pages.get(f"/cluster/{watched.cluster}").text


def test_a_second_desk_sees_what_the_first_decided(db: Database, tmp_path: Path, cluster: str) -> None:
    first, second = StoreDesk(tmp_path / "varde.db"), StoreDesk(tmp_path / "varde.db")
    case = first.case(cluster)
    assert case is not None
    first.decide(1, Verdict.USEFUL, "handed on", case.seen)
    assert [alert.cluster for alert in second.queue().shown] == []
    assert decisionstore.decisions(open_alerts(tmp_path / "varde.db"))[1][0].by == "Kari Nordmann"


def test_a_case_is_kept_until_the_store_changes(db: Database, tmp_path: Path, cluster: str) -> None:
    desk = StoreDesk(tmp_path / "varde.db")
    first = desk.case(cluster)
    assert first is not None
    assert desk.case(cluster) is first
    desk.decide(1, Verdict.USEFUL, "handed on", first.seen)
    second = desk.case(cluster)
    assert second is not None
    assert second.alert is not None
    assert [one.verdict for one in second.alert.decisions] == ["useful"]
    assert desk.case("c-none") is None


def test_a_flag_marks_no_words_in_a_shared_text(tmp_path: Path, db: Database) -> None:
    take(db, [escort(n, f"{TEXTS[2]} She agrees to everything. Half goes to the house. {n} 42000017") for n in "89"])
    analyse(db)
    (found,) = [one for one in alertstore.alerts(db) + alertstore.watched(db) if one.ads > 1]
    with TestClient(make_app(StoreDesk(tmp_path / "varde.db")), base_url=URL) as pages:
        page = Selector(pages.get(f"/cluster/{found.cluster}").text)
    assert "E01" in page.css(".reasons .id::text").getall()
    assert page.css(".template")
    assert not page.css(".template mark, .template .tag, .slots mark, .slots .tag")
    assert "agrees" not in " ".join(page.css("mark::text, q::text").getall())
