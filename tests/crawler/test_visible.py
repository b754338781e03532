"""visible_text: what a reader sees of an element."""

from __future__ import annotations

import pytest

from crawler.document import Document
from crawler.htmltree import parse_html
from crawler.visible import visible_text
from tests.effort import assert_linear

# (the inside of the body, its text)
TEXTS: dict[str, tuple[str, str]] = {
    "paragraphs": ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    "blocks": ("One<div>Two</div>Three", "One\nTwo\nThree"),
    "breaks": ("One<br>Two<br><br>Three<br></p>", "One\nTwo\n\nThree"),
    "inline": ("42<b>0</b><span>0</span> 00", "4200 00"),
    "space": (" a \n\t b&nbsp; c ", "a b c"),
    "cells": ("<table><tr><td>42</td><td>00</td></tr><tr><th>a</th></tr></table>", "42 00\na"),
    "list": ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
    "pre": ("<pre>a  b\nc</pre>d", "a  b\nc\n\nd"),
    "not shown": ("a<script>1</script><style>2</style><template>3</template><noscript>4</noscript>b", "ab"),
    "comment": ("a<!-- no -->b", "ab"),
    "hidden": ("a<i hidden>no</i>b", "ab"),
    "display": ("a<i style='color:red; Display : NONE'>no</i>b", "ab"),
    "display in a comment": ("a<i style='display:/**/none'>no</i>b", "ab"),
    "display overruled": ("<i style='display:none;display:block'>a</i>", "a"),
    "display important": ("a<i style='display:none!important;display:block'>no</i>", "a"),
    "hidden but shown": ("<p hidden style='display:block'>a</p>", "a"),
    "visibility": ("a<i style='visibility:hidden'>no<b style='visibility:visible'>b</b></i>", "ab"),
    "display over visibility": ("a<i style='display:none'><b style='visibility:visible'>no</b></i>", "a"),
    "closed details": ("<details>no<summary>a</summary><p>no</p>no</details>b", "a\nb"),
    "open details": ("<details open><summary>a</summary>b</details>", "a\nb"),
    "second summary": ("<details><summary>a</summary><summary>no</summary></details>", "a"),
    "dialog": ("<dialog>no</dialog><dialog open>a</dialog>", "a"),
    "select": ("<select>no<option>a<option>b</select>", "a\nb"),
    "textarea": ("a<textarea>no</textarea>", "a"),
    "object": ("<object>a</object>", "a"),
    "iframe": ("a<iframe>no</iframe>", "a"),
    "zero width stays": ("4\u200b2", "4\u200b2"),
}


@pytest.mark.parametrize(("inside", "expected"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("tamed", [False, True], ids=["lexbor", "tame"])
def test_text_is_what_a_reader_sees(inside: str, expected: str, tamed: bool) -> None:
    page = Document("http://b.example/", "ad", "text/html", f"<body>{inside}".encode(), tamed)
    assert visible_text(page.find("body")[0]) == expected


def test_element_that_is_hidden_itself_is_read() -> None:
    page = Document("http://b.example/", "ad", "", b"<div><p hidden>42 00 00 17</p> behind</div>")
    assert visible_text(page.find("p")[0]) == "42 00 00 17"


def test_depth_and_length_take_no_recursion_and_linear_time() -> None:
    short, long = (parse_html("<i><b>x</b> " * times) for times in (8000, 16_000))
    assert visible_text(long).count("x") == 16_000
    assert_linear(visible_text, short, long)
