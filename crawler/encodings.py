"""The encoding of a page, chosen and decoded as browsers do it (WHATWG Encoding and HTML standards)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

import webencodings

_PRESCAN = 1024  # bytes of a page in which browsers look for a declaration
_MAX_LABEL = 40  # the longest label of the standard has 19 characters
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_HEADER = re.compile(r"""charset[ \t\r\n\f]*=[ \t\r\n\f]*(?:"([^"]*)"|'([^']*)'|([^ \t\r\n\f;"']+))""", re.I)
_COMMENT = re.compile(rb"<!--->|<!-->|<!--.*?-->", re.S)
_XML = re.compile(rb"""<\?xml[^>]*?[ \t\r\n\f]encoding[ \t\r\n\f]*=[ \t\r\n\f]*["']([^"'>]*)["']""")
_TAG = re.compile(rb"</?([a-zA-Z][^ \t\r\n\f/>]*)|<[!/?]")
_ATTRIBUTE = re.compile(
    rb"""[ \t\r\n\f/]*([^ \t\r\n\f/>][^ \t\r\n\f/>=]*)"""
    rb"""(?:[ \t\r\n\f]*=[ \t\r\n\f]*(?:"([^"]*)"|'([^']*)'|([^ \t\r\n\f>]*)))?"""
)
# Python knows these under the names of narrower codecs.
_PYTHON = {"gbk": "gb18030"}
_SINGLE = ("ibm866", "iso-8859-", "koi8-", "macintosh", "windows-", "x-mac-cyrillic")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, the standard's name of its encoding, and what was wrong with what the page declared."""

    text: str
    encoding: str
    faults: tuple[str, ...] = ()


def decode(body: bytes, content_type: str = "", *, is_xml: bool = False) -> Decoded:
    """The text of a page. It never fails: bytes that mean nothing become U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(_text(body[len(mark) :], name), name)
    faults: list[str] = []
    declared = _declared(body, content_type, is_xml, faults)
    name = declared or ("utf-8" if is_xml or _is_utf8(body) else "windows-1252")
    if name == "replacement":
        faults.append("an encoding that browsers show nothing of")
        return Decoded("", name, tuple(faults))
    return Decoded(_text(body, name), name, tuple(faults))


def find_encoding(label: str) -> str | None:
    """The standard's name for a label; None for one that it does not list, whatever Python makes of it."""
    if len(label) > _MAX_LABEL or not label.isascii():
        return None
    found = webencodings.lookup(label)
    return str(found.name) if found else None


def _declared(body: bytes, content_type: str, is_xml: bool, faults: list[str]) -> str | None:
    if label := _header_label(content_type):
        if name := find_encoding(label):
            return name
        faults.append(f"unknown charset {label[:60]!r} in the header")
    start = body[:_PRESCAN]
    return _xml_encoding(start, faults) if is_xml else _prescan(start, faults)


def _header_label(content_type: str) -> str:
    found = _HEADER.search(content_type)
    return next((group for group in found.groups() if group is not None), "").strip() if found else ""


def _xml_encoding(start: bytes, faults: list[str]) -> str | None:
    found = _XML.match(start)
    return _in_page(found[1].decode("latin-1"), faults) if found else None


def _prescan(start: bytes, faults: list[str]) -> str | None:
    """What the first meta element that names an encoding says, or an XML declaration before all else."""
    place = 0
    while (place := start.find(b"<", place)) >= 0:
        if comment := _COMMENT.match(start, place):
            place = comment.end()
            continue
        tag = _TAG.match(start, place)
        if tag is None:
            place += 1
        elif tag[1] is None:
            place = start.find(b">", place) + 1 or len(start)
        else:
            attributes, place = _attributes(start, tag.end())
            is_meta = tag[1].lower() == b"meta" and not tag[0].startswith(b"</")
            if is_meta and (name := _meta_encoding(attributes, faults)):
                return name
    return _xml_encoding(start, faults)


def _attributes(start: bytes, place: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag, the first of each name, and where the tag ends."""
    found: dict[str, str] = {}
    while (match := _ATTRIBUTE.match(start, place)) and match.end() > place:
        value = next((group for group in match.groups()[1:] if group is not None), b"")
        found.setdefault(match[1].lower().decode("latin-1"), value.decode("latin-1"))
        place = match.end()
    return found, max(start.find(b">", place), place)


def _meta_encoding(attributes: dict[str, str], faults: list[str]) -> str | None:
    if "charset" in attributes:
        return _in_page(attributes["charset"], faults)
    if attributes.get("http-equiv", "").lower() == "content-type":
        label = _header_label(attributes.get("content", ""))
        return _in_page(label, faults) if label else None
    return None


def _in_page(label: str, faults: list[str]) -> str | None:
    """What a label inside the page means: it could be read as ASCII, so it is not UTF-16."""
    name = find_encoding(label)
    if name is None:
        faults.append(f"unknown charset {label[:60]!r} in the page")
        return None
    return {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}.get(name, name)


def _is_utf8(body: bytes) -> bool:
    try:
        codecs.utf_8_decode(body, "strict", False)  # a page that was cut may end within a character
    except UnicodeDecodeError:
        return False
    return True


def _text(body: bytes, name: str) -> str:
    if name.startswith(_SINGLE):
        return codecs.charmap_decode(body, "replace", _table(name))[0]
    if name in _PYTHON:
        return body.decode(_PYTHON[name], "replace")
    return str(webencodings.lookup(name).codec_info.decode(body, "replace")[0])


@lru_cache(maxsize=40)
def _table(name: str) -> str:
    """The 256 characters of a single-byte encoding. Where Python has none below 0xA0, browsers have the control."""
    decoder = webencodings.lookup(name).codec_info.decode
    found = (decoder(bytes([byte]), "ignore")[0] for byte in range(256))
    return "".join(char or (chr(byte) if byte < 0xA0 else "\ufffd") for byte, char in enumerate(found))
