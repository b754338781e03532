"""Organisation numbers that were never anybody's."""

from __future__ import annotations

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_FIRST, _END = 80_000_100, 80_100_000  # below 801 000 000 no organisation number was ever given out


class OrgNumbers:
    """Hands out numbers with a right modulus-11 check digit, each once: there are 90,800, enough for a million ads."""

    def __init__(self) -> None:
        self._stems = iter(range(_FIRST, _END))

    def take(self) -> str:
        """Raises ValueError when none is left."""
        for stem in self._stems:
            rest = sum(w * int(d) for w, d in zip(_WEIGHTS, str(stem), strict=True)) % 11
            if rest != 1:
                return f"{stem}{(11 - rest) % 11}"
        raise ValueError("no organisation number is left that was never anybody's; make a market of fewer ads")
