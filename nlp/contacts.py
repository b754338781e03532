"""Finds e-mail addresses, web addresses and messenger handles in one field of an ad."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nlp.reading import Contact, ContactKind
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("contacts")
_MESSENGERS: dict[str, ContactKind] = {word: kind for kind, words in _TABLE["messengers"].items() for word in words}
_HOSTS: dict[str, ContactKind] = _TABLE["hosts"]


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


_ENDING = rf"(?:{_any_of(_TABLE['endings'])})(?![\w-])"
_AT = re.compile(
    rf"(?P<sign>\s?@\s?)|(?P<bracket>\s*(?:{_any_of(_TABLE['at'])})\s*)|(?P<word>\s(?:{_any_of(_TABLE['at_words'])})\s)",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"[\w+-][\w.+%-]{0,63}$")
_DOT = rf"\s?(?:{_any_of(_TABLE['dot'])})\s?|\s(?:{_any_of(_TABLE['dot_words'])})\s"
_LABEL = r"[^\W_](?:[\w-]{0,62})"
_DOMAIN = re.compile(rf"{_LABEL}(?:(?:\.|{_DOT}){_LABEL}){{1,4}}", re.IGNORECASE)
_SPELT_DOT = re.compile(_DOT, re.IGNORECASE)
_URL = re.compile(
    rf"(?<![\w@.-])(?:https?://[^\s<>\"]{{3,2000}}|www\.[^\s<>\"]{{3,2000}}"
    rf"|{_LABEL}(?:\.{_LABEL}){{0,3}}\.{_ENDING}(?!@)(?::\d{{2,5}})?(?:/[^\s<>\"]{{0,2000}})?)",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    rf"(?<![\w./@])(?P<app>{_any_of(list(_MESSENGERS))})(?!\w)"
    r"(?P<named>(?:\s{0,2}(?:id|bruker(?:navn)?|user(?:name)?|nick|kontakt|handle))?)\s{0,2}(?:(?P<sign>[:=\-])\s{0,2}|er\s|is\s)?"
    r"(?P<at>@?)(?P<handle>[A-Za-z0-9][A-Za-z0-9_.\-]{2,31})(?![\w@])",
    re.IGNORECASE,
)
_ORDINARY = {"only", "kun", "bare", "me", "meg", "og", "or", "eller", "and"}


def find_contacts(plain: Plain, field: str) -> list[Contact]:
    """Addresses other than telephone numbers, in the order of the text; none inside another."""
    text = plain.text
    found: list[tuple[int, int, ContactKind, str]] = []
    for reader in (_emails, _urls, _handles):
        for one in reader(text):
            found.append(one)
    kept: list[Contact] = []
    done = -1
    for start, end, kind, value in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= done:
            kept.append(_span(plain, field, start, end, kind=kind, value=value))
            done = end
    return kept


def _emails(text: str) -> Iterator[tuple[int, int, ContactKind, str]]:
    for at in _AT.finditer(text):
        local = _LOCAL.search(text[max(0, at.start() - 64) : at.start()])
        domain = _DOMAIN.match(text, at.end())
        if local is None or domain is None:
            continue
        host, end = _host_of(domain)
        is_spelt = _SPELT_DOT.search(domain.group()) is not None
        is_spaced = at.group() != at.group().strip()
        if (at["word"] and not is_spelt) or (is_spaced and not is_spelt and not _has_known_ending(host)):
            continue
        if re.search(r"[^\W\d_]{2,}$", host):
            name = local.group().strip(".")
            yield at.start() - len(local.group()), end, "email", f"{name}@{host}".lower()


def _host_of(domain: re.Match[str]) -> tuple[str, int]:
    """The host with its dots written, and where it ends."""
    host = _SPELT_DOT.sub(".", domain.group())
    return host.rstrip("-_"), domain.end() - (len(host) - len(host.rstrip("-_")))


def _has_known_ending(host: str) -> bool:
    return host.lower().rpartition(".")[2] in _TABLE["endings"]


def _urls(text: str) -> Iterator[tuple[int, int, ContactKind, str]]:
    if "." not in text:
        return
    for match in _URL.finditer(text):
        address = match.group().rstrip(".,;:!?)]}'*")
        if len(address) < 4:
            continue
        kind, value = _address(address)
        yield match.start(), match.start() + len(address), kind, value


def _address(address: str) -> tuple[ContactKind, str]:
    """A web address without what does not tell it apart; the handle where its host is a messenger's."""
    bare = re.sub(r"^https?://", "", address, flags=re.IGNORECASE)
    host, slash, path = bare.partition("/")
    host = host.lower().removeprefix("www.")
    kind = _HOSTS.get(host)
    handle = re.split(r"[?#]", path.removeprefix("add/"))[0].strip("/+@")
    if kind and handle and "/" not in handle:
        return kind, handle.lower()
    return "url", f"https://{host}{(slash + path).rstrip('/')}"


def _handles(text: str) -> Iterator[tuple[int, int, ContactKind, str]]:
    for match in _HANDLE.finditer(text):
        handle = match["handle"].rstrip(".-")
        if _is_handle(match, handle):
            kind = _MESSENGERS[" ".join(match["app"].lower().split())]
            yield match.start(), match.start("handle") + len(handle), kind, handle.lower()


def _is_handle(match: re.Match[str], handle: str) -> bool:
    """A name with an at sign, or after a colon or "id" one that no sentence would go on with."""
    if len(handle) < 3 or not any(map(str.isalpha, handle)) or handle.lower() in _ORDINARY:
        return False
    if match["at"]:
        return True
    unlike_words = any(char in "_.0123456789" for char in handle) and "-" not in handle
    return unlike_words and bool(
        match["named"] or match["sign"] or match["app"].lower() not in {"line", "signal", "sc"}
    )


def _span(plain: Plain, field: str, start: int, end: int, *, kind: ContactKind, value: str) -> Contact:
    start, end = plain.origin(start, end)
    return Contact(field=field, start=start, end=end, quote=plain.original[start:end], kind=kind, value=value)
