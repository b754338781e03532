"""Reads the package's own data tables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


def load_table(name: str) -> dict[str, Any]:
    """The table `nlp/data/<name>.toml`. Raises `ValueError` naming the file when it is no TOML."""
    path = FOLDER / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}; a TOML table was expected") from error
