"""What mail and webhooks share: how a sending can fail, certificates, secrets, and an end to what lasts too long."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TIMEOUT = 10.0  # seconds that a webhook has for all of it, and a mail server for each answer


class NotSent(Exception):
    """It surely did not arrive; the message says why. Raised by `send`."""


class Unsure(Exception):
    """It went out and no answer came: it may have arrived. Raised by `send`."""


@contextmanager
def cut_off(sock: socket.socket | None, seconds: float) -> Iterator[None]:
    """End a conversation that lasts longer, however slowly the other side goes on talking."""
    if sock is None:
        yield
        return
    with socket.socket(fileno=os.dup(sock.fileno())) as twin:  # TLS sockets are not to be touched by two threads
        timer = threading.Timer(seconds, _shut, [twin])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def trusted(ca: Path | None) -> ssl.SSLContext:
    """Certificates are checked, against the system's authorities or those of a file. Raises NotSent."""
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise NotSent(f"ca {ca}: {error}") from error


def secret(name: str) -> str:
    """The value of a variable of the environment; "" where none is named. Raises NotSent where it is not set."""
    if name and name not in os.environ:
        raise NotSent(f"the variable {name} is not set")
    return os.environ[name] if name else ""
