from __future__ import annotations

import re
from pathlib import Path

import phonenumbers
import pytest

from nlp.phone_groups import dense_runs, is_enough, runs
from nlp.phone_plan import Region
from nlp.phones import find_phones
from nlp.unicode import plain
from tests.effort import assert_linear

HERE = Path(__file__).parent
NUMBER = "+4742000017"


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("Ring 42000017", "plain"),
        ("Tlf: 42 00 00 17 24/7", "plain"),
        ("420 00 017", "plain"),
        ("4200 0017 Anna", "plain"),
        ("42-00-00-17", "plain"),
        ("42.00.00.17", "plain"),
        ("42.00.00-17", "plain"),
        ("42-00.00.17", "plain"),
        ("(+47) 42 00 00 17", "plain"),
        ("+47(42)000017", "plain"),
        ("0047 42000017", "plain"),
        ("4742000017", "plain"),
        ("47 42 00 00 17", "plain"),
        ("42\u00a000\u00a000\u00a017", "plain"),
        ("1 time 2000 kr 42 00 00 17", "plain"),
        ("I am 24 years, 165cm 42000017", "plain"),
        ("Åpent 10-22 42 00 00 17", "plain"),
        ("42000017 0152 Oslo", "plain"),
        ("Telefon: 42 00 00 17 E-post: kaja@brev.example", "plain"),
        ("Telefon: 42 00 00 17 E-mail: kaja@brev.example", "plain"),
        ("Tel 42 00 00 17 e post kaja@brev.example", "plain"),
        ("https://wa.me/4742000017", "plain"),
        ("4 2 0 0 0 0 1 7", "separated"),
        ("4.2.0.0.0.0.1.7", "separated"),
        ("4-2-0-0-0-0-1-7", "separated"),
        ("4,2,0,0,0,0,1,7", "separated"),
        ("42/00/00/17", "separated"),
        ("42*00*00*17", "separated"),
        ("420_00_017", "separated"),
        ("42❤00🌹00❤17", "separated"),
        ("(4)(2)(0)(0)(0)(0)(1)(7)", "separated"),
        ("[4][2][0][0][0][0][1][7]", "separated"),
        ("４２００００１７", "unicode"),
        ("④②⓪⓪⓪⓪①⑦", "unicode"),
        ("4️⃣2️⃣0️⃣0️⃣0️⃣0️⃣1️⃣7️⃣", "unicode"),
        ("𝟒𝟐𝟎𝟎𝟎𝟎𝟏𝟕", "unicode"),
        ("4\u200b2\u200b0\u200b0\u200b0\u200b0\u200b1\u200b7", "unicode"),
        ("\u202e71000024\u202c", "unicode"),
        ("ring \u202e71 00 00 24 74+\u202c nå", "unicode"),
        ("42OOOOl7", "leet"),
        ("42 OO OO I7", "leet"),
        ("4 2 O O O O l 7", "leet"),
        ("fire to null null null null en sju", "words"),
        ("fire, to, null, null, null, null, ein, syv", "words"),
        ("FireToNullNullNullNullEnSyv", "words"),
        ("førtito null null null null sytten", "words"),
        ("to og førti dobbel null dobbel null sytten", "words"),
        ("fyra två noll noll noll noll ett sju", "words"),
        ("four two double oh double oh one seven", "words"),
        ("forty-two zero zero zero zero seventeen", "words"),
        ("f0ur tw0 zer0 zero zero zero one s3ven", "words"),
        ("4TWO000ZEROONE7", "words"),
        ("4 to 0 null 0 0 en 7", "words"),
        ("четыре два ноль ноль ноль ноль один семь", "words"),
        ("cztery dwa zero zero zero zero jeden siedem", "words"),
        ("42 00\n00 17", "split"),
        ("42 00 og deretter 00 17", "split"),
    ],
)
def test_ways_of_writing_one_number(text: str, method: str) -> None:
    [phone] = find_phones(plain(text), "text")
    assert (phone.e164, phone.method) == (NUMBER, method)
    assert 0.45 <= phone.confidence < 1
    assert text[phone.start : phone.end] == phone.quote


@pytest.mark.parametrize(
    "text",
    [
        "Org.nr 974 760 673 MVA",
        "Konto 1234.56.78903",
        "IBAN NO93 4601 1117 947",
        "KID 0012345678901",
        "KID 42000017",
        "FINN-kode 398290726",
        "FINN-kode: 42000017",
        "ref 2024-000123 annonse 48219",
        "Ledig 12.05.2024 - 15.05.2024 kl 1000-2300",
        "dato 22122024",
        "22.12.2024",
        "man-fre 10.00-20.00, lør 10-18",
        "1 time 2000kr, 30 min 1500kr, 90 min 3000kr",
        "pris 500/800/1200/1500",
        "lønn 4500-5000 eller 4500 6000",
        "42000017 kr",
        "45 000 000 i omsetning",
        "0152 Oslo, 5003 Bergen, 7011 Trondheim",
        "90 60 90 165",
        "str. 36 38 40 42",
        "40 41 42 43",
        "42.00-45.00",
        "12.05.24-30",
        "69.6492 18.9553",
        "to jenter, en time, tre ganger, to timer massasje",
        "supervises up to 100 to 220 people",
        "en to tre fire fem seks sju åtte ni ti",
        "1 2 3 4 5 6 7 8 9 10",
        "ISO 9001-2008",
        "Siemens S7 300/400",
        "ISBN 82-495-0294-9",
        "08-465 004 00",
        "https://jobb.example/42000017",
        "fødselsnr 01019000000",
        "4x2 meter, 100 m2",
    ],
)
def test_other_figures_are_no_numbers(text: str) -> None:
    assert find_phones(plain(text), "text") == []


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("+44 7700 900123", "+447700900123"),
        ("0044 7700 900123, +44 7700 900123", "+447700900123"),
        ("+46 70 174 06 05 24/7", "+46701740605"),
        ("+46 (0)70 174 06 05", "+46701740605"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("Contact +44 7700 900004", "+447700900004"),
        ("Contact +44 7700 900004 for the address of the day.", "+447700900004"),
        ("Contact +44 7700 900004 to book.", "+447700900004"),
        ("+46 sju null ett sju fyra null sex null fem", "+46701740605"),
        ("+467 0 1 7 4 0 6 0 5", "+46701740605"),
    ],
)
def test_numbers_of_other_countries(text: str, e164: str) -> None:
    assert {phone.e164 for phone in find_phones(plain(text), "text")} == {e164}


@pytest.mark.parametrize(
    "text",
    [
        "42000017 / 43000018",
        "42 00 00 17, 43 00 00 18",
        "420 00 017 eller 430 00 018",
        "+4742000017+4743000018",
    ],
)
def test_two_numbers(text: str) -> None:
    assert [phone.e164 for phone in find_phones(plain(text), "text")] == [NUMBER, "+4743000018"]


def test_a_label_makes_a_number_of_what_looks_like_a_date() -> None:
    assert [phone.e164 for phone in find_phones(plain("tlf 49 01 20 24"), "text")] == ["+4749012024"]


@pytest.mark.parametrize("word", ["for the address", "too late", "to book", "ate", "won", "oh"])
@pytest.mark.parametrize("number", ["42 00 00 60", "420 00 060", "42000060", "42 00 00 10"])
def test_a_word_after_a_whole_number_is_no_digit_of_it(number: str, word: str) -> None:
    [phone] = find_phones(plain(f"Call {number} {word}."), "text")
    assert (phone.quote, phone.method) == (number, "plain")


@pytest.mark.parametrize("value", ["42000017", " +47 420 00 017 ", "004742000017", "fire to 000017", "4742000017"])
def test_phone_field_is_one_number_as_a_whole(value: str) -> None:
    [phone] = find_phones(plain(value), "phones.0")
    assert (phone.e164, phone.method, phone.quote) == (NUMBER, "field", value)


@pytest.mark.parametrize("value", ["", "skjult", "123"])
def test_phone_field_without_a_number(value: str) -> None:
    assert find_phones(plain(value), "phones.0") == []


def test_quote_takes_the_whole_way_of_writing() -> None:
    quotes = [
        find_phones(plain(text), "text")[0].quote for text in ("x (+47) 42000017.", "x (4)(2)(0)(0)(0)(0)(1)(7) y")
    ]
    assert quotes == ["(+47) 42000017", "(4)(2)(0)(0)(0)(0)(1)(7)"]


def test_a_row_of_repeated_numbers_gives_few() -> None:
    assert len(find_phones(plain("fire to null null null null en sju, ring: " * 300), "text")) == 20


def _spellings() -> list[tuple[frozenset[str], str]]:
    """Lines of "number, number<TAB>text"; \\n, \\t and \\uXXXX stand for the characters."""
    rows = []
    for line in (HERE / "phone_spellings.tsv").read_text(encoding="utf-8").splitlines():
        numbers, text = line.split("\t", 1)
        text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
        text = text.replace("\\n", "\n").replace("\\t", "\t")
        rows.append((frozenset(one if one[0] == "+" else f"+47{one}" for one in numbers.split(",")), text))
    return rows


def test_hundreds_of_spellings_in_thirty_languages() -> None:
    rows = _spellings()
    found = [frozenset(phone.e164 for phone in find_phones(plain(text), "text")) for _, text in rows]
    wrong = [(text, set(numbers)) for (gold, text), numbers in zip(rows, found, strict=True) if numbers - gold]
    missed = [text for (gold, text), numbers in zip(rows, found, strict=True) if gold - numbers]
    assert len(rows) >= 500
    assert wrong == []
    assert len(missed) <= 0.02 * len(rows), missed


def test_hundreds_of_look_alikes() -> None:
    texts = (HERE / "phone_look_alikes.txt").read_text(encoding="utf-8").splitlines()
    wrong = [text for text in texts if find_phones(plain(text), "text")]
    assert len(texts) >= 300
    assert len(wrong) <= 0.01 * len(texts), wrong


@pytest.mark.parametrize("region", ["SE", "DK", "FI", "IS"])
def test_numbers_are_read_as_they_are_dialled_in_the_country_of_the_site(region: Region) -> None:
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert number is not None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for written in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
        text = f"mobil {phonenumbers.format_number(number, written)} Anna"
        assert [phone.e164 for phone in find_phones(plain(text), "text", region=region)] == [e164], text
    assert find_phones(plain("24 år, 172 cm, 2000 kr, org.nr 974 760 673"), "text", region=region) == []


def test_a_number_read_backwards_says_so() -> None:
    [phone] = find_phones(plain("mitt nummer baklengs: 71 00 00 24"), "text")
    assert (phone.e164, phone.method, phone.quote) == (NUMBER, "reversed", "71 00 00 24")


def test_a_number_is_not_turned_round_unasked() -> None:
    assert [phone.e164 for phone in find_phones(plain("ring 49000024"), "text")] == ["+4749000024"]


def test_noise_after_a_number_does_not_hide_it() -> None:
    assert [phone.e164 for phone in find_phones(plain("42000017 " + "( " * 20_000), "text")] == [NUMBER]


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "1",
        " ",
        "4 ",
        "42 00 00 17 ",
        "fire ",
        "førti og ",
        "+4",
        "1.1.",
        "24-",
        "4(2) ",
        "!a",
        "a b ",
        "4x",
        "og y ",
        "for ",
    ],
)
def test_work_grows_with_length(unit: str) -> None:
    short, long = (plain(unit * (size // len(unit))) for size in (10_000, 20_000))
    assert_linear(lambda text: find_phones(text, "text"), short, long)


@pytest.mark.parametrize("table", ["phone_spellings.tsv", "phone_look_alikes.txt"])
def test_the_glance_over_a_text_misses_no_run_of_groups(table: str) -> None:
    lines = (HERE / table).read_text(encoding="utf-8").splitlines()
    for text in [*lines, " ".join(lines)[:20_000], " og ".join(lines[:50]), "f i r e t o e n t r e f e m s e k s"]:
        assert list(dense_runs(text)) == [run for run in runs(text, 0, len(text)) if is_enough(run)], text
