"""Opens up ways of writing that hide where a telephone number begins, letter for letter, so that offsets stay."""

from __future__ import annotations

import re
from typing import Any

from nlp.number_words import WORDS, in_letters
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("phones")
_CUES = "|".join(sorted(map(re.escape, _TABLE["cues"]), key=len, reverse=True))
_PLUSES = "|".join(_TABLE["plus"])

_LONGEST_CUE = 16
_TOUCHING = re.compile(r"\d(?:[^\W\d_]|(?<=[^\W\d_].))")  # a figure and a letter
_GLUED = re.compile(r"\d(?<=[^\W\d_].)\d")  # the first figures of "mob42000017"
_CUE_AT_END = re.compile(rf"(?:^|[\W_])(?:{_CUES})$", re.IGNORECASE)
_TAIL = re.compile(r"\+?[\d ./-]{7,15}\d(?=[^\W\d_]{2})")
_GLUED_AFTER = re.compile(rf"(?<![^\W_])[49]\d{{7}}(?=(?:{_CUES}|{'|'.join(_TABLE['said_after'])})\b)", re.IGNORECASE)
_HOST_END = re.compile(r"\d{8,12}\.[a-z]{2,10}\b", re.IGNORECASE)
_PLUS_WORD = re.compile(rf"\b(?:{_PLUSES})(?=[\s-]?[\w+])", re.IGNORECASE)
_SIGN_FOR_LETTER = re.compile(r"[!|$@\u20ac](?=[^\W\d_])|[!|](?<=[^\W\d_].)")
_HEAD = re.compile(r"[^\W\d_]{1,12}$")
_REST = re.compile(r"[!|$@\u20ac][^\W_]{0,12}(?:[!|$@\u20ac][^\W_]{1,12})?")
_CROSSED = re.compile(r"(?<![^\W_])\d{1,2}([^\W\d_]{1,3})\d{1,2}(?:\1\d{1,2}){2,6}(?![^\W_])")
_ESCAPES = {"%2B": "  +", "%2b": "  +", "%20": "   ", "\u2795": "+"}
_HEART = re.compile(r"<3(?!\d)")


def opened(text: str) -> str:
    """`text`, as long as before, with signs for letters, escapes, the word "plus" and glued labels undone."""
    if "%2" in text or "\u2795" in text:
        for written, meant in _ESCAPES.items():
            text = text.replace(written, meant)
    if "<3" in text:
        text = _HEART.sub("\u2665 ", text)
    if any(sign in text for sign in "!|$@\u20ac"):
        text = _with_letters(text)
    lower = text.lower()
    if any(plus in lower for plus in _TABLE["plus"]):
        text = _PLUS_WORD.sub(lambda plus: "+".rjust(len(plus.group())), text)
    return _without_labels(_CROSSED.sub(_crossed, text)) if _TOUCHING.search(text) else text


def _with_letters(text: str) -> str:
    """Number words with signs for letters spelt in full: f!re, $even."""
    pieces: list[str] = []
    done = 0
    for sign in _SIGN_FOR_LETTER.finditer(text):
        if sign.start() < done:
            continue
        head = _HEAD.search(text[max(done, sign.start() - 12) : sign.start()])
        start = sign.start() - len(head.group() if head else "")
        rest = _REST.match(text, sign.start())
        word = text[start : rest.end() if rest else sign.end()]
        spelt = in_letters(word)
        if spelt and len(word) > 1:
            pieces += [text[done:start], spelt]
            done = start + len(word)
    return "".join([*pieces, text[done:]])


def _without_labels(text: str) -> str:
    """A label written together with a number set apart from it: "mob42000017", "sms4200-0017nå"."""
    chars: list[str] | None = None
    for glued in _GLUED.finditer(text):
        start = glued.start()
        if _CUE_AT_END.search(text[max(0, start - _LONGEST_CUE) : start]) or _HOST_END.match(text, start):
            chars = chars or list(text)
            chars[start - 1] = " "
            tail = _TAIL.match(text, start)
            if tail:
                chars[tail.end()] = " "
    for whole in _GLUED_AFTER.finditer(text):
        chars = chars or list(text)
        chars[whole.end()] = " "
    return "".join(chars) if chars else text


def _crossed(row: re.Match[str]) -> str:
    """Figures with the same letters between all of them, as signs: 42x00x00x17."""
    letters = row.group(1)
    return row.group() if letters.lower() in WORDS else row.group().replace(letters, "*" * len(letters))
