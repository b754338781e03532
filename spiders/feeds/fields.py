"""What every feed needs: values out of data that may hold anything, and links that are links."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.document import Document
from crawler.pages import PageKind, PageLink, ParseError
from crawler.sites import Site
from crawler.visible import visible_text

MAX_ITEMS = 5_000  # links or ads of one page; an honest feed gives a tenth of it
MAX_GONE = 50_000  # ids of one page that are no longer offered
_MAX_VALUES = 200  # of one list inside one ad
_HALF = re.compile("[\ud800-\udfff]")  # JSON may escape half a character, which no file can hold
_EPOCH_MS = 100_000_000_000  # a number above this counts milliseconds: in seconds it is past the year 5000
_HTML = "text/html; charset=utf-8"
_MAX_MOMENT = 40  # characters
_TAG = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")


def parse_json(document: Document) -> Any:
    """The page as JSON. Raises ParseError."""
    return json_value(document.body)


def json_value(data: bytes | str) -> Any:
    """JSON whose nesting is bounded by the interpreter's own. Raises ParseError."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from error


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing of anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text or number as text; "" for everything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _HALF.sub("\ufffd", str(value)).strip()


def texts(values: Iterable[Any]) -> tuple[str, ...]:
    """The values that say something, each once, in their order."""
    return tuple(dict.fromkeys(found for value in values if (found := text(value))))[:_MAX_VALUES]


def joined(values: Iterable[Any], separator: str = ", ") -> str:
    return separator.join(texts(values))


def readable(html: Any) -> str:
    """Text that may be HTML, as a person reads it; text without any tag stays as it is."""
    found = text(html)
    return visible_text(Document("", "ad", _HTML, found.encode()).root) if _TAG.search(found) else found


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is not empty, for the `extra` of an ad."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items() if value}


def moment(value: Any) -> datetime | None:
    """An ISO 8601 text, or milliseconds or seconds since 1970, in UTC; None for anything else."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _of_number(value)
        found = datetime.fromisoformat(text(value)[:_MAX_MOMENT])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _of_number(value: float) -> datetime:
    if not math.isfinite(value):
        raise ValueError("not a moment")
    return datetime.fromtimestamp(value / 1000 if value > _EPOCH_MS else value, UTC)


def written(value: Any) -> str:
    """A moment as the source wrote it, numbers as ISO 8601."""
    if isinstance(value, str):
        return text(value)
    found = moment(value)
    return found.isoformat() if found else ""


def full_url(document: Document, url: Any) -> str:
    """The absolute http(s) URL of what a feed calls one; "" for what is none."""
    try:
        found = urljoin(document.url, text(url)) if text(url) else ""
        return found if urlsplit(found).scheme in ("http", "https") and urlsplit(found).hostname else ""
    except ValueError:
        return ""


def with_query(url: str, **values: str | int | Sequence[str]) -> str:
    """The URL with these parameters set; a "_" in a name stands for "-". An empty value takes one away."""
    parts = urlsplit(url)
    named = {name.replace("_", "-"): value for name, value in values.items()}
    old = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in named]
    query = urlencode([*old, *((name, value) for name, value in named.items() if value)], doseq=True)
    return parts._replace(query=query).geturl()


def query_value(url: str, name: str) -> str:
    """The last value of a parameter; "" where there is none."""
    return dict(parse_qsl(urlsplit(url).query)).get(name, "")


def is_of_site(url: str, site: Site) -> bool:
    try:
        return urlsplit(url).netloc.lower() in site.netlocs
    except ValueError:
        return False


def capped(urls: Iterable[str], kind: PageKind) -> tuple[tuple[PageLink, ...], str]:
    """Links, each once, at most MAX_ITEMS; and what to say where there were more."""
    found = list(dict.fromkeys(url for url in urls if url))
    fault = f"{len(found):,} links on one page; {MAX_ITEMS:,} are followed" if len(found) > MAX_ITEMS else ""
    return tuple(PageLink(url, kind) for url in found[:MAX_ITEMS]), fault


def faults(*found: str) -> str:
    return "; ".join(fault for fault in found if fault)
