"""The sentences of the market: lines with choices and lists, read from data/*.toml and said by dice."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.market.dice import Dice

DATA = Path(__file__).parent / "data"
LANGUAGES = ("nb", "en", "sv", "da", "pl", "ro", "ru")
_PART = re.compile(r"\(([^()]*\|[^()]*)\)|\[(\w+)\]")

Line = tuple["str | tuple[Line, ...]", ...]
"""A sentence: stretches of text, and choices of which one is said. Slots in braces are filled later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One language: its lines by section, and how it writes numbers and dates."""

    language: str
    names: tuple[str, ...]
    digits: tuple[str, ...]
    split: str
    below: str
    months: tuple[str, ...]
    day: str
    lines: Mapping[str, tuple[Line, ...]]


@cache
def load_voice(language: str) -> Voice:
    raw = _load(language)
    lists = {name: tuple((word,) for word in words.split("|")) for name, words in raw["lists"].items()}
    lines = {section: tuple(_line(text, lists) for text in texts) for section, texts in raw["lines"].items()}
    return Voice(
        language=language, names=tuple(raw["names"]), digits=tuple(raw["digits"]), split=raw["split"],
        below=raw["below"], months=tuple(raw["months"]), day=raw["day"], lines=lines,
    )  # fmt: skip


@cache
def load_world() -> dict[str, Any]:
    return _load("world")


def say(line: Line, dice: Dice) -> str:
    """The line with every choice made; its slots stay open."""
    return "".join(part if isinstance(part, str) else say(dice.pick(part), dice) for part in line)


def settle(line: Line, dice: Dice) -> Line:
    """The line with every choice made once and for all."""
    return (say(line, dice),)


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _line(text: str, lists: Mapping[str, tuple[Line, ...]]) -> Line:
    parts: list[str | tuple[Line, ...]] = []
    end = 0
    for found in _PART.finditer(text):
        parts.append(text[end : found.start()])
        choices, name = found.groups()
        parts.append(lists[name] if name else tuple(_line(choice, lists) for choice in choices.split("|")))
        end = found.end()
    parts.append(text[end:])
    return tuple(part for part in parts if part)
