"""Those who are told: a mail server and a web server on loopback, with a certificate of their own."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Postbox:
    """What a mail server took; it refuses receivers in `refused`, and answers `answer` after the message.

    With no answer it closes the connection instead.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.secured: list[bool] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.refused: set[str] = set()
        self.answer: str | None = "250 taken"
        self.port = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        if self.answer is None or self.answer.startswith("250"):
            self.mails.append(message_from_bytes(content, policy=policy.default))
            self.secured.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.answer is None:
            server.transport.close()
            return "421 never seen"
        return self.answer

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right")


@contextmanager
def postbox(folder: Path, *, security: str = "none", login: bool = False) -> Iterator[Postbox]:
    """A mail server on loopback: plain, with STARTTLS, or with TLS from the first byte."""
    box = Postbox()
    context = _context(folder) if security != "none" else None
    more: dict[str, Any] = {"authenticator": box.log_in, "auth_required": True} if login else {}
    controller = Controller(
        box, hostname="127.0.0.1", port=_free_port(),
        ssl_context=context if security == "ssl" else None, tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls", **more,
    )  # fmt: skip
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


class Hook:
    """What a web server was sent: (headers, document) each; it answers `status`, or nothing until `silent` is set."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.status = 204
        self.location = ""
        self.silent = threading.Event()
        self.is_silent = False
        self.url = ""
        self.paths: list[str] = []


@contextmanager
def hook(folder: Path | None = None) -> Iterator[Hook]:
    """A web server on loopback that takes posts; with a folder over TLS, its certificate is in `<folder>/ca.pem`."""
    taken = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.paths.append(self.path)
            taken.posts.append((dict(self.headers), json.loads(body)))
            if taken.is_silent:
                taken.silent.wait(30)
                return
            self.send_response(taken.status)
            if taken.location:
                self.send_header("Location", taken.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if folder:
        server.socket = _context(folder).wrap_socket(server.socket, server_side=True)
    taken.url = f"http{'s' if folder else ''}://127.0.0.1:{server.server_port}/hook?to=desk"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        taken.silent.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _context(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that signs itself, left in `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
    )  # fmt: skip
    (folder / "ca.pem").write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context
