"""Starts a command of Varde and kills it without warning at some moment, in a lane of its own."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import VARDE, clean_environment

PATIENCE = 60.0  # seconds that a command has to come as far as it is to be killed


@dataclass(slots=True)
class Lane:
    """One store with what is done to it, beside others. `kills` counts those that hit a process at work."""

    folder: Path
    dice: random.Random
    kills: int = 0

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [VARDE, *args],
            cwd=self.folder,
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, args: Sequence[str], wait: Callable[[], object], *, pause: float) -> None:
        """Run a command and SIGKILL it up to `pause` seconds after its `wait` is over."""
        with self.start(*args) as process:
            deadline = time.monotonic() + PATIENCE
            before = wait()
            while wait() == before and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(self.dice.random() * pause)
            self.kills += process.poll() is None
            process.kill()

    def run(self, *args: str) -> None:
        """Run a command to its end. Raises CalledProcessError where it fails."""
        done = subprocess.run(
            [VARDE, *args], cwd=self.folder, env=clean_environment(), capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
