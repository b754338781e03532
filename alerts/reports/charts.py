"""Draws the plots of a report as SVG. Only what stands in the table is drawn, so what is withheld there is here too."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from alerts.reports.exhibits import Cell, Exhibit, Plot, Said
from alerts.reports.words import Words

MOST_BARS, MOST_TICKS = 40, 7
_INK, _LINE, _BAND, _PALE, _GREY = "#1d2b36", "#1f5f8b", "#a9cce3", "#f1f4f6", "#6b7780"
_BLUES = ("#dbe9f4", "#b3d1e7", "#7fb0d4", "#4786b6", "#1f5f8b")
# Eight colours that most colour-blind people tell apart (Okabe & Ito 2008), then the same with broken lines.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5d5d5d", "#b8a900")
_DASHES = ("-", "--", ":")
_WIDTH = 7.4  # inches
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "font.family": ["DejaVu Sans", "sans-serif"], "font.size": 9, "text.color": _INK,
    "axes.edgecolor": "#9aa5ad", "axes.labelcolor": _INK, "xtick.color": _INK, "ytick.color": _INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "hatch.color": "#c4ccd2",
}  # fmt: skip
# Where each county of 2024 lies in a grid: column from the west, row from the north.
TILES = {
    "Finnmark": (4, 0), "Troms": (3, 0), "Nordland": (3, 1), "Trøndelag": (2, 2), "Møre og Romsdal": (1, 3),
    "Innlandet": (2, 3), "Vestland": (0, 4), "Buskerud": (1, 4), "Oslo": (2, 4), "Akershus": (3, 4),
    "Rogaland": (0, 5), "Telemark": (1, 5), "Vestfold": (2, 5), "Østfold": (3, 5), "Agder": (1, 6),
}  # fmt: skip


def draw(exhibit: Exhibit, plot: Plot, words: Words) -> str:
    """The plot as one SVG document. The same table gives the same document."""
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": exhibit.key}):
        figure = Figure(figsize=(_WIDTH, _height(exhibit, plot)), layout="constrained")
        _SHAPES[plot.shape](figure.add_subplot(), exhibit, plot, words)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return out.getvalue()


def _height(exhibit: Exhibit, plot: Plot) -> float:
    heights = {"bars": 0.7 + 0.24 * min(len(exhibit.rows), MOST_BARS), "map": 4.6, "lines": 2.7, "curves": 3.4}
    return heights.get(plot.shape, heights["bars"])


def _lines(axes: Axes, exhibit: Exhibit, plot: Plot, words: Words) -> None:
    names = [words.cell(each) for each in exhibit.column(plot.label)]
    places = range(len(names))
    if plot.low:
        low, high = _numbers(exhibit.column(plot.low)), _numbers(exhibit.column(plot.high))
        axes.fill_between(places, low, high, color=_BAND, linewidth=0, label=words("plot.interval"))
    axes.plot(places, _numbers(exhibit.column(plot.value)), color=_LINE, marker="o", markersize=3.5,
              label=words(f"column.{plot.value}"))  # fmt: skip
    if plot.beside:
        axes.plot(places, _numbers(exhibit.column(plot.beside)), color=_COLOURS[1], marker="s", markersize=3.5,
                  linestyle="--", label=words(f"column.{plot.beside}"))  # fmt: skip
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.16), ncols=3)
    step = -(-len(names) // MOST_TICKS)
    axes.set_xticks(list(places)[::step], names[::step])
    axes.set_xlabel(words(f"column.{plot.label}"))
    _count_axis(axes, words, words(f"column.{plot.value}"))


def _count_axis(axes: Axes, words: Words, label: str) -> None:
    axes.set_ylim(bottom=0)
    axes.set_ylabel(label)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.cell(round(value))))
    axes.grid(axis="y", color="#dfe4e8", linewidth=0.7)


def _bars(axes: Axes, exhibit: Exhibit, plot: Plot, words: Words) -> None:
    names = [words.cell(each) for each in exhibit.column(plot.label)][:MOST_BARS]
    cells = exhibit.column(plot.value)[:MOST_BARS]
    numbers = _numbers(cells)
    top = 1.0 if plot.shape == "shares" else max([*(number for number in numbers if number == number), 1.0])
    places = range(len(names))
    axes.barh(places, [0 if number != number else number for number in numbers], color=_LINE, height=0.68)
    for place, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
        told = number == number
        axes.text((number if told else 0) + top * 0.01, place, words.cell(cell), va="center", fontsize=8.5,
                  color=_INK if told else _GREY, style="normal" if told else "italic")  # fmt: skip
    axes.set_yticks(places, names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, top * 1.12)
    axes.set_xticks([])
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(words(f"column.{plot.value}"), loc="left")


def _ranges(axes: Axes, exhibit: Exhibit, plot: Plot, words: Words) -> None:
    """A point for each row, with its interval as a bar behind it."""
    pairs = zip(exhibit.column(plot.label), exhibit.column(plot.beside), strict=True)
    names = [f"{words.cell(what)} {words.cell(how)}" for what, how in pairs]
    places = range(len(names))
    axes.hlines(
        places, _numbers(exhibit.column(plot.low)), _numbers(exhibit.column(plot.high)), color=_BAND, linewidth=6
    )
    axes.plot(_numbers(exhibit.column(plot.value)), places, color=_LINE, marker="o", markersize=4.5, linestyle="")
    axes.set_yticks(places, names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.cell(round(value))))
    axes.grid(axis="x", color="#dfe4e8", linewidth=0.7)
    axes.set_xlabel(words(f"column.{plot.value}"), loc="left")


def _map(axes: Axes, exhibit: Exhibit, plot: Plot, words: Words) -> None:
    told = dict(zip(exhibit.column(plot.label), exhibit.column(plot.value), strict=True))
    known = [cell for county in TILES if isinstance(cell := told.get(county, 0), int)]
    most = max([*known, 1])
    for county, (column, row) in TILES.items():
        _tile(axes, county, (column, row), told.get(county, 0), most, words)
    _legend(axes, most, words)
    axes.set_xlim(-0.05, 7.6)
    axes.set_ylim(7.05, -0.05)
    axes.set_aspect("equal")
    axes.axis("off")


def _tile(axes: Axes, county: str, place: tuple[int, int], cell: Cell, most: int, words: Words) -> None:
    number = cell if isinstance(cell, int) else None
    shade = _shade(number, most) if number is not None else _PALE
    axes.add_patch(Rectangle(place, 0.96, 0.96, facecolor=shade, edgecolor="#9aa5ad", linewidth=0.6,
                             hatch=None if number is not None else "////"))  # fmt: skip
    ink = "white" if shade in _BLUES[3:] else _INK
    middle = place[0] + 0.48
    name = county.replace(" og ", " og\n")
    axes.text(middle, place[1] + 0.3, name, ha="center", va="center", fontsize=6.6, color=ink)
    axes.text(middle, place[1] + 0.68, words.cell(cell), ha="center", va="center", color=ink,
              fontsize=8.5 if number is not None else 6.6)  # fmt: skip


def _shade(number: int, most: int) -> str:
    return "white" if not number else next(shade for high, shade in _shades(most) if number <= high)


def _shades(most: int) -> list[tuple[int, str]]:
    """The largest figure that each shade stands for: fifths of the largest of all."""
    return [(round(most * part / 5), shade) for part, shade in enumerate(_BLUES, start=1)]


def _legend(axes: Axes, most: int, words: Words) -> None:
    parts, low = [("0", "white", "")], 1
    for high, shade in _shades(most):
        if low <= high:
            parts.append((f"{words.cell(low)} – {words.cell(high)}", shade, ""))
            low = high + 1
    parts.append((words("value.withheld"), _PALE, "////"))
    axes.text(5.3, 1.9, words("plot.ads-by-county"), va="center", fontsize=8.5, weight="bold")
    for place, (text, shade, hatch) in enumerate(parts):
        axes.add_patch(Rectangle((5.3, 2.2 + place * 0.42), 0.36, 0.36, facecolor=shade, edgecolor="#9aa5ad",
                                 linewidth=0.6, hatch=hatch))  # fmt: skip
        axes.text(5.78, 2.38 + place * 0.42, text, va="center", fontsize=8)


def _curves(axes: Axes, exhibit: Exhibit, plot: Plot, words: Words) -> None:
    groups = list(dict.fromkeys(exhibit.column(plot.label)))
    for number, group in enumerate(groups):
        rows = [row for row in exhibit.rows if row[exhibit.columns.index(plot.label)] == group]
        part = Exhibit(key=exhibit.key, unit=exhibit.unit, n=None, columns=exhibit.columns, rows=tuple(rows))
        days, share = _numbers(part.column("days")), _numbers(part.column(plot.value))
        if isinstance(group, Said):  # all together, with the interval
            axes.fill_between(days, _numbers(part.column(plot.low)), _numbers(part.column(plot.high)),
                              color=_BAND, linewidth=0, label=words("plot.interval"))  # fmt: skip
        every = isinstance(group, Said)
        axes.plot(days, share, marker="o", markersize=2.5, label=words.cell(group), linewidth=2.2 if every else 1.2,
                  color=_INK if every else _COLOURS[number % len(_COLOURS)],
                  linestyle=_DASHES[number // len(_COLOURS) % len(_DASHES)])  # fmt: skip
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.set_xlabel(words("column.days"))
    axes.set_ylabel(words(f"column.{plot.value}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.cell(float(value))))
    axes.grid(axis="y", color="#dfe4e8", linewidth=0.7)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8)


def _numbers(cells: Sequence[Cell]) -> list[float]:
    """Numbers to draw; what is withheld or not known leaves a gap."""
    return [float(cell) if isinstance(cell, int | float) else float("nan") for cell in cells]


_SHAPES: dict[str, Callable[[Axes, Exhibit, Plot, Words], None]] = {
    "lines": _lines, "bars": _bars, "shares": _bars, "map": _map, "curves": _curves, "ranges": _ranges,
}  # fmt: skip
