"""Rules on the text itself: look-alikes and hidden characters, and the language of the ad."""

from __future__ import annotations

import pytest

from nlp.language import find_stretches
from nlp.parts import Parts, Sign
from nlp.rules import RULES
from nlp.unicode import plain

NORWEGIAN = (
    "Hei, jeg er en blid dame som er på besøk i byen denne uken. Jeg tilbyr avslappende massasje i rolige omgivelser, "
    "og tar imot i en ren og pen leilighet nær sentrum. Ring for avtale. "
)
SWEDISH = (
    "Hej, jag är en glad kvinna som är på besök i staden den här veckan. Jag erbjuder avslappnande massage i lugn "
    "miljö och tar emot i en ren och fin lägenhet nära centrum. Ring för att boka tid. "
)
ENGLISH = (
    "Hello, I am a friendly woman who is visiting the city this week. I offer relaxing massage in quiet surroundings "
    "and receive you in a clean and tidy apartment near the centre. Call me to book. "
)


def signs(rule: str, text: str, **parts: object) -> list[Sign]:
    return list(RULES[rule](Parts(fields={"text": plain(text)}, **parts)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Сall me todaу", id="cyrillic-in-latin"),
        pytest.param("ring m\u0435g", id="one-letter"),
        pytest.param("ri\u200bng meg", id="zero-width"),
        pytest.param("42 00\u200b 00 1\u200b7", id="zero-width-in-digits"),
        pytest.param("ring \u202e71000024", id="override"),
    ],
)
def test_odd_letters(text: str) -> None:
    found = signs("odd_letters", text)
    assert found
    assert all(text[sign.span.start : sign.span.end] == sign.span.quote != "" for sign in found)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Velkommen 😊💕🌸 ring meg ☎️", id="emoji"),
        pytest.param("🇳🇴🇸🇪 Norge og Sverige", id="flags"),
        pytest.param("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f England", id="tag-flag"),
        pytest.param("familie 👨‍👩‍👧 og 👩🏽‍⚕️ her", id="zwj-emoji"),
        pytest.param("می‌خواهم کار کنم", id="persian-joiner"),
        pytest.param("क्‍ष हिन्दी में", id="indic-joiner"),
        pytest.param("ทำงาน\u200bใน\u200bออสโล", id="thai-break"),
        pytest.param("arbeids\u00adgiver og bolig\u00adpris", id="soft-hyphen"),
        pytest.param("Зателефонуйте сьогодні", id="ukrainian"),
        pytest.param("Работа в Oslo, звоните", id="two-scripts-two-words"),
        pytest.param("СМСка и SMSка", id="ending-on-acronym"),
        pytest.param("Α και Ω", id="greek"),
        pytest.param("\ufeffHei, ring meg", id="byte-order-mark"),
        pytest.param("שלום\u200f, ברוך הבא", id="direction-mark"),
    ],
)
def test_ordinary_letters(text: str) -> None:
    assert not signs("odd_letters", text)


@pytest.mark.parametrize(
    ("written", "claimed"), [("ru", "nb"), ("en", "no"), ("sv", "nb-NO"), ("nb", "sv")], ids=lambda value: str(value)
)
def test_language_differs(written: str, claimed: str) -> None:
    (sign,) = signs("language_differs", ENGLISH, language=written, claimed=claimed)
    assert ENGLISH.startswith(sign.span.quote)
    assert 0 < len(sign.span.quote) <= 80
    assert written in sign.note
    assert claimed in sign.note


@pytest.mark.parametrize(
    ("written", "claimed"),
    [("nb", "no"), ("nn", "nb"), ("nb", "und"), ("und", "nb"), ("en", "en-GB"), ("nb", "da")],
    ids=lambda value: str(value),
)
def test_language_agrees_or_is_unknown(written: str, claimed: str) -> None:
    assert not signs("language_differs", ENGLISH, language=written, claimed=claimed)


def test_a_stretch_in_the_claimed_language_is_enough() -> None:
    text = plain(ENGLISH * 2 + "\n" + NORWEGIAN)
    stretches = find_stretches(text, "text")
    assert not signs("language_differs", text.original, language="en", claimed="nb", stretches=stretches)
    assert signs("language_differs", text.original, language="en", claimed="fi", stretches=stretches)


@pytest.mark.parametrize(
    ("language", "text", "quote"),
    [
        ("nb", NORWEGIAN + "Jeg snakker ikke norsk.", "snakker ikke norsk"),
        ("nb", NORWEGIAN + "Hun snakker kun engelsk.", "snakker kun engelsk"),
        ("nb", NORWEGIAN + "Snakker bare litt engelsk", "Snakker bare litt engelsk"),
        ("nn", NORWEGIAN + "Eg snakkar berre spansk.", "snakkar berre spansk"),
        ("sv", SWEDISH + "Pratar inte svenska eller engelska", "Pratar inte svenska eller engelska"),
        ("sv", SWEDISH + "Jag talar bara engelska.", "talar bara engelska"),
        ("da", NORWEGIAN + "Hun taler ikke dansk", "taler ikke dansk"),
        ("en", ENGLISH + "She does not speak English.", "does not speak English"),
        ("en", ENGLISH + "Speaks only Spanish", "Speaks only Spanish"),
        ("nb", NORWEGIAN + "I don't speak Norwegian", "don't speak Norwegian"),
    ],
)
def test_local_ad_foreign_speaker(language: str, text: str, quote: str) -> None:
    (sign,) = signs("local_ad_foreign_speaker", text, language=language)
    assert sign.span.quote == quote
    assert text[sign.span.start : sign.span.end] == quote


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("nb", NORWEGIAN + "Jeg snakker norsk og engelsk.", id="speaks-it"),
        pytest.param("nb", NORWEGIAN + "Hvis du ikke snakker norsk, skriv på engelsk.", id="reader"),
        pytest.param("nb", NORWEGIAN + "Kunder som snakker ikke norsk er også velkomne.", id="customers"),
        pytest.param("nb", NORWEGIAN + "Jeg snakker ikke spansk.", id="another-language"),
        pytest.param("nb", NORWEGIAN + "Snakker bare norsk.", id="only-the-local"),
        pytest.param("nb", NORWEGIAN + "Snakker kun norsk og engelsk.", id="only-two"),
        pytest.param("nb", "Snakker ikke norsk. Ring meg.", id="not-fluent"),
        pytest.param("en", ENGLISH + "I don't speak Norwegian.", id="english-ad-no-norwegian"),
        pytest.param("en", ENGLISH + "If you do not speak English, write to me.", id="reader-english"),
        pytest.param("ru", NORWEGIAN + "Snakker ikke norsk.", id="other-language"),
        pytest.param("und", NORWEGIAN + "Snakker ikke norsk.", id="unknown"),
    ],
)
def test_no_foreign_speaker(language: str, text: str) -> None:
    assert not signs("local_ad_foreign_speaker", text, language=language)
