"""What is true of the sample market, as plain JSON: the measure for what a crawl and an analysis find."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spiders.demo.market import SEED, build_sample
from spiders.demo.posts import Operator, Post, Sample

TRUTH = Path(__file__).parent / "truth.json"


def truth(sample: Sample, *, seed: int = SEED) -> dict[str, Any]:
    """Every operator and ad. `alert` is the level warranted by all ads of the operator, or null."""
    return {
        "seed": seed,
        "operators": [_operator_row(operator, sample) for operator in sample.operators],
        "ads": [_ad_row(post) for post in sample.posts],
    }


def _operator_row(operator: Operator, sample: Sample) -> dict[str, Any]:
    own = [post for post in sample.posts if post.operator == operator]
    return {
        "operator": operator.id,
        "kind": operator.kind,
        "alert": operator.alert,
        "ads": len(own),
        "indicators": sorted({i for post in own for i in post.indicators}),
    }


def _ad_row(post: Post) -> dict[str, Any]:
    return {
        "site": post.site,
        "ad_id": post.ad_id,
        "operator": post.operator.id,
        "operator_kind": post.operator.kind,
        "kind": post.kind,
        "phones": [{"e164": post.phone.e164, "written": post.phone.written}],
        "name": post.name or None,
        "age": post.age,
        "city": post.city,
        "language": post.language,
        "indicators": list(post.indicators),
    }


def truth_text(rows: dict[str, Any]) -> str:
    """The JSON of the truth file: one operator or ad a line, so that a changed ad is one changed line."""
    parts = [f' "seed": {rows["seed"]}']
    parts += [f' "{key}": [\n{_lines(rows[key])}\n ]' for key in ("operators", "ads")]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(rows: Sequence[dict[str, Any]]) -> str:
    return ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)


def load_truth(path: Path = TRUTH) -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return rows


if __name__ == "__main__":
    TRUTH.write_text(truth_text(truth(build_sample())), encoding="utf-8")
