"""A timestamp authority on loopback, made with `openssl ts`."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/{signer}.pem
certs = {folder}/root.pem
signer_key = {folder}/{signer}.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""
_DAY = timedelta(days=1)


class Authority:
    """A root and signers in `folder`: "signer", and "expired" whose certificate ended yesterday."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.root = folder, folder / "root.pem"
        (folder / "serial").write_text("01\n")
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Root in {folder.name}")])
        now = datetime.now(UTC)
        root = self._certificate(self._name, self._key, now - 3650 * _DAY, now + 3650 * _DAY)
        root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.root.write_bytes(root.sign(self._key, SHA256()).public_bytes(Encoding.PEM))
        self._add_signer("signer", now - _DAY, now + 3650 * _DAY)
        self._add_signer("expired", now - 9 * _DAY, now - _DAY)

    def token(self, data: bytes, signer: str = "signer") -> bytes:
        """A token over `data`, without a server."""
        (self.folder / "data").write_bytes(data)
        _openssl("ts", "-query", "-data", self.folder / "data", "-sha256", "-cert", "-out", self.folder / "data.tsq")
        return self.reply((self.folder / "data.tsq").read_bytes(), signer)

    def reply(self, request: bytes, signer: str = "signer") -> bytes:
        (self.folder / "in.tsq").write_bytes(request)
        _openssl("ts", "-reply", "-queryfile", self.folder / "in.tsq", "-config", self.folder / f"{signer}.cnf",
                 "-out", self.folder / "out.tsr")  # fmt: skip
        return (self.folder / "out.tsr").read_bytes()

    def accepts(self, token: Path, data: Path) -> bool:
        """What openssl itself says."""
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-data", str(data), "-in", str(token), "-CAfile", str(self.root)],
            check=False, capture_output=True, timeout=30,
        )  # fmt: skip
        return done.returncode == 0

    def _add_signer(self, name: str, begins: datetime, ends: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = self._certificate(subject, key, begins, ends).add_extension(stamping, critical=True)
        signed = certificate.sign(self._key, SHA256())
        (self.folder / f"{name}.pem").write_bytes(signed.public_bytes(Encoding.PEM))
        (self.folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (self.folder / f"{name}.cnf").write_text(_CONFIG.format(folder=self.folder, signer=name))

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
    ) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder(issuer_name=self._name, subject_name=subject)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(begins).not_valid_after(ends)


@contextmanager
def serving(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """A server on loopback that answers each POST with `answer(body)`: status and bytes. Yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _openssl(*args: object) -> None:
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, timeout=30)
