"""The file that says whom to tell: mail, webhooks and files, named by VARDE_NOTIFY."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from alerts.notify.notifyerror import VARIABLE, NotifyError
from crawler.sites import is_loopback

About = Literal["watch", "alerts"]
_AT_ONCE, _DAILY = "at once", "daily at "


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Channel(_Table):
    """What every channel has. With `details` a message holds values, ads and quotes: personal data."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    when: str = _AT_ONCE
    about: tuple[About, ...] = ("watch", "alerts")
    details: bool = False
    # of the whole file; set by `load_channels`
    review: str = ""
    timezone: str = "Europe/Oslo"

    @field_validator("name")
    @classmethod
    def _is_no_word_of_ours(cls, name: str) -> str:
        if name == "none":
            raise ValueError("'none' means no channel; give it another name")
        return name

    @field_validator("when")
    @classmethod
    def _is_a_time(cls, when: str) -> str:
        try:
            if when != _AT_ONCE:
                _time_of(when)
        except ValueError:
            raise ValueError(f"{when!r} is no time; it takes 'at once' or 'daily at HH:MM'") from None
        return when

    def due(self, now: datetime) -> datetime:
        """When what happens now is to be told."""
        if self.when == _AT_ONCE:
            return now
        local = now.astimezone(ZoneInfo(self.timezone))
        day = local.date() + timedelta(days=local.time() >= _time_of(self.when))
        return datetime.combine(day, _time_of(self.when), ZoneInfo(self.timezone)).astimezone(UTC)


class Mail(Channel):
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "ssl", "none"] = "starttls"
    user: str = ""
    password_env: str = Field(default="", pattern=r"^[A-Za-z0-9_]*$")
    ca: Path | None = None
    sender: str = Field(pattern=r"^[^@\s<>,]+@[^@\s<>,]+$")
    to: tuple[str, ...] = Field(min_length=1)

    @field_validator("to")
    @classmethod
    def _are_addresses(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        for address in to:
            if address.count("@") != 1 or any(c.isspace() or c in "<>," for c in address) or not address.isascii():
                raise ValueError(f"{address!r} is no mail address; give one such as 'desk@unit.example'")
        return to

    @model_validator(mode="after")
    def _is_encrypted(self) -> Mail:
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError("security = 'none' is for a mail server on this machine only; take 'starttls' or 'ssl'")
        return self


class Webhook(Channel):
    url: str
    token_env: str = Field(default="", pattern=r"^[A-Za-z0-9_]*$")
    ca: Path | None = None

    @field_validator("url")
    @classmethod
    def _is_encrypted(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise ValueError(f"{url!r} is no URL: {error}") from error
        if not host or port == 0 or parts.username or not url.isascii() or any(c.isspace() for c in url):
            raise ValueError(f"{url!r} is no URL to post to; give one such as 'https://unit.example/hook'")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            raise ValueError(f"{url!r} is not https; http is for this machine only")
        return url


class Log(Channel):
    path: Path


class _File(_Table):
    """The whole file. `review` is where the review page is reached, for links to it."""

    review: str = Field(default="", pattern=r"^(https?://\S+)?$")
    timezone: str = "Europe/Oslo"
    mail: tuple[Mail, ...] = ()
    webhook: tuple[Webhook, ...] = ()
    file: tuple[Log, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, timezone: str) -> str:
        if timezone not in available_timezones():
            raise ValueError(f"no timezone {timezone!r}; give one such as 'Europe/Oslo'")
        return timezone


_MODELS: Mapping[str, type[_Table]] = {"": _File, "mail": Mail, "webhook": Webhook, "file": Log}


def read_channels(path: Path) -> tuple[Channel, ...]:
    """The channels of a file. Raises NotifyError."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        found = _File.model_validate(values)
    except ValidationError as error:
        raise NotifyError("\n".join(f"{path}: {_explain(item)}" for item in error.errors())) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotifyError(f"{path}: {error}; {VARIABLE} names a TOML file of channels (docs/watch.md)") from error
    shared = {"review": found.review.rstrip("/"), "timezone": found.timezone}
    logs = (log.model_copy(update={"path": path.parent / log.path}) for log in found.file)
    channels = tuple(channel.model_copy(update=shared) for channel in (*found.mail, *found.webhook, *logs))
    names = [channel.name for channel in channels]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise NotifyError(f"{path}: two channels are called {twice!r}; give each a name of its own")
    return channels


def _time_of(when: str) -> time:
    """Of "daily at HH:MM". Raises ValueError."""
    if not when.startswith(_DAILY) or len(when) != len(_DAILY) + 5:
        raise ValueError(when)
    return time.fromisoformat(when.removeprefix(_DAILY))


def _explain(item: Any) -> str:
    """One pydantic complaint as a sentence that names the key and what would have worked."""
    place = ".".join(str(part) for part in item["loc"])
    table = str(item["loc"][0]) if len(item["loc"]) > 1 else ""
    key = str(item["loc"][-1]) if item["loc"] else ""
    of_table = f" in [[{table}]]" if table else ""
    match item["type"]:
        case "extra_forbidden":
            return f"unknown key {key!r}{of_table}; known: {_known_keys(table)}"
        case "missing":
            return f"missing key {key!r}{of_table}; known: {_known_keys(table)}"
        case "value_error":
            return f"{place}: {item['ctx']['error']}"
    return f"{place}: {item['msg']} (it is {item['input']!r})"


def _known_keys(table: str) -> str:
    shared = {"review", "timezone"} if table else set()
    return ", ".join(name for name in _MODELS[table].model_fields if name not in shared)
