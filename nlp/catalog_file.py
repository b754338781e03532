"""The catalogue of indicators: TOML files, read strictly and frozen."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from nlp.reading import Grade, Reading
from nlp.rules import RULES
from nlp.words import parse_phrase, spell_out

Kind = Literal["escort", "job", "massage", "other"]
Lexicon = Mapping[str, tuple[str, ...]]

HERE = Path(__file__).parent
FOLDER = HERE / "catalogue"
DATA = HERE / "data"
CROSS_AD = "cross-ad"
MANDATORY = ("id", "title", "groups", "applies_to", "weight", "grade", "source", "benign")
OPTIONAL = ("rule", "phrases", "parts", "within", "contrary", "hits", "misses")


class CatalogueError(ValueError):
    """A catalogue file is wrong; the message names file, indicator, key and what would have worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One entry of the catalogue.

    `phrases` and `contrary` map a language to phrase patterns (see `words.spell_out`); `parts` holds
    several such lexicons that must all be met in one ad, and `within` that many words of one sentence
    where it is given. `rule` names a function of `nlp.rules`, or is
    "cross-ad": judged from several ads, elsewhere. `hits` and `misses` are texts that must and must
    not show it. Indicators that share a group are one idea and vote once.
    """

    id: str
    title: str
    groups: tuple[str, ...]
    applies_to: tuple[Kind, ...]
    weight: float
    grade: Grade
    source: str
    benign: str
    rule: str | None
    phrases: Lexicon
    parts: Mapping[str, Lexicon]
    within: int | None
    contrary: Lexicon
    hits: tuple[str, ...]
    misses: tuple[str, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its phrases; empty when it does not depend on language."""
        lexicons = (self.phrases, *self.parts.values())
        return tuple(sorted({language for lexicon in lexicons for language in lexicon}))

    @property
    def is_cross_ad(self) -> bool:
        return self.rule == CROSS_AD

    def applies(self, kind: str | None) -> bool:
        """Whether an ad of this kind can show it; None stands for an ad of unknown kind."""
        return kind is None or kind in self.applies_to


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Indicator]:
    """The shipped indicators by id, in the order of their ids."""
    return load_catalogue(FOLDER)


@lru_cache(maxsize=1)
def catalogue_version() -> str:
    """A short hash of the data files and of the code that reads: readings with the same one agree."""
    digest = hashlib.sha256()
    for path in sorted([*FOLDER.glob("*.toml"), *DATA.rglob("*.*"), *HERE.rglob("*.py")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def not_stated(reading: Reading, kind: str | None) -> tuple[str, ...]:
    """Ids of the indicators that an ad of this kind could show, and of which it says nothing."""
    found = {finding.id for finding in reading.indicators}
    return tuple(
        entry.id for entry in catalogue().values()
        if entry.applies(kind) and not entry.is_cross_ad and entry.id not in found
    )  # fmt: skip


def load_catalogue(folder: Path) -> Mapping[str, Indicator]:
    """Reads every TOML file of a folder. CatalogueError names file, indicator and key."""
    found: dict[str, Indicator] = {}
    for path in sorted(folder.glob("*.toml")):
        for indicator in load_indicators(path):
            if indicator.id in found:
                raise CatalogueError(f"{path.name}: indicator {indicator.id}: the id is taken; choose another")
            found[indicator.id] = indicator
    if not found:
        raise CatalogueError(f"{folder}: no indicators; expected *.toml files with [[indicator]] tables")
    return MappingProxyType(dict(sorted(found.items())))


def load_indicators(path: Path) -> list[Indicator]:
    """Reads one file of `[[indicator]]` tables."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: no TOML: {error}") from error
    _check_keys(path.name, table, must=("indicator",), may=())
    return [_parse(f"{path.name}: indicator {row.get('id', '?')}", row) for row in table["indicator"]]


def _parse(where: str, row: Mapping[str, Any]) -> Indicator:
    _check_keys(where, row, must=MANDATORY, may=OPTIONAL)
    _check_choices(where, row)
    return Indicator(
        **{key: _text(where, key, row[key]) for key in ("id", "title", "source", "benign")},
        groups=_texts(where, "groups", row["groups"]),
        applies_to=tuple(row["applies_to"]),
        weight=_number(where, row["weight"]),
        grade=row["grade"],
        rule=row.get("rule"),
        phrases=_lexicon(where, "phrases", row.get("phrases", {})),
        parts={name: _lexicon(where, f"parts.{name}", part) for name, part in row.get("parts", {}).items()},
        within=_within(where, row),
        contrary=_lexicon(where, "contrary", row.get("contrary", {})),
        hits=_texts(where, "hits", row.get("hits", [])),
        misses=_texts(where, "misses", row.get("misses", [])),
    )


def _check_keys(where: str, row: Mapping[str, Any], *, must: Iterable[str], may: Iterable[str]) -> None:
    known = ", ".join([*must, *may])
    for key in row:
        if key not in (*must, *may):
            raise CatalogueError(f"{where}: unknown key {key!r}; known keys: {known}")
    for key in must:
        if key not in row:
            raise CatalogueError(f"{where}: key {key!r} is missing; known keys: {known}")


def _check_choices(where: str, row: Mapping[str, Any]) -> None:
    grades, kinds, rules = get_args(Grade), get_args(Kind), (CROSS_AD, *sorted(RULES))
    _check_one(where, "grade", row["grade"], grades)
    for kind in _texts(where, "applies_to", row["applies_to"]):
        _check_one(where, "applies_to", kind, kinds)
    if "rule" in row:
        _check_one(where, "rule", row["rule"], rules)
    if not {"rule", "phrases", "parts"} & row.keys():
        raise CatalogueError(f"{where}: needs one of the keys rule, phrases, parts")
    if row.get("rule") != CROSS_AD and not (row.get("hits") and row.get("misses")):
        raise CatalogueError(f"{where}: keys 'hits' and 'misses' each need an ad text; they become tests")


def _check_one(where: str, key: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise CatalogueError(f"{where}: key {key!r} is {value!r}; known values: {', '.join(choices)}")


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CatalogueError(f"{where}: key {key!r} must be a text that is not empty")
    return value


def _texts(where: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise CatalogueError(f"{where}: key {key!r} must be a list of texts")
    return tuple(_text(where, key, item) for item in value)


def _number(where: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CatalogueError(f"{where}: key 'weight' must be a number")
    return float(value)


def _within(where: str, row: Mapping[str, Any]) -> int | None:
    words = row.get("within")
    if words is None:
        return None
    if type(words) is not int or words < 1 or len(row.get("parts", {})) != 2:
        raise CatalogueError(f"{where}: key 'within' must be a number of words, 1 or more, beside two parts")
    return words


def _lexicon(where: str, key: str, value: object) -> Lexicon:
    if not isinstance(value, dict):
        raise CatalogueError(f"{where}: key {key!r} must map a language code to a list of phrases")
    lexicon = {code: _texts(where, f"{key}.{code}", patterns) for code, patterns in value.items()}
    for code, patterns in lexicon.items():
        for pattern in patterns:
            _check_phrases(f"{where}: key '{key}.{code}'", pattern)
    return MappingProxyType(lexicon)


def _check_phrases(where: str, pattern: str) -> None:
    try:
        for phrase in spell_out(pattern):
            parse_phrase(phrase)
    except ValueError as error:
        raise CatalogueError(f"{where}: {error}") from error
