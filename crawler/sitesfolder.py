"""Where the site files lie: --sites, VARDE_SITES, or the folder that comes with Varde."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
BUNDLED = Path(__file__).resolve().parent.parent / "spiders" / "sites"


def sites_option(command: F) -> F:
    """--sites; the command gets `folder: Path`."""
    return click.option(
        "--sites", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), envvar="VARDE_SITES",
        default=BUNDLED, help="The folder of site files.  [default: those that come with Varde]",
    )(command)  # fmt: skip
