"""Sends one message by mail."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate

from alerts.notify.notifyfile import Mail
from alerts.notify.notifymessage import Message
from alerts.notify.notifywire import TIMEOUT, NotSent, Unsure, cut_off, secret, trusted

MAIL_TIMEOUT = 30.0  # seconds for the whole conversation


def send_mail(channel: Mail, message: Message) -> str:
    password = secret(channel.password_env)
    written = _as_mail(channel, message)
    try:
        client = _greeted(channel)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{channel.host}:{channel.port}: {error}") from error
    try:
        with cut_off(client.sock, MAIL_TIMEOUT):
            try:
                refused = _introduced(client, channel, password)
            except (OSError, smtplib.SMTPException) as error:
                raise NotSent(f"{channel.host}: {error}") from error
            _hand_over(client, channel, written)
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
    finally:
        client.close()
    return f"refused by the mail server: {', '.join(refused)}" if refused else ""


def _greeted(channel: Mail) -> smtplib.SMTP:
    context = trusted(channel.ca)
    if channel.security == "ssl":
        return smtplib.SMTP_SSL(channel.host, channel.port, timeout=TIMEOUT, context=context)
    client = smtplib.SMTP(channel.host, channel.port, timeout=TIMEOUT)
    try:
        if channel.security == "starttls":
            client.starttls(context=context)
    except BaseException:
        client.close()
        raise
    return client


def _introduced(client: smtplib.SMTP, channel: Mail, password: str) -> list[str]:
    """Log in and name sender and receivers; returns those who were refused, where not all were."""
    client.ehlo_or_helo_if_needed()
    if channel.user:
        client.login(channel.user, password)
    _demand(client.mail(channel.sender), f"the sender {channel.sender}")
    refused = [address for address in channel.to if client.rcpt(address)[0] not in (250, 251)]
    if len(refused) == len(channel.to):
        raise NotSent(f"{channel.host} refused every receiver: {', '.join(refused)}")
    return refused


def _hand_over(client: smtplib.SMTP, channel: Mail, written: EmailMessage) -> None:
    """From here on silence means that it may have arrived."""
    try:
        _demand(client.data(written.as_bytes()), "the message")
    except smtplib.SMTPDataError as error:
        raise NotSent(f"{channel.host}: {error}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure(f"{channel.host} fell silent after the message: {error}") from error


def _demand(answer: tuple[int, bytes], what: str) -> None:
    code, words = answer
    if code != 250:
        raise smtplib.SMTPDataError(code, f"{what} was refused: {words.decode(errors='replace')}")


def _as_mail(channel: Mail, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = channel.sender, ", ".join(channel.to), message.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.id}@{channel.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    return mail
