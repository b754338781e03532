"""`./dev bench market`: bias and coverage of every estimator on markets whose size is known, as one table."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.market_size import advertised, drawn
from benchmarks.market_size.trials import ROWS, Outcome, Score, Trial, score, work_off

RUNS, GENERATED, RESAMPLED = 200, 40, 20  # markets a scenario: drawn, generated, and those that are resampled too
WORKERS = 2
TITLES = {name: one.title for name, one in drawn.SCENARIOS.items()} | {
    name: title for name, (title, _) in advertised.SCENARIOS.items()
}


def run(_: Path | None) -> None:
    """With BENCH_RUNS in the environment on that many markets a scenario, and a fifth of it on those that are slow."""
    runs = int(os.environ.get("BENCH_RUNS", RUNS))
    began = time.perf_counter()
    outcomes = try_all(plan(runs, max(1, runs * GENERATED // RUNS), max(1, runs * RESAMPLED // RUNS)))
    print("\n".join(report(score(outcomes))))
    print(f"\n{runs} markets a scenario, {time.perf_counter() - began:.0f} s over {WORKERS} processes")


def plan(runs: int, generated: int, resampled: int) -> list[Trial]:
    """The markets to draw, the slow ones first so that both processes end together, the generated ones side by side."""
    every = [
        Trial(name, number, number < resampled)
        for name in TITLES
        for number in range(generated if name in advertised.SCENARIOS else runs)
    ]
    return sorted(every, key=lambda trial: (not trial.resampled, trial.run))


def try_all(trials: list[Trial]) -> list[Outcome]:
    """Every trial, over WORKERS processes; how far it is goes to stderr."""
    found: list[Outcome] = []
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        for done, told in enumerate(pool.map(work_off, trials, chunksize=4), 1):
            found += told
            if done % 50 == 0 or done == len(trials):
                print(f"{done:,} of {len(trials):,} markets", file=sys.stderr, flush=True)
    return found


def report(scores: Mapping[tuple[str, str], Score]) -> Iterator[str]:
    """Markdown: what each scenario is, then methods × scenarios."""
    yield from _table(["market", "what is so"], ([name, title] for name, title in TITLES.items()))
    yield ""
    rows = ([name, *(_cell(scores.get((name, scenario))) for scenario in TITLES)] for name in ROWS)
    yield from _table(["method", *TITLES], rows)


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(row)} |"


def _cell(one: Score | None) -> str:
    """Median error in per cent, then the share of intervals that hold the size; in brackets how many had no answer."""
    if one is None or one.error is None or one.held is None:
        return "–"
    silent = f" ({one.silent:.0%} none)" if one.silent >= 0.005 else ""
    return f"{one.error:+.0%}, {one.held:.0%}{silent}".replace("-", "−").replace("+0%", "0%").replace("−0%", "0%")
