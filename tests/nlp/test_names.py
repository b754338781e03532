"""The names that ads give themselves: in their field, in titles, in prose."""

from __future__ import annotations

import pytest

from nlp.names import find_names
from nlp.unicode import plain
from tests.effort import assert_within


@pytest.mark.parametrize(
    ("stored", "value", "quote"),
    [
        ("Lina", "Lina", "Lina"),
        ("  Lina  M ", "Lina M", "Lina  M"),
        ("Ｌｉｎａ", "Lina", "Ｌｉｎａ"),
        ("Лина", "Лина", "Лина"),
    ],
)
def test_name_field(stored: str, value: str, quote: str) -> None:
    [name] = find_names(plain(stored), "name")
    assert (name.value, name.quote, stored[name.start : name.end]) == (value, quote, quote)


@pytest.mark.parametrize(
    ("stored", "field"), [("Lina", "text"), ("", "name"), ("24", "name"), ("a" * 81 + " b" * 81, "name")]
)
def test_no_name(stored: str, field: str) -> None:
    assert find_names(plain(stored), field) == []


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Lina 24 år i Bergen", ["Lina"]),
        ("Anna – Oslo", ["Anna"]),
        ("Julia i Stavanger", ["Julia"]),
        ("♥ Lena ♥", ["Lena"]),
        ("Ирина", ["Ирина"]),
        ("Оксана, 25", ["Оксана"]),
        ("Lucía en Oslo", ["Lucía"]),
        ("LINA 24", ["LINA"]),
        ("Lina & Mia i Oslo", ["Lina", "Mia"]),
        ("Kasia i Ola", ["Kasia", "Ola"]),
        ("Ny! Lina 24", ["Lina"]),
        ("New: Bella", ["Bella"]),
        ("Jeg heter Sofie", ["Sofie"]),
        ("Massasje – Oslo", []),
        ("Anna i dag", []),
        ("Linda massasje", []),
        ("Anna's massage", []),
        ("Nye jenter med Anna", []),
        ("Sofie-Marie 22", []),
        ("anna – Oslo", []),
        ("New in Oslo", []),
        ("", []),
    ],
)
def test_title(title: str, values: list[str]) -> None:
    names = find_names(plain(title), "title", "escort")
    assert [name.value for name in names] == values
    assert all(title[name.start : name.end] == name.quote for name in names)


@pytest.mark.parametrize("kind", ["job", "other", None])
def test_titles_of_other_ads_name_nobody(kind: str | None) -> None:
    assert find_names(plain("Anna – Oslo"), "title", kind) == []


PROSE = [
    ("My name is Lina and I live here", ["Lina"]),
    ("my name is lina", ["lina"]),
    ("My name's Zarah", ["Zarah"]),
    ("Hi, I am Lina, 24 years old", ["Lina"]),
    ("I'm Bella!", ["Bella"]),
    ("I’m Bella!", ["Bella"]),
    ("I am Xandra 28", ["Xandra"]),
    ("I am *Lina*", ["Lina"]),
    ("They call me Ruby", ["Ruby"]),
    ("Name: Bianca", ["Bianca"]),
    ("Hello! Lina here", ["Lina"]),
    ("Hei, Lina her", ["Lina"]),
    ("Jeg er Anna, og venninnen min er Mia", ["Anna", "Mia"]),
    ("Mitt namn: Elsa", ["Elsa"]),
    ("Имя: Лена", ["Лена"]),
    ("Me dicen Lola", ["Lola"]),
    ("ชื่อแอน อายุ 29 ค่ะ", ["แอน"]),
    ("Meet Sofia, new in Oslo", ["Sofia"]),
    ("We are Lina and Mia", ["Lina", "Mia"]),
    ("My name is Anna-Maria", ["Anna-Maria"]),
    ("MY NAME IS LINA", ["LINA"]),
    ("My name is L\u200bina", ["Lina"]),
    ("Hei! Jeg heter Sofie og bor i Bergen", ["Sofie"]),
    ("jeg er Lina 24", ["Lina"]),
    ("jeg er lina 24 år", ["lina"]),
    ("Jeg er Maria.", ["Maria"]),
    ("Navnet mitt er Tiril", ["Tiril"]),
    ("Hun heter Nora", ["Nora"]),
    ("Klem fra Lina", ["Lina"]),
    ("Vi er Anna og Mia", ["Anna", "Mia"]),
    ("Eg heiter Ingrid", ["Ingrid"]),
    ("Namnet mitt er Synne", ["Synne"]),
    ("Hej, jag heter Elin!", ["Elin"]),
    ("Jag är Frida, 30", ["Frida"]),
    ("Mitt namn är Wilma", ["Wilma"]),
    ("Jeg hedder Mette", ["Mette"]),
    ("Mit navn er Freja", ["Freja"]),
    ("Cześć, nazywam się Kasia", ["Kasia"]),
    ("Mam na imię Ola", ["Ola"]),
    ("nazywam sie Zosia", ["Zosia"]),
    ("Jestem Kinga, 25 lat", ["Kinga"]),
    ("Bună, mă numesc Ioana", ["Ioana"]),
    ("Ma numesc Alina si am 25 ani", ["Alina"]),
    ("Numele meu este Mădălina", ["Mădălina"]),
    ("Sunt Roxana din Cluj", ["Roxana"]),
    ("Labas, mano vardas Rūta", ["Rūta"]),
    ("Aš esu Eglė", ["Eglė"]),
    ("Мене звати Оксана", ["Оксана"]),
    ("моє ім'я Соломія", ["Соломія"]),
    ("Привет, меня зовут Алина", ["Алина"]),
    ("Моё имя Вика", ["Вика"]),
    ("Я Катя, 26 лет", ["Катя"]),
    ("Её зовут Марина", ["Марина"]),
    ("Hola, me llamo Lucía", ["Lucía"]),
    ("Mi nombre es Carmen", ["Carmen"]),
    ("Soy Valentina, 29 años", ["Valentina"]),
    ("ฉันชื่อนก อายุ 30", ["นก"]),
    ("สวัสดีค่ะ ดิฉันชื่อมะลิค่ะ", ["มะลิ"]),
    ("หนูชื่อพลอยอายุ 28", ["พลอย"]),
    ("ฉันชื่อ Nok", ["Nok"]),
    ("I am Lina. My name is Lina!", ["Lina"]),
]

NO_PROSE = [
    "I am Available today. I am New in town",
    "I am Thai and I am Happy",
    "I am Polish 24",
    "I am 24",
    "Company name: Bianca",
    "User name: Lina",
    "Name: see below",
    "Oslo here",
    "ชื่อร้าน",
    "I'm In Oslo",
    "I'm Not here",
    "my name is secret",
    "my name is not important",
    "call me now",
    "Call me Now",
    "This is Oslo",
    "This is Massage",
    "Meet Me in Oslo",
    "Lina's friend",
    "I am Lina's friend",
    "We are Open",
    "We are Lina",
    "We are two ladies",
    "Jeg er Norsk og bor i Oslo",
    "jeg er lina",
    "Jeg er Student 24",
    "Vi er Norske",
    "Her er Bergen",
    "Hilsen Salongen",
    "Jag är Ny här",
    "Jestem Polką",
    "Jestem Nowa",
    "Sunt Nouă în oraș",
    "Я Новая в городе",
    "Это Осло",
    "Soy Independiente",
    "Hei",
    "",
]


@pytest.mark.parametrize(("text", "values"), PROSE, ids=[text for text, _ in PROSE])
def test_prose(text: str, values: list[str]) -> None:
    names = find_names(plain(text), "text", "escort")
    assert [name.value for name in names] == values
    assert all(text[name.start : name.end] == name.quote for name in names)


@pytest.mark.parametrize("text", NO_PROSE)
def test_no_names_in_prose(text: str) -> None:
    assert find_names(plain(text), "text", "escort") == []


@pytest.mark.parametrize("text", [text for text, _ in PROSE])
def test_job_ads_have_contact_persons_and_no_personas(text: str) -> None:
    assert find_names(plain(text), "text", "job") == []
    assert find_names(plain(text), "title", "job") == []


@pytest.mark.parametrize("kind", ["other", None])
def test_other_ads_name_only_whom_they_introduce_by_name(kind: str | None) -> None:
    [name] = find_names(plain("My name is Lina"), "text", kind)
    assert name.value == "Lina"
    assert find_names(plain("I am Lina, 24"), "text", kind) == []


@pytest.mark.parametrize("unit", ["my name is ", "I am ", "i am Lina ", "vi er Anna og Mia og ", "A ", "ฉันชื่อก"])
def test_hostile_text_is_read_in_time(unit: str) -> None:
    text = plain(unit * (50_000 // len(unit)))
    assert len(assert_within(2, lambda: find_names(text, "text", "escort"))) <= 10
