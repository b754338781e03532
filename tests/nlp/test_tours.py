from __future__ import annotations

import pytest

from nlp import read
from nlp.reading import Tour
from tests.effort import assert_within

POSTED = "2026-05-06"  # a Wednesday


def tours(text: str, *, kind: str = "escort", **days: str) -> list[Tour]:
    (reading,) = read([{"text": text} | (days or {"posted_at": POSTED})], kinds=[kind])
    for tour in reading.tours:
        assert text[tour.start : tour.end] == tour.quote
    return list(reading.tours)


def stays(text: str, **days: str) -> list[tuple[str, str | None, str | None]]:
    return [(tour.name, tour.first, tour.last) for tour in tours(text, **days)]


@pytest.mark.parametrize(
    ("text", "place", "first", "last"),
    [
        pytest.param("Bergen 12.–15. mai", "Bergen", "05-12", "05-15", id="nb"),
        pytest.param("Er i Bergen frå 12. til 15. mai", "Bergen", "05-12", "05-15", id="nn"),
        pytest.param("Stockholm 3 till 7 juni", "Stockholm", "06-03", "06-07", id="sv"),
        pytest.param("I København 12. til 15. maj", "København", "05-12", "05-15", id="da"),
        pytest.param("In Oslo May 28 - June 2", "Oslo", "05-28", "06-02", id="en-month-first"),
        pytest.param("New in Bergen! 12th to 15th of May", "Bergen", "05-12", "05-15", id="en-day-first"),
        pytest.param("Oslo vom 12. bis 15. Mai", "Oslo", "05-12", "05-15", id="de"),
        pytest.param("w Oslo od 12 do 15 maja", "Oslo", "05-12", "05-15", id="pl"),
        pytest.param("Я в Осло с 12 по 15 мая", "Oslo", "05-12", "05-15", id="ru"),
        pytest.param("Helsingissä 12. - 15. toukokuuta", "Helsinki", "05-12", "05-15", id="fi"),
        pytest.param("En Oslo del 12 al 15 de mayo", "Oslo", "05-12", "05-15", id="es"),
        pytest.param("12-15/5 Trondheim", "Trondheim", "05-12", "05-15", id="number-first"),
        pytest.param("Trondheim: 12.5.-15.5.", "Trondheim", "05-12", "05-15", id="number-last"),
        pytest.param("12.05.-15.05.2026 Bergen", "Bergen", "05-12", "05-15", id="with-year"),
        pytest.param("2026-05-12 - 2026-05-15 Oslo", "Oslo", "05-12", "05-15", id="iso"),
        pytest.param("Bergen 12. mai", "Bergen", "05-12", "05-12", id="one-day"),
        pytest.param("i Oslo fra mandag til fredag", "Oslo", "05-04", "05-08", id="this-week"),
        pytest.param("i Oslo fra mandag til fredag neste uke", "Oslo", "05-11", "05-15", id="next-week"),
        pytest.param("i Oslo fra mandag til tirsdag", "Oslo", "05-11", "05-12", id="over-this-week"),
        pytest.param("In Oslo from Friday to Monday", "Oslo", "05-08", "05-11", id="over-sunday"),
        pytest.param("Jeg er i Bergen til søndag.", "Bergen", "05-06", "05-10", id="until-sunday"),
        pytest.param("Tromsø uke 21", "Tromsø", "05-18", "05-24", id="week"),
        pytest.param("Tromsø vecka 21-22", "Tromsø", "05-18", "05-31", id="weeks"),
    ],
)
def test_one_stay(text: str, place: str, first: str, last: str) -> None:
    assert stays(text) == [(place, f"2026-{first}", f"2026-{last}")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("12-15/5 Trondheim, 16-20/5 Stavanger", id="dates-first"),
        pytest.param("Trondheim 12-15/5, Stavanger 16-20/5", id="places-first"),
        pytest.param("Trondheim 12.-15. mai\nStavanger 16.-20. mai", id="lines"),
        pytest.param("12.-15. mai: Trondheim\n16.-20. mai: Stavanger", id="lines-of-dates"),
    ],
)
def test_a_list_pairs_each_place_with_its_dates(text: str) -> None:
    assert stays(text) == [("Trondheim", "2026-05-12", "2026-05-15"), ("Stavanger", "2026-05-16", "2026-05-20")]


def test_two_stays_in_one_place() -> None:
    assert stays("Oslo 1.-3. mai og 10.-12. mai") == [
        ("Oslo", "2026-05-01", "2026-05-03"),
        ("Oslo", "2026-05-10", "2026-05-12"),
    ]


def test_open_ends() -> None:
    assert stays("Bergen fra 12. mai") == [("Bergen", "2026-05-12", None)]
    assert stays("Bergen til 12. mai") == [("Bergen", None, "2026-05-12")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Oslo 1500 kr, 24/7, kl. 10-18", id="price-and-hours"),
        pytest.param("Open Monday to Friday in Oslo", id="opening-days"),
        pytest.param("i Oslo mandag-fredag 10-18", id="opening-hours"),
        pytest.param("I Oslo mandager til fredager", id="habit"),
        pytest.param("Oslo 12-15 years", id="years"),
        pytest.param("Oslo 31-32/13", id="no-date"),
        pytest.param("Oslo 15.-12. mai", id="backwards"),
        pytest.param("Ring 42 00 00 17 i Oslo", id="phone"),
        pytest.param("Jeg liker Bergen. Huset ble bygget av en mann som var født 12.-15. mai", id="other-clause"),
        pytest.param("12.-15. mai", id="no-place"),
    ],
)
def test_no_stay(text: str) -> None:
    assert stays(text) == []


def test_a_job_ad_has_no_tour() -> None:
    assert tours("Bergen 12.-15. mai", kind="job") == []


def test_the_year_is_that_of_the_ad() -> None:
    assert stays("Oslo 28.12-3.1", posted_at="2026-12-20") == [("Oslo", "2026-12-28", "2027-01-03")]
    assert stays("Oslo 2.-5. januar", posted_at="2026-12-20") == [("Oslo", "2027-01-02", "2027-01-05")]
    assert stays("Oslo 20.-23. desember", posted_at="2027-01-02") == [("Oslo", "2026-12-20", "2026-12-23")]
    assert stays("Oslo 2.-5. januar 2026", posted_at="2026-12-20") == [("Oslo", "2026-01-02", "2026-01-05")]


def test_a_version_seen_long_after_its_posting_is_dated_by_that() -> None:
    assert stays("Oslo 2.-5. mai", posted_at="2024-10-01", seen_at="2026-05-01") == [
        ("Oslo", "2026-05-02", "2026-05-05")
    ]
    assert stays("i Oslo fra mandag til fredag", posted_at="2026-05-06", seen_at="2026-05-12")[0][1] == "2026-05-04"


def test_without_a_day_there_is_no_year_and_so_no_stay() -> None:
    assert read(["Bergen 12.-15. mai"], kinds=["escort"])[0].tours == ()


def test_spans_are_of_the_text_as_stored() -> None:
    (tour,) = tours("✨ \u200bBergen ①②.–15. mai ✨")
    assert tour.quote == "Bergen ①②.–15. mai"


def test_hostile_text_costs_little() -> None:
    assert_within(3, lambda: tours("Oslo 1-2-3-4/5 mai til " * 2_000))
    assert_within(3, lambda: tours("Oslo " + "fra til 12. " * 4_000))
