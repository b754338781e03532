"""The words of the review page: names and meanings of levels, grades and kinds of link, from words.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WORDS = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True)
class Word:
    """A name with its meaning; `sign` repeats a level's colour as a shape."""

    name: str
    meaning: str
    sign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    levels: Mapping[str, Word]
    grades: Mapping[str, Word]
    links: Mapping[str, str]
    verdicts: Mapping[str, Word]
    states: Mapping[str, str]
    parts: Mapping[str, Word]
    caveat: str
    caveat_source: str
    note: str

    def grade(self, grade: str) -> Word:
        """The grade in words; one that nobody explained keeps its own name."""
        return self.grades.get(grade, Word(grade, ""))

    def verdict(self, verdict: str) -> str:
        return self.verdicts[verdict].name if verdict in self.verdicts else verdict

    def link(self, kind: str) -> str:
        return self.links.get(kind, kind)


def load_words(path: Path = WORDS) -> Words:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Words(
        levels={level: Word(**word) for level, word in data["levels"].items()},
        grades={grade: Word(**word) for grade, word in data["grades"].items()},
        links=data["links"],
        verdicts={verdict: Word(**word) for verdict, word in data["verdicts"].items()},
        states=data["states"],
        parts={part: Word(**word) for part, word in data["parts"].items()},
        caveat=data["caveat"]["text"],
        caveat_source=data["caveat"]["source"],
        note=data["caveat"]["note"],
    )
