"""Security events: what a server or a page did that it should not have, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

EventKind = Literal[
    "foreign_host",  # a page, redirect or feed led to a host that is not of the site
    "private_address",  # a name of the site led to an address that is not public
    "bad_url",  # a link, redirect or feed entry with a scheme, port or user name that is not followed
    "header_flood",  # more header bytes than any honest answer has
    "too_large",  # a body, or a rendered page, over the limit
    "bomb",  # a body that unpacks to more than the limit, or is packed more than once
    "too_slow",  # an answer that was not whole in time
    "bad_response",  # an answer that is no HTTP
    "tls",  # a certificate that does not hold, or a handshake that fails
    "redirects",  # more redirects than any honest page needs
    "link_flood",  # more links on one page than are followed
    "page_flood",  # more pages than the site file allows (a calendar without end)
    "parse_limit",  # a page built so that parsers stall or give up; read by the linear reader instead
    "image_limit",  # a picture of an ad built, or sent, so that it cannot be hashed within the bounds
    "text_cut",  # text was left out of an ad because there was too much of it
    "charset",  # an encoding that browsers do not know
    "robots",  # a robots.txt that cannot be used
    "browser_denied",  # a rendered page tried to reach what it may not
    "browser_killed",  # a rendered page did not end, or took too much memory
    "blocked",  # a captcha or block page
]
KINDS: tuple[EventKind, ...] = get_args(EventKind)
MAX_DETAIL = 300  # characters kept of what a server wrote


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One such event; equal ones of a crawl are counted, not repeated."""

    kind: EventKind
    detail: str


def event(kind: str, detail: str) -> SecurityEvent:
    """The event, its detail cut to MAX_DETAIL. Raises ValueError for a kind that is not in KINDS."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of security event; known: {', '.join(KINDS)}")
    return SecurityEvent(kind, detail[:MAX_DETAIL])
