"""Sends one message on one channel, or appends it to a file."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path

from alerts.notify.notifyfile import Channel, Log, Mail, Webhook
from alerts.notify.notifyhook import post
from alerts.notify.notifymail import send_mail
from alerts.notify.notifymessage import Message
from alerts.notify.notifywire import NotSent, Unsure
from crawler.durable import sync_folder


def send(channel: Channel, message: Message) -> str:
    """Send it; returns "" or what is to be said of it. Raises NotSent or Unsure."""
    match channel:
        case Mail():
            return send_mail(channel, message)
        case Webhook():
            return post(channel, message)
        case Log():
            return _append(channel, message)
    raise NotSent(f"no way to send on {channel.name}")


def _append(channel: Log, message: Message) -> str:
    line = json.dumps(message.document, ensure_ascii=False).encode() + b"\n"
    try:
        is_new = not channel.path.exists()
        with os.fdopen(os.open(channel.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 1))
            torn = end and file.read(1) != b"\n"  # a line that a kill cut short stays alone on its line
            file.write(b"\n" + line if torn else line)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(channel.path.parent)
    except OSError as error:
        reason = f"{channel.path}: {error.strerror}"
        raise (Unsure(reason) if was_appended(channel.path, message.id) else NotSent(reason)) from error
    return ""


def was_appended(path: Path, id: str) -> bool:
    """Does the file hold that message, whole?"""
    with suppress(FileNotFoundError), path.open("rb") as file:
        wanted = json.dumps(id).encode()
        return any(wanted in line and line.endswith(b"}\n") for line in file)
    return False
