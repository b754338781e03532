"""Abstract pictures for the sample market: a mirrored grid of tiles, never a person."""

from __future__ import annotations

import random

_HUES = (205, 160, 28, 260, 330, 95)
_TILE = 24


def pattern(number: int) -> bytes:
    """The SVG of picture `number`; equal numbers give equal bytes."""
    rng = random.Random(number)
    hue = rng.choice(_HUES)
    tiles = "".join(_mirrored(column, row, rng, hue) for row in range(6) for column in range(3))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {6 * _TILE} {6 * _TILE}">'
        f'<rect width="100%" height="100%" fill="hsl({hue} 35% 90%)"/>{tiles}</svg>'
    ).encode()


def _mirrored(column: int, row: int, rng: random.Random, hue: int) -> str:
    if rng.random() < 0.4:
        return ""
    colour = f"hsl({hue} 40% {rng.randint(45, 75)}%)"
    return "".join(
        f'<rect x="{x * _TILE}" y="{row * _TILE}" width="{_TILE}" height="{_TILE}" fill="{colour}"/>'
        for x in (column, 5 - column)
    )
