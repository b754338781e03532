"""PageResult: what one fetched page gave, stored with the closing of its page in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.pages import Page, PageContent
from crawler.records import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask again by: `etag` and `last_modified` headers, and the SHA-256 of the body."""

    etag: str = ""
    last_modified: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page with a fault in its content is closed as failed, with that reason; what it gave is stored all the same.

    `seen_again` are the store's numbers of ads that a page still shows as it did when it was last read.
    `validators` None means that nothing is kept to ask by.
    """

    page: Page
    content: PageContent
    kept: Kept | None = None
    seen_again: tuple[int, ...] = ()
    validators: Validators | None = None
    seen_at: str = ""
