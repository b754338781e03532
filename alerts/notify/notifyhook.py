"""Posts one message to a webhook: no redirects, no proxies, ten seconds in all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from alerts.notify.notifyfile import Webhook
from alerts.notify.notifymessage import Message
from alerts.notify.notifywire import TIMEOUT, NotSent, Unsure, cut_off, secret, trusted


def post(channel: Webhook, message: Message) -> str:
    parts = urlsplit(channel.url)
    body = json.dumps(message.document, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": message.id, "User-Agent": "varde"}
    if token := secret(channel.token_env):
        headers["Authorization"] = f"Bearer {token}"
    host, path = parts.hostname or "", parts._replace(scheme="", netloc="", fragment="").geturl()
    connection = (
        HTTPSConnection(host, parts.port, timeout=TIMEOUT, context=trusted(channel.ca))
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=TIMEOUT)
    )
    try:
        connection.connect()
    except OSError as error:
        raise NotSent(f"{host}: {error}") from error
    try:
        with cut_off(connection.sock, TIMEOUT):
            status = _status(connection, path or "/", body, headers)
    finally:
        connection.close()
    if 300 <= status < 400:
        raise NotSent(f"{host} answered {status}; redirects are not followed, name the right URL")
    if not 200 <= status < 300:
        raise NotSent(f"{host} answered {status}")
    return ""


def _status(connection: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    try:
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    except ValueError as error:  # a token with a line break; nothing of it went out
        raise NotSent(f"{connection.host}: {error}") from error
    except (OSError, HTTPException) as error:
        raise Unsure(f"{connection.host} fell silent after the message: {error}") from error
