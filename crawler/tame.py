"""Our own reader of HTML pages, for pages on which lexbor stalls or gives up: linear in time, bounded in depth.

It writes the page anew, each element closed where it ends, so that reading that is no more work than its length.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

from crawler.rawtext import CONTROLS
from crawler.tokens import HOLD_HTML, LEAVE_SVG, MAX_ATTRIBUTES, read_tokens

MAX_DEPTH = 500  # elements within each other; those further in lie beside each other there, as in Chromium (at 512)
_MAX_STEPS = 3_000_000  # looks at open elements, for one page
VOID = frozenset({
    "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
})  # fmt: skip
_HEAD = frozenset({"base", "link", "meta", "noscript", "script", "style", "template", "title"})
_BLOCK = frozenset({
    "address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "ul", "plaintext", "xmp",
})  # fmt: skip
_FORMATTING = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "span", "strike", "strong", "tt", "u",
})  # fmt: skip
_TABLE = frozenset({"table", "td", "th", "tr", "tbody", "thead", "tfoot", "caption"})
_TABLE_SCOPE = frozenset({"table", "template"})
_SVG = frozenset(
    {"path", "circle", "rect", "line", "polygon", "use", "g", "image", "ellipse", "polyline", "stop", "svg"}
)
_SCOPE = frozenset({"table", "td", "th", "caption", "template", "object", "marquee", "applet", "foreignobject", "svg"})
# What a start tag closes of what is open, and where the search for it stops.
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "optgroup": (frozenset({"optgroup"}), frozenset({"select"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "th": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "tbody": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "a": (frozenset({"a"}), _BLOCK - {"p"}),
}
_P, _P_SCOPE = frozenset({"p"}), _SCOPE | {"button"}
_FOREIGN = frozenset({"svg", "math"})
_FRAMES = frozenset({"frameset", "frame"})  # browsers leave them out of a page that has a body
_DOCUMENT = frozenset({"html", "head", "body"})
_PRE = {"xmp": "pre", "plaintext": "pre"}  # where the text that they hold needs no end tag of its own kind
_NEVER_SHOWN = frozenset({"style", "iframe", "noembed", "noframes", "noscript"})  # nor can selectors look into them


@dataclass(frozen=True, slots=True)
class Tamed:
    """A page written anew, and what its markup held too much of."""

    page: str
    cuts: tuple[str, ...]


def tame(page: str) -> Tamed:
    """A page that has the same text in the same elements, whatever the page is."""
    builder = _Builder()
    read_tokens(page, builder)
    return builder.finish()


class _Builder:
    """Puts elements into each other as browsers do, as far as it matters for what text is inside what."""

    def __init__(self) -> None:
        self._cuts: dict[str, None] = {}
        self._attributes: dict[str, dict[str, str]] = {"html": {}, "body": {}}
        self._head: list[str] = []
        self._body: list[str] = []
        self._open: list[tuple[str, str]] = []  # the name while it can be ended by a tag, else "", and as written
        self._deepest = ""  # the one open element below MAX_DEPTH, as written
        self._counts: Counter[str] = Counter()
        self._in_head = True
        self._steps = _MAX_STEPS

    def finish(self) -> Tamed:
        self._close(0)
        root, body = (_tag(name, self._attributes[name]) for name in ("html", "body"))
        page = f"<!DOCTYPE html>{root}<head>{''.join(self._head)}</head>{body}{''.join(self._body)}</body></html>"
        return Tamed(page, tuple(self._cuts))

    def cut(self, reason: str) -> None:
        self._cuts[reason] = None

    def start(self, name: str, attributes: Mapping[str, str], *, closed: bool) -> None:
        if name in _FRAMES:
            return
        if name in _DOCUMENT:
            self._start_document(name, attributes)
            return
        if self._in_head and not self._open and name not in _HEAD:
            self._in_head = False
        self._imply_ends(name)
        if len(self._open) >= MAX_DEPTH:
            self.cut(f"more than {MAX_DEPTH} tags within each other")
            self._end_deepest()
        written = _PRE.get(name, name)
        self._write(_tag(written, attributes))
        if name in VOID:
            return
        if closed and name in _SVG:
            self._write(f"</{written}>")
            return
        if len(self._open) >= MAX_DEPTH:
            self._deepest = written
        self._open.append((name, written))
        self._counts[name] += 1

    def end(self, name: str) -> None:
        if self._counts[name]:
            stop = _TABLE_SCOPE if name in _TABLE else _SCOPE
            self._close_up_to(frozenset({name}), stop - {name}, is_formatting=name in _FORMATTING)
        elif name in ("br", "p"):  # browsers make an element of these
            self.start(name, {}, closed=False)
            if name == "p":
                self._close(len(self._open) - 1)
        elif name == "head" and not self._open:
            self._in_head = False

    def text(self, text: str) -> None:
        text = CONTROLS.sub("", text.replace("\f", " "))
        if self._in_head and not self._open and text.strip(" \t\r\n"):
            self._in_head = False
        inside = self._open[-1][1] if self._open else ""
        if inside == "script":
            self._write("" if self._counts["svg"] or self._counts["math"] else text)
        elif inside not in _NEVER_SHOWN:
            self._write(html.escape(text, quote=False))

    def _write(self, markup: str) -> None:
        (self._head if self._in_head else self._body).append(markup)

    def _start_document(self, name: str, attributes: Mapping[str, str]) -> None:
        """Another html or body adds its attributes to the one there is."""
        if name == "body" and not self._open:
            self._in_head = False
        if name == "head":
            return
        known = self._attributes[name]
        for key, value in attributes.items():
            if len(known) < MAX_ATTRIBUTES:
                known.setdefault(key, value)

    def _imply_ends(self, name: str) -> None:
        """Close what `name` ends without an end tag: a paragraph by any block, an item by the next."""
        if (self._counts["svg"] or self._counts["math"]) and name in LEAVE_SVG:
            self._close_up_to(_FOREIGN, HOLD_HTML)
        if name in _BLOCK and self._counts["p"]:
            self._close_up_to(_P, _P_SCOPE)
        if (closing := _CLOSES.get(name)) and any(self._counts[other] for other in closing[0]):
            self._close_up_to(*closing)

    def _close_up_to(self, names: Set[str], stop: Set[str], *, is_formatting: bool = False) -> None:
        """Close the innermost open element of `names` and what is inside it, unless one of `stop` is between.

        A formatting element that a block is inside of ends with that block: so text stays in the block.
        """
        ended_early = False
        for depth in range(len(self._open) - 1, -1, -1):
            name, written = self._open[depth]
            self._steps -= 1
            if name in names and not ended_early:
                self._close(depth)
            elif name in names:
                self._open[depth] = ("", written)
                self._counts[name] -= 1
            elif name not in stop and self._steps > 0:
                ended_early = ended_early or (is_formatting and name in _BLOCK)
                continue
            return

    def _close(self, depth: int) -> None:
        """Close the elements from `depth` on, and those around them that had ended before."""
        while len(self._open) > depth or (self._open and not self._open[-1][0]):
            name, written = self._open.pop()
            self._counts[name] -= 1
            if len(self._open) >= MAX_DEPTH:
                self._end_deepest()
            else:
                self._write(f"</{written}>")

    def _end_deepest(self) -> None:
        """End the element that is open below MAX_DEPTH, so that the next one lies beside it."""
        if self._deepest:
            self._write(f"</{self._deepest}>")
            self._deepest = ""


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    if not attributes:
        return f"<{name}>"
    written = (f'{key}="{html.escape(CONTROLS.sub("", value))}"' for key, value in attributes.items())
    return f"<{name} {' '.join(written)}>"
