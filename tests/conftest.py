"""Fixtures that every room's tests share: the `varde` command, and servers on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.server import LoopbackServer, Routes

VARDE = str(Path(sys.executable).with_name("varde"))
Varde = Callable[..., "subprocess.CompletedProcess[str]"]
Serve = Callable[[Routes], LoopbackServer]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait most of their time, for servers, browsers and other processes."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process is left alone with one at the end."""
    slow = {item.path for item in items if any(item.iter_markers("slow"))}
    items.sort(key=lambda item: item.path not in slow)


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without what would change Varde's ways, or make Python compile all of it at each start."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VARDE_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | more


@pytest.fixture
def varde(tmp_path: Path) -> Varde:
    """Runs `varde ARGS…` in the test's own folder, to its end."""

    def run(*args: object, input: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [VARDE, *map(str, args)],
            cwd=tmp_path,
            env=clean_environment(**environment),
            input=input,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers on loopback that stop with the test."""
    with ExitStack() as stack:
        yield lambda routes: stack.enter_context(LoopbackServer(routes))


def printed(done: subprocess.CompletedProcess[str]) -> Any:
    """What a command with --json printed."""
    return json.loads(done.stdout)
