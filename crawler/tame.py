"""Our own tree of an HTML page, for pages on which libxml2 stalls or gives up: linear in time, bounded in depth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from crawler.rawtext import CONTROLS
from crawler.tokens import HOLD_HTML, LEAVE_SVG, read_tokens

MAX_DEPTH = 500  # elements within each other; those further in lie beside each other there, as in Chromium (at 512)
_MAX_STEPS = 3_000_000  # looks at open elements, for one page
_MANY = 150_000  # "<" in a page that libxml2 is not asked to read
_MAX_CHAIN = 150  # elements within each other at the end of a tree; at 256 libxml2 gives up
# What libxml2 reads otherwise than browsers. All of it is looked for in the page in lower case: a search that minds
# no case takes five times as long.
_ODD = re.compile(r"<(?:plaintext|template|noframes|noembed|xmp|frameset|math|!--?-?>|!\[cdata\[|/[^a-z>]|\?(?!xml))")
_HOLDING = re.compile(r"<(noscript|iframe|title|textarea|style|svg)(?=[ \t\r\n\f/>])")
_END = re.compile(r"</(?:body|html)(?=[ \t\r\n\f/>])")
_ENDS = re.compile(r"</?(?:body|html)[ \t\r\n\f]*+>")
_NOT_DRAWN = re.compile(
    r"<(?:style|script|xmp|iframe|noembed|noframes|noscript|textarea)|<title[^<>]*+>[^<]*+<(?!/title)"
)
_MAX_HOLDING = 300  # elements with content of their own kind in a page that libxml2 is asked to read
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
_NOT_A_NAME = re.compile(r"[^a-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Tamed:
    """A page's tree, and what its markup held too much of."""

    root: etree._Element
    cuts: tuple[str, ...]


def is_odd(page: str) -> bool:
    """Does a page hold what libxml2 reads otherwise than browsers, or too much of anything?"""
    low = page.lower()
    if low.count("<") > _MANY or "\x00" in low or "--!>" in low or _ODD.search(low):
        return True
    return _goes_on(low) or any(
        number >= _MAX_HOLDING or _holds_odd(low, found) for number, found in enumerate(_HOLDING.finditer(low))
    )


def is_deep(root: etree._Element) -> bool:
    """Does a tree end so deep that its parser may have given up there?"""
    node, depth = root, 0
    while len(node) and depth <= _MAX_CHAIN:
        node, depth = node[-1], depth + 1
    return depth > _MAX_CHAIN


def tame(page: str) -> Tamed:
    """The tree of a page, whatever the page is."""
    builder = _Builder()
    read_tokens(page, builder)
    return builder.finish()


def _goes_on(page: str) -> bool:
    """Is there more behind the end of the body? libxml2 may leave it out."""
    end = _END.search(page)
    return end is not None and bool(_ENDS.sub("", page[end.start() :]).strip())


def _holds_odd(page: str, found: re.Match[str]) -> bool:
    """Does an svg hold elements that HTML reads otherwise than svg does, or text a comment that browsers show?"""
    end = page.find(f"</{found[1]}", found.end())
    if end < 0:
        return True
    if found[1] == "svg":
        return bool(_NOT_DRAWN.search(page, found.end(), end))
    return page.find("<!--", found.end(), end) >= 0


class _Builder:
    """Puts elements into each other as browsers do, as far as it matters for what text is inside what."""

    def __init__(self) -> None:
        self.root = etree.Element("html")
        self._cuts: dict[str, None] = {}
        self._head = etree.SubElement(self.root, "head")
        self._body = etree.SubElement(self.root, "body")
        self._open: list[tuple[str, Any]] = []
        self._counts: Counter[str] = Counter()
        self._last: Any = None  # the child that text comes behind; None: text is the parent's own
        self._texts: list[str] = []
        self._in_head = True
        self._steps = _MAX_STEPS

    @property
    def _parent(self) -> Any:
        return self._open[-1][1] if self._open else self._head if self._in_head else self._body

    def finish(self) -> Tamed:
        self._flush()
        return Tamed(self.root, tuple(self._cuts))

    def cut(self, reason: str) -> None:
        self._cuts[reason] = None

    def start(self, name: str, attributes: Mapping[str, str], *, closed: bool) -> None:
        if name in _FRAMES:
            return
        if name in _DOCUMENT:
            self._start_document(name, attributes)
            return
        if self._in_head and not self._open and name not in _HEAD:
            self._leave_head()
        self._imply_ends(name)
        self._flush()
        element = etree.SubElement(self._place_for_child(), _name(name))
        _set(element, attributes)
        self._last = element
        if name not in VOID and not (closed and name in _SVG):
            self._open.append((name, element))
            self._counts[name] += 1
            self._last = None

    def end(self, name: str) -> None:
        if self._counts[name]:
            stop = _TABLE_SCOPE if name in _TABLE else _SCOPE
            self._close_up_to(frozenset({name}), stop - {name}, is_formatting=name in _FORMATTING)
        elif name in ("br", "p"):  # browsers make an element of these
            self.start(name, {}, closed=False)
            if name == "p":
                self._close(len(self._open) - 1)
        elif name == "head":
            self._leave_head()

    def text(self, text: str) -> None:
        text = CONTROLS.sub("", text.replace("\f", " "))
        if self._in_head and not self._open and text.strip(" \t\r\n"):
            self._leave_head()
        if text:
            self._texts.append(text)

    def _start_document(self, name: str, attributes: Mapping[str, str]) -> None:
        """Another html or body adds its attributes to the one there is."""
        if name == "body":
            self._leave_head()
        if name != "head":
            _set(self._body if name == "body" else self.root, attributes)

    def _leave_head(self) -> None:
        if self._in_head and not self._open:
            self._flush()
            self._in_head, self._last = False, None

    def _place_for_child(self) -> Any:
        """The innermost open element; below MAX_DEPTH the one around it, so that the tree grows no deeper."""
        parent = self._parent
        if len(self._open) <= MAX_DEPTH:
            return parent
        self.cut(f"more than {MAX_DEPTH} tags within each other")
        return parent.getparent()

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
            name, element = self._open[depth]
            self._steps -= 1
            if name in names and not ended_early:
                self._close(depth)
            elif name in names:
                self._open[depth] = ("", element)
                self._counts[name] -= 1
            elif name not in stop and self._steps > 0:
                ended_early = ended_early or (is_formatting and name in _BLOCK)
                continue
            return

    def _close(self, depth: int) -> None:
        """Close the elements from `depth` on, and those around them that had ended before."""
        self._flush()
        while len(self._open) > depth or (self._open and not self._open[-1][0]):
            name, self._last = self._open.pop()
            self._counts[name] -= 1
        if len(self._open) >= MAX_DEPTH:
            self._last = self._last_child()

    def _last_child(self) -> Any:
        """What text comes behind, where elements lie beside the one that they were opened in."""
        parent = self._parent
        return parent[-1] if len(parent) else None

    def _flush(self) -> None:
        """Put the texts gathered where they belong: behind the last child, or at the start of the parent."""
        if not self._texts:
            return
        text, self._texts = "".join(self._texts), []
        if self._last is not None:
            self._last.tail = (self._last.tail or "") + text
        else:
            self._parent.text = (self._parent.text or "") + text


def _set(element: Any, attributes: Mapping[str, str]) -> None:
    for name, value in attributes.items():
        name = _name(name)
        if name[:1].isalpha() and name not in element.attrib:
            element.set(name, value if value.isprintable() else CONTROLS.sub("", value))


@lru_cache(maxsize=2000)
def _name(name: str) -> str:
    """A name of a tag or attribute as lxml takes it."""
    return _NOT_A_NAME.sub("_", name)
