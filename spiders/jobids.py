"""What tells one job posting from every other of its site."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Set
from typing import Any

from crawler.document import Document
from crawler.sites import Site
from spiders.structured import first, first_text, value_text

_URL = re.compile(r"https?://([^/?#]*)([^?#]*)(\?[^#]*)?", re.I)
_WORD = re.compile(r"[^\W_]{3,}")


def find_numberings(postings: Iterable[Mapping[str, Any]], page: str, site: Site) -> set[str]:
    """The names of numberings that are the site's own: those that the page's URL goes by."""
    return {name for posting in postings if (name := _numbering(posting)) and _is_site_s(posting, page, site)}


def identify(posting: Mapping[str, Any], document: Document, site: Site, numbered: Set[str]) -> str:
    """The id of a posting.

    An identifier may be the employer's own, and two employers may use the same. So it stands alone
    only where it is the site's: where a URL of the site holds it with nothing but one section
    before it (/job/17, /job?id=17), or where it is of a numbering that the page's URL goes by so
    (`numbered`). Else it stands behind the URL: /firm-a/jobs/1 and /firm-b/jobs/1 are two.
    Without one the URL is enough; two on one page without either differ by title.
    """
    own = value_text(posting.get("identifier"))
    url = first_text(posting.get("url")) or first_text(posting.get("@id"))
    place = url or document.url
    if own:
        is_alone = _numbering(posting) in numbered or _is_site_s(posting, _absolute(document, place), site)
        return own if is_alone else f"{place}#{own}"
    return url or f"{place}#{hashlib.sha256(first_text(posting.get('title')).encode()).hexdigest()[:12]}"


def _numbering(posting: Mapping[str, Any]) -> str:
    """Whose numbering the identifier is of; "" where it does not say, or names the employer."""
    identifier = first(posting.get("identifier"))
    name = first_text(identifier.get("name")) if isinstance(identifier, Mapping) else ""
    return "" if name == _employer(posting) else name


def _is_site_s(posting: Mapping[str, Any], url: str, site: Site) -> bool:
    """Does a URL of the site hold the identifier, as a whole, with no more than one section before it?"""
    own, parts = value_text(posting.get("identifier")), _URL.match(url)
    if not own or parts is None or parts[1].lower() not in site.netlocs:
        return False
    steps = [step for step in parts[2].split("/") if step]
    before = next((steps[:place] for place, step in enumerate(steps) if _holds(step, own)), None)
    if before is None:
        before = steps if _holds(parts[3] or "", own) else None
    return before is not None and len(before) <= 1 and not _names(before, _employer(posting))


def _holds(place: str, identifier: str) -> bool:
    """Is it there as a whole? "1" is no part of 21."""
    return bool(re.search(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", place))


def _names(steps: Iterable[str], employer: str) -> bool:
    """Do the steps of a path hold a word of the employer's name?"""
    words = set(_WORD.findall(employer.lower()))
    return any(words & set(_WORD.findall(step.lower())) for step in steps)


def _employer(posting: Mapping[str, Any]) -> str:
    employer = first(posting.get("hiringOrganization"))
    return first_text(employer.get("name") if isinstance(employer, Mapping) else employer)


def _absolute(document: Document, url: str) -> str:
    try:
        return document.urljoin(url)
    except ValueError:
        return url
