"""Rules on numbers: ages, telephones, hours, age limits and wages."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.parts import Parts, Sign
from nlp.reading import Age, Contact, Pay, Per, Phone, PhoneMethod
from nlp.rules import RULES
from nlp.unicode import plain


def signs(rule: str, text: str = "", **parts: object) -> list[Sign]:
    return list(RULES[rule](Parts(fields={"text": plain(text)}, **parts)))  # type: ignore[arg-type]


def age(value: int) -> Age:
    return Age(field="age", start=0, end=2, quote=str(value), value=value)


def phone(e164: str, method: PhoneMethod) -> Phone:
    return Phone(field="text", start=0, end=8, quote="x", e164=e164, method=method, confidence=1.0)


def pay(text: str, amount: float, currency: str = "NOK", per: Per = "hour") -> Pay:
    figure = f"{amount:g}"
    start = text.index(figure)
    end = start + len(figure)
    return Pay(field="text", start=start, end=end, quote=figure, amount=amount, currency=currency, per=per)


@pytest.mark.parametrize(("value", "minor", "young"), [(17, 1, 0), (18, 0, 1), (22, 0, 1), (23, 0, 0)])
def test_ages(value: int, minor: int, young: int) -> None:
    assert len(signs("stated_minor", ages=[age(value)])) == minor
    assert len(signs("stated_young_adult", ages=[age(value)])) == young


@pytest.mark.parametrize(("method", "count"), [("words", 1), ("leet", 1), ("separated", 1), ("plain", 0), ("field", 0)])
def test_disguised_phone(method: PhoneMethod, count: int) -> None:
    assert len(signs("disguised_phone", phones=[phone("+4742000017", method)])) == count


@pytest.mark.parametrize(("e164", "count"), [("+4742000017", 0), ("+447700900123", 1)])
def test_foreign_phone(e164: str, count: int) -> None:
    assert len(signs("foreign_phone", phones=[phone(e164, "plain")])) == count


def test_app_only() -> None:
    handle = Contact(field="text", start=0, end=4, quote="@xyz", kind="telegram", value="xyz")
    mail = Contact(field="text", start=5, end=9, quote="x@y.", kind="email", value="x@y.example")
    assert len(signs("app_only", contacts=[handle])) == 1
    assert not signs("app_only", contacts=[handle, mail])
    assert not signs("app_only", contacts=[handle], phones=[phone("+4742000017", "plain")])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Write to us on Telegram.", 1),
        ("Пишите в телеграм", 1),
        ("Write on Telegram or by e-mail.", 0),
        ("Skriv på Messenger eller ring.", 0),
        ("Follow us!", 0),
    ],
)
def test_app_only_without_a_handle(text: str, count: int) -> None:
    assert len(signs("app_only", text)) == count


def test_hours_by_the_clock() -> None:
    (sign,) = signs("long_hours", "Du jobber fra 8 til 20 hver dag.")
    assert sign.span.quote == "8 til 20"


def test_odd_letters_quote_the_stored_text() -> None:
    (sign,) = signs("odd_letters", "Ring mеg")
    assert sign.span.quote == "Ring mеg"[sign.span.start : sign.span.end] != ""


@pytest.mark.parametrize(
    "text",
    [
        "10 hours a day",
        "12h/day",
        "12 hours daily",
        "12 timer om dagen",
        "12 timer per dag",
        "12 timmar om dagen",
        "12 godzin dziennie",
        "12 valandų per dieną",
        "12 ore pe zi",
        "12 годин на день",
        "12 часов в день",
        "60 hours a week",
        "60 timer i uken",
        "60 godzin tygodniowo",
        "10-12 hours per day",
        "8 - 12 hours a day",
        "8-12 hour shifts",
        "12-hour shifts",
        "12-timers vakter",
    ],
)
def test_long_hours(text: str) -> None:
    (sign,) = signs("long_hours", f"You work {text}.")
    assert sign.span.quote == text


@pytest.mark.parametrize(
    "text",
    [
        "9 hours a day",
        "8-10 hours a day",
        "24 hours a day",
        "48 hours a week",
        "37.5 hours a week",
        "open 12 hours a day",
        "never work 60 hours a week",
        "12 hours notice",
        "168 hours a week",
        "1.12 hours a day",
        "12-hour shifts, two weeks on and two weeks off",
        "vi jobber i skift fra 7 til 22",
        "butikken har åpent fra klokken 8 til 22",
        "jobber fra 8 til 16",
    ],
)
def test_hours_that_are_lawful_or_no_working_hours(text: str) -> None:
    assert not signs("long_hours", text)


@pytest.mark.parametrize(
    "text",
    [
        "18-25 years old",
        "jenter 18-25 år",
        "women aged 20-30",
        "Kobiety 18-35",
        "18 til 30 år gammel",
        "w wieku 18-35 lat",
        "aged 20 to 30",
        "under 30 years old",
        "до 35 лет",
        "iki 30 metų",
        "18-30 ani",
        "від 18 до 35 років",
    ],
)
def test_age_cap(text: str) -> None:
    assert signs("age_cap", text)


@pytest.mark.parametrize(
    "text",
    [
        "20-25 years of experience",
        "20-25 års erfaring",
        "18-67 år",
        "children 2-5 år",
        "under 18 years old",
        "max 50 lat",
        "до 35 лет опыта",
        "20-30 minutes",
        "our target audience is 18-24 years old",
        "seen by 18-24 year old eyes",
    ],
)
def test_no_age_cap(text: str) -> None:
    assert not signs("age_cap", text)


def low_pay(text: str, amount: float, **parts: object) -> list[Sign]:
    return signs("low_pay", text, pay=[pay(text, amount)], **parts)


def test_low_pay_quotes_rate_row_and_date() -> None:
    (sign,) = low_pay("Renholder, 150 kr per time", 150)
    assert sign.state == "present"
    for part in ("possible", "150.00", "236.54", "cleaning, adult", "2025-06-15"):
        assert part in sign.note


def test_the_rate_of_the_day_counts() -> None:
    text = "Renholder, 230 kr per time"
    assert low_pay(text, 230, posted=date(2025, 7, 1))
    assert not low_pay(text, 230, posted=date(2024, 12, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Butikk, 150 kr per time", "no industry", id="no-industry"),
        pytest.param("Fiskeindustri, 150 kr per time", "fish-processing", id="no-rate"),
    ],
)
def test_low_pay_not_computable(text: str, said: str) -> None:
    (sign,) = low_pay(text, 150)
    assert sign.state == "not_computable"
    assert said in sign.note


@pytest.mark.parametrize(
    ("text", "amount"),
    [("Renholder, nattillegg 30 kr per time", 30), ("Renholder, 300 kr per time", 300)],
    ids=["supplement", "enough"],
)
def test_no_low_pay(text: str, amount: float) -> None:
    assert not low_pay(text, amount)


def test_pay_without_a_period_is_not_judged() -> None:
    text = "Renholder, 150 kr"
    assert not signs("low_pay", text, pay=[pay(text, 150, per="once")])
