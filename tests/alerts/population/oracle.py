"""statsmodels, to hold our fits against: from .dev/oracle, which `./dev test` sets up beside the environment.

In the environment itself it would bring pandas, which every process of Varde then loads through sqlite-utils.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PLACE = Path(__file__).parents[3] / ".dev/oracle/lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"


def oracle(module: str) -> Any:
    """A module of statsmodels; the test is left out where there is none."""
    place = str(PLACE / "site-packages")
    if place not in sys.path:
        sys.path.append(place)  # behind all others; no process that a test starts has it
    return pytest.importorskip(module, reason="no statsmodels (./dev test sets it up)")


def poisson_fit(counts: np.ndarray, matrix: np.ndarray) -> Any:
    """Its fit of a Poisson model with a logarithmic link."""
    families = oracle("statsmodels.genmod.families")
    models = oracle("statsmodels.genmod.generalized_linear_model")
    return models.GLM(counts, matrix, family=families.Poisson()).fit(tol=1e-12)
