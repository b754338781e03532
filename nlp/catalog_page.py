"""Writes the page of indicators: `python -m nlp.catalog_page > docs/indicators.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from nlp.catalog_file import Indicator, catalogue

HEAD = """\
# Indicators

<!-- Made by `python -m nlp.catalog_page > docs/indicators.md`. Edit nlp/catalogue/*.toml instead. -->

No single indicator confirms or refutes trafficking. Each is a reason to look closer, with a weight that
may be negative, a grade that says how well it is supported, and a benign reading. Indicators of one group
are one idea and vote once. The data are in `nlp/catalogue/`; every entry's example texts are tests.

An indicator is *present* (the ad says so), *absent* (the ad says the opposite), *not stated*, or
*not computable* (a number stands there, but nothing to compare it with).

| grade | meaning |
|---|---|
| law | a legal rule |
| published+ | a published study found it more often in ads tied to trafficking |
| published0 | a published study found no difference |
| published- | a published study found it less often |
| expert | expert lists only; the source says when it is unverified |
"""


def write_page(indicators: Iterable[Indicator]) -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *map(_write_section, indicators)])


def _write_section(entry: Indicator) -> str:
    lines = [
        f"## {entry.id} {entry.title}",
        "",
        f"- Kinds of ad: {', '.join(entry.applies_to)}",
        f"- Group: {', '.join(entry.groups)}",
        f"- Weight {entry.weight:g}, grade {entry.grade}",
        f"- Source: {entry.source}",
        f"- Found by: {write_means(entry)}",
        f"- Benign reading: {entry.benign}",
        *_write_examples("Shows it", entry.hits),
        *_write_examples("Does not", entry.misses),
        "",
    ]
    return "\n".join(lines)


def write_means(entry: Indicator, *, languages: bool = True) -> str:
    """How an indicator is found, in a few words."""
    if not entry.is_of_one_ad:
        return "comparing several ads" if entry.is_cross_ad else "nothing: it is not computed"
    means = ["phrases" + (f" ({', '.join(entry.languages)})" if languages else "")] if entry.languages else []
    if entry.patterns:
        means.append("patterns")
    if entry.parts:
        where = f"within {entry.within} words of one sentence" if entry.within else "in one ad"
        means.append(f"all of {', '.join(entry.parts)} {where}")
    if entry.rule:
        means.append(f"rule `{entry.rule}`")
    return "; ".join(means)


def _write_examples(label: str, texts: Iterable[str]) -> list[str]:
    return [f"- {label}: " + " · ".join(f"“{text}”" for text in texts)] if texts else []


if __name__ == "__main__":
    sys.stdout.write(write_page(catalogue().values()))
