"""Which software a crawl ran with, as one hash that goes into its evidence."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import distributions


@cache
def installed_sha256() -> str:
    """SHA-256 over every installed package as `name==version`, a line each, in order: `pip freeze` in other words."""
    names = {(str(one.metadata["Name"]).lower(), one.version) for one in distributions()}
    return hashlib.sha256("".join(f"{name}=={version}\n" for name, version in sorted(names)).encode()).hexdigest()
