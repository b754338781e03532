"""What is installed, as one hash: evidence says by which software it was taken."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import distributions


@cache
def installed_sha256() -> str:
    """SHA-256 over the Python version and every distribution with its version, a line each, in order of name."""
    found = sorted({f"{item.metadata['Name'].lower()}=={item.version}" for item in distributions()})
    return hashlib.sha256("\n".join([f"python=={sys.version.split()[0]}", *found]).encode()).hexdigest()
