"""All models one pair away from a fitted one, fitted at once: a search looks at many and takes one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import log

import numpy as np
from scipy.special import xlogy

from alerts.population.loglinear import Cells, Fit, Pair, Pairs

_STEPS = 50
_STILL = 1e-7  # of the deviance: to compare it need not be as still as what is shown
_START, _FLOOR, _LARGEST = 0.05, 1e-12, 60.0
_RIDGE = (
    1e-9  # against terms that run off to infinity, of the largest of what is known; it moves the steps, not the end
)


def all_pairs(cells: Cells) -> list[Pair]:
    return list(combinations(range(len(cells.lists)), 2))


def screen(cells: Cells, models: Sequence[Pairs], near: Fit) -> tuple[np.ndarray, np.ndarray]:
    """AIC and BIC of each of the models, all of them near one that is fitted, each but for the same constant.

    They are for comparison: the one that is taken is fitted anew. What has no finite answer gets what the steps came
    to, which is the least there is.
    """
    pairs = all_pairs(cells)
    both = np.column_stack([cells.both(pair) for pair in pairs])
    wanted = np.array([[pair in model for pair in pairs] for model in models])
    met = both.T.astype(float) @ cells.counts > 0
    kept = ~((wanted & ~met)[:, None, :] & both[None, :, :]).any(axis=2)
    matrix = np.column_stack([np.ones(len(cells.counts)), cells.on, both])
    free = np.ones((len(models), matrix.shape[1]))
    free[:, 1 + len(cells.lists) :] = wanted & met
    deviance = _deviances(cells, matrix, kept.astype(float), free, near)
    terms = 1 + len(cells.lists) + wanted.sum(axis=1)
    return deviance + 2 * terms, deviance + log(cells.observed) * terms


def _deviances(cells: Cells, matrix: np.ndarray, kept: np.ndarray, free: np.ndarray, near: Fit) -> np.ndarray:
    """Of each model by weighted least squares, all in step: models × cells that are `kept`, models × terms `free`."""
    counts = cells.counts
    line = np.log(np.maximum(near.means, _START))[None, :].repeat(len(kept), axis=0)
    weights = np.zeros_like(free)
    held = np.eye(matrix.shape[1])[None] * (1 - free)[:, :, None]
    before = np.full(len(kept), np.inf)
    for _ in range(_STEPS):
        means = np.exp(line)
        known = (matrix.T[None] * (means * kept)[:, None, :]) @ matrix
        known *= free[:, :, None] * free[:, None, :]
        ridge = _RIDGE * known.diagonal(axis1=1, axis2=2).max(axis=1)
        right = ((means * line + counts - means) * kept) @ matrix * free + ridge[:, None] * weights
        known += held + ridge[:, None, None] * np.eye(matrix.shape[1])
        weights = np.linalg.solve(known, right[:, :, None])[:, :, 0]
        line = np.clip(weights @ matrix.T, -_LARGEST, _LARGEST)
        means = np.maximum(np.exp(line), _FLOOR)
        deviance: np.ndarray = 2 * ((xlogy(counts, counts / means) - counts + means) * kept).sum(axis=1)
        if (np.abs(before - deviance) <= _STILL * (1 + deviance)).all():
            break
        before = deviance
    deviance[np.isnan(deviance)] = np.inf
    return deviance
