"""The catalogue that this process judges by: which folder adds to the shipped one, and whether it can be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from crawler.errors import VardeError
from nlp.catalog_file import FOLDER, OWN_FOLDER, CatalogueError, Indicator, load_catalogue


class BadCatalogue(VardeError):
    """A catalogue is wrong; the message names file, indicator and key. Raised by `load_with`."""


def adopt(folder: Path | None) -> None:
    """Make the catalogue of `folder` that of this process, which must not have read anything yet."""
    if folder is None:
        os.environ.pop(OWN_FOLDER, None)
    else:
        os.environ[OWN_FOLDER] = str(folder)


def load_with(folder: Path | None) -> Mapping[str, Indicator]:
    """The shipped catalogue with what a folder adds or overrides. Raises BadCatalogue."""
    try:
        return load_catalogue(FOLDER, folder)
    except CatalogueError as error:
        raise BadCatalogue(str(error)) from error
