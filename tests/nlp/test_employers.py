"""What an ad says about who employs, and the rules on it."""

from __future__ import annotations

import pytest

from nlp.contacts import find_contacts
from nlp.employers import find_firms, find_org_numbers, fits
from nlp.parts import Parts, Sign
from nlp.phones import find_phones
from nlp.rules.contacts import app_only, free_mail_for_firm, unnamed_employer
from nlp.unicode import plain
from tests.effort import assert_within


def ad(text: str, **facts: str) -> Parts:
    field = plain(text)
    return Parts(
        fields={"text": field},
        facts={name: plain(fact) for name, fact in facts.items()},
        contacts=find_contacts(field, "text"),
        phones=find_phones(field, "text"),
        kind="job",
    )


def states(signs: list[Sign]) -> list[str]:
    return sorted(sign.state for sign in signs)


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("Vi i Byggmester Berg AS søker snekkere", "Byggmester Berg AS"),
        ("Elektro & Sønn AS", "Elektro & Sønn AS"),
        ("We at Nordlys Shipping Ltd offer", "Nordlys Shipping Ltd"),
        ("Praca w Kowalski Sp. z o.o.", "Kowalski Sp. z o.o."),
        ("darbas, UAB Šiaurė", "UAB Šiaurė"),
        ("ТОВ «Північ» запрошує", "ТОВ «Північ"),
        ("Bergen kommune søker renholdere", "Bergen kommune"),
        ("Arbeidsgiver: Fjordfisk", "Arbeidsgiver: Fjordfisk"),
        ("Employer: Harbour House", "Employer: Harbour"),
        ("Firma: Polarbygg", "Firma: Polarbygg"),
        ("Роботодавець: Північ", "Роботодавець: Північ"),
        ("Hos Grand Hotel får du", "Hos Grand Hotel"),
        ("hos «Fjordfisk»", "hos «Fjordfisk"),
        ("Fjordfisk søker folk", "Fjordfisk"),
        ("Harbour House is a café", "Harbour House"),
        ("Polarbygg poszukuje", "Polarbygg"),
        ("Harbour House Company is seeking a driver", "Harbour House Company"),
    ],
)
def test_firms(text: str, firm: str) -> None:
    start, end = min(find_firms(text))
    assert text[start:end] == firm


@pytest.mark.parametrize(
    "text",
    [
        "Vi søker renholdere i Oslo",
        "Arbeid på hotell",
        "Vår kommune trenger folk",
        "Hotellet søker renholdere",
        "The candidate is a driver",
        "Employer Branding",
        "The Company is seeking a driver",
        "Our Hotel offers work",
        "Facility Services",
        "Stort hotell søker",
        "Work as a cleaner",
        "as soon as possible",
        "Firma poszukuje kierowcy",
        "Arbeidsgiver dekker reise",
        "Renhold i Oslo",
        "Praca w firmie budowlanej",
        "",
    ],
)
def test_no_firms(text: str) -> None:
    assert list(find_firms(text)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Org.nr. 974 760 673", [("974 760 673", True)]),
        ("org nr: 974760673 MVA", [("974760673", True)]),
        ("Organisasjonsnummer 974760674", [("974760674", False)]),
        ("974 760 673", []),
        ("ring 974 76 067", []),
    ],
)
def test_org_numbers(text: str, found: list[tuple[str, bool]]) -> None:
    assert [(text[start:end], is_valid) for start, end, is_valid in find_org_numbers(text)] == found


@pytest.mark.parametrize(
    ("host", "employer", "fit"),
    [
        ("fjordfisk.example", "Fjordfisk AS", True),
        ("mail.fjord-fisk.example", "Fjord Fisk AS", True),
        ("bergen.kommune.example", "Bergen kommune", None),
        ("ous.example", "Oslo Universitetssykehus Storby", True),
        ("bjornaas.example", "Bjørnås Transport AS", True),
        ("fjordfiskk.example", "Fjordfisk AS", True),
        ("jobs-abroad.example", "Fjordfisk AS", False),
        ("fjordfisk.example", "AS", None),
    ],
)
def test_fits(host: str, employer: str, fit: bool | None) -> None:
    assert fits(host, employer) is fit


MAIL = [
    ("Send CV to job@freemail.example", {"employer": "Fjordfisk AS"}, ["present"]),
    ("Send CV to job@freemail.example. Org.nr. 974 760 673", {}, ["present"]),
    ("Send CV to job@freemail.example", {"org_number": "974760673"}, ["present"]),
    ("Send CV to job@jobs-abroad.example", {"employer": "Fjordfisk AS"}, []),
    ("Send CV to fjordfisk@jobs-abroad.example", {"employer": "Fjordfisk AS"}, []),
    ("Send CV to fjordfisk.jobs.no@jobs-abroad.example", {"employer": "Fjordfisk AS"}, ["present"]),
    ("Send CV to office@quickmail.example", {"employer": "Fjordfisk AS"}, ["present"]),
    ("Send CV to job@fjordfisk.example", {"employer": "Fjordfisk AS"}, ["absent"]),
    ("job@fjordfisk.example, job@freemail.example", {"employer": "Fjordfisk AS"}, ["absent", "present"]),
    ("Send CV to job@freemail.example", {}, []),
    ("Send CV to job@freemail.example", {"org_number": "974760674"}, []),
    ("Send CV to job@jobs-abroad.example", {"org_number": "974760673"}, []),
    ("Send CV to job@jobs-abroad.example", {"employer": "AS"}, []),
    ("Apply through x@webcruiter.example", {"employer": "Fjordfisk AS"}, []),
    ("Our client seeks staff. job@jobs-abroad.example", {"employer": "Fjordfisk AS"}, []),
    ("See www.havgruppen.example, job@havgruppen.example", {"employer": "Fjordfisk AS"}, []),
    ("Fjord Bakery Ltd seeks a baker. fjordbakery@freemail.example", {}, ["present"]),
    ("Fjord Bakery Ltd seeks a baker. jobs@fjordbakery.example", {}, ["absent"]),
    ("Fjord Bakery Ltd seeks a baker. jobs@jobs-abroad.example", {}, []),
    ("Ring oss", {"employer": "Fjordfisk AS"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "facts", "expected"), MAIL)
def test_free_mail_for_firm(text: str, facts: dict[str, str], expected: list[str]) -> None:
    assert states(list(free_mail_for_firm(ad(text, **facts)))) == expected


UNNAMED = [
    ("Vi søker renholdere i Oslo. Ring 42000017.", {}, ["present"]),
    ("Work in Norway, good pay. Viber +47 42 00 00 17", {}, ["present"]),
    ("Praca w Norwegii, dobra stawka, job@freemail.example", {}, ["present"]),
    ("Renhold, org.nr. 974 760 674", {}, ["present"]),
    ("Renhold i Berg AS, org.nr. 974 760 674", {}, ["absent", "present"]),
    ("Renhold", {"employer": "Berg AS", "org_number": "974760674"}, ["absent", "present"]),
    ("Vi søker renholdere", {"employer": "Fjordfisk AS"}, ["absent"]),
    ("Vi søker renholdere", {"org_number": "974760673"}, ["absent"]),
    ("Vi søker renholdere. Org.nr. 974 760 673", {}, ["absent"]),
    ("Fjordfisk AS søker renholdere", {}, ["absent"]),
    ("Vi søker renholdere, job@fjordfisk.example", {}, ["absent"]),
    ("Vi søker renholdere, www.fjordfisk.example", {}, ["absent"]),
    ("We are a growing team. Cleaners wanted in Oslo.", {}, ["not_computable"]),
    ("Cleaners wanted in Oslo. " + "Good pay and nice people. " * 40, {}, ["not_computable"]),
    ("Cleaners wanted in Oslo. " + "Good pay and nice people. " * 40, {"employer": " "}, ["present"]),
    ("", {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "facts", "expected"), UNNAMED)
def test_unnamed_employer(text: str, facts: dict[str, str], expected: list[str]) -> None:
    assert states(list(unnamed_employer(ad(text, **facts)))) == expected


APP_ONLY = [
    ("Write on Telegram: @job_no", 1),
    ("Viber +47 42 00 00 17", 1),
    ("Pisz na WhatsApp", 1),
    ("Rašykite per Viber", 1),
    ("Пишіть у телеграм", 1),
    ("Scrieți pe WhatsApp", 1),
    ("Escribe por WhatsApp", 1),
    ("Telegram @job_no. Vipps 123456", 1),
    ("Viber +47 42 00 00 17, or call", 0),
    ("Ring 42000017 eller Telegram @job_no", 0),
    ("Telegram @job_no or job@fjordfisk.example", 0),
    ("Telegram @job_no, www.fjordfisk.example", 0),
    ("Søk via lenken eller på Messenger", 0),
    ("42000017, Telegram @job_no", 0),
    ("Follow us!", 0),
    ("", 0),
]


@pytest.mark.parametrize(("text", "count"), APP_ONLY)
def test_app_only(text: str, count: int) -> None:
    assert len(list(app_only(ad(text)))) == count


@pytest.mark.parametrize("unit", ["AS ", "Aa AS ", "Aa Bb hotel ", "org 123 456 789 ", "Employer: ", "ООО А", "firma "])
def test_hostile_text_is_read_in_time(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    assert_within(2, lambda: [*find_firms(text), *find_org_numbers(text)])
