"""The Ed25519 key that signs manifests: made on first use, kept beside the store or wherever VARDE_SIGNING_KEY says."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from crawler.durable import sync_folder, write_draft, write_whole
from crawler.errors import VardeError

_VARIABLE = "VARDE_SIGNING_KEY"
_MAKE = "openssl genpkey -algorithm ed25519 -out"
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----\n?", re.DOTALL)


class SigningError(VardeError):
    """A key cannot be used; the message names the file and the command that mends it."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who signed. `id` is the SHA-256 of the key as DER (SubjectPublicKeyInfo)."""

    pem: str
    id: str

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        key = load_pem_public_key(self.pem.encode())
        assert isinstance(key, Ed25519PublicKey)
        try:
            key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    private: Ed25519PrivateKey
    public: PublicKey

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""
        return self.private.sign(data)


def load_signing_key(store: Path) -> SigningKey:
    """The key that signs for the store at `store`, made where there is none yet. Raises SigningError.

    Its public half is added to `public_keys_path(store)`, which `varde verify` holds manifests against.
    """
    chosen = os.environ.get(_VARIABLE)
    path = Path(chosen) if chosen else store.with_name(f"{store.name}.signing-key.pem")
    if not chosen and not path.exists():
        _make_key(path)
    private = _load_private(path)
    key = SigningKey(private, _public(private.public_key()))
    _remember(key.public, public_keys_path(store))
    return key


def public_keys_path(store: Path) -> Path:
    """Where the public halves of all keys lie that have signed for a store."""
    return store.with_name(f"{store.name}.signing-key.pub.pem")


def load_public_keys(path: Path) -> list[PublicKey]:
    """The Ed25519 keys of a PEM file. Raises SigningError."""
    try:
        blocks = [match[0] for match in _PEM.finditer(path.read_text(encoding="ascii"))]
        keys = [parse_public_key(block) for block in blocks]
    except OSError as error:
        raise SigningError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise SigningError(f"{path}: no Ed25519 public key as PEM ({error})") from error
    if not keys:
        raise SigningError(f"{path}: holds no public key; it wants PEM (-----BEGIN PUBLIC KEY-----)")
    return keys


def parse_public_key(pem: str) -> PublicKey:
    """Raises ValueError for what is no Ed25519 public key."""
    try:
        key = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("it is a key of another kind")
    return _public(key)


def _make_key(path: Path) -> None:
    """Of two processes that make it at once, the first has its way."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = write_draft(path, pem, 0o600)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
        finally:
            draft.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise SigningError(f"{path}: the signing key cannot be written ({error.strerror})") from error


def _load_private(path: Path) -> Ed25519PrivateKey:
    try:
        if path.stat().st_mode & 0o007:
            raise SigningError(f"{path}: every user of this machine can use the signing key; chmod 600 {path}")
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        advice = f"; {_MAKE} {path} makes one" if isinstance(error, FileNotFoundError) else ""
        raise SigningError(f"{path}: the signing key cannot be read ({error.strerror}){advice}") from error
    except TypeError as error:
        raise SigningError(f"{path}: the signing key has a password; Varde needs one without") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningError(f"{path}: no private key as PEM; {_MAKE} FILE makes one") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"{path}: the key is not Ed25519; {_MAKE} FILE makes one")
    return key


def _public(key: Ed25519PublicKey) -> PublicKey:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(pem, hashlib.sha256(der).hexdigest())


def _remember(key: PublicKey, path: Path) -> None:
    known: Iterable[PublicKey] = load_public_keys(path) if path.exists() else []
    if key.id in {one.id for one in known}:
        return
    try:
        write_whole(path, "".join(one.pem for one in [*known, key]).encode())
    except OSError as error:
        raise SigningError(f"{path}: the public key cannot be written ({error.strerror})") from error
