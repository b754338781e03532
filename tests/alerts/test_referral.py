from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from alerts.cases import Level
from alerts.referral import REFERRAL, ReferralError, load_referral, referral_for

CHILD = ["Child welfare", "Kripos", "National Guidance Unit", "Statens barnehus"]
LABOUR = ["A-krim", "KOM", "Labour Inspection"]


@pytest.mark.parametrize(
    ("kinds", "indicators", "level", "expected"),
    [
        (["escort"], ["A01"], "L3", [*CHILD, "Police district", "ROSA", "Police"]),
        (["escort"], ["D06"], "L3", ["Police district", "ROSA", "Police"]),
        (["massage"], [], "L3", ["Police district", "ROSA", "Police"]),
        (["escort"], ["B04"], "L2", ["Police", "ROSA"]),
        (["job"], ["H07"], "L3", [*LABOUR, "Police", "ROSA"]),
        (["job"], ["A08"], "L2", [*CHILD, *LABOUR, "Police", "ROSA"]),
        (["escort", "job"], ["D06"], "L3", ["Police district", "ROSA", *LABOUR, "Police"]),
        (["other"], [], "L1", ["Police", "ROSA"]),
        ([], [], "L0", ["Police", "ROSA"]),
    ],
    ids=[
        "child",
        "bridge",
        "massage",
        "escort L2",
        "labour",
        "child at work",
        "both",
        "other",
        "nothing known",
    ],
)
def test_referral_for(kinds: list[str], indicators: list[str], level: Level, expected: list[str]) -> None:
    found = [referral.body for referral in referral_for(kinds, indicators, level)]
    assert len(found) == len(expected)
    assert all(body.startswith(begin) for body, begin in zip(found, expected, strict=True)), found


def test_stated_adult_youth_is_no_child_cue() -> None:
    assert referral_for(["escort"], ["A02"], "L2") == referral_for(["escort"], [], "L2")


def test_each_body_says_why_it_stands_there_and_how_far_its_contact_was_checked() -> None:
    first = referral_for(["escort"], ["A01"], "L3")[0]
    assert "duty to inform" in first.why
    assert first.contact == "local barnevernvakt; 116 111 (116 111: number not re-checked)"


def test_file_is_dated_sourced_and_whole() -> None:
    directory = load_referral()
    assert date.fromisoformat(directory.dated)
    assert "does not depend on co-operation" in directory.assistance
    assert directory.assistance_source
    for body in directory.bodies.values():
        assert all((body.name, body.use, body.contact, body.source, body.verified)), body
    used = {key for route in directory.routes for key in route.bodies}
    assert used == set(directory.bodies)


def test_only_published_contact_points() -> None:
    contacts = "\n".join(body.contact for body in load_referral().bodies.values())
    numbers = {re.sub(r"\D", "", found) for found in re.findall(r"\d[\d ]+\d", contacts)}
    assert numbers == {"112", "02800", "80040008", "116111", "22331160", "73199700"}
    assert re.findall(r"\S+@\S+", contacts) == ["KOM.pod@politiet.no"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('bodies = ["police", "rosa"]', 'bodies = ["polise"]', "no body 'polise'; known: a-krim"),
        ('dated = "2026-11-21"', "", "missing or unknown key: 'dated'"),
        ('contact = "22 33 11 60"', 'phone = "22 33 11 60"', "phone"),
        ('kinds = ["job"]', 'kind = ["job"]', "kind"),
    ],
    ids=["unknown body", "no date", "unknown key of a body", "unknown key of a route"],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, before: str, after: str, message: str) -> None:
    wrong = tmp_path / "referral.toml"
    whole = REFERRAL.read_text(encoding="utf-8")
    assert before in whole
    wrong.write_text(whole.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ReferralError, match=re.escape(str(wrong))) as caught:
        load_referral(wrong)
    assert message in str(caught.value)
