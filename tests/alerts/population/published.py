"""The published tables, and how to write one of one's own."""

from __future__ import annotations

from pathlib import Path

from alerts.population.countsfile import read_counts
from alerts.population.histories import Frequencies, Histories, Occasions

COUNTS = Path(__file__).parent / "counts"

# singleRcapture: irregular migrants in the Netherlands, and carcasses, by how often they were found
MIGRANTS = Frequencies({1: 1645, 2: 183, 3: 37, 4: 13, 5: 1, 6: 1})
CARCASSES = Frequencies(dict(enumerate((1532, 231, 51, 27, 6, 5, 2, 1, 3), 1)))

# Gerking 1953 in Krebs, Ecological Methodology, 2.2: sunfish in a lake, two of which died between
SUNFISH = Occasions(
    caught=(10, 27, 17, 7, 1, 5, 6, 15, 9, 18, 16, 5, 7, 19),
    recaptured=(0, 0, 0, 0, 0, 0, 2, 1, 5, 5, 4, 2, 2, 3),
    marked=(0, 10, 37, 54, 61, 62, 67, 71, 85, 89, 102, 112, 115, 119),
)


def published(name: str) -> Histories:
    found = read_counts(COUNTS / f"{name}.csv")
    assert isinstance(found, Histories)
    return found


def write_table(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path
