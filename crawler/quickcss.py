"""Quick answers to the selectors that site files mostly hold: tags, ids and classes, one inside another.

A page is walked once; each selector is then a look-up, where XPath walks the page for every one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_COMPOUND = re.compile(rf"({_NAME})?((?:[.#]{_NAME})*)")
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True, slots=True)
class Compound:
    """`tag#id.class`: what is asked of one element. `tag` "" is any."""

    tag: str
    ids: frozenset[str]
    classes: frozenset[str]

    def is_met(self, element: Any) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        if self.ids and not self.ids <= {element.get("id")}:
            return False
        return not self.classes or self.classes <= set(_SPACES.split(element.get("class", "")))


@lru_cache(maxsize=500)
def parse_selector(query: str) -> tuple[Compound, ...] | None:
    """The compounds of a selector, the outermost first; None for one that only XPath can answer."""
    parts = query.split()
    found = [_parse_compound(part) for part in parts]
    return tuple(part for part in found if part) if parts and all(found) else None


def _parse_compound(part: str) -> Compound | None:
    match = _COMPOUND.fullmatch(part)
    if not match or not part:
        return None
    marks = re.findall(rf"([.#])({_NAME})", match[2])
    return Compound(
        (match[1] or "").lower(),
        frozenset(name for mark, name in marks if mark == "#"),
        frozenset(name for mark, name in marks if mark == "."),
    )


_MARKED = etree.XPath("descendant-or-self::*[@class or @id]", smart_strings=False)


class Index:
    """The elements of a tree by id and class. Most classes of a page stand in a few spellings, which are split once."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._ids: dict[str, list[_Placed]] = {}
        spelt: dict[str, list[_Placed]] = {}
        for placed in enumerate(_MARKED(root)):
            attributes = placed[1].attrib
            if names := attributes.get("class"):
                spelt.setdefault(names, []).append(placed)
            if name := attributes.get("id"):
                self._ids.setdefault(name, []).append(placed)
        self._classes: dict[str, list[list[_Placed]]] = {}
        for names, elements in spelt.items():
            for name in set(_SPACES.split(names)):
                self._classes.setdefault(name, []).append(elements)

    def find(self, compounds: tuple[Compound, ...]) -> list[Any]:
        """The elements that the last compound is met by, inside elements that meet those before it, in their order."""
        *outer, last = compounds
        return [element for element in self._candidates(last) if last.is_met(element) and _is_inside(element, outer)]

    def _candidates(self, compound: Compound) -> list[Any]:
        """The fewest elements that hold all that can meet it."""
        if not compound.ids and not compound.classes:
            return list(self._root.iter(compound.tag))
        lists = [self._ids.get(name, []) for name in compound.ids]
        lists += [_merged(self._classes.get(name, [])) for name in compound.classes]
        return [element for _, element in min(lists, key=len)]


_Placed = tuple[int, Any]  # an element and its number in the order of the page


def _merged(lists: list[list[_Placed]]) -> list[_Placed]:
    if len(lists) == 1:
        return lists[0]
    return sorted((placed for elements in lists for placed in elements), key=_number)


def _number(placed: _Placed) -> int:
    return placed[0]


def _is_inside(element: Any, outer: list[Compound]) -> bool:
    """Are there ancestors that meet all of `outer`, each inside the one before? The nearest fit is enough."""
    left = list(outer)
    for ancestor in element.iterancestors() if left else ():
        if left[-1].is_met(ancestor):
            left.pop()
            if not left:
                return True
    return not left
