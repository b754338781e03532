"""The hash of what is installed."""

from __future__ import annotations

import hashlib
from importlib.metadata import distributions

from crawler.software import installed_sha256


def test_hash_is_over_names_and_versions_in_order() -> None:
    found = sorted({(one.metadata["Name"].lower(), one.version) for one in distributions()})
    assert ("varde" in dict(found), "click" in dict(found)) == (True, True)
    text = "\n".join(f"{name}=={version}" for name, version in found) + "\n"
    assert installed_sha256() == hashlib.sha256(text.encode()).hexdigest()
