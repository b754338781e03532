from __future__ import annotations

from tests.alerts.histories import CALL, PHONE, ad, found
from tests.alerts.stores import cluster, tie

OTHER = "Ring 43 00 00 17."


def at(place: str, text: str = CALL, **more: str) -> dict[str, str]:
    return {"text": text, "location": place} | more


def test_three_municipalities_in_a_fortnight() -> None:
    tour = [ad(1, ("01", "03", at("Oslo")), ("05", "06", at("Bergen")), ("08", "09", at("Trondheim")))]
    relation = found(cluster(tour))["C02"]
    assert relation.note == (
        "phone +4742000017 in 3 places: Oslo (01.11.2026), Bergen (05.11.2026), Trondheim (08.11.2026) within 14 days"
    )
    assert [(part.observation, part.quote) for part in relation.evidence] == [
        (10, "Oslo"),
        (11, "Bergen"),
        (12, "Trondheim"),
    ]


def test_three_municipalities_in_two_months_are_no_relation() -> None:
    tour = [ad(1, ("09-01", "09-03", at("Oslo")), ("01", "03", at("Bergen")), ("20", "20", at("Trondheim")))]
    assert "C02" not in found(cluster(tour))


def test_two_municipalities_and_a_part_of_one_are_no_relation() -> None:
    tour = [ad(1, ("01", "02", at("Oslo")), ("03", "04", at("Grünerløkka")), ("05", "06", at("Bergen")))]
    assert "C02" not in found(cluster(tour))


def test_a_list_of_towns_is_no_movement() -> None:
    assert found(cluster([ad(1, ("01", "02", at("Oslo, Bergen, Trondheim")), ("03", "04", at("Oslo, Bergen")))])) == {}


def test_stated_dates_of_one_ad_are_a_route() -> None:
    text = f"Oslo 12.-15. november, Bergen 16.-18. november, Stavanger 19.-21. november. {CALL}"
    assert set(found(cluster([ad(1, ("01", "01", text))]))) == {"C02"}


def test_two_nordic_countries_in_a_month() -> None:
    tour = [ad(1, ("01", "03", at("Oslo")), ("10", "12", at("Stockholm")))]
    assert "Oslo (01.11.2026), Stockholm (10.11.2026) within 30 days" in found(cluster(tour))["C04"].note


def test_two_nordic_countries_in_a_year_are_no_relation() -> None:
    assert "C04" not in found(cluster([ad(1, ("01-01", "01-03", at("Oslo")), ("10", "12", at("Stockholm")))]))
    assert "C04" not in found(cluster([ad(1, ("01", "03", at("Oslo")), ("10", "12", at("Berlin")))]))


def test_two_distant_places_at_once() -> None:
    ads = [ad(1, ("01", "05", at("Oslo"))), ad(2, ("03", "08", at("Tromsø")))]
    relation = found(cluster(ads, tie("phone", PHONE, 1, 2)))["C05"]
    assert relation.note.startswith("phone +4742000017 in Oslo and Tromsø at once, 11")
    assert relation.note.endswith("an ad left standing, a copied text or several people, not one person's journey")
    assert {part.ad for part in relation.evidence} == {1, 2}


def test_neighbours_at_once_are_no_relation() -> None:
    ads = [ad(1, ("01", "05", at("Oslo"))), ad(2, ("03", "08", at("Drammen")))]
    assert "C05" not in found(cluster(ads, tie("phone", PHONE, 1, 2)))


def test_time_to_travel_is_no_relation() -> None:
    ads = [ad(1, ("01", "02", at("Oslo"))), ad(2, ("03", "08", at("Tromsø")))]
    assert "C05" not in found(cluster(ads, tie("phone", PHONE, 1, 2)))


def test_two_contacts_at_once_are_no_relation() -> None:
    ads = [ad(1, ("01", "05", at("Oslo"))), ad(2, ("03", "08", at("Tromsø", OTHER)))]
    assert "C05" not in found(cluster(ads, tie("template", "t", 1, 2)))


def test_a_days_change_of_stated_dates_is_no_relation() -> None:
    text = f"Oslo 12.-15. november, Tromsø 15.-18. november. {CALL}"
    assert "C05" not in found(cluster([ad(1, ("01", "01", text)), ad(2, ("01", "01", text))]))


def route(number: int, text: str, first: int) -> list[tuple[str, str, dict[str, str]]]:
    places = ("Oslo", "Bergen", "Stavanger")
    return [(f"{first + 3 * at_:02}", f"{first + 3 * at_ + 1:02}", at(place, text)) for at_, place in enumerate(places)]


def test_one_route_of_two_contacts() -> None:
    ads = [ad(1, *route(1, CALL, 1)), ad(2, *route(2, OTHER, 3))]
    relation = found(cluster(ads, tie("template", "t", 1, 2)))["C03"]
    assert relation.note == "phone +4742000017 and phone +4743000017 went Oslo - Bergen - Stavanger in the same order"
    assert {part.ad for part in relation.evidence} == {1, 2}


def test_the_route_back_is_no_relation() -> None:
    ads = [ad(1, *route(1, CALL, 1)), ad(2, *[(f"{3 + 3 * n:02}", f"{4 + 3 * n:02}", at(place, OTHER))
                                              for n, place in enumerate(("Stavanger", "Bergen", "Oslo"))])]  # fmt: skip
    assert "C03" not in found(cluster(ads, tie("template", "t", 1, 2)))


def test_two_contacts_of_one_ad_share_no_route() -> None:
    ads = [ad(1, *route(1, f"{CALL} a@x.example", 1)), ad(2, ("20", "21", at("Oslo")))]
    assert "C03" not in found(cluster(ads, tie("phone", PHONE, 1, 2)))


def test_one_address_of_three_names() -> None:
    text = f"Velkommen til Storgata 12, 0184 Oslo. {CALL}"
    ads = [ad(n, ("01", "02", {"text": text, "name": name})) for n, name in enumerate(("Lina", "Mia", "Sara"), 1)]
    relation = found(cluster(ads, tie("phone", PHONE, 1, 2, 3)))["C07"]
    assert relation.note.endswith("in ads under 3 names (Lina, Mia, Sara)")
    assert {part.quote for part in relation.evidence} == {"Storgata 12, 0184 Oslo"}
    assert "C07" not in found(cluster(ads[:2], tie("phone", PHONE, 1, 2)))
