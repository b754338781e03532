"""Finds accounts of messengers by the word for the messenger beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nlp.found import Found, any_of, find_whole, lowered, words_of
from nlp.numerals import find_numerals
from nlp.phone_plan import international, national
from nlp.reading import ContactKind
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("contacts")
_APPS: dict[str, ContactKind] = {word: kind for kind, words in _TABLE["messengers"].items() for word in words}
_SINGLE = frozenset(word for word in _APPS if re.fullmatch(r"\w+", word))
_PHRASES = tuple(word for word in _APPS if word not in _SINGLE)  # of two words, with marks, or an emoji
_EVERYDAY = frozenset(_TABLE["everyday"]["words"])
_ORDINARY = frozenset(_TABLE["account"]["ordinary"])
_BY_NUMBER = frozenset({"whatsapp", "viber", "signal", "telegram", "wechat"})
_ACCOUNT = any_of(_TABLE["account"]["words"])
_VERBS = any_of(_TABLE["account"]["verbs"])

_SIGNS = r"[:=\-–>→»👉⇒]"
_OTHERS = rf"(?:(?:\s?[/&,+|]\s?|\s(?:og|och|and|eller|or|i|и|та|y)\s)(?:{any_of(_APPS)})(?![\w.])){{0,2}}"
_AFTER = re.compile(
    rf"{_OTHERS}"
    rf"(?P<named>\s{{0,2}}(?:my\s|mitt\s|mi\s|min\s)?\(?(?:{_ACCOUNT})(?!\w)\)?)?\s{{0,2}}"
    rf"(?:(?P<sign>{_SIGNS}{{1,3}})\s{{0,3}}|(?P<verb>(?:{_VERBS})\s)|\(\s?)?"
    r"(?P<at>@?)\s?(?P<handle>[A-Za-z0-9_][A-Za-z0-9_.\-]{2,31})(?![\w@])(?!\.\w)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"{_OTHERS}"
    rf"(?:\s{{0,2}}(?:{_ACCOUNT})(?!\w)\.?)?\s{{0,2}}(?:{_SIGNS}{{1,3}}\s{{0,3}}|\(\s?|(?:på|på:|on|na|til|to)\s)?"
    r"(?P<number>(?:\+|00)?\d[\d\s().\-]{6,20}\d)(?!\d)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?<![\w@.])(?P<at>@?)(?P<handle>[A-Za-z_][A-Za-z0-9_.]{2,31})\s{0,2}"
    r"(?P<tie>[(\[/|\-–]|(?:på|on|in|via|w|na|pe|în|в|у|en|per)\s)\s?\Z",
    re.IGNORECASE,
)
_LED = re.compile(r"(?:\b(?:add|my|min|mitt|mój|мой|мій|mi)\s|แอด)\S{2,8}\Z", re.IGNORECASE)
_SENTENCES = re.compile(r"[a-z]\.[A-Z]")
_CLAUSE_ENDS = re.compile(r"\s*(?:\Z|[\n.,;|/)!\]]|[^\w\s'’\-&])")
_LOOK_BACK = 48
_LOOK_AHEAD = 32  # characters after what may be a digit in words in which others of its language stand
_LEAST_DIGITS = 5
_NAME_AND_FIGURES = re.compile(r"[^\W\d_]+\d+\Z")
_TIES = frozenset(" (/[|-–\n")
# What makes the word part of an address, a name or a handle.
_INSIDE = re.compile(r"(?:[.@_]|(?<!\w)\S*[\W\d_]\S*/|^/)\Z")


def find_handles(text: str) -> Iterator[Found]:
    words = words_of(text)
    apps = [*(_SINGLE & words), *(word for word in _PHRASES if word in lowered(text))]
    for app in apps:
        for start, end in find_whole(text, [app]):
            if not _INSIDE.search(text, max(0, start - 16), start):
                yield from _around(text, start, end, app)


def _around(text: str, start: int, end: int, app: str) -> Iterator[Found]:
    kind = _APPS[app]
    number = _NUMBER.match(text, end) if kind in _BY_NUMBER else None
    if number and (e164 := _e164(number["number"])):
        yield Found(start, number.end("number"), kind, e164)
        return
    if (after := _AFTER.match(text, end)) and (handle := _handle(text, after, app)):
        yield Found(start, after.start("handle") + len(handle), kind, handle.lower())
        return
    back = max(0, start - _LOOK_BACK)
    before = _BEFORE.search(text, back, start) if text[start - 1 : start] in _TIES else None
    is_meant = before and (before["at"] or (app not in _EVERYDAY and _is_unlike_words(before["handle"])))
    if before and is_meant and not _is_numeral(text, before):
        yield Found(before.start(), end, kind, before["handle"].rstrip(".").lower())


def _e164(written: str) -> str | None:
    """The number with its country; eight digits alone are Norwegian."""
    digits = re.sub(r"\D", "", written)
    if written.startswith("+"):
        return international(digits)
    return international(digits[2:]) if digits.startswith("00") else national(digits)


def _handle(text: str, match: re.Match[str], app: str) -> str | None:
    handle = match["handle"].rstrip(".-")
    if len(handle) < 3 or not any(map(str.isalpha, handle)) or handle.lower() in _ORDINARY:
        return None
    return None if _is_numeral(text, match) else _meant(text, match, app, handle)


def _meant(text: str, match: re.Match[str], app: str, handle: str) -> str | None:
    """A name with an at sign; else one after a colon, "id" or the app's word that no sentence would go on with."""
    if match["at"]:
        return handle
    is_led = bool(match["named"] or match["sign"])
    if _is_unlike_words(handle):
        is_meant = is_led or match["verb"] or app not in _EVERYDAY
        return handle if is_meant or _LED.search(text, max(0, match.start() - _LOOK_BACK), match.start()) else None
    if app in _EVERYDAY and not match["named"]:  # "signal: green"
        return None
    if not is_led or match["sign"] in {"-", "–"} or len(handle) < 4 or not handle.islower() or "-" in handle:
        return None
    return handle if _CLAUSE_ENDS.match(text, match.end("handle")) else None


def _is_numeral(text: str, match: re.Match[str]) -> bool:
    """Whether what stands for a handle is a digit in words or in disguise: many who write "f0ur 3 0ne" would share it.

    Where few digits stand together, "@seven" and "sam24" are names that somebody has.
    """
    done, end = match.span("handle")
    digits: list[str] = []
    for numeral in find_numerals(text, done, min(len(text), end + _LOOK_AHEAD)):
        if text[done : numeral.start].strip(" .-"):
            break
        digits.append(numeral.digits)
        done = numeral.end
    if not digits or done < match.start("handle") + len(match["handle"].rstrip(".-")):
        return False
    is_name = match["at"] != "" or (len(digits[0]) > 1 and _NAME_AND_FIGURES.match(match["handle"]) is not None)
    return not is_name or sum(map(len, digits)) >= _LEAST_DIGITS


def _is_unlike_words(handle: str) -> bool:
    """ "lina_24", "lina.m", "lina24" – and neither "24h" nor "lina"."""
    bare = handle.strip(".-")
    if re.fullmatch(r"\d+(?:[.\-]\d+)*[A-Za-z]{0,5}", bare):
        return False
    if _SENTENCES.search(bare):
        return False
    return any(char in "_0123456789" for char in bare) or ("." in bare and "-" not in bare)
