"""Templates of a cluster for a terminal, and as rows for other programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from alerts.templates.incase import Aligned
from alerts.templates.view import Row, Span
from crawler.console import table

WIDTH = 116  # letters of a line of the shared text
LONGEST = 40  # letters of a slot in a table


def template_lines(aligned: Aligned, names: Mapping[int, str]) -> Iterator[str]:
    """One template: its text with the slots as [1], [2] …, then a row an ad; `names` by the ads' numbers."""
    of, view = aligned.of, aligned.view
    loose = f"; it does not tie {len(of.loose)} of them ({of.why_loose})" if of.loose else ""
    yield f"Template {of.value}: {len(of.ads)} ads{loose}"
    text = "".join(part.text if part.slot is None else f"[{part.slot}]" for part in view.segments)
    yield from ("", *(f"  {line}" for line in textwrap.wrap(text, WIDTH)), "")
    has_own = any(row.own for row in view.rows)
    yield from table([_line(row, names[row.ad], has_own=has_own) for row in view.rows]).splitlines()
    if view.left_out:
        yield f"{view.left_out} more have the text; {len(view.rows)} are laid side by side, those of the lowest numbers"
    yield ""


def _line(row: Row, name: str, *, has_own: bool) -> dict[str, object]:
    slots = {f"[{number}]": _short([span]) for number, span in enumerate(row.slots, 1)}
    own = {"its own words": _short(row.own)} if has_own else {}
    return {"no": row.ad, "ad": name, "alike": f"{row.agreement:.0%}"} | slots | own


def _short(spans: Sequence[Span]) -> str:
    text = " … ".join(" ".join(span.text.split()) for span in spans)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def template_row(aligned: Aligned) -> dict[str, Any]:
    """A template as JSON has it: `segments` of the text, `rows` with places in each ad's stored text."""
    return asdict(aligned.of) | asdict(aligned.view)
