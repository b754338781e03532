"""What the words round digits say of them: a label, a unit, an address, or a telephone number after all."""

from __future__ import annotations

import re
from typing import Any

from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("phones")
_LABEL = 48  # characters before a number in which its label stands
_CUED = 36  # characters before a number in which it is said that it is to be called
_BESIDE = 48  # characters beside a number in which an announcement stands


def any_of(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[\s.\-]*") for word in sorted(words, key=len, reverse=True))


_WORD = re.compile(r"[^\W_]+|§+")
_LABELS = frozenset(" ".join(_WORD.findall(label)) for label in _TABLE["not_before"])
_MONEY = frozenset(_TABLE["money"])  # the unit of the figure before: "3800 kr nummer …"
_NUMBER = frozenset(_TABLE["number"])
_COMPOUND_ENDINGS = ("nr", "nummer", "nummeret", "numret", "kode", "koden")
_PHONE_LABELS = tuple(_TABLE["phone_labels"])
_MOST_WORDS = 3  # of one label
_BEFORE_A_NUMBER = " .:#(=-_/\n\t\u00a0"
_NOT_AFTER = re.compile(
    rf"\s?(?:,-|[%€$£]|:\d{{2,5}}\b|\.(?:jpe?g|png|gif|webp|pdf|docx?|mp4|heic)\b|[a-f]\b(?![-\u2010\u2011\u2013]\w\w|\s(?:mail|post))|(?:{any_of(_TABLE['not_after'])})\b)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_CUES = frozenset(cue for cue in _TABLE["cues"] if _LETTERS.fullmatch(cue))
_OTHER_CUES = tuple(cue for cue in _TABLE["cues"] if cue not in _CUES)
_CUE = re.compile(rf"(?<![^\W\d_])(?:{any_of(list(_OTHER_CUES))})(?![^\W\d_])", re.IGNORECASE)
_ODD = frozenset(cue[:4] for cue in _OTHER_CUES)
_CUE_AFTER = re.compile(rf"[\s,.!(-]{{0,3}}(?:{any_of(_TABLE['cues'])})\b", re.IGNORECASE)
_BACKWARDS = re.compile(rf"(?<![^\W_])(?:{any_of(_TABLE['backwards'])})", re.IGNORECASE)
_STEM = re.compile(r"([^\W_]{1,4})[^\W_]*+")
_BACKWARDS_STEMS = frozenset(max(_WORD.findall(words), key=len)[:4] for words in _TABLE["backwards"])

_IN_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$|\.[a-z]{2,7}/\S*$|(?<!\S)/\S*$", re.IGNORECASE)
_IN_HOST = re.compile(r"(?:https?://|www\.)(?:[^\s/?#@]{0,80}[^\W_]|)[.-]?[^\W_]*$|(?:https?://|www\.)$", re.IGNORECASE)
_CALL_ADDRESS = re.compile(
    r"(?:wa\.me/|whatsapp\S{0,40}[=/]|viber\S{0,20}[=/]|signal\.me/\S{0,4}/|t\.me/[ ]*(?=\+|[ ]*$)|telegram\.me/"
    r"|(?:tel|sms|smsto|callto|facetime|skype|whatsapp|viber|imo)[:=]/{0,2}"
    r"|[/?&#_-](?:phone|tel|tlf|telefon|mobile?|msisdn|whatsapp|sms|call|ring|number|nummer|numero|viber|contact)[=/:])"
    r"[ ]*\+?$",
    re.IGNORECASE,
)


_LINK_SIGNS = frozenset({":", "/", "="})


def is_address_to_call(before: str) -> bool:
    """Whether `before` ends as links that call or write to a number do: wa.me/, tel:, ?phone=."""
    return before.rstrip(" +")[-1:] in _LINK_SIGNS and _CALL_ADDRESS.search(before) is not None


def is_in_path(before: str) -> bool:
    """Whether `before` ends inside a link, after the name of its host."""
    last = "".join(before.rsplit(None, 1)[-1:]).lower()
    if "/" not in last and "www." not in last:
        return False
    return _IN_ADDRESS.search(before) is not None and _IN_HOST.search(before) is None


def is_labelled_otherwise(text: str, shown: str, start: int, end: int) -> bool:
    """Whether a label or a unit says what `start:end` is. Prices are blanked out in `text`, not in `shown`."""
    label = text[max(0, start - _LABEL) : start]
    return _is_label(label) or _NOT_AFTER.match(shown[end : end + 24]) is not None


def _is_label(before: str) -> bool:
    """Whether text right before a number names another kind of number: "order no. ", "Kundenummer: "."""
    before = before.rstrip(_BEFORE_A_NUMBER)
    if before[-1:] in {"$", "€", "£", "@"}:
        return True
    words = _WORD.findall(before.lower().rpartition("\n")[2])[-_MOST_WORDS - 1 :]
    if not words:
        return False
    if len(words[-1]) > 4 and words[-1].endswith(_COMPOUND_ENDINGS) and words[-1] not in _NUMBER:
        return not words[-1].startswith(_PHONE_LABELS)
    if _ends_on_label(words):
        return True
    return words[-1] in _NUMBER and words[-2:-1] != [] and words[-2] not in _MONEY and _ends_on_label(words[:-1])


def _ends_on_label(words: list[str]) -> bool:
    return any(" ".join(words[-size:]) in _LABELS for size in range(1, min(len(words), _MOST_WORDS) + 1))


def is_cued(shown: str, start: int, end: int) -> bool:
    """Whether words beside `start:end` say that it is to be called."""
    before = shown[max(0, start - _CUED) : start].lower()
    if not _CUES.isdisjoint(_LETTERS.findall(before)) or "+" in shown[start : start + 3]:
        return True
    if any(sign in before for sign in _ODD) and _CUE.search(before):
        return True
    return _CUE_AFTER.match(shown[end : end + 20]) is not None


def is_backwards(shown: str) -> bool:
    """Whether a text may announce that a number is to be read from its end."""
    return not _BACKWARDS_STEMS.isdisjoint(_STEM.findall(shown.lower()))


def is_announced_backwards(shown: str, start: int, end: int) -> bool:
    beside = shown[max(0, start - _BESIDE) : start], shown[end : end + _BESIDE]
    return any(_BACKWARDS.search(text) for text in beside)
