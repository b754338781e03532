"""Encodings: chosen as browsers choose them, and never a reason not to read a page."""

from __future__ import annotations

import codecs

import pytest

from crawler.encodings import decode, find_encoding

TEXT = "Blåbær"

# (body, content type, text, encoding)
CHOICES: dict[str, tuple[bytes, str, str, str]] = {
    "mark before header": (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=koi8-r", TEXT, "utf-8"),
    "utf-16 mark": (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "text/html; charset=utf-8", TEXT, "utf-16le"),
    "header": (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1", TEXT, "windows-1252"),
    "header in quotes": (TEXT.encode("cp1252"), "text/html; charset='latin1'", TEXT, "windows-1252"),
    "header before meta": (
        b"<meta charset=koi8-r>" + TEXT.encode(), "a; charset=utf-8", "<meta charset=koi8-r>" + TEXT, "utf-8",
    ),
    "meta": (b"<meta charset=koi8-r>\xc1", "text/html", "<meta charset=koi8-r>а", "koi8-r"),
    "meta in a comment": (b"<!-- <meta charset=koi8-r> -->\xc1", "", "<!-- <meta charset=koi8-r> -->Á", "windows-1252"),
    "meta in an attribute": (
        b"<p title='<meta charset=koi8-r>'>\xc1", "", "<p title='<meta charset=koi8-r>'>Á", "windows-1252",
    ),
    "http-equiv": (
        b"<meta content='text/html; charset=koi8-r' http-equiv=Content-Type>\xc1", "",
        "<meta content='text/html; charset=koi8-r' http-equiv=Content-Type>а", "koi8-r",
    ),
    "content without http-equiv": (
        b"<meta content='a; charset=koi8-r'>\xc1", "", "<meta content='a; charset=koi8-r'>Á", "windows-1252",
    ),
    "utf-16 in meta": (b"<meta charset=utf-16>" + TEXT.encode(), "", "<meta charset=utf-16>" + TEXT, "utf-8"),
    "nothing declared": (TEXT.encode(), "text/html", TEXT, "utf-8"),
    "nothing declared, no UTF-8": (TEXT.encode("cp1252"), "", TEXT, "windows-1252"),
    "holes of windows-1252": (b"\x81\x8d\x96", "a; charset=ascii", "\x81\x8d–", "windows-1252"),
    "hole above 0xa0": (b"\xd2", "a; charset=windows-1253", "\ufffd", "windows-1253"),
    "broken UTF-8": (b"a\xff\xe2\x82b", "a; charset=utf-8", "a\ufffd\ufffdb", "utf-8"),
    "gbk is gb18030": ("\U0001f600".encode("gb18030"), "a; charset=gb2312", "\U0001f600", "gbk"),
    "x-user-defined": (b"a\x80", "a; charset=x-user-defined", "a\uf780", "x-user-defined"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "content_type", "text", "name"), CHOICES.values(), ids=CHOICES)
def test_encoding_is_chosen_as_browsers_do(body: bytes, content_type: str, text: str, name: str) -> None:
    found = decode(body, content_type)
    assert (found.text, found.encoding, found.faults) == (text, name, ())


@pytest.mark.parametrize("label", ["hex", "zip", "rot13", "idna", "utf-7", "unicode_escape", "u" * 300, "\u212a"])
@pytest.mark.parametrize("place", ["header", "page"])
def test_label_that_browsers_do_not_know_is_passed_over_and_told(label: str, place: str) -> None:
    meta = f"<meta charset='{label}'>" if place == "page" else ""
    found = decode((meta + TEXT).encode(), f"text/html; charset={label}" if place == "header" else "text/html")
    assert (found.text, found.encoding) == (meta + TEXT, "utf-8")
    assert len(found.faults) == 1
    assert f"in the {place}" in found.faults[0]


@pytest.mark.parametrize("label", ["iso-2022-kr", "hz-gb-2312", "replacement"])
def test_encoding_that_browsers_show_nothing_of_gives_no_text(label: str) -> None:
    found = decode(b"a", f"text/html; charset={label}")
    assert (found.text, found.faults) == ("", ("an encoding that browsers show nothing of",))


def test_every_label_of_the_standard_decodes_every_byte() -> None:
    body = bytes(range(256)) * 3
    for label in ("utf-8", "ibm866", "iso-8859-16", "koi8-u", "macintosh", "windows-874", "x-mac-cyrillic", "gb18030",
                  "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr", "utf-16be", "iso-8859-8-i"):  # fmt: skip
        assert find_encoding(label) == label
        assert decode(body, f"a; charset={label}").text


def test_xml_says_its_encoding_in_its_first_line() -> None:
    body = b'<?xml version="1.0" encoding="koi8-r"?><a>\xc1</a>'
    assert decode(body, is_xml=True).text.endswith("<a>а</a>")
    assert decode(b"<a>\xc1</a>", is_xml=True).encoding == "utf-8"
