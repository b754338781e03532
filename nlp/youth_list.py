"""The list of wording about youth: the shipped one, or a unit's own, kept outside of this program's folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

SHIPPED = "youth.toml"
OWN_LIST = "VARDE_YOUTH_LIST"
"""The environment variable that names the file of a unit's own list, read in place of the shipped one."""


def with_own_list(files: Iterable[Path]) -> list[Path]:
    """`files` with the unit's own list in place of the shipped one, where there is one.

    A path that names no file stays: reading it then fails, for a unit that keeps a list must not be given another one
    in silence.
    """
    named = os.environ.get(OWN_LIST)
    return [Path(named) if named and path.name == SHIPPED else path for path in files]
