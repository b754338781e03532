from __future__ import annotations

import pytest

from nlp.phones import find_phones
from nlp.reading import Phone
from nlp.split_phones import find_split_phones
from nlp.unicode import plain
from tests.effort import assert_linear

NUMBER = "+4742135786"


def _found(fields: dict[str, str]) -> list[Phone]:
    texts = {field: plain(text) for field, text in fields.items()}
    whole = [phone for field, text in texts.items() for phone in find_phones(text, field)]
    return find_split_phones(texts, whole) or [phone for phone in whole if phone.method == "split"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Anna 42 13", "text": "… 57 86 resten av nummeret"},
        {"title": "First half of my number 4213", "text": "the rest: 5786"},
        {"title": "Ny i byen 4213", "text": "Nummer: første del i tittelen, så 5786"},
        {"title": "Massasje", "text": "Nummer 4213 … og så 5786"},
        {"text": "My number starts with 4213. Hello I am Anna and I like walks. It ends with 5786"},
        {"text": "Første fire siffer: 4213. Siste fire siffer: 5786."},
        {"text": "Nummeret begynner med 421 og slutter med 35786"},
        {"title": "+47 42 13 (fortsetter under)", "text": "57 86 Anna"},
        {"title": "tlf 42 13 ...", "text": "... 57 86"},
        {"title": "Ring 4213-", "text": "-5786 når som helst"},
        {"title": "førtito tretten", "text": "hei, resten av nummeret: femtisju åttiseks"},
        {
            "title": "Anna",
            "text": "nummer: førtito tretten ... fortsettelse i navnefeltet",
            "name": "femtisju åttiseks",
        },
        {"title": "first part 42135", "text": "second part 786"},
        {"title": "del 1: 42 13", "text": "del 2: 57 86"},
        {"title": "Första halvan 4213", "text": "andra halvan 5786"},
        {"title": "pierwsza część 4213", "text": "druga część: 5786"},
        {"title": "начало номера 4213", "text": "конец номера 5786"},
        {"title": "prima parte 4213", "text": "a doua parte 5786"},
        {"title": "primera parte 4213", "text": "segunda parte 5786"},
        {"title": "4213", "text": "Ring meg, første halvdel står i tittelen: 5786"},
        {"text": "4213 then 5786"},
        {"text": "ring 42 13, hyggelig jente i sentrum, og til slutt 57 86"},
        {"title": "+47 4213", "text": "rest of number 5786"},
        {"text": "Siste del av nummeret er 5786, første del er 4213"},
        {"text": "Kontakt begynner med 4213, og slutter på 5786 for dagens adresse."},
        {"text": "Kontakt begynder med 4213, og slutter på 5786 for dagens adresse."},
        {"text": "Kontakt begynder med 4213 og ender på 5786."},
        {"text": "Kontakt byrjar med 4213, og sluttar på 5786."},
        {"text": "Kontakt zaczyna się od 4213, a potem 5786, po adres dnia."},
        {"text": "Kontakt zaczyna się od 4213, a kończy na 5786."},
        {"text": "my phone begins 42 and continues 13 and ends 57 86"},
    ],
    ids=str,
)
def test_pieces_that_are_announced(fields: dict[str, str]) -> None:
    [phone] = _found(fields)
    assert (phone.e164, phone.method) == (NUMBER, "split")
    for span in phone.parts:
        assert fields[span.field][span.start : span.end] == span.quote


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Massasje 4213", "text": "Åpent 0900-1700, pris 1200"},
        {"title": "Leilighet 4213 Bryne", "text": "Pris 5786"},
        {"title": "Ny 2026", "text": "4200 kr per uke"},
        {"title": "Lønn 4200", "text": "rest betales 5786 kr"},
        {"title": "Pris 4200", "text": "resten 4900 ved avreise"},
        {"title": "Anna 24", "text": "172 55 90 60 90"},
        {"title": "4900", "text": "4500"},
        {"title": "first half of 2024", "text": "second half of 2025"},
        {"text": "Første del av jobben er 4200 kr, siste del 4900 kr"},
        {"text": "first 4200 then 5786 in rent"},
        {"title": "Uke 42-43", "text": "Uke 44-45 Bergen"},
        {"title": "Ring 42135786", "text": "resten av uken 4213 Bryne"},
        {"text": "Begynner 2024 og slutter 2026"},
        {"text": "starts 1000 and ends 2200"},
        {"text": "Vakten begynner 0900 og slutter 1700"},
    ],
    ids=str,
)
def test_figures_that_belong_to_no_number(fields: dict[str, str]) -> None:
    assert _found(fields) == []


def test_the_span_is_that_of_the_first_piece() -> None:
    fields = {"title": "First half: 42 13", "text": "Hello. Second half of my number: 57 86"}
    [phone] = _found(fields)
    assert (phone.field, phone.quote) == ("title", "42 13")
    assert [(span.field, span.quote) for span in phone.parts] == [("title", "42 13"), ("text", "57 86")]


def test_the_last_piece_may_begin_with_zeros() -> None:
    [phone] = _found({"text": "Kontakt begynner med 4213, og slutter på 0045."})
    assert phone.e164 == "+4742130045"


def test_a_known_number_is_no_piece() -> None:
    assert find_split_phones({"text": plain("first half 4213")}, []) == []
    texts = {"title": plain("First half 42135786"), "text": plain("second half 43971584")}
    whole = [phone for field, text in texts.items() for phone in find_phones(text, field)]
    assert len(whole) == 2
    assert find_split_phones(texts, whole) == []


@pytest.mark.parametrize("unit", ["4213 ... ", "first half 4213. ", "4213 a 5786 b ", "begins 42. ends 13. ", "…4"])
def test_work_grows_with_length(unit: str) -> None:
    short, long = (plain(unit * (size // len(unit))) for size in (10_000, 20_000))
    assert_linear(lambda text: find_split_phones({"title": text, "text": text}, []), short, long)
