"""The catalogue of indicators: TOML files, read strictly and frozen.

An entry is an `[[indicator]]` table. Its example texts are keyed by language; `nlp.list_examples` says which of them
each of its phrase lists needs:

    [indicator.hits]
    nb = ["Vi beholder passet ditt."]
    [indicator.misses]
    nb = ["Du beholder passet ditt."]

An entry without phrases (its rule reads numbers in any language) may give them as one list: `hits = ["12 timer"]`.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from nlp.automaton import parse_pattern
from nlp.reading import Grade, Reading
from nlp.regular import PatternError, check_pattern
from nlp.rules import RULES
from nlp.youth_list import with_own_list

Kind = Literal["escort", "job", "massage", "other"]
Lexicon = Mapping[str, tuple[str, ...]]

HERE = Path(__file__).parent
FOLDER = HERE / "catalogue"
DATA = HERE / "data"
CROSS_AD, REGISTER, NEVER = "cross-ad", "register", "never"
ELSEWHERE = (CROSS_AD, REGISTER, NEVER)
OWN_FOLDER = "VARDE_CATALOGUE"
"""The environment variable that names the folder of a user's own catalogue."""
ANY = "und"  # of an example text: no one language
MANDATORY = ("id", "title", "groups", "applies_to", "weight", "grade", "source", "benign")
OPTIONAL = ("rule", "phrases", "patterns", "parts", "within", "contrary", "unless", "covered_by", "quoted", "hits",
            "misses")  # fmt: skip


class CatalogueError(ValueError):
    """A catalogue file is wrong; the message names file, indicator, key and what would have worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One entry of the catalogue.

    `phrases`, `contrary` and `unless` map a language to phrase patterns (see `nlp.automaton`): what says it, what says
    the opposite, and what gives the rest of its sentence another meaning (tax, of deductions). `parts` holds
    several such lexicons that must all be met in one ad, and `within` that many words of one sentence
    where it is given. `patterns` are regular expressions for any language (RE2: linear time). `rule` names a
    function of `nlp.rules`, or is "cross-ad": judged from several ads, elsewhere; "register": needs a look-up that is
    not made; or "never": not computed at all, by decision, for the reason that `source` gives. `quoted` is False where
    only that it was met is kept, never its words. `covered_by` are indicators that say the same and more: where an ad
    shows one of them, this is not counted too. `hit_texts` and
    `miss_texts` are texts by language that must and must not show it; "und" stands for any. Indicators that share a
    group are one idea and vote once. `file` is the name of the file it was read from, and no part of what it says.
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
    patterns: tuple[str, ...]
    parts: Mapping[str, Lexicon]
    within: int | None
    contrary: Lexicon
    unless: Lexicon
    covered_by: tuple[str, ...]
    quoted: bool
    hit_texts: Lexicon
    miss_texts: Lexicon
    file: str = field(compare=False)

    @property
    def hits(self) -> tuple[str, ...]:
        """All texts that must show it."""
        return tuple(text for texts in self.hit_texts.values() for text in texts)

    @property
    def misses(self) -> tuple[str, ...]:
        """All texts that must not show it."""
        return tuple(text for texts in self.miss_texts.values() for text in texts)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its phrases; empty when it does not depend on language."""
        lexicons = (self.phrases, *self.parts.values())
        return tuple(sorted({language for lexicon in lexicons for language in lexicon}))

    @property
    def is_cross_ad(self) -> bool:
        return self.rule == CROSS_AD

    @property
    def is_of_one_ad(self) -> bool:
        """Whether one ad can show it."""
        return self.rule not in ELSEWHERE

    def applies(self, kind: str | None) -> bool:
        """Whether an ad of this kind can show it; None stands for an ad of unknown kind."""
        return kind is None or kind in self.applies_to


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Indicator]:
    """The indicators in use by id, in the order of their ids: the shipped ones, and those of `own_folder`.

    Raises CatalogueError.
    """
    return load_catalogue(FOLDER, own_folder())


def own_folder() -> Path | None:
    """The folder of a user's own catalogue, which adds indicators or takes the place of shipped ones by their id."""
    named = os.environ.get(OWN_FOLDER)
    return Path(named) if named else None


@lru_cache(maxsize=1)
def catalogue_version() -> str:
    """A short hash of the data files and of the code that reads: readings with the same one agree."""
    digest = hashlib.sha256()
    own = own_folder()
    data = sorted([*DATA.rglob("*.*"), *HERE.rglob("*.py")])
    for path in [*_files(FOLDER), *data, *_files(own)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def not_stated(reading: Reading, kind: str | None) -> tuple[str, ...]:
    """Ids of the indicators that an ad of this kind could show, and of which it says nothing."""
    found = {finding.id for finding in reading.indicators}
    return tuple(
        entry.id for entry in catalogue().values()
        if entry.applies(kind) and entry.is_of_one_ad and entry.id not in found
    )  # fmt: skip


def load_catalogue(folder: Path, own: Path | None = None) -> Mapping[str, Indicator]:
    """Reads every TOML file of a folder, then of `own`. CatalogueError names file, indicator and key."""
    found = _load_folder(folder)
    if own is not None:
        found |= _load_folder(own)
    return MappingProxyType(dict(sorted(found.items())))


def _load_folder(folder: Path) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for path in _files(folder):
        for indicator in load_indicators(path):
            if indicator.id in found:
                raise CatalogueError(f"{path.name}: indicator {indicator.id}: the id is taken; choose another")
            found[indicator.id] = indicator
    if not found:
        raise CatalogueError(f"{folder}: no indicators; expected *.toml files with [[indicator]] tables")
    return found


def _files(folder: Path | None) -> list[Path]:
    return with_own_list(sorted(folder.glob("*.toml"))) if folder else []


def load_indicators(path: Path) -> list[Indicator]:
    """Reads one file of `[[indicator]]` tables."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: no TOML: {error}") from error
    _check_keys(path.name, table, must=("indicator",), may=())
    return [_parse(path.name, row) for row in table["indicator"]]


def _parse(file: str, row: Mapping[str, Any]) -> Indicator:
    where = f"{file}: indicator {row.get('id', '?')}"
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
        patterns=_patterns(where, row.get("patterns", [])),
        parts={name: _lexicon(where, f"parts.{name}", part) for name, part in row.get("parts", {}).items()},
        within=_within(where, row),
        contrary=_lexicon(where, "contrary", row.get("contrary", {})),
        unless=_lexicon(where, "unless", row.get("unless", {})),
        covered_by=_texts(where, "covered_by", row.get("covered_by", [])),
        quoted=_quoted(where, row.get("quoted", True)),
        hit_texts=_examples(where, "hits", row.get("hits", [])),
        miss_texts=_examples(where, "misses", row.get("misses", [])),
        file=file,
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
    grades, kinds, rules = get_args(Grade), get_args(Kind), (*ELSEWHERE, *sorted(RULES))
    _check_one(where, "grade", row["grade"], grades)
    for kind in _texts(where, "applies_to", row["applies_to"]):
        _check_one(where, "applies_to", kind, kinds)
    if "rule" in row:
        _check_one(where, "rule", row["rule"], rules)
    if not {"rule", "phrases", "patterns", "parts"} & row.keys():
        raise CatalogueError(f"{where}: needs one of the keys rule, phrases, patterns, parts")
    if row.get("rule") not in ELSEWHERE and not (row.get("hits") and row.get("misses")):
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


def _examples(where: str, key: str, value: object) -> Lexicon:
    if isinstance(value, list):
        return MappingProxyType({ANY: _texts(where, key, value)} if value else {})
    if not isinstance(value, dict):
        raise CatalogueError(f"{where}: key {key!r} must be a list of texts, or map a language code to one")
    return MappingProxyType({code: _texts(where, f"{key}.{code}", texts) for code, texts in value.items()})


def _number(where: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CatalogueError(f"{where}: key 'weight' must be a number")
    return float(value)


def _quoted(where: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise CatalogueError(f"{where}: key 'quoted' must be true or false")
    return value


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


def _patterns(where: str, value: object) -> tuple[str, ...]:
    patterns = _texts(where, "patterns", value)
    for pattern in patterns:
        try:
            check_pattern(pattern)
        except PatternError as error:
            raise CatalogueError(f"{where}: key 'patterns': {error}") from error
    return patterns


def _check_phrases(where: str, pattern: str) -> None:
    try:
        parse_pattern(pattern)
    except ValueError as error:
        raise CatalogueError(f"{where}: {error}") from error
