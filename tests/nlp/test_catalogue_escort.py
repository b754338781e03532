"""The half of the catalogue on escort and massage ads: what is live, what it weighs, how it reads wording not in it."""

from __future__ import annotations

import tomllib

import pytest

from nlp import catalogue, read
from nlp.catalog_file import CROSS_AD, FOLDER, NEVER

LANGUAGES = {"nb", "nn", "sv", "da", "en", "ro", "ru", "es", "th", "pl", "lt", "uk"}
BY_WORDING = (
    "A03",
    "A04",
    "B01",
    "B02",
    "B05",
    "B06",
    "B07",
    "B08",
    "B09",
    "B10",
    "B12",
    "B13",
    "C01",
    "E01",
    "E03",
    "F01",
)
BY_RULE = ("A01", "A02", "A06", "A07", "C06", "D02", "G03")
FROM_SEVERAL_ADS = ("A05", "B03", "B04", "B11", "C02", "C03", "C04", "C05", "C07", "D01", "D03", "D04", "D05", "D06",
                    "D07", "D08", "D09", "E02", "F02", "G02")  # fmt: skip
GRAVE = {"A01", "A03", "A04", "A06", "A07", "B01", "B02", "B05", "B06", "B07", "B08", "B09", "B12", "E01", "E03"}


def present(text: str, kind: str = "escort") -> dict[str, str]:
    (reading,) = read([text], kinds=[kind])
    return {finding.id: finding.quote for finding in reading.indicators if finding.state == "present"}


@pytest.mark.parametrize("indicator", [*BY_WORDING, *BY_RULE])
def test_live_from_one_ad(indicator: str) -> None:
    assert catalogue()[indicator].is_of_one_ad


@pytest.mark.parametrize("indicator", FROM_SEVERAL_ADS)
def test_declared_and_judged_from_several_ads(indicator: str) -> None:
    assert catalogue()[indicator].rule == CROSS_AD


def test_looks_of_persons_are_never_computed() -> None:
    entry = catalogue()["A09"]
    assert entry.rule == NEVER
    assert entry.weight == 0
    assert "Never computed" in entry.source


@pytest.mark.parametrize("indicator", BY_WORDING)
def test_wording_is_known_and_exemplified_in_every_language(indicator: str) -> None:
    entry = catalogue()[indicator]
    assert set(entry.languages) >= LANGUAGES
    assert set(entry.hit_texts) >= LANGUAGES
    assert set(entry.miss_texts) >= LANGUAGES


@pytest.mark.parametrize(
    ("indicator", "weight", "grade"),
    [
        ("A01", 4.0, "law"),
        ("A02", 0.0, "published0"),
        ("A03", 2.0, "published+"),
        ("A07", 0.5, "expert"),
        ("B01", 1.5, "expert"),
        ("B02", 1.0, "expert"),
        ("B05", 1.5, "expert"),
        ("B07", 3.0, "expert"),
        ("B08", 1.0, "expert"),
        ("B09", 0.5, "expert"),
        ("B10", 1.5, "published+"),
        ("B12", 3.0, "expert"),
        ("B13", 0.0, "published0"),
        ("C01", -0.5, "published-"),
        ("D02", 1.5, "published+"),
        ("E01", 1.0, "expert"),
        ("E03", 0.5, "expert"),
        ("F01", 1.0, "published+"),
    ],
)
def test_weights_follow_the_evidence(indicator: str, weight: float, grade: str) -> None:
    entry = catalogue()[indicator]
    assert (entry.weight, entry.grade) == (weight, grade)


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(("B01", "B02", "B05"), id="others-speak"),
        pytest.param(("A02", "A03", "A04", "A06", "A07", "A09"), id="youth"),
        pytest.param(("B04", "D01", "D03"), id="shared-contact"),
        pytest.param(("A05", "G02"), id="inconsistent"),
        pytest.param(("C02", "C04"), id="circuit"),
        pytest.param(("F01", "F02"), id="nationality"),
    ],
)
def test_one_idea_votes_once(same: tuple[str, ...]) -> None:
    assert len({catalogue()[indicator].groups for indicator in same}) == 1


def test_wording_about_youth_stands_alone_in_its_file() -> None:
    table = tomllib.loads((FOLDER / "youth.toml").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in table["indicator"]] == ["A03", "A04"]
    assert all("unverified" in entry["source"] or "Lugo-Graulich" in entry["source"] for entry in table["indicator"])


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        ("A03", "Hun ble 18 i forrige uke."),
        ("A03", "Ей едва исполнилось 18."),
        ("A04", "Elev i 10. klasse, hjemme før ni."),
        ("A04", "Uczennica technikum, wolna w weekendy."),
        ("A06", "Height 146, weight 40"),
        ("B01", "Знакомьтесь, это Аня, она любит общение."),
        ("B01", "Damene hos oss gleder seg til å se deg."),
        ("B02", "Trei fete simpatice într-un apartament."),
        ("B02", "Den ene eller begge to."),
        ("B05", "Manageren hennes ordner alle avtaler."),
        ("B05", "Al teléfono te atiende la coordinadora, no la chica."),
        ("B05", "ผู้จัดการของน้องนัดคิวให้"),
        ("B07", "Vil du tjene ekstra som pige? Skriv til samme nummer."),
        ("B07", "Требуется девушка, жильё и реклама наши."),
        ("B08", "Hun får ikke forlate stedet."),
        ("B08", "Jej nie wolno opuszczać mieszkania."),
        ("B08", "มากับคนขับรถที่รอในรถ"),
        ("B09", "Disponible a todas horas."),
        ("B10", "Fotos propias y recientes, sin sorpresas."),
        ("B12", "Førti prosent til huset."),
        ("B12", "Hon är skyldig pengar för biljetten."),
        ("B12", "Сорок процентов салону."),
        ("B13", "Fortell litt om deg selv."),
        ("C01", "I Tromsø denne uka, så hjem igjen."),
        ("E01", "Ella acepta todo."),
        ("E03", "Kokain kan skaffes ved forespørsel."),
        ("F01", "Ungersk skönhet i Oslo."),
    ],
)
def test_wording_by_its_parts(indicator: str, text: str) -> None:
    assert indicator in present(text)


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        pytest.param("B09", "1 hour 2000 kr, 24 hours 15000 kr", id="a-price-is-no-opening-time"),
        pytest.param("B09", "Avbestilling senest 24 timer før.", id="nor-is-notice"),
        pytest.param("B12", "Les artikkelen om byrået som tok halvparten av inntekten.", id="what-others-did"),
        pytest.param("B12", "Half hour 450, one hour 750. Our house is from 1890.", id="half-an-hour"),
        pytest.param("B05", "Tidligere var jeg hos et byrå, nå driver jeg for meg selv.", id="once-with-an-agency"),
        pytest.param("A04", "Etter skoletid er det ofte fullt.", id="busy-after-school"),
        pytest.param("A04", "Elever på videregående får rabatt.", id="discount-for-pupils"),
        pytest.param("A06", "Vi løfter 40 esker på 1,45 m.", id="no-body-measures"),
        pytest.param("B06", "Nie mówię po norwesku, piszcie po angielsku.", id="a-newcomer-in-her-own-language"),
        pytest.param("B01", "He or she who has back pain will find help here.", id="he-or-she"),
        pytest.param("F01", "Thai massage lady's choice: 60 or 90 minutes.", id="a-kind-of-massage"),
        pytest.param("E01", "No limits on parking time.", id="no-limits-on-parking"),
        pytest.param("E03", "Ingen rus eller dop, takk.", id="no-substances"),
        pytest.param("B08", "No driver, no one else in the flat.", id="no-driver"),
    ],
)
def test_near_misses(indicator: str, text: str) -> None:
    assert indicator not in present(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param(
            "escort",
            "Jeg er 39 og bor fast i Drammen. Jeg har egen telefon og egen leilighet, og jobber bare for meg selv. "
            "Ingen sjef, ingen gjeld og ingen sjåfør. Grensene mine respekterer du. Ikke ring etter kl. 22.",
            id="nb-alone",
        ),
        pytest.param(
            "escort",
            "Independent Anna, 38. I am not an agency: you speak with me. No drugs. Protection always. I am not "
            "available 24 hours, and I keep all I earn.",
            id="en-alone",
        ),
        pytest.param(
            "escort",
            "Mam 41 lat i pracuję tylko dla siebie. Nie jestem agencją i nie mam szefa. Po 22 nie odbieram. "
            "Nie mam długów.",
            id="pl-alone",
        ),
        pytest.param(
            "escort",
            "Мне 41, живу в Драммене постоянно. У меня свой телефон, работаю только на себя. Долгов нет. "
            "После 22 не звоните.",
            id="ru-alone",
        ),
        pytest.param("escort", "ฉันอายุ 41 ปี ไม่ใช่เอเจนซี่ ทำงานคนเดียว ไม่มีหนี้ รับสายเอง", id="th-alone"),
        pytest.param(
            "massage",
            "Klinikken har behandlet nakke og rygg i 18 år. Resepsjonen er åpen 9-16. Halv time 450, hel time 750. "
            "Avbestilling senest 24 timer før. Vi søker fysioterapeut i hel stilling.",
            id="nb-clinic",
        ),
        pytest.param(
            "massage",
            "Our clinic has certified therapists. Two treatment rooms, so bring your mother. Student discount for "
            "high school students. Cancel 24 hours before.",
            id="en-clinic",
        ),
        pytest.param(
            "massage",
            "El centro abre de lunes a viernes. Menores de 18 años con un adulto. Cancelación con 24 horas de "
            "antelación.",
            id="es-clinic",
        ),
    ],
)
def test_independent_adults_and_clinics_show_nothing_grave(kind: str, text: str) -> None:
    assert {id: quote for id, quote in present(text, kind).items() if id in GRAVE} == {}
