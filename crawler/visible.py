"""The text of an element as a reader sees it: lines where the page breaks them, and nothing that is hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from crawler.htmltree import Element, attribute, select
from crawler.rawtext import CONTROLS

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
_MAY_CLOSE = frozenset({"details", "dialog"})
_SPACE = re.compile("[ \t\r\n\f\xa0]+")
_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*+\*/")
Look = Literal["gone", "hidden", "shown", ""]
_GONE: Look = "gone"  # with all that it holds
_HIDDEN: Look = "hidden"  # but not what in it says that it is visible
_SHOWN: Look = "shown"


def visible_text(element: Element) -> str:
    """The text of one element: runs of space are one space, and a blank line stands between paragraphs.

    What is hidden inside it is left out; that the element itself is hidden, or lies in what is, does not count.
    """
    lines = _Lines()
    _walk(element, lines)
    return CONTROLS.sub("", lines.text())


def find_look(element: Element) -> Look:
    """What an element's own attributes say about its being seen."""
    is_hidden = attribute(element, "hidden") is not None
    style = _declarations(attribute(element, "style") or "")
    if style.get("display", "none" if is_hidden else "") == "none":
        return _GONE
    visibility = style.get("visibility", "")
    return _HIDDEN if visibility in ("hidden", "collapse") else _SHOWN if visibility == "visible" else ""


@dataclass(frozen=True, slots=True)
class _State:
    """How text is shown inside an element: not at all, or with its space kept."""

    shown: bool = True
    kept: bool = False
    gone: bool = False
    folds: bool = False  # a closed details element: of what lies in it, only its summary shows


_GONE_STATE, _SHUT_STATE, _FOLDED_STATE = _State(gone=True), _State(shown=False), _State(shown=False, folds=True)


def _walk(top: Element, lines: _Lines) -> None:
    """Write a tree, without recursion."""
    looks = {element.mem_id: find_look(element) for element in select(top, "[style], [hidden]")}
    around = [(top, _State(kept=top.tag in _KEPT, folds=_is_closed(top)))]
    node = top.first_child
    while around:
        outer, state = around[-1]
        if node is None:
            around.pop()
            lines.close(str(outer.tag) if around else "")
            node = outer.next
            continue
        tag = node.tag or "-"
        if tag == "-text":
            lines.add(node.text_content, shown=state.shown, kept=state.kept)
        elif tag[0] != "-" and not (inner := _state(node, tag, looks.get(node.mem_id, ""), state)).gone:
            lines.open(tag)
            around.append((node, inner))
            node = node.first_child
            continue
        node = node.next


def _state(node: Element, tag: str, look: Look, outer: _State) -> _State:
    if look == _GONE or tag in _UNSEEN or (outer.folds and not _is_first_summary(node)):
        return _GONE_STATE
    if tag in _MAY_CLOSE and _is_closed(node):
        return _GONE_STATE if tag == "dialog" else _FOLDED_STATE
    if tag in _SHUT:
        return _SHUT_STATE
    shown = (outer.shown or tag in _OPENS) if not look else look == _SHOWN
    kept = outer.kept or tag in _KEPT
    return outer if (shown, kept, False) == (outer.shown, outer.kept, outer.folds) else _State(shown, kept)


def _is_closed(node: Element) -> bool:
    return node.tag in _MAY_CLOSE and attribute(node, "open") is None


def _is_first_summary(node: Element) -> bool:
    """Is it the part of a closed details element that shows?"""
    before = node if node.tag == "summary" else None
    while before is not None:
        before = before.prev
        if before is None:
            return True
        if before.tag == "summary":
            break
    return False


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
