"""Contacts other than telephone numbers: what is found, with which value and place, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.contacts import find_contacts
from nlp.names import find_names
from nlp.persons import find_persons
from nlp.unicode import plain
from tests.effort import assert_within

EMAILS = [
    ("skriv lina@mail.example.", "lina@mail.example", "lina@mail.example"),
    ("Lina.M+1@Mail.example", "lina.m+1@mail.example", "Lina.M+1@Mail.example"),
    ("mail:lina@mail.example", "lina@mail.example", "lina@mail.example"),
    ("lina@mail.example.Ring meg", "lina@mail.example", "lina@mail.example"),
    ("lina_24@post.mail.example", "lina_24@post.mail.example", "lina_24@post.mail.example"),
    ("lina@xn--mil-0na.example", "lina@xn--mil-0na.example", "lina@xn--mil-0na.example"),
    ("lina (at) mail (dot) example i dag", "lina@mail.example", "lina (at) mail (dot) example"),
    ("lina[at]mail.example", "lina@mail.example", "lina[at]mail.example"),
    ("lina{at}mail{dot}example", "lina@mail.example", "lina{at}mail{dot}example"),
    ("lina <at> mail <dot> example", "lina@mail.example", "lina <at> mail <dot> example"),
    ("lina(a)mail.example", "lina@mail.example", "lina(a)mail.example"),
    ("lina (@) mail.example", "lina@mail.example", "lina (@) mail.example"),
    ("lina-at-mail.example", "lina@mail.example", "lina-at-mail.example"),
    ("lina*at*mail.example", "lina@mail.example", "lina*at*mail.example"),
    ("lina at mail dot example", "lina@mail.example", "lina at mail dot example"),
    ("LINA AT MAIL DOT EXAMPLE", "lina@mail.example", "LINA AT MAIL DOT EXAMPLE"),
    ("lina dot berg at mail dot example", "lina.berg@mail.example", "lina dot berg at mail dot example"),
    ("lina(dot)berg(at)mail(dot)example", "lina.berg@mail.example", "lina(dot)berg(at)mail(dot)example"),
    ("e-mail lina at mail.example", "lina@mail.example", "lina at mail.example"),
    ("lina krøllalfa mail punktum example", "lina@mail.example", "lina krøllalfa mail punktum example"),
    ("lina alfakrøll mail.example", "lina@mail.example", "lina alfakrøll mail.example"),
    ("lina[krøllalfa]mail punkt example", "lina@mail.example", "lina[krøllalfa]mail punkt example"),
    ("lina snabel-a mail punkt example", "lina@mail.example", "lina snabel-a mail punkt example"),
    ("lina snabel a mail dot example", "lina@mail.example", "lina snabel a mail dot example"),
    ("lina snabela mail prik example", "lina@mail.example", "lina snabela mail prik example"),
    ("kasia małpa mail kropka example", "kasia@mail.example", "kasia małpa mail kropka example"),
    ("kasia (małpa) mail.example", "kasia@mail.example", "kasia (małpa) mail.example"),
    ("olga собака mail точка example", "olga@mail.example", "olga собака mail точка example"),
    ("olga (собачка) mail.example", "olga@mail.example", "olga (собачка) mail.example"),
    ("olga равлик mail крапка example", "olga@mail.example", "olga равлик mail крапка example"),
    ("maria arroba mail punto example", "maria@mail.example", "maria arroba mail punto example"),
    ("ioana arond mail punct example", "ioana@mail.example", "ioana arond mail punct example"),
    ("rasa eta mail taškas example", "rasa@mail.example", "rasa eta mail taškas example"),
    ("lina＠mail．example", "lina@mail.example", "lina＠mail．example"),
    ("li\u200bna@ma\u200bil.example", "lina@mail.example", "li\u200bna@ma\u200bil.example"),
    ("lina&#64;mail&#46;example", "lina@mail.example", "lina&#64;mail&#46;example"),
    ("lina&commat;mail&period;example", "lina@mail.example", "lina&commat;mail&period;example"),
    ("lina%40mail.example", "lina@mail.example", "lina%40mail.example"),
    ("lina @ mail . example", "lina@mail.example", "lina @ mail . example"),
    ("lina @ mail.example", "lina@mail.example", "lina @ mail.example"),
    ("l i n a @ m a i l . e x a m p l e", "lina@mail.example", "l i n a @ m a i l . e x a m p l e"),
    ("skriv: l i n a @ m a i l . e x a m p l e nå", "lina@mail.example", "l i n a @ m a i l . e x a m p l e"),
]  # fmt: skip

LINKS = [
    ("se https://www.Firma.example/Jobb/?x=1.", "url", "https://firma.example/Jobb/?x=1",
     "https://www.Firma.example/Jobb/?x=1"),
    ("besøk firma.example/jobb nå", "url", "https://firma.example/jobb", "firma.example/jobb"),
    ("www.firma.example", "url", "https://firma.example", "www.firma.example"),
    ("(firma.example)", "url", "https://firma.example", "firma.example"),
    ("jobb.firma.example:8080/a", "url", "https://jobb.firma.example:8080/a", "jobb.firma.example:8080/a"),
    ("https://firma.example/a?utm_source=x&id=3&fbclid=zz", "url", "https://firma.example/a?id=3",
     "https://firma.example/a?utm_source=x&id=3&fbclid=zz"),
    ("https://firma.example/a#kontakt", "url", "https://firma.example/a", "https://firma.example/a#kontakt"),
    ("hxxps://firma.example/a", "url", "https://firma.example/a", "hxxps://firma.example/a"),
    ("hxxp://firma[.]example", "url", "https://firma.example", "hxxp://firma[.]example"),
    ("www firma example", "url", "https://firma.example", "www firma example"),
    ("www[.]firma[.]example/kontakt", "url", "https://firma.example/kontakt", "www[.]firma[.]example/kontakt"),
    ("firma dot example", "url", "https://firma.example", "firma dot example"),
    ("firma (dot) example", "url", "https://firma.example", "firma (dot) example"),
    ("firma[.]example/a", "url", "https://firma.example/a", "firma[.]example/a"),
    ("se firma . example", "url", "https://firma.example", "firma . example"),
    ("FIRMA.EXAMPLE", "url", "https://firma.example", "FIRMA.EXAMPLE"),
    ("https://t.me/Lina_x", "telegram", "lina_x", "https://t.me/Lina_x"),
    ("t.me/lina_x?start=1", "telegram", "lina_x", "t.me/lina_x?start=1"),
    ("telegram.me/lina_x", "telegram", "lina_x", "telegram.me/lina_x"),
    ("t.me/+4742000017", "telegram", "+4742000017", "t.me/+4742000017"),
    ("t.me/s/lina_x", "telegram", "lina_x", "t.me/s/lina_x"),
    ("t dot me/lina_x", "telegram", "lina_x", "t dot me/lina_x"),
    ("tg://resolve?domain=Lina_x", "telegram", "lina_x", "tg://resolve?domain=Lina_x"),
    ("wa.me/4742000017", "whatsapp", "+4742000017", "wa.me/4742000017"),
    ("https://api.whatsapp.com/send?phone=4742000017&text=hei", "whatsapp", "+4742000017",
     "https://api.whatsapp.com/send?phone=4742000017&text=hei"),
    ("viber://chat?number=%2B4742000017", "viber", "+4742000017", "viber://chat?number=%2B4742000017"),
    ("signal.me/#p/+4742000017", "signal", "+4742000017", "signal.me/#p/+4742000017"),
    ("instagram.com/lina.m/", "instagram", "lina.m", "instagram.com/lina.m/"),
    ("https://www.instagram.com/p/AbC123/", "url", "https://instagram.com/p/AbC123",
     "https://www.instagram.com/p/AbC123/"),
    ("facebook.com/lina.salong", "facebook", "lina.salong", "facebook.com/lina.salong"),
    ("https://m.facebook.com/profile.php?id=1000017", "facebook", "1000017",
     "https://m.facebook.com/profile.php?id=1000017"),
    ("fb.com/lina.salong", "facebook", "lina.salong", "fb.com/lina.salong"),
    ("m.me/lina.salong", "facebook", "lina.salong", "m.me/lina.salong"),
    ("https://www.facebook.com/groups/123", "url", "https://facebook.com/groups/123",
     "https://www.facebook.com/groups/123"),
    ("snapchat.com/add/lina24", "snapchat", "lina24", "snapchat.com/add/lina24"),
    ("kik.me/lina24", "kik", "lina24", "kik.me/lina24"),
    ("https://line.me/ti/p/~nok99", "line", "nok99", "https://line.me/ti/p/~nok99"),
]  # fmt: skip

HANDLES = [
    ("Telegram: @Lina_x", "telegram", "lina_x", "Telegram: @Lina_x"),
    ("tg @linax", "telegram", "linax", "tg @linax"),
    ("tg: @lina24", "telegram", "lina24", "tg: @lina24"),
    ("tg lina_x", "telegram", "lina_x", "tg lina_x"),
    ("telegram er lina24", "telegram", "lina24", "telegram er lina24"),
    ("Telegram: linarose", "telegram", "linarose", "Telegram: linarose"),
    ("telegram id: linarose.", "telegram", "linarose", "telegram id: linarose"),
    ("Telegram – lina_x", "telegram", "lina_x", "Telegram – lina_x"),
    ("Telegram 👉 @lina_x", "telegram", "lina_x", "Telegram 👉 @lina_x"),
    ("Telegram (lina_x)", "telegram", "lina_x", "Telegram (lina_x"),
    ("@lina_x på telegram", "telegram", "lina_x", "@lina_x på telegram"),
    ("@lina_x (Telegram)", "telegram", "lina_x", "@lina_x (Telegram"),
    ("lina_x on Telegram", "telegram", "lina_x", "lina_x on Telegram"),
    ("пишите в телеграм @olga_x", "telegram", "olga_x", "телеграм @olga_x"),
    ("тг: olga_x", "telegram", "olga_x", "тг: olga_x"),
    ("телега @olga_x", "telegram", "olga_x", "телега @olga_x"),
    ("Telegram +47 42 00 00 17", "telegram", "+4742000017", "Telegram +47 42 00 00 17"),
    ("WhatsApp: @lina_x", "whatsapp", "lina_x", "WhatsApp: @lina_x"),
    ("WA +47 420 00 017", "whatsapp", "+4742000017", "WA +47 420 00 017"),
    ("WhatsApp 42000017", "whatsapp", "+4742000017", "WhatsApp 42000017"),
    ("whats app: 0047 42 00 00 17", "whatsapp", "+4742000017", "whats app: 0047 42 00 00 17"),
    ("ватсап +4742000017", "whatsapp", "+4742000017", "ватсап +4742000017"),
    ("viber lina_24", "viber", "lina_24", "viber lina_24"),
    ("Viber: +370 612 34567", "viber", "+37061234567", "Viber: +370 612 34567"),
    ("вайбер +47 42 00 00 17", "viber", "+4742000017", "вайбер +47 42 00 00 17"),
    ("Signal: @lina.12", "signal", "lina.12", "Signal: @lina.12"),
    ("Signal: lina.12", "signal", "lina.12", "Signal: lina.12"),
    ("wechat id: lina99", "wechat", "lina99", "wechat id: lina99"),
    ("weixin meimei_no", "wechat", "meimei_no", "weixin meimei_no"),
    ("微信: meimei99", "wechat", "meimei99", "微信: meimei99"),
    ("line id lina99", "line", "lina99", "line id lina99"),
    ("LINE ID : nok99", "line", "nok99", "LINE ID : nok99"),
    ("line: @nokspa", "line", "nokspa", "line: @nokspa"),
    ("ไลน์ nok99", "line", "nok99", "ไลน์ nok99"),
    ("ไลน์ไอดี: nok99", "line", "nok99", "ไลน์ไอดี: nok99"),
    ("snap: lina24", "snapchat", "lina24", "snap: lina24"),
    ("Snap – lina.24", "snapchat", "lina.24", "Snap – lina.24"),
    ("snapchat lina_m", "snapchat", "lina_m", "snapchat lina_m"),
    ("sc: lina-24", "snapchat", "lina-24", "sc: lina-24"),
    ("👻 lina24", "snapchat", "lina24", "👻 lina24"),
    ("add me on snap: lina24", "snapchat", "lina24", "snap: lina24"),
    ("insta lina.m", "instagram", "lina.m", "insta lina.m"),
    ("IG @lina.m_24", "instagram", "lina.m_24", "IG @lina.m_24"),
    ("IG: linarose", "instagram", "linarose", "IG: linarose"),
    ("инстаграм olga.m", "instagram", "olga.m", "инстаграм olga.m"),
    ("kik: lina99", "kik", "lina99", "kik: lina99"),
    ("kik me lina99", "kik", "lina99", "kik me lina99"),
    ("FB: lina.salong", "facebook", "lina.salong", "FB: lina.salong"),
    ("add line nok99", "line", "nok99", "line nok99"),
    ("min snap heter lina.m", "snapchat", "lina.m", "snap heter lina.m"),
    ("адреса в телеграмі: @olga_x", "telegram", "olga_x", "телеграмі: @olga_x"),
    ("Te\u200blegram: @lina_x", "telegram", "lina_x", "Te\u200blegram: @lina_x"),
    ("Telegram @seven", "telegram", "seven", "Telegram @seven"),
    ("insta: sam24", "instagram", "sam24", "insta: sam24"),
    ("insta: four_roses", "instagram", "four_roses", "insta: four_roses"),
]  # fmt: skip

MISSES = [
    "telegram og whatsapp",
    "Telegram: ring meg",
    "Telegram: only serious men",
    "Telegram, gjerne kveld",
    "whatsapp only",
    "WhatsApp: yes",
    "Call or WhatsApp f0ur 3 0ne 5 8 7 6 5",
    "Telegram @f0ur 3 0ne 5 8 7 6 5",
    "Telegram: seven",
    "viber tw0 4 4",
    "line id: n1ne",
    "instagram id zer0",
    "signal id f1fty",
    "WhatsApp: nueve uno dos tres",
    "f1ve on WhatsApp",
    "Telegram: only.",
    "Snapchat: privat",
    "WhatsApp 24/7",
    "WhatsApp 24timer",
    "Viber - 24h",
    "Nur WhatsApp, kein Viber",
    "Send melding på Snap eller Telegram",
    "Kontakt oss på WhatsApp for mer informasjon",
    "Пишите в телеграм или вайбер",
    "hot line 24 timer",
    "on line 24/7",
    "Work on the production line 2",
    "line: 2 workers",
    "first line support, hot line 42000017",
    "line management",
    "projects for clients.Experience in line management",
    "a signal was sent",
    "Signal when you arrive",
    "signal: green",
    "a snap decision",
    "oh snap, it is late",
    "kik innom butikken",
    "kikk på bildene",
    "instant reply",
    "ig har tid",
    "wa is there",
    "telegraph pole",
    "jeg bor i Oslo.Velkommen",
    "Ferdig.Vi kommer i morgen.Ring",
    "Vi bor i Oslo.Se mer",
    "the planet.BE ACCOUNTABLE",
    "2.500 kr kl 10.00",
    "Open 10.00-18.00, p.s. call",
    "195,50 kr.pr.time",
    "bl.a.de som er her",
    "ASP.NET developer",
    "møt meg at hotellet",
    "Be at work at 8. See you there.",
    "I am at home. Example of good service.",
    "polka dot dress",
    "på dette punkt i dag",
    "mitt krøllalfa er borte",
    "собака лает",
    "små et store",
    "Dame @ oslo",
    "x@y",
    "1000@hour and 1500 @ night",
    "pris 2.000,- pr.time",
    "http://",
    "www.",
    "https://x",
    "@",
    "",
]

HOSTILE = ["a@", "a.", "@", "www.", "http://", "telegram ", "(at) ", "dot ", "a.no", "a b c @ ", "l i n a @ ",
           "at x dot ", "t.me/", "tg @", "vipps 1", "1234.56.", "NO93", "0x" + "aB" * 20 + " ", "4" + "A" * 94 + " ",
           "Storgata 1, ", "Aa Bb gate 1 ", "ไลน์", "a krøllalfa ", "IG - ", "5 ", ".no.no"]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "quote"), EMAILS, ids=[text for text, *_ in EMAILS])
def test_emails(text: str, value: str, quote: str) -> None:
    [contact] = find_contacts(plain(text), "text")
    assert (contact.kind, contact.value, contact.quote) == ("email", value, quote)


@pytest.mark.parametrize(("text", "kind", "value", "quote"), LINKS, ids=[text for text, *_ in LINKS])
def test_links(text: str, kind: str, value: str, quote: str) -> None:
    [contact] = find_contacts(plain(text), "text")
    assert (contact.kind, contact.value, contact.quote) == (kind, value, quote)


@pytest.mark.parametrize(("text", "kind", "value", "quote"), HANDLES, ids=[text for text, *_ in HANDLES])
def test_handles(text: str, kind: str, value: str, quote: str) -> None:
    [contact] = find_contacts(plain(text), "text")
    assert (contact.kind, contact.value, contact.quote) == (kind, value, quote)
    assert text[contact.start : contact.end] == quote


@pytest.mark.parametrize("text", MISSES)
def test_no_contacts(text: str) -> None:
    assert find_contacts(plain(text), "text") == []


def test_a_contact_inside_another_is_not_told_twice() -> None:
    found = find_contacts(plain("a@x.example og b@y.example, www.z.example"), "text")
    assert [contact.value for contact in found] == ["a@x.example", "b@y.example", "https://z.example"]


def test_at_between_spaces_is_a_word_unless_mail_is_spoken_of() -> None:
    assert [contact.kind for contact in find_contacts(plain("meet me at hotell.example"), "text")] == ["url"]
    assert [contact.kind for contact in find_contacts(plain("mail me at hotell.example"), "text")] == ["email"]


def test_two_messengers_may_share_one_name() -> None:
    found = find_contacts(plain("snap/telegram: lina24"), "text")
    assert [(contact.kind, contact.value) for contact in found] == [("snapchat", "lina24"), ("telegram", "lina24")]
    found = find_contacts(plain("WhatsApp & Viber: +47 42 00 00 17"), "text")
    assert [(contact.kind, contact.value) for contact in found] == [
        ("whatsapp", "+4742000017"),
        ("viber", "+4742000017"),
    ]


def test_a_field_of_the_site_is_read_like_prose() -> None:
    [contact] = find_contacts(plain("Telegram: @lina_x"), "handles.0")
    assert (contact.field, contact.kind) == ("handles.0", "telegram")


PIECES = st.one_of(
    st.sampled_from(
        [*HOSTILE, "İ", "ﬁ", "①", "\u200b", "\u202e", "\ud800", "é", "ชื่อ", "я", "@lina_x", "Lina", " her", "24"]
    ),
    st.sampled_from([text for text, *_ in EMAILS + LINKS + HANDLES]),
    st.sampled_from(
        ["my name is ", "jeg er ", "two girls", "våre jenter", "Storgata 12B", ", 0184 Oslo", "Vipps 12345"]
    ),
    st.text(max_size=4),
)


@settings(max_examples=1_000, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_every_place_quotes_the_stored_text(stored: str) -> None:
    text = plain(stored)
    for one in (*find_contacts(text, "text"), *find_names(text, "text", "escort"), *find_persons(text, "text")):
        assert 0 <= one.start < one.end <= len(stored)
        assert stored[one.start : one.end] == one.quote


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_read_in_time(unit: str) -> None:
    text = plain(unit * (50_000 // len(unit)))
    assert_within(2, lambda: find_contacts(text, "text"))
