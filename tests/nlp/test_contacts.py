from __future__ import annotations

import time

import pytest

from nlp.contacts import find_contacts
from nlp.unicode import plain


@pytest.mark.parametrize(
    ("text", "kind", "value", "quote"),
    [
        ("skriv lina@mail.example.", "email", "lina@mail.example", "lina@mail.example"),
        ("Lina.M+1@Mail.example", "email", "lina.m+1@mail.example", "Lina.M+1@Mail.example"),
        ("lina (at) mail (dot) example i dag", "email", "lina@mail.example", "lina (at) mail (dot) example"),
        ("lina[at]mail.example", "email", "lina@mail.example", "lina[at]mail.example"),
        ("lina at mail dot example", "email", "lina@mail.example", "lina at mail dot example"),
        ("lina krøllalfa mail punktum example", "email", "lina@mail.example",
         "lina krøllalfa mail punktum example"),
        ("lina＠mail．example", "email", "lina@mail.example", "lina＠mail．example"),
        ("se https://www.Firma.example/Jobb/?x=1.", "url", "https://firma.example/Jobb/?x=1",
         "https://www.Firma.example/Jobb/?x=1"),
        ("besøk firma.example/jobb nå", "url", "https://firma.example/jobb", "firma.example/jobb"),
        ("www.firma.example", "url", "https://firma.example", "www.firma.example"),
        ("https://t.me/Lina_x", "telegram", "lina_x", "https://t.me/Lina_x"),
        ("Telegram: @Lina_x", "telegram", "lina_x", "Telegram: @Lina_x"),
        ("tg @linax", "telegram", "linax", "tg @linax"),
        ("WhatsApp: @lina_x", "whatsapp", "lina_x", "WhatsApp: @lina_x"),
        ("viber lina_24", "viber", "lina_24", "viber lina_24"),
        ("Signal: @lina.12", "signal", "lina.12", "Signal: @lina.12"),
        ("wechat id: lina99", "wechat", "lina99", "wechat id: lina99"),
        ("line id lina99", "line", "lina99", "line id lina99"),
        ("snap: lina24", "snapchat", "lina24", "snap: lina24"),
        ("insta lina.m", "instagram", "lina.m", "insta lina.m"),
        ("kik: lina99", "kik", "lina99", "kik: lina99"),
    ],
)  # fmt: skip
def test_addresses(text: str, kind: str, value: str, quote: str) -> None:
    [contact] = find_contacts(plain(text), "text")
    assert (contact.kind, contact.value, contact.quote) == (kind, value, quote)


@pytest.mark.parametrize(
    "text",
    [
        "telegram og whatsapp",
        "Telegram: ring meg",
        "whatsapp only",
        "WhatsApp 42000017",
        "hot line 24 timer",
        "on line 24/7",
        "a signal was sent",
        "jeg bor i Oslo.Velkommen",
        "2.500 kr kl 10.00",
        "møt meg at hotellet",
        "Dame @ oslo",
        "x@y",
        "pris 2.000,- pr.time",
    ],
)
def test_no_addresses(text: str) -> None:
    assert find_contacts(plain(text), "text") == []


def test_an_address_inside_another_is_not_told_twice() -> None:
    found = find_contacts(plain("a@x.example og b@y.example, www.z.example"), "text")
    assert [contact.value for contact in found] == ["a@x.example", "b@y.example", "https://z.example"]


@pytest.mark.parametrize("unit", ["a@", "a.", "@", "www.", "http://", "telegram ", "(at) ", "dot ", "a.no"])
def test_hostile_text_is_read_in_time(unit: str) -> None:
    text = plain(unit * (50_000 // len(unit)))
    start = time.process_time()
    find_contacts(text, "text")
    assert time.process_time() - start < 5
