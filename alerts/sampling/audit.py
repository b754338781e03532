"""What can be worked out about withheld figures from those that are shown: linear programming over the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

Figure = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Withheld figures, each with 1 or -1, that together make `total`."""

    figures: Mapping[Figure, int]
    total: int


def ranges(lines: Sequence[Line], *, least: int) -> dict[Figure, tuple[float, float]]:
    """The least and the most that each figure can be, if none is under `least`; inf where nothing bounds it.

    Rows and columns with totals make a network, so the ends are whole numbers (Dantzig 1963; for withheld cells:
    Fischetti & Salazar 2001, Management Science 47:1008).
    """
    names = sorted({figure for line in lines for figure in line.figures})
    if not names:
        return {}
    sums = np.zeros((len(lines), len(names)))
    for at, line in enumerate(lines):
        for figure, sign in line.figures.items():
            sums[at, names.index(figure)] = sign
    totals = np.array([line.total for line in lines], dtype=float)

    def end(at: int, sign: int) -> float:
        cost = np.zeros(len(names))
        cost[at] = sign
        found = linprog(cost, A_eq=sums, b_eq=totals, bounds=(least, None), method="highs")
        return float(sign * round(found.fun)) if found.status == 0 else np.inf

    return {name: (end(at, 1), end(at, -1)) for at, name in enumerate(names)}
