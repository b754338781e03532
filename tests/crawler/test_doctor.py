"""The doctor: what is looked at, and the command that mends what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crawler import doctor
from crawler.browser import find_browser, sandbox_state
from crawler.doctor import Finding, examine
from tests.conftest import Varde, printed


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARDE_CHROMIUM", "none")


def found(store: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(store)}


def test_everything_needed_is_looked_at(tmp_path: Path) -> None:
    findings = found(tmp_path / "varde.db")
    assert list(findings) == ["Python", *doctor.NEEDED, "SQLite", "browser", "disk"]
    assert findings["Python"].found == sys.version.split()[0]
    assert {findings[name].state for name in ("Python", *doctor.NEEDED)} == {"ok"}


def test_whatever_is_not_well_has_a_way_to_mend_it(tmp_path: Path) -> None:
    assert [
        finding for finding in examine(tmp_path / "varde.db") if (finding.state == "ok") == bool(finding.mend)
    ] == []


def test_missing_package_is_told_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED", ("scrapy", "no-such-package"))
    assert found(tmp_path)["no-such-package"] == Finding("no-such-package", "missing", "not installed", "./dev sync")


def test_no_browser_is_a_warning(tmp_path: Path) -> None:
    finding = found(tmp_path)["browser"]
    assert (finding.state, finding.mend) == ("warning", "apt-get install chromium")


def test_browser_that_does_not_start_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 7\n")
    broken.chmod(0o755)
    monkeypatch.setenv("VARDE_CHROMIUM", str(broken))
    finding = found(tmp_path)["browser"]
    assert finding.state == "warning"
    assert f"{broken} does not start" in finding.found


def test_disk_of_a_store_that_is_not_there_yet(tmp_path: Path) -> None:
    assert "GB free" in found(tmp_path / "not" / "yet" / "varde.db")["disk"].found


def test_command_prints_a_table_and_makes_no_store(varde: Varde, tmp_path: Path) -> None:
    done = varde("doctor", VARDE_CHROMIUM="none")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:4] == ["what", "state", "found", "mend"]
    assert "0 missing" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_command_opens_the_browser(varde: Varde, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VARDE_CHROMIUM")
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium found (apt-get install chromium)")
    findings = {row["what"]: row for row in printed(varde("doctor", "--json"))}
    assert findings["browser"]["state"] == "ok"
    assert findings["browser"]["found"] == browser
    assert findings["browser sandbox"]["found"] == sandbox_state(browser)
    assert findings["browser sandbox"]["state"] == ("ok" if sandbox_state(browser).startswith("on") else "warning")
