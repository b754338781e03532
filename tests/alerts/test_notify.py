"""What matched is told: by mail, webhook and file, once, and not more of it than is allowed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.notify import due, notices, notifyhook, notifywire
from alerts.notify.due import Sent, send_due
from alerts.notify.notices import notify_alerts, standings
from alerts.notify.notifyfile import Channel, Log, Mail, Webhook
from alerts.store import open_alerts
from crawler.database import Database, transaction
from tests.alerts.receivers import Hook, Postbox, hook, postbox
from tests.alerts.stores import escort
from tests.alerts.watched import arrive, watch
from tests.conftest import clean_environment

AD = escort("5", "A lantern. Ring 43 00 00 77", site="c.example")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_alerts(tmp_path / "varde.db", create=True)
    yield store
    store.close()


def mail(box: Postbox, **more: Any) -> Mail:
    return Mail(**{"name": "desk", "host": "127.0.0.1", "port": box.port, "security": "none",
                   "sender": "varde@unit.example", "to": ("desk@unit.example",)} | more)  # fmt: skip


def webhook(to: Hook, **more: Any) -> Webhook:
    return Webhook(**{"name": "board", "url": to.url} | more)


def hit(db: Database, *channels: Channel, **more: Any) -> None:
    """One entry, and one new ad that matches it."""
    watch(db, "phone", "43 00 00 77", case_ref="K-12/2026", **more)
    assert len(arrive(db, AD, channels=channels)) == 1


def send(db: Database, tmp_path: Path, *channels: Channel) -> Sent:
    return send_due(db, tmp_path / "varde.db", channels=channels)


def at_once(db: Database) -> None:
    """The pause before the next try is over."""
    db.execute("UPDATE notices SET due_at = created_at")


@pytest.mark.parametrize("security", ["none", "starttls", "ssl"])
def test_mail(db: Database, tmp_path: Path, security: str) -> None:
    with postbox(tmp_path, security=security) as box:
        channel = mail(box, security=security, ca=None if security == "none" else tmp_path / "ca.pem",
                       review="https://varde.example")  # fmt: skip
        hit(db, channel)
        assert send(db, tmp_path, channel) == Sent(sent=1)
        assert send(db, tmp_path, channel) == Sent()
        (got,) = box.mails
        assert box.secured == [security != "none"]
    assert (got["From"], got["To"], got["Subject"]) == (
        "varde@unit.example", "desk@unit.example", "Varde: 1 watch-list hit",
    )  # fmt: skip
    said = got.get_content()
    assert "Case K-12/2026: 1 new ad on entry 1" in said
    assert "https://varde.example" in said
    assert not any(private in said for private in ("43", "c.example", "lantern"))
    assert standings(db) == []


def test_mail_logs_in(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with postbox(tmp_path, security="starttls", login=True) as box:
        channel = mail(box, security="starttls", ca=tmp_path / "ca.pem", user="varde", password_env="MAIL_PASSWORD")
        hit(db, channel)
        assert send(db, tmp_path, channel) == Sent(put_off=1)
        assert standings(db)[0].error == "the variable MAIL_PASSWORD is not set"
        at_once(db)
        monkeypatch.setenv("MAIL_PASSWORD", "right")
        assert send(db, tmp_path, channel) == Sent(sent=1)
        assert (len(box.mails), box.logins) == (1, [(b"varde", b"right")])


def test_mail_to_an_untrusted_server_is_not_sent(db: Database, tmp_path: Path) -> None:
    with postbox(tmp_path, security="starttls") as box:
        channel = mail(box, security="starttls")
        hit(db, channel)
        assert send(db, tmp_path, channel) == Sent(put_off=1)
        assert "certificate verify failed" in standings(db)[0].error
        assert box.mails == []


def test_mail_that_is_refused_is_tried_again_later(db: Database, tmp_path: Path) -> None:
    with postbox(tmp_path) as box:
        channel = mail(box)
        hit(db, channel)
        box.answer = "452 full"
        assert send(db, tmp_path, channel) == Sent(put_off=1)
        box.answer = "250 taken"
        assert send(db, tmp_path, channel) == Sent()  # its time has not come
        (waiting,) = standings(db)
        assert (waiting.state, waiting.notices) == ("pending", 1)
        assert "452" in waiting.error
        at_once(db)
        assert send(db, tmp_path, channel) == Sent(sent=1)


def test_mail_without_an_answer_is_not_sent_again(db: Database, tmp_path: Path) -> None:
    with postbox(tmp_path) as box:
        channel = mail(box)
        hit(db, channel)
        box.answer = None
        assert send(db, tmp_path, channel) == Sent(uncertain=1)
        at_once(db)
        assert send(db, tmp_path, channel) == Sent()
        assert len(box.mails) == 1
    assert [(one.state, one.notices) for one in standings(db)] == [("uncertain", 1)]


def test_a_receiver_who_is_refused_is_named_and_the_others_are_told(db: Database, tmp_path: Path) -> None:
    with postbox(tmp_path) as box:
        channel = mail(box, to=("gone@unit.example", "desk@unit.example"))
        box.refused = {"gone@unit.example"}
        hit(db, channel)
        said: list[str] = []
        assert send_due(db, tmp_path / "varde.db", channels=[channel], say=said.append) == Sent(sent=1)
        assert said == ["desk: sent; refused by the mail server: gone@unit.example"]
        box.refused |= {"desk@unit.example"}
        assert len(arrive(db, AD | {"ad_id": "6"}, channels=[channel])) == 1
        assert send(db, tmp_path, channel) == Sent(put_off=1)


@pytest.mark.parametrize("is_secure", [False, True], ids=["loopback", "TLS"])
def test_webhook(db: Database, tmp_path: Path, is_secure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "secret")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with hook(tmp_path if is_secure else None) as to:
        channel = webhook(to, token_env="HOOK_TOKEN", ca=tmp_path / "ca.pem" if is_secure else None)
        hit(db, channel)
        assert send(db, tmp_path, channel) == Sent(sent=1)
        ((headers, document),) = to.posts
        assert to.paths == ["/hook?to=desk"]
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == document["message"]
    assert document["watch"] == [{"entry": 1, "case": "K-12/2026", "ads": 1, "clusters": [], "links": []}]
    assert not any(private in json.dumps(document) for private in ("4300", "43 00", "c.example", "lantern"))


def test_details_are_told_where_they_are_allowed(db: Database, tmp_path: Path) -> None:
    with hook() as to:
        channel = webhook(to, details=True)
        hit(db, channel)
        send(db, tmp_path, channel)
        (entry,) = to.posts[0][1]["watch"]
    assert (entry["kind"], entry["value"]) == ("phone", "43 00 00 77")
    assert [(one["ad"], one["quote"]) for one in entry["hits"]] == [("c.example/5", "43 00 00 77")]


def test_a_redirect_is_not_followed(db: Database, tmp_path: Path) -> None:
    with hook() as to, hook() as elsewhere:
        to.status, to.location = 307, elsewhere.url
        hit(db, webhook(to))
        assert send(db, tmp_path, webhook(to)) == Sent(put_off=1)
        assert elsewhere.posts == []
    assert "redirects are not followed" in standings(db)[0].error


def test_a_webhook_is_tried_again_as_the_same_message_and_given_up_at_last(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "MAX_TRIES", 3)
    with hook() as to:
        to.status = 503
        hit(db, webhook(to))
        for expected in (Sent(put_off=1), Sent(put_off=1), Sent(failed=1), Sent()):
            at_once(db)
            assert send(db, tmp_path, webhook(to)) == expected
        assert len({document["message"] for _, document in to.posts}) == 1
    assert [(one.state, one.error) for one in standings(db)] == [("failed", "127.0.0.1 answered 503")]


def test_a_webhook_that_falls_silent_is_not_told_twice(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifyhook, "TIMEOUT", 0.5)
    with hook() as to:
        to.is_silent = True
        hit(db, webhook(to))
        assert send(db, tmp_path, webhook(to)) == Sent(uncertain=1)
        at_once(db)
        assert send(db, tmp_path, webhook(to)) == Sent()
        assert len(to.posts) == 1


def test_no_one_listens(db: Database, tmp_path: Path) -> None:
    with hook() as to, postbox(tmp_path) as box:
        channels = [webhook(to), mail(box)]
    hit(db, *channels)
    assert send(db, tmp_path, *channels) == Sent(put_off=2)


def test_a_file_is_appended_to(db: Database, tmp_path: Path) -> None:
    channel = Log(name="log", path=tmp_path / "hits.jsonl")
    channel.path.write_text('{"torn": ')
    hit(db, channel)
    assert send(db, tmp_path, channel) == Sent(sent=1)
    assert len(arrive(db, AD | {"ad_id": "6"}, channels=[channel])) == 1
    assert send(db, tmp_path, channel) == Sent(sent=1)
    torn, *lines = channel.path.read_text().splitlines()
    assert torn == '{"torn": '
    assert [json.loads(line)["watch"][0]["case"] for line in lines] == ["K-12/2026"] * 2


def test_hits_of_one_run_are_one_message(db: Database, tmp_path: Path) -> None:
    with hook() as to:
        hit(db, webhook(to))
        assert len(arrive(db, *(AD | {"ad_id": str(n)} for n in range(10, 13)), channels=[webhook(to)])) == 3
        assert send(db, tmp_path, webhook(to)) == Sent(sent=1)
        assert to.posts[0][1]["subject"] == "Varde: 4 watch-list hits"


def test_a_digest_waits_for_its_hour(db: Database, tmp_path: Path) -> None:
    with hook() as to:
        channel = webhook(to, when="daily at 07:30")
        hit(db, channel)
        assert send(db, tmp_path, channel) == Sent()
        (waiting,) = standings(db)
        assert waiting.due_at[14:16] == "30"
        at_once(db)
        assert send(db, tmp_path, channel) == Sent(sent=1)


@pytest.mark.parametrize(("names", "told"), [((), 2), (("log",), 1), (("none",), 0)])
def test_an_entry_says_which_channels_are_told(db: Database, tmp_path: Path, names: tuple[str, ...], told: int) -> None:
    channels = [Log(name=name, path=tmp_path / f"{name}.jsonl") for name in ("log", "other")]
    hit(db, *channels, notify=names)
    assert send(db, tmp_path, *channels) == Sent(sent=told)


def test_the_past_is_not_told(db: Database, tmp_path: Path) -> None:
    arrive(db, AD, channels=())
    _, found = watch(db, "phone", "43 00 00 77")
    assert len(found) == 1
    assert standings(db) == []


def test_alerts_are_told_once_a_level(db: Database, tmp_path: Path) -> None:
    db.execute(
        "INSERT INTO alerts (id, cluster, level, state, opened_at, updated_at, why_now, ads, document) VALUES "
        "(7, 'c-4', 'L2', 'new', '', '', 'a new ad', 2, '{}'), (8, 'c-5', 'L1', 'new', '', '', '', 1, '{}')"
    )
    with hook() as to:
        channels = [webhook(to, review="https://varde.example"), Log(name="log", path=tmp_path / "l", about=("watch",))]
        for level in ("L2", "L2", "L3"):
            db.execute("UPDATE alerts SET level = ? WHERE id = 7", (level,))
            with transaction(db):
                notify_alerts(db, [7, 8], channels)
            send(db, tmp_path, *channels)
        told = [document["alerts"] for _, document in to.posts]
    row = {"alert": 7, "level": "L2", "cluster": "c-4", "link": "https://varde.example/cluster/c-4"}
    assert told == [[row], [row | {"level": "L3"}]]


def test_what_is_rolled_back_is_not_told(db: Database, tmp_path: Path) -> None:
    db.execute(
        "INSERT INTO alerts (id, cluster, level, state, opened_at, updated_at, why_now, ads, document) VALUES "
        "(7, 'c-4', 'L2', 'new', '', '', '', 2, '{}')"
    )

    def queue_and_fail() -> None:
        with transaction(db):
            notify_alerts(db, [7], [Log(name="log", path=tmp_path / "l")])
            raise InterruptedError

    with pytest.raises(InterruptedError):
        queue_and_fail()
    assert standings(db) == []


def test_a_second_sender_leaves_it_to_the_first(db: Database, tmp_path: Path) -> None:
    channel = Log(name="log", path=tmp_path / "hits.jsonl")
    hit(db, channel)
    with due._only_sender(tmp_path / "varde.db"):
        assert send(db, tmp_path, channel) == Sent()
    assert send(db, tmp_path, channel) == Sent(sent=1)


SENDER = """
import sys
from pathlib import Path
from alerts.notify.due import send_due
from alerts.store import open_alerts
send_due(open_alerts(Path(sys.argv[1])), Path(sys.argv[1]))
"""


def killed_while_sending(db: Database, tmp_path: Path, to: Hook) -> None:
    """A process sends to a receiver who does not answer, and is killed."""
    (tmp_path / "notify.toml").write_text(f'[[webhook]]\nname = "board"\nurl = "{to.url}"\n')
    to.is_silent = True
    environment = clean_environment(VARDE_NOTIFY=str(tmp_path / "notify.toml"))
    with subprocess.Popen([sys.executable, "-c", SENDER, tmp_path / "varde.db"], env=environment) as sender:
        deadline = time.monotonic() + 60
        while not to.posts and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(sender.pid, signal.SIGKILL)
    to.is_silent = False


def test_killed_between_claim_and_sent_it_is_not_told_twice(db: Database, tmp_path: Path) -> None:
    with hook() as to:
        hit(db, webhook(to))
        killed_while_sending(db, tmp_path, to)
        assert [one.state for one in standings(db)] == ["sending"]
        said: list[str] = []
        assert send_due(db, tmp_path / "varde.db", channels=[webhook(to)], say=said.append) == Sent(uncertain=1)
        assert "may have been sent" in said[0]
        assert send(db, tmp_path, webhook(to)) == Sent()
        assert len(to.posts) == 1
        assert [(one.state, one.notices) for one in standings(db)] == [("uncertain", 1)]


@pytest.mark.parametrize("was_written", [False, True], ids=["before", "after"])
def test_killed_beside_a_file_it_is_there_exactly_once(db: Database, tmp_path: Path, was_written: bool) -> None:
    channel = Log(name="log", path=tmp_path / "hits.jsonl")
    hit(db, channel)
    message, _ = notices.claim(db, "log")
    if was_written:
        channel.path.write_text(json.dumps({"message": message}) + "\n")
    assert send(db, tmp_path, channel) == Sent(sent=not was_written)
    assert [json.loads(line)["message"] for line in channel.path.read_text().splitlines()] == [message]


def test_a_conversation_that_drips_is_cut_off() -> None:
    one, other = socket.socketpair()
    with one, other, notifywire.cut_off(one, 0.2):
        assert one.recv(1) == b""
