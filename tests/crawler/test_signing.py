"""The key that signs manifests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crawler.signing import SigningError, load_public_keys, load_signing_key, public_keys_path


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("VARDE_SIGNING_KEY", raising=False)
    return tmp_path / "varde.db"


def openssl(*args: object) -> None:
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, timeout=30)


def test_key_is_made_once_for_its_owner_only(store: Path) -> None:
    first, again = load_signing_key(store), load_signing_key(store)
    path = store.with_name("varde.db.signing-key.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert first.public == again.public
    assert [key.id for key in load_public_keys(public_keys_path(store))] == [first.public.id]
    assert sorted(item.name for item in store.parent.iterdir()) == [
        "varde.db.signing-key.pem", "varde.db.signing-key.pub.pem",
    ]  # fmt: skip


def test_signature_holds_for_those_bytes_and_that_key_only(store: Path, tmp_path: Path) -> None:
    key, other = load_signing_key(store), load_signing_key(tmp_path / "other.db")
    signature = key.sign(b"manifest")
    assert len(signature) == 64
    assert key.public.has_signed(b"manifest", signature)
    assert not key.public.has_signed(b"manifest ", signature)
    assert not key.public.has_signed(b"manifest", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not other.public.has_signed(b"manifest", signature)


def test_openssl_agrees(store: Path, tmp_path: Path) -> None:
    key = load_signing_key(store)
    (tmp_path / "data").write_bytes(b"manifest")
    (tmp_path / "sig").write_bytes(key.sign(b"manifest"))
    openssl("pkeyutl", "-verify", "-pubin", "-inkey", public_keys_path(store), "-rawin", "-in", tmp_path / "data",
            "-sigfile", tmp_path / "sig")  # fmt: skip
    der = tmp_path / "der"
    openssl("pkey", "-pubin", "-in", public_keys_path(store), "-outform", "DER", "-out", der)
    done = subprocess.run(["sha256sum", str(der)], check=True, capture_output=True, text=True)
    assert done.stdout.split()[0] == key.public.id


def test_chosen_key_is_used_and_the_one_before_stays_known(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_signing_key(store)
    chosen = store.with_name("chosen.pem")
    openssl("genpkey", "-algorithm", "ed25519", "-out", chosen)
    chosen.chmod(0o640)
    monkeypatch.setenv("VARDE_SIGNING_KEY", str(chosen))
    after = load_signing_key(store)
    assert after.public.id != before.public.id
    assert [key.id for key in load_public_keys(public_keys_path(store))] == [before.public.id, after.public.id]


def _rsa(path: Path) -> None:
    openssl("genpkey", "-algorithm", "rsa", "-out", path)


def _locked(path: Path) -> None:
    openssl("genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:x", "-out", path)


def _open_to_all(path: Path) -> None:
    openssl("genpkey", "-algorithm", "ed25519", "-out", path)
    path.chmod(0o644)


FAULTS = {
    "missing": (lambda _: None, r"No such file.*openssl genpkey -algorithm ed25519 -out"),
    "a folder": (lambda path: path.mkdir(mode=0o700), "Is a directory"),
    "no key": (lambda path: path.touch(0o600), "no private key as PEM; openssl genpkey"),
    "of another kind": (_rsa, "not Ed25519; openssl genpkey"),
    "with a password": (_locked, "has a password"),
    "readable by all": (_open_to_all, r"chmod 600 .*chosen\.pem"),
}


@pytest.mark.parametrize(("make", "message"), FAULTS.values(), ids=FAULTS)
def test_key_that_cannot_be_used_says_why(
    store: Path, monkeypatch: pytest.MonkeyPatch, make: object, message: str
) -> None:
    chosen = store.with_name("chosen.pem")
    make(chosen)  # type: ignore[operator]
    monkeypatch.setenv("VARDE_SIGNING_KEY", str(chosen))
    with pytest.raises(SigningError, match=message):
        load_signing_key(store)


@pytest.mark.parametrize(("text", "message"), [
    ("", "holds no public key"),
    ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no Ed25519 public key"),
    ("blå", "no Ed25519 public key"),
], ids=["empty", "broken", "no ASCII"])  # fmt: skip
def test_public_key_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "pub.pem"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SigningError, match=message):
        load_public_keys(path)
