"""The tags and texts of an HTML page, cut as browsers cut them, each character looked at a bounded number of times."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from crawler.rawtext import raw_text

MAX_ATTRIBUTES = 64  # of one tag; those that spiders look for are kept beyond it
MAX_VALUE = 65_536  # characters of one attribute's value
MAX_TOKENS = 80_000  # tags, comments and the like; what comes behind is read as bare text
_MAX_KEPT = 160
_FIRST = frozenset({
    "class", "id", "href", "src", "name", "content", "type", "hidden", "style", "itemprop", "itemscope", "itemtype",
    "rel", "datetime", "value", "open",
})  # fmt: skip
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_SIMPLE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})[ \t\r\n\f]*+>")
_NAME = re.compile(r"([^ \t\r\n\f/>]{1,100})[^ \t\r\n\f/>]*+")
_ATTRIBUTE = re.compile(
    r"""[ \t\r\n\f/]*+(?:(>)|(=?[^ \t\r\n\f/>=]*+)[ \t\r\n\f]*+(?:=[ \t\r\n\f]*+(?:(["'])|([^ \t\r\n\f>]*+)))?)"""
)
# Elements whose content is text up to their own end tag; browsers run scripts, so noscript is one of them.
_RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "noscript"})
_RCDATA = frozenset({"textarea", "title"})
# Inside svg and math, HTML begins again with these: some may hold it, for the others browsers leave svg.
LEAVE_SVG = frozenset({
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3",
    "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s",
    "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var",
})  # fmt: skip
HOLD_HTML = frozenset({"foreignobject", "desc", "title", "annotation-xml"})
_SCRIPT = re.compile(r"<!--|-->|<(/?)script(?=[ \t\r\n\f/>])", re.I)


class Sink(Protocol):
    """Who takes what is found. Names are in lower case; texts have their references resolved."""

    def start(self, name: str, attributes: Mapping[str, str], *, closed: bool) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...
    def cut(self, reason: str) -> None: ...


def read_tokens(page: str, sink: Sink) -> None:
    """Give `sink` the tags and texts of a page, in order."""
    _Reader(page, sink).read()


class _Reader:
    """A place in a page, and what was found ahead of it, so that nothing is looked for twice."""

    def __init__(self, page: str, sink: Sink) -> None:
        self._page = page
        self._sink = sink
        self._place = 0
        self._ahead: dict[str, int] = {}
        self._foreign = 0  # svg and math elements around this place

    def read(self) -> None:
        page, end = self._page, len(self._page)
        for _ in range(MAX_TOKENS):
            found = _MARKUP.search(page, self._place)
            start = found.start() if found else end
            if start > self._place:
                self._sink.text(html.unescape(page[self._place : start]))
            self._place = start
            if start == end:
                return
            self._markup()
        if self._place < end:
            self._sink.cut(f"more than {MAX_TOKENS:,} tags")
            self._sink.text(raw_text(page[self._place :]))

    def _markup(self) -> None:
        """What begins with the "<" at this place."""
        page, start = self._page, self._place
        if simple := _SIMPLE.match(page, start):
            self._place = simple.end()
            self._tag(bool(simple[1]), simple[2].lower(), {}, closed=False)
        elif page[start + 1] == "!":
            self._declaration(start + 2)
        elif page[start + 1] == "?":
            self._place = self._after(">", start + 1)
        elif page[start + 1] != "/":
            self._long_tag(start + 1, is_end=False)
        elif page[start + 2 : start + 3].isascii() and page[start + 2 : start + 3].isalpha():
            self._long_tag(start + 2, is_end=True)
        elif start + 2 < len(page):
            self._place = self._after(">", start + 2)
        else:
            self._place = start + 2
            self._sink.text("</")

    def _declaration(self, place: int) -> None:
        """A comment, a doctype, or inside svg and math a CDATA section, which is text."""
        page = self._page
        if page.startswith("--", place):
            self._place = self._after_comment(place + 2)
        elif self._foreign and page.startswith("[CDATA[", place):
            end = self._find("]]>", place + 7)
            self._sink.text(page[place + 7 : end])
            self._place = end + 3
        else:
            self._place = self._after(">", place)

    def _after_comment(self, place: int) -> int:
        for short in (">", "->"):
            if self._page.startswith(short, place):
                return place + len(short)
        usual, odd = self._find("-->", place), self._find("--!>", place)
        return usual + 3 if usual <= odd else odd + 4

    def _long_tag(self, place: int, *, is_end: bool) -> None:
        found = _NAME.match(self._page, place)
        assert found  # a letter was seen there
        self._place = found.end()
        attributes = self._attributes()
        if attributes is not None:  # else the page ends within the tag: browsers show nothing of it
            closed = self._page[self._place - 2] == "/"
            self._tag(is_end, found[1].lower(), attributes, closed=closed)

    def _tag(self, is_end: bool, name: str, attributes: Mapping[str, str], *, closed: bool) -> None:
        if is_end:
            self._sink.end(name)
        else:
            self._sink.start(name, attributes, closed=closed)
        was_foreign = self._foreign > 0
        if name in ("svg", "math"):
            self._foreign = max(0, self._foreign + (-1 if is_end else 0 if closed else 1))
        elif self._foreign and not is_end and (name in LEAVE_SVG or name in HOLD_HTML):
            self._foreign = 0
        if not is_end and not self._foreign and not (was_foreign and name in HOLD_HTML):
            self._content(name)

    def _content(self, name: str) -> None:
        """The text inside an element that holds nothing else."""
        if name == "plaintext":
            start, self._place = self._place, len(self._page)
            self._sink.text(self._page[start:])
        elif name in _RAW or name in _RCDATA:
            start = self._place
            self._place = self._end_of_script(start) if name == "script" else self._find(f"</{name}", start)
            text = self._page[start : self._place]
            self._sink.text(html.unescape(text) if name in _RCDATA else text)

    def _end_of_script(self, start: int) -> int:
        """Where the end tag of a script is: one inside a comment that opened another script does not count."""
        commented = nested = False
        for found in _SCRIPT.finditer(self._page, start):
            if found[0] == "<!--":
                commented = True
            elif found[0] == "-->":
                commented = nested = False
            elif not found[1]:
                nested = commented
            elif not nested:
                return found.start()
            else:
                nested = False
        return len(self._page)

    def _attributes(self) -> dict[str, str] | None:
        """The attributes of the tag at this place, which moves behind it. None where the page ends first."""
        page, place, end = self._page, self._place, len(self._page)
        kept: dict[str, str] = {}
        while place < end:
            found = _ATTRIBUTE.match(page, place)
            assert found  # it takes the empty text too
            place, value = found.end(), found[4] or ""
            if found[1]:
                self._place = place
                return kept
            if quote := found[3]:
                closing = page.find(quote, place)
                if closing < 0:
                    break
                value, place = page[place : min(closing, place + MAX_VALUE)], closing + 1
            self._keep(kept, found[2].lower(), value)
        self._place = end
        return None

    def _keep(self, kept: dict[str, str], name: str, value: str) -> None:
        """Keep an attribute, the first of its name, if there is room for it."""
        if not name or name in kept:
            return
        wanted = name in _FIRST or name.startswith("data-")
        if len(kept) < (_MAX_KEPT if wanted else MAX_ATTRIBUTES):
            kept[name] = html.unescape(value[:MAX_VALUE])
        else:
            self._sink.cut(f"more than {MAX_ATTRIBUTES} attributes on one tag")

    def _after(self, needle: str, place: int) -> int:
        return self._find(needle, place) + len(needle)

    def _find(self, needle: str, place: int) -> int:
        """Where `needle` is next, in any case of its letters; the end of the page if nowhere."""
        known = self._ahead.get(needle, -1)
        if known < place:
            known = self._ahead[needle] = _finder(needle)(self._page, place)
        return known


@lru_cache(maxsize=50)
def _finder(needle: str) -> Callable[[str, int], int]:
    pattern = re.compile(needle + r"(?=[ \t\r\n\f/>])" if needle.startswith("</") else re.escape(needle), re.I)

    def find(page: str, place: int) -> int:
        found = pattern.search(page, place)
        return found.start() if found else len(page)

    return find
