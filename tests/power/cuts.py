"""Cuts the power of one recorded piece of work again and again, and judges what is left each time."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.power.check import Ack, Verdict, judge
from tests.power.disk import Disk, Op, read_log
from tests.power.preload import build, under

STORE = "varde.db"
SEED = 20260501
_MEMORY = Path("/dev/shm")  # a folder in memory, where there is one: what is rebuilt there need not last


@dataclass(frozen=True, slots=True)
class Work:
    """What one process did in `folder`, and where in it the store acknowledged what."""

    folder: Path
    ops: tuple[Op, ...]
    acks: tuple[tuple[int, Ack], ...]  # (number of the operation, what was acknowledged)


@dataclass(frozen=True, slots=True)
class Cut:
    """The power went after `at` operations; `acks` had been acknowledged."""

    at: int
    acks: int
    verdict: Verdict


def record(folder: Path, *, without: str = "") -> Work:
    """Do the work once, in `folder`, under the shim. Needs a C compiler."""
    library, log, place = build(folder), folder / "log", folder / "work"
    place.mkdir()
    command = [sys.executable, "-m", "tests.power.work", str(place), *([without] if without else [])]
    subprocess.run(command, check=True, env=os.environ | under(library, place, log=log))
    ops: list[Op] = []
    acks: list[tuple[int, Ack]] = []
    for op in read_log(log):
        if op.path != os.path.realpath(place / "acks"):
            ops.append(op)
        elif op.kind == "w":
            acks.append((len(ops), json.loads(op.data)))
    return Work(Path(os.path.realpath(place)), tuple(ops), tuple(acks))


def cut(work: Work, count: int, *, seed: int = SEED) -> Iterator[Cut]:
    """`count` cuts of the work, at places and with remains that `seed` decides."""
    dice = random.Random(seed)
    disk, done = Disk(), 0
    for at in sorted(_places(dice, work.ops, count)):
        for op in work.ops[done:at]:
            disk.take(op)
        done = at
        acks = [ack for place, ack in work.acks if place <= at]
        with ExitStack() as stack:
            kept = _MEMORY if os.access(_MEMORY, os.W_OK) else None
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="power-", dir=kept)))
            disk.leave(dice, work.folder, folder)
            yield Cut(at, len(acks), judge(folder / STORE, acks))


def _places(dice: random.Random, ops: Sequence[Op], count: int) -> list[int]:
    """Half of them anywhere; half close to where something is synced, cut short, made or removed."""
    turns = [number for number, op in enumerate(ops) if op.kind != "w"]
    anywhere = [dice.randrange(len(ops) + 1) for _ in range(count - count // 2)]
    close = [dice.choice(turns) + dice.randint(-2, 3) for _ in range(count // 2)]
    return [min(max(at, 0), len(ops)) for at in [*anywhere, *close]]
