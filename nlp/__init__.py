"""Reading: from the text of an ad to phones, contacts, ages, pay and indicators, each with its place."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlp.catalog_file import catalogue, catalogue_version, not_stated
    from nlp.reader import read

__all__ = ["catalogue", "catalogue_version", "not_stated", "read"]

_PLACES = {
    "catalogue": "nlp.catalog_file",
    "catalogue_version": "nlp.catalog_file",
    "not_stated": "nlp.catalog_file",
    "read": "nlp.reader",
}


def __getattr__(name: str) -> Any:
    """Loads a reader when it is first asked for: spaCy takes a second or two, and many uses need none of it."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
