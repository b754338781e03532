"""Hostile pages: ways to show a reader a number that a parser does not find, or to hide one that it does."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

PAGES = 200
UTF8 = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class TrickPage:
    """One page, and how it is sent."""

    name: str
    body: bytes
    content_type: str = UTF8

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content_type.encode() + b"\n" + self.body).hexdigest()


Dice = random.Random
Trick = Callable[[Dice], "str | tuple[bytes, str]"]


def number(dice: Dice) -> str:
    """A test number, in one of the ways of writing them."""
    digits = f"{dice.choice((42, 43, 44, 49))}{dice.randrange(10**6):06}"
    pairs = " ".join(digits[i : i + 2] for i in range(0, 8, 2))
    return dice.choice((digits, pairs, f"{digits[:3]} {digits[3:5]} {digits[5:]}", pairs.replace(" ", "\N{NBSP}")))


def between(before: str, after: str = "") -> Trick:
    """Markup around one number, with another in front and one behind."""

    def trick(dice: Dice) -> str:
        return f"<p>{number(dice)}</p>{before}{number(dice)}{after}<p>{number(dice)}</p>"

    return trick


def deep(tag: str, levels: int, *, closed: bool = True) -> Trick:
    return between(f"<{tag}>" * levels, f"</{tag}>" * levels if closed else "")


def many_attributes(count: int, form: str = "a{}=x") -> Trick:
    attributes = " ".join(form.format(i) for i in range(count))
    return between(f"<div {attributes}>", "</div>")


def charset(label: str, encoding: str, *, header: bool, text: str = "På kvelden, tlf") -> Trick:
    """A page that says `label` and is written in `encoding`."""

    def trick(dice: Dice) -> tuple[bytes, str]:
        meta = "" if header else f'<meta charset="{label}">'
        page = (
            f"<!doctype html><html><head>{meta}<title>t</title></head><body><p>{text} {number(dice)}</p></body></html>"
        )
        return page.encode(encoding, "replace"), f"text/html; charset={label}" if header else "text/html"

    return trick


def as_bytes(mark: bytes, encoding: str, content_type: str) -> Trick:
    def trick(dice: Dice) -> tuple[bytes, str]:
        return mark + f"<p>Blåbær {number(dice)}</p><p>{number(dice)}</p>".encode(encoding), content_type

    return trick


def spelt(form: Callable[[str], str]) -> Trick:
    """A number whose characters are written some other way."""

    def trick(dice: Dice) -> str:
        return f"<p>Ring {''.join(map(form, number(dice)))} nå</p><p>{number(dice)}</p>"

    return trick


def mixed(dice: Dice) -> str:
    """Tags of all kinds opened and closed at random."""
    tags = ("div", "p", "b", "i", "table", "tr", "td", "ul", "li", "a", "h1", "section", "font", "dl", "dd", "form")
    parts = [
        dice.choice((f"<{dice.choice(tags)}>", f"</{dice.choice(tags)}>", f" ord <br>{number(dice)}<br> "))
        for _ in range(60)
    ]
    return "".join(parts)


LABELS = (
    "utf-8", "UTF8", " utf-8 ", "unicode-1-1-utf-8", "iso-8859-1", "latin1", "ascii", "us-ascii", "windows-1252",
    "cp1252", "iso-8859-15", "windows-1251", "koi8-r", "ibm866", "macintosh", "windows-1250", "iso-8859-2", "gbk",
    "gb2312", "big5", "euc-jp", "shift_jis", "iso-2022-jp", "euc-kr", "utf-16", "utf-16le", "utf-7", "hex", "zip",
    "rot13", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "base64", "x-user-defined", "x-sjis", "none",
    "", "u" * 300,
)  # fmt: skip
TRICKS: dict[str, Trick] = {
    "nested 200": deep("div", 200), "nested 600": deep("div", 600), "nested 3000": deep("span", 3000, closed=False),
    "nested 5000": deep("div", 5000), "nested 30000": deep("b", 30_000), "nested 100000": deep("div", 100_000),
    "nested mixed": between("<div><b><ul><li>" * 800),
    "attributes 5000": many_attributes(5000), "attributes 20000": many_attributes(20_000),
    "attributes with >": many_attributes(2000, "a{}='>'"), "attributes bare": many_attributes(5000, "a{}"),
    "attributes 200000": many_attributes(200_000),
    "attribute of 1 MB": between(f"<div title='{'x' * 1_000_000}'>"),
    "table misnested": between("<table><tr><b><td><div></table>", "</b></td>"),
    "foster parent": between("<table>ord ", "<tr><td>celle</table>"),
    "foster phone split": between("<table><tr><td>a</td>", "</tr></table>"),
    "formatting misnested": between("<b><p><i></b>", "</i></p>"),
    "lists misnested": between("<ul><li><ol></li></ul>", "</ol>"),
    "bold chain": between("<b i><i i>x</b>" * 40), "links chain": between("<p><a href=A>" * 300),
    "unclosed comment": between("<p>x</p>", "<!-- "), "short comment": between("<!-->", "-->"),
    "dash comment": between("<!--->", "-->"), "bang comment": between("<!-- a --!>", "-->"),
    "comment in comment": between("<!-- <!-- -->", "-->"), "nested end": between("<!-- a -- > b -->"),
    "bogus comment": between("<! a -- >", "-->"), "bogus end tag": between("</ a >", "</>"),
    "processing instruction": between("<?php echo '", "' ?>"), "xml instruction": between("<?xml version='1.0'?>"),
    "plaintext": between("<plaintext>", "</plaintext><b>"), "xmp": between("<xmp><b>", "</b></xmp>"),
    "listing": between("<listing>", "</listing>"), "noembed": between("<noembed>", "</noembed>"),
    "noframes": between("<noframes><!--", "</noframes>"), "noscript": between("<noscript>", "</noscript>"),
    "noscript comment": between("<noscript><!--</noscript>", "<noscript>--></noscript>"),
    "iframe text": between("<iframe>", "</iframe>"), "iframe comment": between("<iframe><!--</iframe>", "-->"),
    "object": between("<object>", "</object>"), "video": between("<video>", "</video>"),
    "canvas": between("<canvas>", "</canvas>"), "audio": between("<audio>", "</audio>"),
    "textarea": between("<textarea>", "</textarea>"), "textarea comment": between("<textarea><!--</textarea>", "-->"),
    "title": between("<title>", "</title>"), "title in body": between("<title><!--</title>", "-->"),
    "style comment": between("<style><!--</style>", "-->"), "script comment": between("<script><!--</script>", "-->"),
    "script twice": between("<script><!--<script></script>", "--></script>"),
    "script unclosed later": between("<b>", "</b><script>"),
    "template": between("<template>", "</template>"), "template unclosed": between("<div><template>", "</div>"),
    "select": between("<select><option>", "</option></select>"),
    "select with markup": between("<select><p>", "</select>"),
    "optgroup": between("<select><optgroup label=x><option>", "</select>"),
    "datalist": between("<datalist><option>", "</datalist>"),
    "details": between("<details><summary>s</summary>", "</details>"),
    "details open": between("<details open><summary>s</summary>", "</details>"),
    "summary": between("<details><summary>", "</summary>x</details>"),
    "hidden": between("<div hidden>", "</div>"),
    "hidden shown": between("<div hidden style='display:block'>", "</div>"),
    "display none": between("<div style='color:red; DISPLAY : none'>", "</div>"),
    "display comment": between("<div style='display:/* */none'>", "</div>"),
    "display overruled": between("<div style='display:none; display:block'>", "</div>"),
    "display important": between("<div style='display:none !important; display:block'>", "</div>"),
    "visibility": between("<div style='visibility:hidden'>", "</div>"),
    "visibility again": between("<div style='visibility:hidden'><b style='visibility:visible'>", "</b></div>"),
    "aria hidden": between("<div aria-hidden=true>", "</div>"), "opacity": between("<div style='opacity:0'>", "</div>"),
    "dialog": between("<dialog>", "</dialog>"), "dialog open": between("<dialog open>", "</dialog>"),
    "hidden input": between("<input type=hidden value=1>"), "button": between("<button>", "</button>"),
    "fieldset": between("<fieldset><legend>", "</legend></fieldset>"), "marquee": between("<marquee>", "</marquee>"),
    "svg text": between("<svg><text>", "</text></svg>"), "svg title": between("<svg><title>", "</title></svg>"),
    "svg cdata": between("<svg><text><![CDATA[", "]]></text></svg>"), "html cdata": between("<![CDATA[", "]]>"),
    "foreign object": between("<svg><foreignObject><p>", "</p></foreignObject></svg>"),
    "svg style": between("<svg><style><b>", "</b></style></svg>"), "svg left": between("<svg><p>", "</svg>"),
    "math text": between("<math><mtext>", "</mtext></math>"), "math annotation": between(
        "<math><annotation-xml encoding='text/html'><p>", "</p></annotation-xml></math>"),
    "second body": between("<body class=x><p>", "</p></body>"), "second html": between("<html><body>", "</html>"),
    "behind html": between("</body></html>"), "head in body": between("<head>", "</head>"),
    "frameset late": between("<frameset><frame>", "</frameset>"), "base": between("<base href='http://b.example/'>"),
    "stray ends": between("</div></p></table></br></span>", "</b></td>"), "stray p": between("</p>", "</p>"),
    "nul": between("\0", "\0"), "nul in tag": between("<b\0 x>", "</b>"), "nul comment": between("<!\0--", "-->"),
    "nul in number": spelt(lambda c: c + "\0"), "references": spelt(lambda c: f"&#{ord(c)};"),
    "references open": spelt(lambda c: f"&#{ord(c)} " if c == " " else f"&#x{ord(c):x};"),
    "references unclosed": spelt(lambda c: f"<b>&#{ord(c)}</b>"),
    "windows references": between("&#128;&#150;&#159;&#0;&#x110000;&#xd800;"), "names": between("&nbsp&ampx&notit;&lt"),
    "soft hyphens": spelt(lambda c: c + "&shy;"), "wbr": spelt(lambda c: c + "<wbr>"),
    "zero width": spelt(lambda c: c + "\u200b"), "joiners": spelt(lambda c: c + "\u2060\ufeff"),
    "bidi": between("\u202e\u2066", "\u202c\u2069"), "tags within": spelt(lambda c: f"<span>{c}</span>"),
    "comments within": spelt(lambda c: f"{c}<!-- 1 -->"), "hidden within": spelt(lambda c: f"{c}<i hidden>7</i>"),
    "none within": spelt(lambda c: f"{c}<i style='display:none'>7</i>"), "breaks within": spelt(lambda c: f"{c}<br>"),
    "cells": between("<table><tr><td>1</td><td>", "</td><td>2</td></table>"), "pre": between("<pre>\n ", "\n\n </pre>"),
    "quote in tag": between("<p title='>'>", "</p>"), "unquoted": between("<p title=a'b\">", "</p>"),
    "slash soup": between("<p/class=x/id=y//>", "</p/>"), "equals": between("<p =x ==y>", "</p>"),
    "case": between("<DiV hIdDeN>", "</dIv>"), "unknown tags": between("<x-a><blink:b>", "</blink:b></x-a>"),
    "tag of 1000": between(f"<{'t' * 1000}>", f"</{'t' * 1000}>"), "angle brackets": between("< b><3 a<b ", " a < b"),
    "ruby": between("<ruby>a<rp>(</rp><rt>", "</rt><rp>)</rp></ruby>"), "link in head": between("<link rel=x><meta a>"),
    "late style": between("<style>p{color:red}</style>"), "unclosed attribute": between("<p>x</p>", "<p title='"),
    "form in form": between("<form><div><form>", "</form></div>"), "buttons": between("<button><button>", "</button>"),
    "headings": between("<h1><h2>", "</h1></h2>"), "nobr": between("<nobr><nobr>", "</nobr>"),
    "paragraph in button": between("<p><button><p>", "</button>"), "applet": between("<applet>", "</applet>"),
    "image": between("<image alt=x>"), "isindex": between("<isindex>"), "keygen": between("<keygen>"),
    "column group": between("<table><colgroup><col>", "</table>"), "caption": between("<table><caption>", "</table>"),
    "th": between("<table><thead><th>", "<tbody><td>x</table>"), "table in p": between("<p><table><td><p>", "</table>"),
    "utf-8 mark": as_bytes(b"\xef\xbb\xbf", "utf-8", "text/html; charset=windows-1251"),
    "utf-16 mark": as_bytes(b"\xff\xfe", "utf-16-le", UTF8), "utf-16be mark": as_bytes(b"\xfe\xff", "utf-16-be", UTF8),
    "utf-16 header": as_bytes(b"", "utf-16-le", "text/html; charset=utf-16le"),
    "no charset": as_bytes(b"", "cp1252", "text/html"),
    "mixed": mixed, "mixed again": mixed, "mixed once more": mixed, "mixed for good": mixed,
    **{f"header {label[:20]!r}": charset(label, "utf-8", header=True) for label in LABELS[::2]},
    **{f"meta {label[:20]!r}": charset(label, "cp1252", header=False) for label in LABELS[1::2]},
}  # fmt: skip


def build_pages() -> list[TrickPage]:
    """The pages, the same ones every time: each trick once, then those that are left to chance again."""
    names = [*TRICKS, *(name for _ in range(PAGES) for name in TRICKS if name.startswith("mixed"))][:PAGES]
    return [_page(name, random.Random(place)) for place, name in enumerate(names)]


def _page(name: str, dice: Dice) -> TrickPage:
    made = TRICKS[name](dice)
    if isinstance(made, tuple):
        return TrickPage(name, made[0], made[1])
    start = dice.choice(("<!doctype html>", "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN'>", "", "<!doctype x y>"))
    return TrickPage(name, f"{start}<meta charset=utf-8><body>{made}".encode())
