"""Matching: misspelt forms, negation, contrary wording, parts, places and kinds."""

from __future__ import annotations

import pytest

from nlp import not_stated, read
from nlp.indicators import matcher
from nlp.reading import Finding


def found(text: str, kind: str | None = "job") -> dict[tuple[str, str], Finding]:
    (reading,) = read([text], kinds=[kind])
    return {(finding.id, finding.state): finding for finding in reading.indicators}


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        pytest.param("Hand over your pasport on arrival", "H07", id="en"),
        pytest.param("HAND OVER: no. Hand over your passports", "H07", id="plural"),
        pytest.param("Accomodation provided", "H08", id="accomodation"),
        pytest.param("Praca bez umowy, zakwaterowanie zapewnione", "H08", id="pl"),
        pytest.param("praca bez doswiadczenia i bez znajomosci jezyka", "H03", id="pl-no-diacritics"),
        pytest.param("Zapewniamy zakwaterownie", "H08", id="pl-misspelt"),
        pytest.param("жильe предоставляется", "H08", id="ru-with-a-latin-letter"),
    ],
)
def test_written_otherwise(text: str, indicator: str) -> None:
    assert (indicator, "present") in found(text)


@pytest.mark.parametrize(
    ("text", "indicator", "state"),
    [
        pytest.param("You do not hand over your passport.", "H07", "absent", id="not-before"),
        pytest.param("Do not wait. Hand over your passport.", "H07", "present", id="other-sentence"),
        pytest.param("Do not wait, hand over your passport", "H07", "present", id="other-clause"),
        pytest.param("Vi tar ikke betalt. Du skal ikke betale depositum.", "H06", "absent", id="nb"),
        pytest.param("Trekkes i lønn ikke", "H10", "absent", id="after"),
        pytest.param("No problem without a contract", "H20", "present", id="negation-in-the-phrase"),
        pytest.param("Nie pobieramy żadnych opłat.", "H06", "absent", id="pl-contrary"),
        pytest.param("Vi beholder ikke passet ditt.", "H07", "absent", id="between"),
        pytest.param("No recruitment fee is payable.", "H06", "absent", id="contrary-holds-the-phrase"),
        pytest.param("You will be asked to pay a deposit.", "H06", "present", id="be-is-a-negator-in-lithuanian-only"),
    ],
)
def test_negation_and_contrary(text: str, indicator: str, state: str) -> None:
    assert {state_ for id_, state_ in found(text) if id_ == indicator} == {state}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Beware of scammers who say: we keep your passport.", id="en-other-sentence"),
        pytest.param("Beware of fraudsters who will keep your passport", id="en"),
        pytest.param("Se opp for svindlere som tar passet ditt", id="nb"),
        pytest.param("Uwaga na oszustów, którzy zabierają paszport i trzymają paszport u szefa", id="pl"),
    ],
)
def test_a_warning_does_not_say_it(text: str) -> None:
    states = {state for id_, state in found(text) if id_ == "H07"}
    assert ("present" in states) == text.startswith("Beware of scammers who say:")


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        pytest.param("Jobben er uten noen skriftlig arbeidsavtale", "H20", id="nb"),
        pytest.param("Śpi się w pokojach wspólnych", "H09", id="pl"),
        pytest.param("Спільних кімнат багато", "H09", id="uk"),
        pytest.param("Las multas por retrasos son altas", "H10", id="es"),
        pytest.param("Baudų už pavėlavimus sistema", "H10", id="lt"),
    ],
)
def test_other_forms_of_the_words(text: str, indicator: str) -> None:
    assert (indicator, "present") in found(text)


def test_words_of_other_languages_do_not_count_where_the_language_is_known() -> None:
    text = "Our studio needs an assistant who can set up the camera comuna for the photographers every single morning."
    assert ("H09", "present") not in found(text)
    assert ("H09", "present") in found("camera comuna")


def test_another_meaning_in_the_sentence_speaks_neither_for_nor_against() -> None:
    assert not [key for key in found("Income tax is deducted from your wages.") if key[0] == "H10"]
    assert ("H10", "present") in found("Income tax is paid by us. Damages are deducted from your wages.")


@pytest.mark.parametrize(
    ("text", "is_near"),
    [
        pytest.param("We buy the ticket and you work it off.", True, id="near"),
        pytest.param("We buy the ticket. You work it off site.", False, id="other-sentence"),
        pytest.param("The ticket" + " word" * 20 + " you work it off.", False, id="too-far"),
        pytest.param("We pay the ticket, tax is taken from your salary.", False, id="a-word-between-sets-apart"),
        pytest.param("We buy the ticket and you do not work it off.", False, id="denied"),
    ],
)
def test_near_parts(text: str, is_near: bool) -> None:
    assert (("H05", "present") in found(text)) == is_near


def test_near_parts_quote_both() -> None:
    assert found("We buy the ticket and you work it off.")["H05", "present"].quote == "ticket and you work it off"


def test_a_single_word_must_be_spelt_right() -> None:
    assert ("B10", "present") in found("zweryfikowana", "escort")
    assert ("B10", "present") not in found("zweryfikowanaa", "escort")


def test_negators_need_not_stand_in_a_phrase() -> None:
    assert ("B10", "absent") in found("Nobody has a verified profile.", "escort")


def test_both_sides_are_kept() -> None:
    states = {state for id_, state in found("No recruitment fee. Pay a deposit of 500 EUR.") if id_ == "H06"}
    assert states == {"present", "absent"}


def test_phrases_do_not_cross_a_sentence() -> None:
    assert ("H07", "present") not in found("Lend a hand in\nyour passport office")


def test_punctuation_does_not_matter() -> None:
    assert ("H07", "present") in found("hand *in* (your) «passport»")


def test_parts_count_only_together() -> None:
    note = found("Hostess wanted.\nAccommodation provided.")["H16", "present"].note
    assert "“Accommodation provided” (text)" in note
    assert ("H16", "present") not in found("Hostess wanted.")


def test_the_longest_phrase_is_quoted_from_the_first_place() -> None:
    finding = found("Hand over your passport. Later hand in your passport.")["H07", "present"]
    assert finding.quote == "Hand over your passport"


def test_offsets_point_into_the_stored_text() -> None:
    text = "⓿ ﬁne ﷺ Hand in your pass\u200bport 😀"
    finding = found(text)["H07", "present"]
    assert text[finding.start : finding.end] == finding.quote == "Hand in your pass\u200bport"


def test_a_phrase_in_the_title() -> None:
    (reading,) = read([{"title": "Cash in hand", "text": "Call us."}], kinds=["job"])
    assert ("H19", "title") in [(item.id, item.field) for item in reading.indicators]


def test_kind_decides_what_is_judged() -> None:
    assert ("H08", "present") not in found("Accommodation provided", "escort")
    assert ("H08", "present") in found("Accommodation provided", None)


def test_not_stated_is_what_remains() -> None:
    (reading,) = read(["Accommodation provided"], kinds=["job"])
    rest = not_stated(reading, "job")
    assert "H07" in rest
    assert "H08" not in rest, "found"
    assert "B12" not in rest, "another kind of ad"
    assert "D03" not in rest, "judged from several ads"


def test_weight_grade_and_source_come_from_the_catalogue() -> None:
    finding = found("Hand over your passport")["H07", "present"]
    assert (finding.weight, finding.grade) == (2.5, "expert")
    assert finding.source.startswith("ILO")


def test_what_is_remembered_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.phrases.MOST_SEEN", 100)
    matcher().seen.clear()
    for batch in range(12):
        read([f"accommodation provided w{batch}x{number} pasport{number} qwerty" for number in range(30)])
        assert max(map(len, matcher().seen.values())) < 200


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Hotellet søker renholdere til sesongen. Lønn etter tariff, 245 kr per time. Bolig kan leies. "
            "Du må ha gyldig pass eller ID-kort, og ta det med første dag. Vi gir opplæring. "
            "Arbeidstid 37,5 timer "
            "per uke, turnus. Søkere av begge kjønn oppfordres til å søke. Søknadsfrist snarest.",
            id="nb-hotel",
        ),
        pytest.param(
            "Warehouse worker, full time, 40 hours per week. Training provided, no "
            "experience needed. Good English "
            "required. Valid passport and work permit required. Accommodation can be "
            "arranged at cost. We never "
            "charge candidates any recruitment fees. Taxes are deducted according to law.",
            id="en-warehouse",
        ),
        pytest.param(
            "Praca na magazynie w Norwegii. Oferujemy umowę o pracę, zakwaterowanie "
            "zapewnione, ubezpieczenie. "
            "Wymagania: ważny paszport lub dowód osobisty, komunikatywny angielski. 7,5 godziny dziennie, "
            "wolne weekendy. Nie pobieramy opłat.",
            id="pl-warehouse",
        ),
        pytest.param(
            "Ieškome virėjo restorane Osle. Darbo sutartis, 37,5 valandos per savaitę, "
            "atlyginimas pagal tarifą. "
            "Reikalinga patirtis ir anglų kalba.",
            id="lt-cook",
        ),
        pytest.param(
            "Vi söker undersköterskor till nattjänst. Heltid, kollektivavtal, introduktion "
            "ingår. Körkort krävs. "
            "Vi välkomnar sökande med olika bakgrund.",
            id="sv-nurse",
        ),
        pytest.param(
            "Потрібен електрик. Офіційне працевлаштування за договором, 40 годин на тиждень, "
            "два вихідних дні. "
            "Паспорт мати при собі.",
            id="uk-electrician",
        ),
    ],
)
def test_honest_job_ads_show_nothing_grave(text: str) -> None:
    grave = {
        id_: finding.quote
        for (id_, state), finding in found(text).items()
        if state == "present" and finding.weight >= 1 and id_ != "H11"  # these texts name no employer
    }
    assert grave == {}


def test_a_flag_keeps_no_words() -> None:
    finding = found("There are no limits here.", "escort")["E01", "present"]
    assert (finding.start, finding.end, finding.quote) == (0, 0, "")
    assert "limits" not in finding.note


def test_what_says_more_is_not_counted_twice() -> None:
    text = "Live-in nanny, no fixed hours, day and night. Accommodation provided."
    assert ("H27", "present") in found(text)
    assert ("H08", "present") not in found(text)
    assert ("H08", "present") in found("Picker wanted. Accommodation provided.")


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        pytest.param("If you look for a teenager, go elsewhere.", "A03", id="sent-elsewhere"),
        pytest.param("We help victims who had to pay a recruitment fee.", "H06", id="told-of-victims"),
    ],
)
def test_what_is_told_of_others_does_not_count(text: str, indicator: str) -> None:
    assert (indicator, "present") not in found(text, None)


def test_a_choice_with_a_negator_can_be_denied() -> None:
    assert ("H10", "present") not in found("Nei, ingen blir trukket for sykdom.")
    assert ("H10", "present") in found("Ved sykdom blir du trukket i lønn.")
