"""Whether a log-linear model can be fitted at all: sparse tables may leave a term without a finite estimate."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.optimize import linprog

from alerts.population.loglinear import Cells, Fit, Pairs, design_of

_ZERO = 1e-7


class Existence:
    """What of one table's models can be fitted. Asked of often: a resample, too, has the same zeros as many others."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._cached = lru_cache(maxsize=50_000)(self._lacks)

    def lacks(self, cells: Cells, one: Fit) -> str | None:
        """Why the model cannot be fitted to these counts of the same cells; None if it can, as its fit may show."""
        return None if one.settled else self._cached((cells.counts > 0).tobytes(), one.pairs)

    def _lacks(self, support: bytes, pairs: Pairs) -> str | None:
        """Both answers depend on which cells are empty and on nothing else of the counts."""
        positive = np.frombuffer(support, dtype=bool).astype(float)
        return why_not(self._cells.with_counts(positive), pairs)


def why_not(cells: Cells, pairs: Pairs) -> str | None:
    """Why maximum likelihood has no finite, single answer for the model; None if it has one.

    Fienberg & Rinaldo 2012, Annals of Statistics 40:996-1023: the estimate exists if and only if some table with no
    empty cell has the same margins. A linear program seeks the table whose least cell is greatest. Terms that are minus
    infinity by rule were dropped before. With columns of lower rank than terms, many answers fit alike.
    """
    design = design_of(cells, pairs)
    rows, terms = design.matrix.shape
    if np.linalg.matrix_rank(design.matrix) < terms:
        return "many estimates fit alike: too few cells hold anything for so many terms"
    if design.counts.all():
        return None
    least = np.append(np.zeros(rows), -1.0)
    margins = np.hstack([design.matrix.T, np.zeros((terms, 1))])
    above = np.hstack([-np.eye(rows), np.ones((rows, 1))])
    found = linprog(
        least, A_ub=above, b_ub=np.zeros(rows), A_eq=margins, b_eq=design.matrix.T @ design.counts,
        bounds=(0, None), method="highs",
    )  # fmt: skip
    if found.status == 0 and -found.fun > _ZERO:
        return None
    return "no finite estimate fits: the margins allow only tables with empty cells"
