"""What passes between the frontier, the archive and the spiders for one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.ads import Ad

PageKind = Literal["list", "ad"]
PageState = Literal["queued", "done", "failed", "excluded"]


class ParseError(ValueError):
    """A page is not what its site file says; the message names the selector. Raised by spiders.

    `ads` are those of its ads that are whole all the same.
    """

    def __init__(self, message: str, ads: Sequence[Ad] = ()) -> None:
        super().__init__(message)
        self.ads = tuple(ads)


@dataclass(frozen=True, slots=True)
class Page:
    """One URL of a crawl, still to fetch. `id` is its row in the frontier; `body` is JSON to POST, "" a GET."""

    id: int
    url: str
    kind: PageKind
    depth: int
    body: str = ""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link that a page gave, and what it leads to. `body` is JSON to POST; "" is a GET."""

    url: str
    kind: PageKind
    body: str = ""


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a spider family read on one page.

    `gone` are ids of ads that the source says are no longer offered; `cursor` is where the next crawl
    of a feed begins, None where this page does not say.
    """

    ads: tuple[Ad, ...] = ()
    links: tuple[PageLink, ...] = ()
    gone: tuple[str, ...] = ()
    cursor: str | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One page as fetched. `sha256` is over the body bytes as received; `file`, `offset` and
    `length` (bytes) place its record in the archive; `via` says whether a browser rendered it.
    """

    url: str
    fetched_at: str
    status: int
    sha256: str
    size: int
    via: Literal["http", "browser"]
    file: str
    offset: int
    length: int
