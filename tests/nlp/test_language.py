from __future__ import annotations

import time

import pytest

from nlp.language import identify


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jeg ønsker å jobbe på gården hele uken, og jeg kommer gjerne om du ringer meg", "nb"),
        ("Eg ønskjer å arbeide på garden heile veka, og eg kjem gjerne om du ringer meg", "nn"),
        ("Jeg vil gerne arbejde på gården hele ugen, og jeg kommer også gerne i weekenden", "da"),
        ("Jag vill gärna arbeta på gården hela veckan, och jag kommer också på helgen", "sv"),
        ("We are looking for people who can clean offices in the evening and at weekends", "en"),
        ("Szukamy osób do pracy przy zbiorze truskawek, zapewniamy zakwaterowanie i dojazd", "pl"),
        ("Ieškome žmonių dirbti statybose Norvegijoje, suteikiame gyvenamąją vietą", "lt"),
        ("Căutăm oameni pentru lucru în construcții în Norvegia, oferim cazare și transport", "ro"),
        ("Ищем людей для работы на стройке в Норвегии, предоставляем жильё и проезд", "ru"),
        ("Шукаємо людей для роботи на будівництві в Норвегії, надаємо житло та проїзд", "uk"),
        ("Buscamos personas para trabajar en la construcción en Noruega, ofrecemos alojamiento", "es"),
        ("Ring 42000017", "und"),
        ("", "und"),
        ("https://www.firma.example/en/veldig/lang/adresse/uten/ett/eneste/ord/til/ham/som/leser", "und"),
        ("1 2 3 4 5 " * 100, "und"),
        ("\ud800" * 100, "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert identify([text]) == [code]


def test_every_text_gets_one_code_in_order() -> None:
    nynorsk = "Eg ønskjer å arbeide på garden heile veka, og eg kjem gjerne om du ringer meg"
    assert identify(["x", nynorsk, "y"]) == ["und", "nn", "und"]


@pytest.mark.parametrize("unit", ["a", "://", "a@", "( ", "www."])
def test_hostile_text_is_read_in_time(unit: str) -> None:
    identify(["the model is loaded before the clock starts, since that takes a while"])
    start = time.process_time()
    identify([unit * (200_000 // len(unit))])
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        "ᚠᛇᚻ᛫ᛒᛦᚦ᛫ᚠᚱᚩᚠᚢᚱ᛫ᚠᛁᚱᚪ᛫ᚷᛖᚻᚹᛦᛚᚳᚢᛗ ᛋᚳᛖᚪᛚ᛫ᚦᛖᚪᚻ᛫ᛗᚪᚾᚾᚪ᛫ᚷᛖᚻᚹᛦᛚᚳ᛫ᛗᛁᚳᛚᚢᚾ",
        "სამუშაო ნორვეგიაში საცხოვრებელი უფასოდ და ყოველკვირეული ანაზღაურება",
    ],
)
def test_a_script_that_is_not_read_is_undetermined(text: str) -> None:
    assert identify([text]) == ["und"]
