from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.notify.channels import choose, load_channels
from alerts.notify.notifyerror import NotifyError
from alerts.notify.notifyfile import Log, Mail, Webhook, read_channels

GOOD = """
review = "https://varde.unit.example/"
timezone = "Europe/Oslo"

[[mail]]
name = "desk"
when = "daily at 07:30"
host = "mail.unit.example"
sender = "varde@unit.example"
to = ["desk@unit.example"]

[[webhook]]
name = "board"
url = "https://board.unit.example/hook"
about = ["alerts"]
details = true

[[file]]
name = "log"
path = "hits.jsonl"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "notify.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_channels(tmp_path: Path) -> None:
    mail, webhook, log = load_channels({"VARDE_NOTIFY": str(written(tmp_path, GOOD))})
    assert isinstance(mail, Mail)
    assert (mail.port, mail.security, mail.details) == (587, "starttls", False)
    assert isinstance(webhook, Webhook)
    assert (webhook.when, webhook.about, webhook.details) == ("at once", ("alerts",), True)
    assert isinstance(log, Log)
    assert log.path == tmp_path / "hits.jsonl"
    assert {channel.review for channel in (mail, webhook, log)} == {"https://varde.unit.example"}


def test_without_a_file_no_one_is_told() -> None:
    assert load_channels({}) == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("host = ", "hots = ", "unknown key 'hots' in [[mail]]; known: name, when, about, details, host, port"),
        ('host = "mail.unit.example"', "", "missing key 'host' in [[mail]]; known: name"),
        ("timezone", "time", "unknown key 'time'; known: review, timezone, mail, webhook, file"),
        ("Europe/Oslo", "Europe/Bergen", "timezone: no timezone 'Europe/Bergen'; give one such as 'Europe/Oslo'"),
        ("daily at 07:30", "daily at 25:00", "mail.0.when: 'daily at 25:00' is no time; it takes 'at once' or"),
        ("daily at 07:30", "hourly", "mail.0.when: 'hourly' is no time"),
        ("desk@unit.example", "desk", "mail.0.to: 'desk' is no mail address"),
        ("desk@unit.example", "desk@unit.example\\nBcc: x@y.example", "is no mail address"),
        ('host = "mail', 'security = "none"\nhost = "mail', "a mail server on this machine only"),
        ("https://board", "http://board", "webhook.0.url: 'http://board.unit.example/hook' is not https"),
        ("https://board", "ftp://board", "is not https"),
        ("https://board.unit.example", "https://a:b@board.example", "is no URL to post to"),
        ('["alerts"]', '["all"]', "webhook.0.about.0:"),
        ('name = "log"', 'name = "desk"', "two channels are called 'desk'"),
        ('name = "log"', 'name = "none"', "'none' means no channel"),
        ("details = true", "details", "VARDE_NOTIFY names a TOML file"),
        ("name = ", "timezone = 1\nname = ", "timezone"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(NotifyError) as caught:
        read_channels(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotifyError, match="No such file"):
        load_channels({"VARDE_NOTIFY": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-22T05:00:00", "2026-11-22T06:30:00"),
        ("2026-11-22T06:30:00", "2026-11-23T06:30:00"),
        ("2026-11-22T23:30:00", "2026-11-23T06:30:00"),
        ("2026-07-01T05:00:00", "2026-07-01T05:30:00"),
    ],
    ids=["before", "then", "next day there", "summer"],
)
def test_a_digest_is_due_at_its_time_there(tmp_path: Path, now: str, due: str) -> None:
    mail, webhook, _ = read_channels(written(tmp_path, GOOD))
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert mail.due(at) == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert webhook.due(at) == at


def test_channels_are_chosen_by_name(tmp_path: Path) -> None:
    channels = read_channels(written(tmp_path, GOOD))
    assert choose(channels, ["log", "none"]) == ("log", "none")
    with pytest.raises(NotifyError, match="no channel 'desc'; known: desk, board, log, none"):
        choose(channels, ["desc"])
