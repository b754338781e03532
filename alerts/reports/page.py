"""A report as one HTML document that needs nothing else: no script, no address outside of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from alerts.reports.charts import MOST_BARS, draw
from alerts.reports.exhibits import Cell, Exhibit, Report
from alerts.reports.words import Words
from alerts.review.text import plain
from crawler import __version__
from nlp.catalog_file import catalogue_version

_CODE = re.compile("`([^`]+)`")
_TRANSLATED = frozenset({"indicator"})  # columns that stand in English, whatever the language of the report


def draw_page(report: Report, words: Words) -> str:
    """The document, in the language of the words."""
    environment = Environment(
        loader=PackageLoader("alerts.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(cell=lambda cell: plain(words.cell(cell)), told=_told)
    environment.tests.update(number=_is_number, numeric=lambda cells: any(map(_is_number, cells)))
    template = environment.get_template("report.html")
    return template.render(
        report=report, words=words, version=__version__, catalogue=catalogue_version(),
        plots=lambda one: list(_plots(one, words)),
        english=_TRANSLATED, most=MOST_BARS, about=lambda one: about(one, report, words),
        title=words(f"page.{report.kind}", year=f"{report.first.year}"),
        contacts=contacts(report, words),
    )  # fmt: skip


def contacts(report: Report, words: Words) -> str:
    """What contacts are in this report."""
    return ", ".join(words(f"contact.{kind}") for kind in report.contacts)


def about(exhibit: Exhibit, report: Report, words: Words) -> dict[str, str]:
    """How a table was made: what it counts, of how many, by what method, from what, and what limits it."""
    return {
        "counts": words(f"counted.{exhibit.unit}", contacts=contacts(report, words)),
        "n": words.cell(exhibit.n),
        "method": words(f"exhibit.{exhibit.key}.method"),
        "source": words("page.source-store", first=f"{report.first}", last=f"{report.last}",
                        file=f"tables/{exhibit.key}.csv"),
        "limits": words(f"exhibit.{exhibit.key}.limit"),
    }  # fmt: skip


def _plots(exhibit: Exhibit, words: Words) -> Iterator[str]:
    """Each plot as an address that holds all of it."""
    for plot in exhibit.plots:
        drawn = base64.b64encode(draw(exhibit, plot, words).encode()).decode()
        yield f"data:image/svg+xml;base64,{drawn}"


def _told(text: str) -> Markup:
    """A sentence of the words; what stands between backquotes is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(plain(text)))))


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float)
