"""`python -m crawler.leash PARENT ARGS…`: `varde ARGS…` that is asked to stop when the process PARENT dies."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from crawler.cli import main

_PR_SET_PDEATHSIG = 1  # prctl(2)


def _tie_to(parent: int) -> None:
    """A crawl whose timetable was killed would go on without an owner, and hold its site's lock."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we were tied to it
        sys.exit(1)


if __name__ == "__main__":
    _tie_to(int(sys.argv[1]))
    main(sys.argv[2:], prog_name="varde")
