"""Prints how many MB the reading worker takes at most, once loaded, for each text that it is given.

`python -m tests.nlp.peak`: texts as a JSON list on standard input, numbers as one on standard output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nlp
from alerts.reading.read_worker import load

OWN = Path("/proc/self")


def peak() -> float:
    lines = dict(line.split(":", 1) for line in (OWN / "status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def main() -> None:
    texts = json.load(sys.stdin)
    load()
    found = []
    for text in texts:
        (OWN / "clear_refs").write_text("5")  # the peak counts from here
        nlp.read([{"title": text[:2000], "text": text}], kinds=["escort"])
        nlp.read([{"text": text}], kinds=["job"])
        found.append(peak())
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
