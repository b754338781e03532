"""The text of an element as a reader sees it: lines where the page breaks them, and nothing that is hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lxml import etree

_LINE = frozenset({
    "address", "article", "aside", "body", "center", "dd", "details", "dialog", "dir", "div", "dt", "fieldset",
    "figcaption", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav",
    "optgroup", "option", "search", "section", "summary", "table", "caption", "tbody", "thead", "tfoot", "tr",
})  # fmt: skip
_PARAGRAPH = frozenset({
    "blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "plaintext", "pre", "ul", "xmp",
})  # fmt: skip
_CELL = frozenset({"td", "th"})
_KEPT = frozenset({"pre", "listing", "xmp", "plaintext"})
_UNSEEN = frozenset({
    "annotation", "annotation-xml", "area", "audio", "base", "canvas", "datalist", "desc", "embed", "head", "iframe",
    "link", "meta", "metadata", "meter", "noembed", "noframes", "noscript", "param", "progress", "rp", "script",
    "style", "template", "textarea", "title", "video",
})  # fmt: skip
_BREAKS = dict.fromkeys(_LINE, 1) | dict.fromkeys(_PARAGRAPH, 2)  # line ends before and behind
_SHUT = frozenset({"select"})  # of what these hold, only the elements below show
_OPENS = frozenset({"option", "summary"})
_SPACE = re.compile("[ \t\r\n\f\xa0]+")
_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*+\*/")
Look = Literal["gone", "hidden", "shown", ""]
_GONE: Look = "gone"  # with all that it holds
_HIDDEN: Look = "hidden"  # but not what in it says that it is visible
_SHOWN: Look = "shown"


def visible_text(element: etree._Element) -> str:
    """The text of one element: runs of space are one space, and a blank line stands between paragraphs.

    What is hidden inside it is left out; that the element itself is hidden, or lies in what is, does not count.
    """
    lines = _Lines()
    _walk(element, lines)
    return lines.text()


def find_look(element: etree._Element) -> Look:
    """What an element's own attributes say about its being seen."""
    written = element.get("style")
    if not written:
        return "" if element.get("hidden") is None else _GONE
    style = _declarations(written)
    display = style.get("display", "none" if element.get("hidden") is not None else "")
    if display == "none":
        return _GONE
    visibility = style.get("visibility", "")
    return _HIDDEN if visibility in ("hidden", "collapse") else _SHOWN if visibility == "visible" else ""


@dataclass(frozen=True, slots=True)
class _State:
    """How text is shown inside an element: not at all, or with its space kept."""

    shown: bool = True
    kept: bool = False
    gone: bool = False


def _walk(top: etree._Element, lines: _Lines) -> None:
    """Write a tree, without recursion."""
    walk = etree.iterwalk(top, events=("start", "end", "comment", "pi"))
    around = [_State()]
    for happening, node in walk:
        if happening == "start":
            state = _state(node, around[-1]) if node is not top else _State(kept=node.tag in _KEPT)
            around.append(state)
            if state.gone:
                walk.skip_subtree()
                continue
            lines.open(node.tag)
            lines.add(node.text, shown=state.shown, kept=state.kept)
            continue
        if happening == "end":
            lines.close("" if around.pop().gone else node.tag)
        if node is not top:
            lines.add(node.tail, shown=around[-1].shown, kept=around[-1].kept)


def _state(node: etree._Element, outer: _State) -> _State:
    look = find_look(node)
    if look == _GONE or node.tag in _UNSEEN or _is_folded(node) or (node.tag == "dialog" and node.get("open") is None):
        return _State(gone=True)
    if node.tag in _SHUT or (node.tag == "details" and node.get("open") is None):
        return _State(shown=False)
    shown = (outer.shown or node.tag in _OPENS) if not look else look == _SHOWN
    kept = outer.kept or node.tag in _KEPT
    return outer if (shown, kept) == (outer.shown, outer.kept) else _State(shown, kept)


def _is_folded(node: etree._Element) -> bool:
    """Is it in a closed details element, and not the line of it that shows?"""
    parent = node.getparent()
    return parent is not None and parent.tag == "details" and parent.get("open") is None and not _is_summary(node)


def _is_summary(node: etree._Element) -> bool:
    """Is it the part of a closed details element that shows?"""
    return bool(node.tag == "summary") and next(node.itersiblings("summary", preceding=True), None) is None


def _declarations(style: str) -> dict[str, str]:
    """The display and visibility that a style attribute ends up with."""
    found: dict[str, str] = {}
    strong: set[str] = set()
    for part in _COMMENT.sub("", style).lower().split(";"):
        name, _, value = part.partition(":")
        value, _, mark = value.partition("!")
        if (name := name.strip()) in ("display", "visibility") and (mark or name not in strong):
            found[name] = value.strip()
            strong |= {name} if mark else set()
    return found


class _Lines:
    """Text as it is put together: what breaks are due before the next of it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._due = 0  # line ends that there must be
        self._forced = 0  # line ends that br elements made
        self._space = False

    def open(self, tag: str) -> None:
        if tag == "br":
            self._forced = min(2, self._forced + 1)
        elif tag in _CELL:
            self._space = True
        self._break(tag)

    def close(self, tag: str) -> None:
        self._space = self._space or tag in _CELL
        self._break(tag)

    def add(self, text: str | None, *, shown: bool, kept: bool) -> None:
        if not text or not shown:
            return
        if kept:
            self._write(text.replace("\r\n", "\n"), glued=not self._space)
            return
        words = _SPACE.sub(" ", text)
        core = words.strip(" ")
        if core:
            self._write(core, glued=not (self._space or words[0] == " "))
        self._space = (words[-1] == " ") if core else True

    def text(self) -> str:
        return "".join(self._parts).strip()

    def _break(self, tag: str) -> None:
        due = _BREAKS.get(tag, 0)
        if due > self._due:
            self._due = due

    def _write(self, text: str, *, glued: bool) -> None:
        breaks = max(self._due, self._forced)
        self._parts += ["\n" * breaks if breaks else "" if glued else " ", text]
        self._due = self._forced = 0
        self._space = False
