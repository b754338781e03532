"""What importing a module costs: the modules that a fresh process has loaded after it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import clean_environment


def loaded_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=clean_environment(), check=True
    )
    return set(done.stdout.splitlines())
