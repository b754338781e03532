"""What is typed for the watch-list, made into the value that the ads' own keys have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from alerts.reading.keys import Key, find_keys
from alerts.watch.watchstore import WatchError, WatchKind
from alerts.watch.watchtext import MIN_LETTERS, MIN_SIGNS, MIN_TEMPLATE, fold, is_unspaced, outline
from nlp.reading import Contact, Phone, Reading
from nlp.unicode import plain

NEAR = 31  # bits of 256: what PDQ's makers hold to be the same picture
MAX_DISTANCE = 63  # bits of 256; two pictures that have nothing in common are about 128 apart
_FIELD = "text"
_IMAGE = re.compile(r"(?:(phash|pdq)\s*:\s*)?([0-9a-f]{64})")
_NAMED = re.compile(r"\s*([A-Za-z]+)\s*:\s*(\S.*?)\s*")


class Value(NamedTuple):
    """A value as keys are written, and for an image how many bits may differ."""

    value: str
    distance: int = 0


def parse_value(kind: WatchKind, typed: str, *, distance: int | None = None) -> Value:
    """The value to watch for. Raises WatchError, which says what would have worked."""
    if distance is not None and kind != "image":
        raise WatchError(f"--distance is for images; a {kind} matches or does not")
    if kind == "image":
        return _image(typed, NEAR if distance is None else distance)
    if kind == "text":
        return Value(_words(typed))
    if kind == "template":
        return Value(_template(typed))
    return Value(_key(kind, typed))


def _key(kind: WatchKind, typed: str) -> str:
    """The one key that is read of what was typed, as of an ad."""
    found = list({key.value: key for key in _keys(kind, typed)}.values())
    wanted = [key for key in found if key.kind == kind]
    if len(wanted) == 1:
        return wanted[0].value
    if len(wanted) > 1:
        values = " and ".join(key.value for key in wanted)
        raise WatchError(f"{typed!r} holds {values}; give one entry for each")
    if found:
        other = found[0]
        raise WatchError(f"{typed!r} is no {kind} but a {other.kind}: `varde watch add {other.kind} '{other.value}' …`")
    raise WatchError(f"{typed!r} cannot be read as {_WANTED[kind]}")


def _keys(kind: WatchKind, typed: str) -> Iterator[Key]:
    for text in _spellings(kind, typed):
        phones, contacts = _phones_and_contacts(kind, text)
        keys = find_keys(Reading(language="und", phones=phones, contacts=contacts), (), site="")
        if keys:
            yield from keys
            return


def _phones_and_contacts(kind: WatchKind, text: str) -> tuple[tuple[Phone, ...], tuple[Contact, ...]]:
    """What reads them takes a fifth of a second to load: texts and pictures do without."""
    if kind == "phone":
        return tuple(import_module("nlp.phones").find_phones(plain(text), _FIELD)), ()
    return (), tuple(import_module("nlp.contacts").find_contacts(plain(text), _FIELD))


def _spellings(kind: WatchKind, typed: str) -> Iterator[str]:
    """What was typed, then as an ad would write it: "telegram:lina24" may also be "telegram: @lina24"."""
    yield typed
    if named := _NAMED.fullmatch(typed):
        name, value = named.groups()
        yield f"{name}: @{value.lstrip('@')}" if kind == "handle" else f"{name} {value}"


_WANTED: dict[str, str] = {
    "phone": "one telephone number; give it with its country code, such as '+47 42 00 00 17' (eight digits alone are "
             "Norwegian)",
    "email": "an e-mail address; give one such as 'name@post.example'",
    "handle": "an account; name its service too, such as 'telegram:lina24' or 'snapchat:lina24'",
    "url": "an address that says who wrote the ad; give host and path, such as 'pages.example/lina' (a host alone is "
           "on many strangers' ads)",
    "payment": "an account to pay to; give its kind and number, such as 'vipps:123456', 'NO93 8601 1117 947' or "
               "'bitcoin:bc1…' (check digits must hold)",
}  # fmt: skip


def _image(typed: str, distance: int) -> Value:
    match = _IMAGE.fullmatch(typed.strip().lower())
    if match is None:
        raise WatchError(
            f"{typed!r} is no hash of a picture; give 64 hexadecimal digits, with 'pdq:' or 'phash:' before them to "
            "say which hash it is (without, both are looked through)"
        )
    if not 0 <= distance <= MAX_DISTANCE:
        raise WatchError(f"--distance is {distance}; it takes 0 to {MAX_DISTANCE} of 256 bits")
    return Value(f"{match[1] or 'any'}:{match[2]}", distance)


def _words(typed: str) -> str:
    folded = fold(typed)
    if len(folded) < (MIN_SIGNS if is_unspaced(folded) else MIN_LETTERS):
        raise WatchError(f"{typed!r} is too short to search for; give at least {MIN_LETTERS} letters or digits")
    return folded


def _template(typed: str) -> str:
    text = outline(typed)
    if len(text) < MIN_TEMPLATE:
        raise WatchError(
            f"that text is too short: near-duplicates are told from {MIN_TEMPLATE} letters and digits upwards, and it "
            f"has {len(text)}. Give the whole text of an ad, or the number of one (`varde cluster ID` shows them); "
            "`varde watch add text` looks for words"
        )
    return text
