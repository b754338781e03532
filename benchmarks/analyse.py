"""Import and analyse on one core: ads a second, milliseconds an ad by stage, and the peak of memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measured import measure
from spiders.demo.market import build_sample

GENERATED = 8  # sample markets, each from its own seed
COLUMNS = {
    "emscad": ["id=ad_id", "salary_range=price", "description=-", "label=extra.label"],
    "polish": ["#=ad_id", "desc=text", "class=extra.class"],
}


def run(data: Path | None) -> None:
    """Measure on the real postings of `data`, else on generated ads."""
    with TemporaryDirectory() as folder:
        imports = _real(data) if data else [_generated(Path(folder))]
        _report(Path(folder) / "bench.db", imports)


def _real(data: Path) -> list[list[str]]:
    return [_import_args(path) for path in sorted((data / "jobs").glob("*.csv"))]


def _import_args(path: Path) -> list[str]:
    name = path.stem.partition("_")[0]
    maps = [part for column in COLUMNS[name] for part in ("--map", column)]
    return [
        str(path),
        "--kind",
        "job",
        "--site",
        f"{name}.example",
        "--seen-at",
        "2026-01-01T00:00:00+01:00",
        *maps,
    ]


def _generated(folder: Path) -> list[str]:
    path = folder / "ads.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for seed in range(GENERATED):
            for post in build_sample(seed).posts:
                row = {"site": f"seed-{seed}.example", "ad_id": f"{post.site}-{post.ad_id}", "kind": post.kind,
                       "seen_at": "2026-01-01T00:00:00+01:00", "title": post.title, "text": post.text}  # fmt: skip
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return [str(path)]


def _report(store: Path, imports: Sequence[list[str]]) -> None:
    taken = [measure(["--store", str(store), "import", *args, "--json"], cores=1) for args in imports]
    read = measure(["--store", str(store), "analyse", "--json"], cores=1)
    stages = json.loads(read.printed)[0]
    ads = stages["ads"]
    cpu = sum(part.cpu for part in taken) + read.cpu
    print(f"{ads} ads on one core: {ads / cpu:.0f} ads per CPU second in all, {ads / read.cpu:.0f} in analyse alone")
    print(f"  import  {1000 * sum(part.cpu for part in taken) / ads:6.2f} ms of CPU an ad, start-up included")
    print(f"  analyse {1000 * read.cpu / ads:6.2f} ms of CPU an ad, start-up included")
    for stage in ("read_s", "link_s", "judge_s", "store_s"):
        print(f"    {stage.removesuffix('_s'):6}{1000 * stages[stage] / ads:6.2f} ms of wall time an ad")
    print(f"  peak {max(part.peak for part in [*taken, read]):.0f} MB")
