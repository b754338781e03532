"""The phone reader alone: precision, recall and texts per CPU second, by way of writing."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nlp.phones import find_phones
from nlp.unicode import plain
from spiders.demo.market import build_sample

GENERATED = 8  # sample markets, each from its own seed


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    gold: frozenset[str]
    style: str


def run(data: Path | None) -> None:
    """Measure on phones/*.jsonl of `data` ({"text", "gold", "style"} a line), else on generated ads."""
    rows = [row for path in sorted((data / "phones").glob("*.jsonl")) for row in _load(path)] if data else _generated()
    began = time.process_time()
    found = [frozenset(phone.e164 for phone in find_phones(plain(row.text), "text")) for row in rows]
    seconds = time.process_time() - began
    _report(rows, found)
    print(f"{len(rows)} texts, {len(rows) / seconds:,.0f} per CPU second")


def _load(path: Path) -> Iterable[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Row(row["text"], frozenset(row["gold"]), row["style"])


def _generated() -> list[Row]:
    posts = [post for seed in range(GENERATED) for post in build_sample(seed).posts]
    return [
        Row(
            post.text,
            frozenset({post.phone.e164} if post.phone.shown in post.text else ()),
            post.phone.written,
        )
        for post in posts
    ]


def _report(rows: list[Row], found: list[frozenset[str]]) -> None:
    hits, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for row, numbers in zip(rows, found, strict=True):
        hits[row.style] += len(numbers & row.gold)
        wrong[row.style] += len(numbers - row.gold)
        missed[row.style] += len(row.gold - numbers)
    for style in sorted(wrong | missed):
        print(f"  {style:12} hits {hits[style]:4}  wrong {wrong[style]:3}  missed {missed[style]:3}")
    right, false, lost = hits.total(), wrong.total(), missed.total()
    precision, recall = right / max(1, right + false), right / max(1, right + lost)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f} over {len(hits)} ways of writing")
