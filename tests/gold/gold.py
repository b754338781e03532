"""Loads the gold ads: texts with every finding marked by hand, as README.md beside it describes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

HERE = Path(__file__).parent
FIRST = ("jobs", "escort")
SECOND = "second"
SETTLED = HERE / "settled.md"
KINDS = ("job", "escort", "massage", "other")
FIELDS = ("title", "location", "name", "age", "price", "salary", "employer", "org_number", "posted_at")
LIST_FIELDS = ("phones", "emails", "handles")
# The indicators that were looked for when marking: what the reader finds of others is not scored.
_LABOUR = (
    "A08",
    "F03",
    "F04",
    *(f"H{number:02}" for number in range(1, 28)),
    *(f"I{number:02}" for number in range(1, 6)),
)
_ADULT = ("A01", "A02", "A03", "A04", "A06", "A07", "B01", "B02", "B05", "B06", "B07", "B08", "B09", "B10", "B12",
          "B13", "C01", "C06", "D02", "E01", "E03", "F01", "G01", "G03", "I01", "I05")  # fmt: skip
SCORED: Mapping[str, tuple[str, ...]] = {"job": _LABOUR, "escort": _ADULT, "massage": _ADULT, "other": ()}
INDICATOR = re.compile(r"[A-I]\d\d\Z")
_COMMA = re.compile(r",(?=\s*(?:[A-I]\d\d\b|[a-z]+=|phone\+))")  # those before a label: a value may have its own
_HEAD = re.compile(r"^=== (?P<id>[\w-]+) (?P<languages>[a-z]{2}(?:\+[a-z]{2})*)$", re.MULTILINE)
_RULING = re.compile(r"^- `(?P<id>[\w-]+)` `(?P<label>[\w+]+)`: (?P<choice>first|second)\b.*\S", re.MULTILINE)


class GoldError(ValueError):
    """A gold file is wrong; the message names file, ad and what would have worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A marked stretch of a field: `label` is an indicator or a kind such as `phone`, `value` what it stands for."""

    label: str
    value: str
    field: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldAd:
    """One ad with what a person marked in it. `signs` are indicators that are present without a span."""

    id: str
    languages: tuple[str, ...]
    kind: str
    fields: Mapping[str, str]
    marks: tuple[Mark, ...]
    signs: frozenset[str]

    @property
    def indicators(self) -> frozenset[str]:
        return self.signs | {mark.label for mark in self.marks if INDICATOR.match(mark.label)}

    @property
    def is_negative(self) -> bool:
        return not self.indicators

    @property
    def is_held_out(self) -> bool:
        """Whether it belongs to the half that nobody reads who writes phrases or rules."""
        return crc32(self.id.encode()) % 2 == 0

    def of(self, *labels: str) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.label in labels)


def load_gold() -> tuple[GoldAd, ...]:
    """The ads as settled: the first pass, and the second where settled.md says so."""
    second = {ad.id: ad for ad in load_pass(SECOND)}
    rulings = load_rulings(SETTLED)
    return tuple(settle(ad, second.get(ad.id), rulings.get(ad.id, ())) for ad in load_first())


def load_first() -> tuple[GoldAd, ...]:
    return tuple(ad for folder in FIRST for ad in load_pass(folder))


def load_pairs() -> tuple[tuple[GoldAd, GoldAd], ...]:
    """Both passes over each ad that has two."""
    second = {ad.id: ad for ad in load_pass(SECOND)}
    return tuple((ad, second[ad.id]) for ad in load_first() if ad.id in second)


def load_pass(folder: str) -> tuple[GoldAd, ...]:
    return tuple(ad for path in sorted((HERE / folder).glob("*.txt")) for ad in load_file(path))


def load_rulings(path: Path) -> Mapping[str, Sequence[tuple[str, str]]]:
    """By ad, what the two passes marked unlike, and which holds: "- `nb-01` `H14`: second, because …"."""
    rulings: dict[str, list[tuple[str, str]]] = {}
    for match in _RULING.finditer(path.read_text(encoding="utf-8") if path.exists() else ""):
        rulings.setdefault(match["id"], []).append((match["label"], match["choice"]))
    return rulings


def load_file(path: Path) -> list[GoldAd]:
    """Raises GoldError."""
    text = path.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    if (
        len(heads) != len(re.findall(r"^===", text, re.MULTILINE))
        or text[: heads[0].start() if heads else None].strip()
    ):
        raise GoldError(f"{path.name}: an ad must begin with a line such as '=== nb-01 nb+en'")
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return [
        _parse(f"{path.name}: {head['id']}", head, text[head.end() + 1 : end])
        for head, end in zip(heads, ends, strict=True)
    ]


def strip_marks(text: str, field: str = "text") -> tuple[str, list[Mark]]:
    """The text without its marks, and these with their places in it. Raises GoldError."""
    plain: list[str] = []
    length = 0
    opened: list[tuple[str, int]] = []
    marks: list[Mark] = []
    for token in _tokens(text):
        if token.startswith("{") and token.endswith("|"):
            opened.append((token[1:-1], length))
        elif token == "}" and opened:
            labels, start = opened.pop()
            marks += _marks(labels, field, (start, length), "".join(plain)[start:])
        elif token in ("{", "}"):
            raise GoldError(f"{field}: a brace without its mark near {''.join(plain)[-30:]!r}; write {{label|text}}")
        else:
            plain.append(token)
            length += len(token)
    if opened:
        raise GoldError(f"{field}: mark {opened[-1][0]!r} is not closed; write {{label|text}}")
    return "".join(plain), sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.label))


def unmarked(ad: GoldAd) -> str:
    """The ad in the format of the files, without a mark: what the second pass begins from."""
    lines = [f"=== {ad.id} {'+'.join(ad.languages)}", f"kind: {ad.kind}"]
    lines += [f"{field}: {value}" for field, value in ad.fields.items() if field != "text"]
    return "\n".join([*lines, "---", ad.fields["text"], "", ""])


def _tokens(text: str) -> Iterator[str]:
    return (token for token in re.split(r"(\{[^{}|]*\||\{|\})", text) if token)


def _marks(labels: str, field: str, place: tuple[int, int], quote: str) -> Iterable[Mark]:
    for label in _COMMA.split(labels):
        name, _, value = label.strip().partition("=")
        yield Mark(label=name, value=value, field=field, start=place[0], end=place[1], quote=quote)


def _parse(where: str, head: re.Match[str], text: str) -> GoldAd:
    header, line, body = text.partition("---\n")
    if not line:
        raise GoldError(f"{where}: no line '---' between header and text")
    keys = dict(_key(where, row) for row in header.splitlines() if row.strip())
    kind, signs = keys.pop("kind", "job"), keys.pop("signs", "")
    if kind not in KINDS:
        raise GoldError(f"{where}: kind {kind!r}; known kinds: {', '.join(KINDS)}")
    fields, marks = _strip_fields(where, {**keys, "text": body.strip()})
    return GoldAd(
        id=head["id"],
        languages=tuple(head["languages"].split("+")),
        kind=kind,
        fields=fields,
        marks=tuple(marks),
        signs=frozenset(sign.strip() for sign in signs.split(",") if sign.strip()),
    )


def _key(where: str, row: str) -> tuple[str, str]:
    key, colon, value = row.partition(":")
    known = key in ("kind", "signs", *FIELDS) or re.fullmatch(rf"(?:{'|'.join(LIST_FIELDS)})\.\d", key)
    if not colon or not known:
        raise GoldError(f"{where}: header line {row!r}; known keys: kind, signs, {', '.join(FIELDS)}, phones.0 …")
    return key, value.strip()


def _strip_fields(where: str, marked: Mapping[str, str]) -> tuple[dict[str, str], list[Mark]]:
    fields: dict[str, str] = {}
    marks: list[Mark] = []
    for field, value in marked.items():
        try:
            fields[field], found = strip_marks(value, field)
        except GoldError as error:
            raise GoldError(f"{where}: {error}") from error
        marks += found
    return fields, marks


def settle(ad: GoldAd, other: GoldAd | None, rulings: Iterable[tuple[str, str]]) -> GoldAd:
    """The ad as its first marker has it, with the labels that were settled for the second. Raises GoldError."""
    for label, choice in rulings:
        if other is None:
            raise GoldError(f"{SETTLED.name}: {ad.id} has no second pass to settle with")
        if choice == "second":
            ad = _take(ad, other, label)
    return ad


def _take(ad: GoldAd, other: GoldAd, label: str) -> GoldAd:
    """The ad with the marks of one label, and that sign, as the other pass has them."""
    marks = [mark for mark in ad.marks if mark.label != label] + list(other.of(label))
    return replace(ad, marks=tuple(marks), signs=ad.signs - {label} | other.signs & {label})


def write_unmarked(folder: str, target: Path) -> None:
    """Writes the files of a folder without marks, for the second pass."""
    for path in sorted((HERE / folder).glob("*.txt")):
        (target / path.name).write_text("".join(map(unmarked, load_file(path))), encoding="utf-8")


if __name__ == "__main__":
    write_unmarked(sys.argv[1], Path(sys.argv[2]))
