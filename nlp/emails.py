"""Finds e-mail addresses in readable text, also with their signs spelt out or their letters spaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nlp.found import Found, any_of, by_longest_word, find_whole, lowered, words_of
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("contacts")
_ENDINGS = frozenset(_TABLE["endings"])
_AT_WEAK = frozenset(_TABLE["at_weak"])
_AT_WORDS = by_longest_word(_TABLE["at_words"], str)
_CUES = frozenset(_TABLE["mail_cues"])
_LOCAL = 64  # characters, RFC 5321
_CUE_REACH = 25

_BRACKETED_AT = re.compile(
    rf"\s?(?:\(\s?(?:{any_of(_TABLE['at'])})\s?\)|\[\s?(?:{any_of(_TABLE['at'])})\s?\]"
    rf"|\{{\s?(?:{any_of(_TABLE['at'])})\s?\}}|<\s?(?:{any_of(_TABLE['at'])})\s?>"
    rf"|(?<=\w)[*_|~-](?:at|a|@)[*_|~-](?=\w)|&(?:\#0?64|\#x40|commat);|(?<=\w)%40(?=\w))\s?",
    re.IGNORECASE,
)
_OPENING = re.compile(r"[\[({<*_|~&%-](?=[ #4]?[^\W\d_]|[#@4]| @)")
DOT = (
    rf"\s?(?:\(\s?(?:{any_of(_TABLE['dot'])})\s?\)|\[\s?(?:{any_of(_TABLE['dot'])})\s?\]"
    rf"|\{{\s?(?:{any_of(_TABLE['dot'])})\s?\}}|<\s?(?:{any_of(_TABLE['dot'])})\s?>|&(?:\#0?46|period);)\s?"
    rf"|\s(?:{any_of(_TABLE['dot_words'])}|\.)\s|(?<=\w)[*_|~-]dot[*_|~-](?=\w)"
)
LABEL = r"[^\W_](?:[\w-]{0,62})"
_DOMAIN = re.compile(rf"{LABEL}(?:(?:\.|{DOT}){LABEL}){{1,4}}", re.IGNORECASE)
_SPELT_DOT = re.compile(DOT, re.IGNORECASE)
# Local parts are read backwards from the sign, so that no place is tried twice.
_LOCAL_BACK = re.compile(r"[\w.+%-]{0,63}[\w+]")
_DOTTED_LOCAL = re.compile(rf"[\w+-]{{1,40}}(?:(?:\.|{DOT})[\w+-]{{1,40}}){{1,3}}\Z", re.IGNORECASE)
_SPACED_LOCAL = re.compile(r"\s?((?:[\w.+-]\s){1,40}[\w+])(?!\S)")  # backwards too
_SPACED_DOMAIN = re.compile(r"\s?((?:[\w.-]\s){4,60}\w)(?!\S)")
_HOST_END = re.compile(r"[^\W\d_]{2,}\Z")


def find_emails(text: str) -> Iterator[Found]:
    for start, end, strength in _signs(text):
        found = _plain(text, start, end, strength=strength)
        if found is None and strength == "sign":
            found = _spaced(text, start, end)
        if found is not None:
            yield found


def _signs(text: str) -> Iterator[tuple[int, int, str]]:
    """Where something stands for "@": how surely it does is "sign", "bracket", "word" or "weak"."""
    at = text.find("@")
    while at >= 0:
        yield at - text[at - 1 : at].isspace() if at else at, at + 1 + text[at + 1 : at + 2].isspace(), "sign"
        at = text.find("@", at + 1)
    for opening in _OPENING.finditer(text):
        start = opening.start() - (opening.start() > 0 and text[opening.start() - 1].isspace())
        if match := _BRACKETED_AT.match(text, start):
            yield *match.span(), "bracket"
    words = words_of(text)
    for start, end in find_whole(text, [word for part in _AT_WORDS.keys() & words for word in _AT_WORDS[part]]):
        yield start - 1, end + 1, "word"
    for start, end in find_whole(text, _AT_WEAK & words):
        yield start - 1, end + 1, "weak"


def _plain(text: str, start: int, end: int, *, strength: str) -> Found | None:
    first = _local_start(text, start)
    domain = _DOMAIN.match(text, end)
    if first is None or domain is None:
        return None
    host, last = _host_of(domain)
    is_spelt = _SPELT_DOT.search(text, domain.start(), last) is not None
    is_spaced = text[start:end] != text[start:end].strip()
    is_known = host.rpartition(".")[2].lower() in _ENDINGS
    if strength == "weak" and not (is_known and (is_spelt or _has_cue(text, first))):
        return None
    if strength != "weak" and is_spaced and not (is_spelt or is_known):
        return None
    if not _HOST_END.search(host) or (strength in {"word", "weak"} and not text[start:end].startswith(" ")):
        return None
    return Found(first, last, "email", f"{_SPELT_DOT.sub('.', text[first:start]).strip('.')}@{host}".lower())


def _local_start(text: str, end: int) -> int | None:
    """Where the name before the sign begins, or None where none stands there."""
    window = text[max(0, end - _LOCAL) : end] if end > 0 else ""
    match = _LOCAL_BACK.match(window[::-1])
    if match is None:
        return None
    start = end - len(match.group().rstrip(".%"))
    lead = window[: len(window) - (end - start)]
    if _ends_on_dot(lead) and (dotted := _DOTTED_LOCAL.search(window)):
        return end - len(dotted.group())
    return start


def _ends_on_dot(lead: str) -> bool:
    tail = lead.rstrip()[-12:].lower()
    return bool(tail) and (tail[-1] in ")]}>;" or tail.rsplit(None, 1)[-1] in _TABLE["dot_words"])


def _host_of(domain: re.Match[str]) -> tuple[str, int]:
    """The host with its dots written, and where it ends: before a sentence that begins without a space."""
    end = domain.end()
    raw = domain.group()
    head, dot, last = raw.rpartition(".")
    if dot and "." in _SPELT_DOT.sub(".", head) and last[:1].isupper() and not raw.isupper():
        raw, end = head, end - len(last) - 1
    host = _SPELT_DOT.sub(".", raw)
    bare = host.rstrip("-_")
    return bare, end - (len(host) - len(bare))


def _has_cue(text: str, start: int) -> bool:
    return not _CUES.isdisjoint(re.split(r"[^\w-]+", lowered(text)[max(0, start - _CUE_REACH) : start]))


def _spaced(text: str, start: int, end: int) -> Found | None:
    """ "l i n a @ p o s t . e x a m p l e"."""
    local = _SPACED_LOCAL.match(text[max(0, start - 80) : start][::-1])
    domain = _SPACED_DOMAIN.match(text, end)
    if local is None or domain is None:
        return None
    host = "".join(domain[1].split())
    if "." not in host or host.rpartition(".")[2].lower() not in _ENDINGS:
        return None
    name = "".join(local[1].split())[::-1]
    return Found(start - local.end(), domain.end(1), "email", f"{name}@{host}".lower())
