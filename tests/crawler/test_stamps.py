"""Timestamps, against an authority made with `openssl ts`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler import stamps
from crawler.manifest import signature_path, stamp_path
from crawler.stamps import StampError, check_stamp, load_roots, stamp_pending
from tests.crawler.authority import Authority, serving


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "authority")


@pytest.fixture(autouse=True)
def _no_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VARDE_TSA_URL", "VARDE_TSA_CERT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def manifests(tmp_path: Path) -> list[Path]:
    """Two that are signed, and one that is not yet."""
    paths = [tmp_path / f"a.example-{n}.manifest.json" for n in range(3)]
    for path in paths:
        path.write_bytes(b"{}")
    for path in paths[:2]:
        signature_path(path).write_bytes(path.name.encode() * 3)
    return paths


@pytest.fixture
def served(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serving(lambda request: (200, authority.reply(request))) as url:
        monkeypatch.setenv("VARDE_TSA_URL", url)
        monkeypatch.setenv("VARDE_TSA_CERT", str(authority.root))
        yield


@pytest.mark.usefixtures("served")
def test_every_signed_manifest_is_stamped_once(manifests: list[Path], tmp_path: Path, authority: Authority) -> None:
    tokens = stamp_pending(tmp_path)
    assert tokens == [stamp_path(path) for path in manifests[:2]]
    assert stamp_pending(tmp_path) == []
    for path in manifests[:2]:
        stated = check_stamp(
            stamp_path(path).read_bytes(), signature_path(path).read_bytes(), load_roots(authority.root)
        )
        assert abs(stated - datetime.now(UTC)) < timedelta(seconds=30)
        assert authority.accepts(stamp_path(path), signature_path(path))


def test_without_an_authority_nothing_is_asked_and_nothing_said(
    manifests: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stamp_pending(tmp_path) == []
    assert capsys.readouterr().err == ""


def refused(request: bytes) -> tuple[int, bytes]:
    """PKIStatusInfo with rejection (2), no token."""
    return 200, bytes.fromhex("30053003020102")


ANSWERS = {
    "refused": (refused, "refused"),
    "error": (lambda _: (503, b"busy"), "answered 503"),
    "no timestamp": (lambda _: (200, b"<html>hello</html>"), "answered with no timestamp"),
    "nothing": (lambda _: (200, b""), "answered with no timestamp"),
    "endless": (lambda _: (200, b"x" * 100_000), "too large"),
}


@pytest.mark.parametrize(("answer", "message"), ANSWERS.values(), ids=ANSWERS)
def test_what_is_not_given_stays_queued(
    manifests: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    answer: stamps.Authority, message: str,
) -> None:  # fmt: skip
    with serving(answer) as url:  # type: ignore[arg-type]
        monkeypatch.setenv("VARDE_TSA_URL", url)
        assert stamp_pending(tmp_path) == []
    said = capsys.readouterr().err
    assert message in said
    assert "2 stay queued" in said
    assert not stamp_path(manifests[0]).exists()


def test_offline_it_stays_queued(
    manifests: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(refused) as url:
        pass
    monkeypatch.setenv("VARDE_TSA_URL", url)
    assert stamp_pending(tmp_path) == []
    assert "cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["another authority", "other bytes", "old answer", "expired"])
def test_token_that_does_not_hold_is_not_kept(
    manifests: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    authority: Authority, wrong: str,
) -> None:  # fmt: skip
    other = Authority(tmp_path / "other")
    replies = {
        "another authority": other.reply,
        "other bytes": lambda _: authority.token(b"other bytes"),
        "old answer": lambda _: authority.token(signature_path(manifests[0]).read_bytes()),
        "expired": lambda request: authority.reply(request, "expired"),
    }
    with serving(lambda request: (200, replies[wrong](request))) as url:
        monkeypatch.setenv("VARDE_TSA_URL", url)
        monkeypatch.setenv("VARDE_TSA_CERT", str(authority.root))
        assert stamp_pending(tmp_path) == []
    assert "does not hold" in capsys.readouterr().err
    assert not stamp_path(manifests[0]).exists()


def test_token_too_strange_to_read_is_kept_and_said(
    manifests: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    authority: Authority,
) -> None:  # fmt: skip
    """A byte after the token, as some authorities send: strict DER has none."""
    with serving(lambda request: (200, authority.reply(request) + b"\0")) as url:
        monkeypatch.setenv("VARDE_TSA_URL", url)
        assert len(stamp_pending(tmp_path)) == 2
    assert "openssl ts -verify -data a.example-0.manifest.json.sig" in capsys.readouterr().err
    assert stamp_path(manifests[0]).exists()


@pytest.mark.parametrize(("name", "value", "message"), [
    ("VARDE_TSA_URL", "file:///etc/passwd", "takes an http or https URL"),
    ("VARDE_TSA_CERT", "/nowhere.pem", "nowhere.pem: cannot be read"),
    ("VARDE_TSA_CERT", __file__, "holds no certificate"),
])  # fmt: skip
def test_wrong_setting_is_said_and_ends_nothing(
    manifests: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    name: str, value: str, message: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("VARDE_TSA_URL", "http://127.0.0.1:9")
    monkeypatch.setenv(name, value)
    assert stamp_pending(tmp_path) == []
    assert message in capsys.readouterr().err


def test_changed_token_does_not_hold(authority: Authority) -> None:
    token, roots = authority.token(b"data"), load_roots(authority.root)
    assert check_stamp(token, b"data", roots)
    for place in range(0, len(token), 7):
        changed = token[:place] + bytes([token[place] ^ 4]) + token[place + 1 :]
        try:
            assert check_stamp(changed, b"data", roots) == check_stamp(token, b"data", roots)
        except StampError:
            continue


def test_token_of_other_bytes_does_not_hold_even_without_roots(authority: Authority) -> None:
    with pytest.raises(StampError, match="over other bytes"):
        check_stamp(authority.token(b"data"), b"date", ())
