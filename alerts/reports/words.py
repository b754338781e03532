"""The words of the reports, in each language that they are written in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alerts.reports.exhibits import Cell, Note, Said

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("nb", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one language by their keys, as `exhibit.units.title`."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: Cell) -> str:
        """The words of a key with values filled in. Raises KeyError for a key that there is not."""
        return self.texts[key].format(**{name: self.cell(value) for name, value in values.items()})

    def note(self, note: Note) -> str:
        return self(f"note.{note.key}", **note.values)

    def cell(self, value: Cell) -> str:
        """A cell as people of the language read it: 12 345 and 67 %, or 12,345 and 67%."""
        if value is None:
            return "–"
        if isinstance(value, Said):
            return self.texts[f"value.{value.key}"]
        if isinstance(value, str):
            return value
        if isinstance(value, float):
            return f"{value * 100:.0f}{self.texts['number.percent']}"
        return f"{value:,}".replace(",", self.texts["number.thousands"])


@cache
def load_words(language: str) -> Words:
    """The words of one of LANGUAGES."""
    data = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language, dict(_flat(data, "")))


def _flat(data: Mapping[str, Any], before: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in data.items():
        key = f"{before}{name}"
        found += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, value)]
    return found
