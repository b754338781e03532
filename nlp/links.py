"""Finds web addresses in readable text, also disguised, and the messenger accounts that they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from nlp.emails import DOT, LABEL
from nlp.found import Found, any_of, lowered, words_of
from nlp.phone_plan import international
from nlp.reading import ContactKind
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("contacts")
_HOSTS: dict[str, ContactKind] = _TABLE["hosts"]
_ENDINGS = frozenset(_TABLE["endings"])
_WORDS = frozenset(_TABLE["ending_words"])
_TRACKING = frozenset(_TABLE["tracking"])
_NEVER = frozenset(_TABLE["never"])
_LEAD = frozenset(_TABLE["paths"]["lead"])
_NO_ACCOUNT = frozenset(_TABLE["paths"]["none"])
_DOT_WORDS = frozenset(_TABLE["dot_words"])
_POSTS = (("instagram", ["p"]), ("telegram", ["c"]))  # paths of one message, not of who wrote it
_BY_NUMBER = frozenset({"whatsapp", "viber", "signal", "telegram"})

_REST = r"[^\s<>\"]"
_SCHEME = re.compile(rf"(?<!\w)(?:h(?:tt|xx)ps?|tg|viber)\s?:\s?//\s?{_REST}{{3,2000}}", re.IGNORECASE)
_WWW = re.compile(
    rf"(?<![\w@/])www\d?(?:\.|{DOT}|\s(?=[\w-]+[\s.](?:{any_of(_ENDINGS)})\b)){_REST}{{2,2000}}", re.IGNORECASE
)
_ENDING = re.compile(r"\.([^\W\d_]{2,8})(?![\w@-])")
_HOST_BACK = re.compile(r"[\w-]{0,62}[^\W_](?:\.[\w-]{0,62}[^\W_]){0,3}(?![\w@-])")
_PATH = re.compile(rf"(?::\d{{2,5}})?(?:[/?]{_REST}{{0,2000}})?")
_SPELT = re.compile(rf"{LABEL}(?:(?:\.|{DOT}){LABEL}){{1,3}}", re.IGNORECASE)
_SPELT_DOT = re.compile(DOT, re.IGNORECASE)
_BRACKET = re.compile(rf"[\[({{<]\s?(?:{any_of(_TABLE['dot'])})\s?[\])}}>]", re.IGNORECASE)
_AFTER_WWW = re.compile(
    rf"(?P<name>[\w-]{{2,62}})[\s.]{{1,2}}(?P<end>{any_of(_ENDINGS)})\b(?P<path>/{_REST}{{0,2000}})?", re.IGNORECASE
)
_TAIL = ".,;:!?)]}'*>…"
_NUMBER = re.compile(r"\+?\d{8,15}")


def find_links(text: str) -> Iterator[Found]:
    return (found for found in _links(text) if found.kind != "url" or _has_host(found.value))


def _has_host(url: str) -> bool:
    host = url.removeprefix("https://").partition("/")[0]
    return "." in host.strip(".") and host not in _NEVER


def _links(text: str) -> Iterator[Found]:
    low = lowered(text)
    if "//" in text:
        yield from (_found(match.start(), match.group()) for match in _SCHEME.finditer(text))
    if "www" in low:
        yield from _www(text)
    if "." in text:
        yield from _bare(text)
    yield from _spelt(text)


def _found(start: int, raw: str, address: str | None = None) -> Found:
    cut = raw.rstrip(_TAIL)
    kind, value = _address(address or cut)
    return Found(start, start + len(cut), kind, value)


def _www(text: str) -> Iterator[Found]:
    for match in _WWW.finditer(text):
        raw = match.group()
        lead = re.match(rf"www\d?(?:\.|{DOT}|\s)", raw, re.IGNORECASE)
        rest = raw[lead.end() :] if lead else raw
        spelt = _AFTER_WWW.match(text, match.end() - len(rest)) if lead and "." not in lead.group() else None
        if spelt is not None:
            yield _found(
                match.start(), text[match.start() : spelt.end()], f"{spelt['name']}.{spelt['end']}{spelt['path'] or ''}"
            )
        else:
            yield _found(match.start(), raw, _SPELT_DOT.sub(".", raw.rstrip(_TAIL)))


def _bare(text: str) -> Iterator[Found]:
    """Hosts with no scheme, found by their endings."""
    done = 0
    for ending in _ENDING.finditer(text):
        if ending[1].lower() not in _ENDINGS or _begins_sentence(text, ending) or ending.start() < done:
            continue
        host = _HOST_BACK.match(text[max(done, ending.start() - 130) : ending.start()][::-1])
        if host is None:
            continue
        path = _PATH.match(text, ending.end())
        end = path.end() if path else ending.end()
        if end == ending.end() and not _stands_alone(text, host.group()[::-1], ending):
            continue
        yield _found(ending.start() - host.end(), text[ending.start() - host.end() : end])
        done = end


def _begins_sentence(text: str, ending: re.Match[str]) -> bool:
    """ "planet.Be", "planet.BE"."""
    return ending[1].istitle() or (ending[1].isupper() and text[ending.start() - 1].islower())


def _stands_alone(text: str, host: str, ending: re.Match[str]) -> bool:
    """Whether a host with no path is one: "Oslo.se mer" and "bl.a.de" are sentences."""
    label = host.rpartition(".")[2]
    if len(label) < 2 or label.isdecimal() or text[ending.end() : ending.end() + 1] == ".":
        return False
    return ending[1].lower() not in _WORDS or (len(label) > 2 and not (label.istitle() and host == label))


def _spelt(text: str) -> Iterator[Found]:
    """ "x dot example", "x[.]example"."""
    has_brackets = any(opening in text for opening in "[({<")
    brackets = map(re.Match.start, _BRACKET.finditer(text) if has_brackets else ())
    starts = {start - text[start - 1 : start].isspace() for start in brackets}
    words = _DOT_WORDS & words_of(text)
    for word in words:
        starts |= {match.start() for match in re.finditer(rf"(?<=\w)\s{word}\s", text, re.IGNORECASE)}
    if " . " in text:
        starts |= {match.start() for match in re.finditer(r" \. ", text)}
    for start in sorted(starts):
        label = re.match(r"[\w-]{0,62}[^\W_]", text[max(0, start - 63) : start][::-1])
        match = _SPELT.match(text, start - label.end()) if label else None
        if match and (found := _spelt_host(text, match, is_word="dot" not in words)):
            yield found


def _spelt_host(text: str, match: re.Match[str], *, is_word: bool) -> Found | None:
    host = _SPELT_DOT.sub(".", match.group())
    ending = host.rpartition(".")[2].lower()
    if ending not in _ENDINGS or (is_word and ending in _WORDS):
        return None
    path = _PATH.match(text, match.end())
    end = path.end() if path else match.end()
    return _found(match.start(), text[match.start() : end], host + text[match.end() : end].rstrip(_TAIL))


def _address(address: str) -> tuple[ContactKind, str]:
    """A web address without what does not tell it apart; the account where its host is a messenger's."""
    scheme, _, bare = (
        address.partition("://") if "://" in address else ("", "", re.sub(r"^.{1,7}:\s?//\s?", "", address))
    )
    host, path, query = _split(_SPELT_DOT.sub(".", bare) if re.search(r"[\[({<]", bare) else bare)
    if scheme.lower() in {"tg", "viber"}:
        kind: ContactKind | None = "telegram" if scheme.lower() == "tg" else "viber"
    else:
        kind = _HOSTS.get(host)
    if kind and (account := _account(path, query, kind)):
        return kind, account
    return "url", f"https://{host}{path if query else path.rstrip('/')}{query}"


def _split(bare: str) -> tuple[str, str, str]:
    """Host in lower case, path, and the query that is not tracking, with its mark."""
    bare, _, fragment = bare.partition("#")
    head, _, query = bare.partition("?")
    host, slash, path = head.partition("/")
    host = re.sub(r"^www\d?\.", "", host.lower()).strip(".")
    kept = [(key, value) for key, value in parse_qsl(query) if not (key.startswith("utm_") or key in _TRACKING)]
    if fragment.startswith(("/", "!", "p/", "eu/")):
        path = f"{path.rstrip('/')}/#{fragment}" if path.rstrip("/") else f"#{fragment}"
    return host, slash + path, f"?{urlencode(kept)}" if kept else ""


def _account(path: str, query: str, kind: ContactKind) -> str | None:
    """The account in a messenger's address: a name, a number with its country, or the code of an invitation."""
    asked = dict(parse_qsl(query[1:]))
    for key in ("phone", "number", "domain", "id"):
        if key in asked:
            return _account_value(asked[key], kind)
    parts = [part for part in re.split(r"[/#]", unquote(path)) if part]
    if (kind, parts[:1]) in _POSTS:
        return None
    while len(parts) > 1 and parts[0].lower() in _LEAD:
        parts = parts[1:]
    if not parts or parts[0].lower() in _NO_ACCOUNT | _LEAD:
        return None
    return _account_value(parts[0].lstrip("~@"), kind)


def _account_value(account: str, kind: ContactKind) -> str | None:
    digits = account.strip().lstrip("+")
    if kind in _BY_NUMBER and _NUMBER.fullmatch(account.strip().replace(" ", "")):
        return international(digits) or f"+{digits}"
    return account.strip().lower() or None
