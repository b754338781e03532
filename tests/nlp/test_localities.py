from __future__ import annotations

import pytest

from nlp.gazetteer import gazetteer
from nlp.localities import find_localities, locality
from nlp.unicode import plain
from tests.effort import assert_linear


def places(text: str, field: str = "text", country: str | None = None) -> list[tuple[str, str, str | None]]:
    """What is found: as written, the country, and the municipality number or the name."""
    stored = {field: plain(text)}
    found = find_localities(stored, country=country)
    assert all(text[place.start : place.end] == place.quote for place in found)
    return [(place.quote, place.country, place.code or place.name) for place in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ny i Oslo denne uken", "Oslo NO 0301"),
        ("Oslos beste frisører", "Oslos NO 0301"),
        ("jobb i bergen sentrum", "bergen NO 4601"),
        ("TROMSØ", "TROMSØ NO 5501"),
        ("Tromso", "Tromso NO 5501"),
        ("Tromsoe", "Tromsoe NO 5501"),
        ("Tromsö", "Tromsö NO 5501"),
        ("apartment in Alesund", "Alesund NO 1508"),
        ("leilighet i Aalesund", "Aalesund NO 1508"),
        ("Trondheims beste kafé", "Trondheims NO 5001"),
        ("Me søkjer folk til Førde", "Førde NO 4647"),
        ("arbeid på Voss", "Voss NO 4621"),
        ("jobb i moss", "moss NO 3103"),
        ("Sommerjobb i Halden", "Halden NO 3101"),
        ("Besøker Ski i helgen", "Ski NO 3207"),
        ("Jobb på Time kommune", "Time NO 1121"),
        ("0187 OSLO", "OSLO NO 0301"),
        ("3800 Bø", "Bø NO 4020"),
        ("Fleire stillingar i Nordre Follo", "Nordre Follo NO 3207"),
        ("Evje og Hornnes kommune", "Evje og Hornnes NO 4219"),
        ("Sted: Mo i Rana", "Mo i Rana NO 1833"),
        ("studio på Grünerløkka", "Grünerløkka NO 0301"),
        ("nær majorstuen", "majorstuen NO 0301"),
        ("Aker Brygge", "Aker Brygge NO 0301"),
        ("Sandsli i Bergen", "Sandsli NO 4601, Bergen NO 4601"),
        ("Solsiden, Trondheim", "Solsiden NO 5001, Trondheim NO 5001"),
        ("Gardermoen", "Gardermoen NO 3209"),
        ("Vi har hotell i Rogaland", "Rogaland NO Rogaland"),
        ("Kárášjohka", "Kárášjohka NO 5610"),
        ("Herøy i Nordland", "Herøy i Nordland NO 1818"),
        ("Herøy, Nordland", "Herøy NO 1818, Nordland NO Nordland"),
        ("Bø i Telemark", "Bø i Telemark NO 4020"),
        ("bor i Bø", "Bø NO Bø"),
        ("Oslo, Moss, Ski og Halden", "Oslo NO 0301, Moss NO 3103, Ski NO 3207, Halden NO 3101"),
        ("Arbeid i Vik i Sogn", "Vik i Sogn NO 4639"),
        ("Våler i Solør", "Våler i Solør NO 3419"),
        ("Oslo 3.-5. mai, Moss 6. mai, Ski", "Oslo NO 0301, Moss NO 3103, Ski NO 3207"),
        ("Oslo\nMoss\nVoss", "Oslo NO 0301, Moss NO 3103, Voss NO 4621"),
        ("in Bergen and Stavanger", "Bergen NO 4601, Stavanger NO 1103"),
        ("touring: Oslo/Drammen", "Oslo NO 0301, Drammen NO 3301"),
        ("Oslo-Bergen", "Oslo NO 0301, Bergen NO 4601"),
        ("Praca w Oslo i w Bergen", "Oslo NO 0301, Bergen NO 4601"),
        ("Praca w Trondheim, wyjazd z Warszawy", "Trondheim NO 5001, Warszawy PL Warszawa"),
        ("z Krakowa i Gdańska", "Krakowa PL Kraków, Gdańska PL Gdańsk"),
        ("Darbas Bergene ir Osle", "Bergene NO 4601, Osle NO 0301"),
        ("iš Vilniaus į Stavangerį", "Vilniaus LT Vilnius"),
        ("Darbs Bergenā, no Rīgas", "Bergenā NO 4601, Rīgas LV Riga"),
        ("Töitä Oslossa ja Bergenissä", "Oslossa NO 0301, Bergenissä NO 4601"),
        ("Tööd Oslos, Tallinnast", "Oslos NO 0301, Tallinnast EE Tallinn"),
        ("Munka Oslóban", "Oslóban NO 0301"),
        ("de la București la Oslo", "București RO Bucharest, Oslo NO 0301"),
        ("muncă în Bergen", "Bergen NO 4601"),
        ("trabajo en Oslo, desde Medellín", "Oslo NO 0301, Medellín CO Medellín"),
        ("Работа в Осло и Бергене", "Осло NO 0301, Бергене NO 4601"),
        ("из Москвы в Ставангер", "Москвы RU Moscow, Ставангер NO 1103"),
        ("Робота в Бергені, виїзд з Києва", "Бергені NO 4601, Києва UA Kyiv"),
        ("ЛЬВІВ", "ЛЬВІВ UA Lviv"),
        ("ออสโล และพัทยา", "ออสโล NO 0301, พัทยา TH Pattaya"),
        ("Goteborg och Malmö", "Goteborg SE Göteborg, Malmö SE Malmö"),
        ("fra København", "København DK København"),
        ("from Nice to Split", "Nice FR Nice, Split HR Split"),
        ("student in Lund, Sweden", "Lund SE Lund"),
        ("flight to ho chi minh city", "ho chi minh city VN Ho Chi Minh City"),
        ("from St. Petersburg", "St. Petersburg RU Saint Petersburg"),
        ("Benin City, Nigeria", "Benin City NG Benin City"),
        ("Ring meg i Hamar!", "Hamar NO 3403"),
        ("I'm in Sofia now", "Sofia BG Sofia"),
    ],
)  # fmt: skip
def test_named(text: str, expected: str) -> None:
    assert ", ".join(" ".join(filter(None, place)) for place in places(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ta med ski og staver",
        "Vi går på ski i helgen",
        "Time after time",
        "full time job",
        "en time til",
        "moss on the stone",
        "Kate Moss",
        "Ola Lund er daglig leder",
        "Hilsen Vega",
        "Klem fra Vega",
        "Sofia, 24 år",
        "Victoria er ny her",
        "Florence er navnet mitt",
        "Min venn Milan ringer",
        "That is nice, we split the bill",
        "Nice apartment with a view",
        "Split shifts are possible",
        "Bar og restaurant søker folk",
        "høy alta stemme",
        "casa alta y bonita",
        "sola skinner",
        "Sola skinner i dag",
        "et hav av strand",
        "Strand og sol",
        "Marker feltet og send inn",
        "Gran og furu",
        "i gran og furu",
        "Hole in one",
        "hell og lykke",
        "What the hell",
        "Vik deg unna",
        "Os og dere",
        "å jobbe er gøy",
        "Å jobbe er gøy",
        "as soon as possible",
        "ha det bra",
        "Ha det bra",
        "fine fjell ved bergene",
        "Bergene er høye",
        "Bergens Tidende",
        "Stavanger Aftenblad",
        "Oslo Børs",
        "Drammensveien 5",
        "Oslogata 3",
        "Oslo gate 5",
        "Trondheim vei 1",
        "post@bergen.example",
        "www.oslo-studio.example",
        "https://jobb.example/stavanger/ledig",
        "oslo.example",
        "@oslo_studio",
        "essen ist fertig",
        "Was gibt es zu essen",
        "porto kommer i tillegg",
        "rivne smaker",
        "będzie praca",
        "sumy pieniędzy",
        "viena diena",
        "он будет рад, буде добре",
        "все хорошо у тирана",
        "до турку далеко",
        "bra stad att bo i",
        "Fjord og fjell",
        "vi har 1890 Moss",
        "rostfri stål",
        "SEO i SEM",
        "Besøk oss på Strand Hotel",
        "Bergen op Zoom",
        "hos Vik og Sønner",
        "the Essen of it",
        "Mobile phone, reading, cork",
        "a in to of",
    ],
)
def test_not_a_place(text: str) -> None:
    assert places(text) == []


def test_the_field_location_holds_a_place() -> None:
    assert places("Moss", "location") == [("Moss", "NO", "3103")]
    assert places("ski", "location") == [("ski", "NO", "3207")]
    assert places("Ski", "text") == []


def test_the_country_of_the_site_tells_places_apart() -> None:
    assert places("bor i Lund") == []
    assert places("bor i Lund", country="NO") == [("Lund", "NO", "1112")]
    assert places("bor i Lund", country="SE") == [("Lund", "SE", "Lund")]


def test_other_places_of_the_ad_tell_places_apart() -> None:
    fields = {"title": plain("Bø"), "text": plain("Vi har hytte i Bø"), "location": plain("Vesterålen, Nordland")}
    assert [(place.field, place.code) for place in find_localities(fields)] == [("text", "1867"), ("location", None)]


def test_spans_are_of_the_stored_text() -> None:
    text = "Ny i O\u200bs\u200blo og Be\u00adrgen"
    assert [code for _, _, code in places(text)] == ["0301", "4601"]


def test_all_municipalities() -> None:
    municipalities = gazetteer().municipalities
    assert len(municipalities) == 357
    assert {place.police_district for place in municipalities.values()} == {
        "Oslo", "Øst", "Innlandet", "Sør-Øst", "Agder", "Sør-Vest", "Vest", "Møre og Romsdal", "Trøndelag", "Nordland",
        "Troms", "Finnmark",
    }  # fmt: skip
    assert len({place.county for place in municipalities.values()}) == 15
    for place in municipalities.values():
        assert place.latitude is not None
        assert place.longitude is not None
        assert 57.9 < place.latitude < 71.3
        assert 4.4 < place.longitude < 31.2


@pytest.mark.parametrize("code", sorted(gazetteer().municipalities))
def test_each_municipality_is_found_by_name(code: str) -> None:
    place = gazetteer().municipalities[code]
    (found, *_) = find_localities({"location": plain(f"{place.name}, {place.county}")}, country="NO")
    assert found.quote == place.name
    assert found.code == code


@pytest.mark.parametrize(
    ("asked", "name", "county", "police_district"),
    [
        ("0301", "Oslo", "Oslo", "Oslo"),
        ("3201", "Bærum", "Akershus", "Oslo"),
        ("3234", "Lunner", "Akershus", "Innlandet"),
        ("4228", "Sirdal", "Agder", "Sør-Vest"),
        ("4614", "Stord", "Vestland", "Sør-Vest"),
        ("1811", "Bindal", "Nordland", "Trøndelag"),
        ("1577", "Volda", "Møre og Romsdal", "Møre og Romsdal"),
        ("Grünerløkka", "Grünerløkka", "Oslo", "Oslo"),
        ("bergen", "Bergen", "Vestland", "Vest"),
        ("Mo i Rana", "Mo i Rana", "Nordland", "Nordland"),
    ],
)
def test_locality(asked: str, name: str, county: str, police_district: str) -> None:
    place = locality(asked)
    assert place is not None
    assert (place.name, place.county, place.police_district) == (name, county, police_district)


@pytest.mark.parametrize("asked", ["", "9999", "Herøy", "Lund", "Atlantis", "1"])
def test_no_one_locality(asked: str) -> None:
    assert locality(asked) is None


@pytest.mark.parametrize(("postcode", "code"), [("0187", "0301"), ("5003", "4601"), ("9999", None), ("0000", None)])
def test_postcodes(postcode: str, code: str | None) -> None:
    assert gazetteer().municipality_of(postcode) == code


@pytest.mark.parametrize("unit", ["oslo ", "Bø, ", "a.", "i ", "Å", "mo i ", "İ", "oslo/", "@", "ออสโล", "9999 Moss "])
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    find_localities({"text": plain("Oslo")})
    short, long = (plain(unit * (size // len(unit))) for size in (20_000, 40_000))
    assert_linear(lambda text: find_localities({"text": text}), short, long)
