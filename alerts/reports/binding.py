"""The folder of a report: the page, the page as PDF where there is a browser, the tables behind it, and checksums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alerts.reports.exhibits import Cell, Exhibit, Report, Said
from alerts.reports.page import about, draw_page
from alerts.reports.words import Words
from alerts.sampling.folder import check_folder, write_folder
from crawler.browser import NO_BROWSER, CannotPrint, find_browser, print_page

PAGE, PRINT, TABLES = "report.html", "report.pdf", "tables"


@dataclass(frozen=True, slots=True)
class Bound:
    """The files of a report that was written, and why there is no PDF among them ("" if there is)."""

    files: tuple[str, ...]
    no_pdf: str


def bind(report: Report, words: Words, out: Path) -> Bound:
    """Write the folder, whole or not at all. Raises CannotWrite."""
    check_folder(out)
    page = draw_page(report, words)
    tables: dict[str, list[dict[str, object]]] = {
        f"{TABLES}/{one.key}.csv": list(_rows(one)) for one in report.exhibits if one.rows
    }
    tables[f"{TABLES}/about.csv"] = [
        {"file": f"{one.key}.csv", "title": words(f"exhibit.{one.key}.title"), **about(one, report, words)}
        for one in report.exhibits
    ]  # fmt: skip
    papers: dict[str, str | bytes] = {PAGE: page}
    printed, no_pdf = _printed(page)
    if printed:
        papers[PRINT] = printed
    write_folder(out, tables, papers)
    return Bound((*papers, *tables), no_pdf)


def _printed(page: str) -> tuple[bytes, str]:
    browser = find_browser()
    if browser is None:
        return b"", NO_BROWSER
    try:
        return print_page(browser, page), ""
    except CannotPrint as error:
        return b"", f"the browser does not print: {error}"


def _rows(exhibit: Exhibit) -> Iterator[dict[str, object]]:
    for row in exhibit.rows:
        yield {name: _cell(cell) for name, cell in zip(exhibit.columns, row, strict=True)}


def _cell(cell: Cell) -> object:
    if isinstance(cell, Said):
        return cell.key
    return round(cell, 4) if isinstance(cell, float) else cell
