"""Rules on the text itself: look-alike letters, hidden characters, and the language it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.parts import Parts, Rule, Sign, quote
from nlp.reading import Span

UNKNOWN = "und"
LEAST_FLUENT = 120
"""Letters of an ad that must be in the local language before it counts as written by someone who masters it."""

_FAMILY = {"nb": "no", "nn": "no"}
_SCANDINAVIAN = frozenset({"no", "sv", "da"})
_SAMPLE = re.compile(r"\s*([^\n]{1,80}(?<!\s)(?=\s|$)|\S{1,80})")
_SPEAKS = ("snakk", "prat", "tal", "speak", "spoken", "språk", "forst")
_LANGUAGE = {
    "no": ("norsk", "norska", "norwegian"),
    "sv": ("svensk", "svenska", "swedish"),
    "da": ("dansk", "danska", "danish"),
    "en": ("engelsk", "engelska", "english"),
    "other": ("spansk", "spanska", "spanish", "thai", "rumensk", "rumänska", "rumænsk", "romanian", "polsk", "polska",
              "polish", "russisk", "ryska", "russian", "portugisisk", "portugisiska", "portuguese", "ungarsk",
              "ungerska", "hungarian", "italiensk", "italienska", "italian", "fransk", "franska", "french",
              "bulgarsk", "bulgariska", "bulgarian", "litauisk", "litauiska", "lithuanian", "kinesisk", "kinesiska",
              "chinese", "tysk", "tyska", "german", "vietnamesisk", "vietnamesiska", "vietnamese"),
}  # fmt: skip
_CODE = {word: code for code, words in _LANGUAGE.items() for word in words}
_NAMES = "|".join(sorted(_CODE, key=len, reverse=True))
_NOTICE = re.compile(
    rf"""\b(?:
        (?P<no> (?:snakker|snakkar|prater|pratar|taler|talar|forstår|förstår|kan)\ (?:dessverre\ |desværre\ |tyvärr\ )?
                (?:ikke|ikkje|inte|ej)\ (?:noe\ |noko\ |något\ |noget\ |så\ mye\ |særlig\ )?
              | (?:does\ not|doesn't|do\ not|don't|cannot|can't|can\ not)\ (?:speak|understand)\ (?:any\ |much\ )?
              | (?:speak|speaks)\ no\ )
      | (?P<only> (?:snakker|snakkar|prater|pratar|taler|talar)\ (?:kun|bare|berre|bara|endast)\ (?:litt\ )?
              | (?:only\ speaks?|speaks?\ only)\ (?:a\ little\ )?)
    )(?P<language>{_NAMES})\b(?P<more>\ (?:og|eller|och|and|or|&)\ (?:{_NAMES})\b)?""",
    re.VERBOSE,
)
_READER = re.compile(r"\b(?:du|dere|dykk|ni|you|kunde\w*|gjest\w*|client\w*|customer\w*|hvis|dersom|om|if|who|som)\b")
"""Words that say that the notice is about who reads the ad."""


def odd_letters(ad: Parts) -> Iterator[Sign]:
    """Letters that look like others, words of mixed scripts, or characters that print nothing."""
    for field, plain in ad.fields.items():
        for start, end in plain.odd:
            yield Sign(Span(field=field, start=start, end=end, quote=plain.original[start:end]))


def language_differs(ad: Parts) -> Iterator[Sign]:
    """An ad that is in another language than its site says, and has no stretch in that one."""
    claimed, written = _family(ad.claimed), _family(ad.language)
    spoken = {written, *(_family(stretch.language) for stretch in ad.stretches)}
    if UNKNOWN in {claimed, written} or claimed in spoken or {claimed, written} <= {"no", "da"}:
        return
    for field in ("text", "title"):
        sample = _SAMPLE.match(ad.fields[field].text) if field in ad.fields else None
        if sample:
            span = quote(field, ad.fields[field], *sample.span(1))
            yield Sign(span, note=f"written in {ad.language}; the site says {ad.claimed}")
            return


def local_ad_foreign_speaker(ad: Parts) -> Iterator[Sign]:
    """An ad in fluent Norwegian, Swedish, Danish or English with a notice that who it is about does not speak it."""
    written = _family(ad.language)
    if written not in _SCANDINAVIAN | {"en"}:
        return
    for field, plain in ad.fields.items():
        low = plain.text.lower()
        if len(low) != len(plain.text) or not any(word in low for word in _SPEAKS):
            continue
        for notice in _NOTICE.finditer(low):
            about_reader = _READER.search(low, max(0, notice.start() - 20), notice.start())
            if about_reader is None and _is_foreign(notice, written) and _is_fluent(ad, notice):
                yield Sign(quote(field, plain, *notice.span()), note=f"the ad is written in {ad.language}")


def _is_foreign(notice: re.Match[str], written: str) -> bool:
    """Whether a notice denies the language of the ad, or names only others."""
    named = {_CODE[word] for word in re.findall(_NAMES, notice.group()) if word in _CODE}
    return written in named if notice["no"] else written not in named


def _is_fluent(ad: Parts, notice: re.Match[str]) -> bool:
    letters = sum(char.isalpha() for name in ("title", "text") if name in ad.fields for char in ad.fields[name].text)
    return letters - len(notice.group()) >= LEAST_FLUENT


def _family(code: str) -> str:
    primary = code.partition("-")[0].lower()
    return _FAMILY.get(primary, primary or UNKNOWN)


RULES: tuple[Rule, ...] = (odd_letters, language_differs, local_ad_foreign_speaker)
