"""Pay against the generally applied minimum wages: worked examples, reckoned by hand."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.ages import find_ages
from nlp.parts import Parts, Sign
from nlp.pay import find_pay
from nlp.rules import RULES
from nlp.unicode import plain

NOW = date(2025, 7, 1)


def job(text: str, posted: date | None = NOW, title: str = "") -> Parts:
    fields = {name: plain(value) for name, value in (("title", title), ("text", text)) if value}
    return Parts(
        fields=fields,
        kind="job",
        posted=posted,
        ages=[age for name, field in fields.items() for age in find_ages(field, name, year=2025)],
        pay=[pay for name, field in fields.items() for pay in find_pay(field, name)],
    )


def judge(rule: str, text: str, posted: date | None = NOW, title: str = "") -> list[Sign]:
    return list(RULES[rule](job(text, posted, title)))


@pytest.mark.parametrize(
    ("text", "posted", "row"),
    [
        ("Snekker med fagbrev, 250 kr/t.", NOW, "264.32, construction, skilled"),
        ("Hjelpearbeider byggeplass, 230 kr/t.", NOW, "239.61, construction, unskilled without experience"),
        ("Byggeplass, minst 2 års erfaring, 245 kr/t.", NOW, "249.00, construction, unskilled with a year's"),
        ("Byggeplass, for deg på 17 år: 150 kr/t.", NOW, "162.44, construction, under 18"),
        ("Renholder, 220 kr/t.", NOW, "236.54, cleaning, adult"),
        ("Renholder, 17 år gammel, 180 kr/t.", NOW, "185.55, cleaning, under 18"),
        ("Servitør, 200 kr/t.", NOW, "204.79, hotels, restaurants and catering, from 20"),
        ("Servitør, alder 18, 160 kr/t.", NOW, "166.34, hotels, restaurants and catering, 18"),
        ("Servitør, alder 17, 150 kr/t.", NOW, "152.08, hotels, restaurants and catering, 17"),
        ("Servitør, alder 16, 140 kr/t.", NOW, "142.58, hotels, restaurants and catering, under 17"),
        ("Bærplukkere, 150 kr/t.", NOW, "162.90, agriculture and horticulture, seasonal, 18 or older, up to"),
        (
            "Gartneri, sesong 5 måneder, 165 kr/t.",
            NOW,
            "168.40, agriculture and horticulture, seasonal, 18 or older, 12",
        ),
        ("Gartneri, fast stilling, 170 kr/t.", NOW, "182.80, agriculture and horticulture, permanent, unskilled"),
        (
            "Gartneri, fast stilling, fagbrev, 190 kr/t.",
            NOW,
            "197.30, agriculture and horticulture, permanent, skilled",
        ),
        (
            "Gartneri, fast stilling, 17 år gammel: 150 kr/t.",
            NOW,
            "152.40, agriculture and horticulture, permanent, under",
        ),
        ("Jordbær, 16 år gammel, 140 kr/t.", NOW, "142.90, agriculture and horticulture, seasonal, under 18"),
        ("Elektriker med fagbrev, 260 kr/t.", NOW, "270.45, electrical trades, skilled"),
        ("Elektriker, 240 kr/t.", NOW, "241.77, electrical trades, other"),
        ("Lastebilsjåfør, 220 kr/t.", NOW, "229.00, road freight"),
        ("Turbussjåfør, 210 kr/t.", NOW, "218.62, coach passenger transport"),
        ("Skipsverft, 180 kr/t.", date(2023, 7, 1), "186.67, shipbuilding and shipyards, helper"),
        ("Skipsverft, fagbrev, 200 kr/t.", date(2023, 7, 1), "204.51, shipbuilding and shipyards, skilled"),
        ("Fiskeindustri, fagbrev, 210 kr/t.", date(2023, 7, 1), "220.03, fish processing, skilled"),
        ("Renholder, 200 kr/t.", date(2022, 12, 15), "204.54, cleaning, adult"),
        ("Renholder, 190 kr/t.", date(2022, 12, 14), "196.04, cleaning, adult"),
        ("Renholder, 230 kr/t.", None, "236.54, cleaning, adult"),
    ],
)
def test_every_row_is_found(text: str, posted: date | None, row: str) -> None:
    (sign,) = judge("low_pay", text, posted)
    assert sign.state == "present"
    assert row in sign.note
    assert sign.note.startswith("possible: “")
    assert "in force from" in sign.note
    assert "Forskrift om allmenngjøring" in sign.note


@pytest.mark.parametrize(
    ("text", "posted"),
    [
        ("Snekker med fagbrev, 264,32 kr/t.", NOW),
        ("Renholder, 236,54 kr per time.", NOW),
        # 247.29 is proposed for 2026 and binds nobody.
        ("Renholder, 240 kr/t.", date(2026, 9, 1)),
        ("Renholder, 240 kr/t.", None),
        # 38,500 over 162.5 hours are 236.92 an hour.
        ("Renholder, 38 500 kr per måned.", NOW),
        # 230 net may be 353.85 before tax.
        ("Renholder, 230 kr/t netto.", NOW),
        # 20 EUR at 11.75 are 235.00: within the margin of an approximate rate.
        ("Renholder i Norge, 20 euro/t.", NOW),
        # Poland's wages are no business of Norway's law.
        ("Sprzątanie biur w Krakowie, 25 zł/h.", NOW),
        ("Renholder, nattillegg 30 kr/t.", NOW),
        ("Renholder, depositum 150 kr per dag.", NOW),
        ("Rengjøring hjemme hos deg: 30 min 400 kr.", NOW),
    ],
)
def test_enough_or_no_wage(text: str, posted: date | None) -> None:
    assert not [sign for sign in judge("low_pay", text, posted) if sign.state == "present"]


@pytest.mark.parametrize(
    ("text", "reckoned"),
    [
        ("Renholder, 1500 kr per dag, 10 timer per dag.", "150.00 NOK an hour (10 hours a day stated)"),
        ("Renholder, 1500 kr per dag.", "200.00 NOK an hour (7.5 hours a day assumed)"),
        ("Renholder, 9000 kr i uka, 60 timer i uken.", "150.00 NOK an hour (60 hours a week stated, 60.0 a week)"),
        ("Renholder, 26 000 kr per måned.", "160.00 NOK an hour (37.5 hours a week assumed, 162.5 a month)"),
        ("Renholder, 390 000 kr i året.", "200.00 NOK an hour (37.5 hours a week assumed, 1950.0 a year)"),
        ("Renholder, 26 000 kr per måned, 10 timer per dag, 6 dager i uken.",
         "100.00 NOK an hour (10 hours a day stated, 6 days a week stated, 260.0 a month)"),
        ("Renholder, 130 kr/t netto.", "200.00 NOK an hour (told net, at most 35% tax added)"),
        ("Cleaner in Norway, 8 euro per hour.", "94.00 NOK an hour (11.75 NOK a EUR in 2025, approximate"),
        ("Sprzątanie, Norwegia, 5000 zł miesięcznie.", "85.23 NOK an hour (37.5 hours a week assumed"),
    ],
)  # fmt: skip
def test_conversion_is_told(text: str, reckoned: str) -> None:
    (sign,) = judge("low_pay", text)
    assert reckoned in sign.note


@pytest.mark.parametrize(
    ("text", "posted", "reason"),
    [
        ("Butikk, 150 kr/t.", NOW, "no industry with a generally applied wage"),
        ("Fiskeindustri, 150 kr/t.", NOW, "no rate known: fish-processing on 2025-07-01"),
        ("Skipsverft, 150 kr/t.", NOW, "no rate known: maritime-construction"),
        ("Renholder, 150 kr/t.", date(2020, 1, 1), "no rate known: cleaning on 2020-01-01"),
        ("Renholder på hotell, 220 kr/t.", NOW, "no rate known: cleaning or hotel-restaurant"),
        ("Renholder, deltid, 9000 kr per måned.", NOW, "part-time work without its hours"),
        ("Renholder, 300 kr per rom.", NOW, "paid by the piece"),
        ("Cleaner in Norway, 100 lira per hour.", NOW, "no exchange rate known for TRY"),
        ("Lærling renhold, 120 kr/t.", NOW, "apprentices"),
        ("Au pair og renhold, 5900 kr per måned.", NOW, "pocket money"),
    ],
)
def test_not_computable_says_why(text: str, posted: date, reason: str) -> None:
    (sign,) = judge("low_pay", text, posted)
    assert sign.state == "not_computable"
    assert reason in sign.note


def test_of_two_industries_the_lowest_counts() -> None:
    (sign,) = judge("low_pay", "Renholder på hotell, 150 kr/t.")
    assert "below 204.79" in sign.note
    assert "the lowest of cleaning and hotel-restaurant" in sign.note


def test_the_title_names_the_industry() -> None:
    (sign,) = judge("low_pay", "Du vasker rom på hotell. 210 kr/t.", title="Renholder")
    assert "236.54, cleaning" in sign.note


def test_deduction_for_lodging_is_told() -> None:
    (sign,) = judge("low_pay", "Renholder, 150 kr/t. Husleie 4000 kr per måned trekkes i lønn.")
    assert "“4000 kr per måned” for lodging comes off it" in sign.note


@pytest.mark.parametrize(
    ("text", "count"),
    [
        # 1.5 times 236.54 is 354.81.
        ("Renholder, ingen erfaring nødvendig, 400 kr/t.", 1),
        ("Renholder, ingen erfaring nødvendig, 300 kr/t.", 0),
        ("Renholder med erfaring, 400 kr/t.", 0),
        ("Easy work, no experience, 3000 euro per week.", 1),
        # 100,000 over 173.3 hours are 577, twice the highest unskilled rate and more.
        ("Lett jobb, 100 000 kr per måned.", 1),
        ("Overlege med autorisasjon, 100 000 kr per måned.", 0),
        ("Ingen erfaring nødvendig, lønn etter avtale.", 0),
    ],
)
def test_high_pay(text: str, count: int) -> None:
    signs = judge("high_pay", text)
    assert len([sign for sign in signs if sign.state == "present"]) == count
    assert all(sign.note.startswith("possible: ") for sign in signs)


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        (
            "Hotell: husleie 900 kr per måned trekkes i lønn.",
            "present",
            "above 675.67 a month (unit unverified) for a room",
        ),
        ("Hotell: delt rom, husleie 500 kr per måned trekkes i lønn.", "present", "439.46"),
        ("Gartneri: husleie 900 kr per måned trekkes i lønn.", "not_computable", "no cap known"),
        ("Hotell: husleie 600 kr per måned trekkes i lønn.", None, ""),
        ("Hotell: husleie 900 kr per måned.", None, ""),
    ],
)
def test_lodging_cap(text: str, state: str | None, said: str) -> None:
    signs = judge("shared_or_deducted_housing", text)
    assert [sign.state for sign in signs] == ([state] if state else [])
    assert all(said in sign.note for sign in signs)


def test_no_lodging_cap_is_known_before_november_2024() -> None:
    (sign,) = judge("shared_or_deducted_housing", "Hotell: husleie 900 kr per måned trekkes i lønn.", date(2024, 10, 1))
    assert sign.state == "not_computable"
