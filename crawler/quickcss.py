"""Quick answers to the selectors that site files mostly hold: tags, ids and classes, one inside another.

A page is walked once; each selector is then a look-up, where XPath walks the page for every one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
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


# An attribute asked of one element after the other takes four times as long as all of them by XPath.
_CLASSED = etree.XPath("descendant-or-self::*[@class]", smart_strings=False)
_CLASSES = etree.XPath("descendant-or-self::*/@class", smart_strings=False)
_NAMED = etree.XPath("descendant-or-self::*[@id]", smart_strings=False)


class Index:
    """The elements of a tree by id and class. Most classes of a page stand in a few spellings, which are split once."""

    def __init__(self, root: Any) -> None:
        self._root = root

    @cached_property
    def _ids(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for element in _NAMED(self._root):
            found.setdefault(element.get("id"), []).append(element)
        return found

    @cached_property
    def _classed(self) -> list[Any]:
        """The elements with a class, in the order of the page."""
        found: list[Any] = _CLASSED(self._root)
        return found

    @cached_property
    def _classes(self) -> dict[str, list[list[int]]]:
        """For each class the places in `_classed` of each spelling that holds it."""
        spelt: dict[str, list[int]] = {}
        for place, names in enumerate(_CLASSES(self._root)):
            spelt.setdefault(names, []).append(place)
        found: dict[str, list[list[int]]] = {}
        for names, places in spelt.items():
            for name in set(_SPACES.split(names)):
                found.setdefault(name, []).append(places)
        return found

    def find(self, compounds: tuple[Compound, ...]) -> list[Any]:
        """The elements that the last compound is met by, inside elements that meet those before it, in their order."""
        *outer, last = compounds
        return [element for element in self._candidates(last) if last.is_met(element) and _is_inside(element, outer)]

    def _candidates(self, compound: Compound) -> list[Any]:
        """The fewest elements that hold all that can meet it."""
        if not compound.ids and not compound.classes:
            return list(self._root.iter(compound.tag))
        lists = [self._ids.get(name, []) for name in compound.ids]
        lists += [self._of_class(name) for name in compound.classes]
        return min(lists, key=len)

    def _of_class(self, name: str) -> list[Any]:
        spellings = self._classes.get(name, [])
        places = spellings[0] if len(spellings) == 1 else sorted(place for places in spellings for place in places)
        return [self._classed[place] for place in places]


def _is_inside(element: Any, outer: list[Compound]) -> bool:
    """Are there ancestors that meet all of `outer`, each inside the one before? The nearest fit is enough."""
    left = list(outer)
    for ancestor in element.iterancestors() if left else ():
        if left[-1].is_met(ancestor):
            left.pop()
            if not left:
                return True
    return not left
