from __future__ import annotations

from itertools import permutations

import pytest
from msgspec.structs import replace

from alerts.cases import Stay
from alerts.facts import Cluster
from alerts.movement.geojson import as_geojson
from alerts.movement.places import NORDIC, Spot, count_spots, find_spot, kilometres
from alerts.movement.stays import find_stays
from nlp import read
from tests.alerts.histories import CALL, PHONE, ad
from tests.alerts.stores import cluster, tie


def at(place: str, text: str = CALL) -> dict[str, str]:
    return {"text": text, "location": place}


def brief(stays: tuple[Stay, ...]) -> list[tuple[str, str, str, int | None, str]]:
    return [(stay.place, stay.first[5:10], stay.last[5:10], stay.km, stay.border) for stay in stays]


def spot(text: str) -> Spot:
    (place,) = read([{"location": text}])[0].places
    found = find_spot(place)
    assert found
    return found


@pytest.mark.parametrize(
    ("one", "other", "km"), [("Oslo", "Bergen", 306), ("Oslo", "Stockholm", 418), ("Oslo", "Tromsø", 1149)]
)
def test_distances(one: str, other: str, km: int) -> None:
    assert kilometres(spot(one), spot(other)) == pytest.approx(km, rel=0.03)
    assert kilometres(spot(one), spot(one)) == 0


def test_a_district_is_its_municipality_and_a_county_is_nowhere() -> None:
    assert spot("Grünerløkka") == spot("Oslo")
    assert count_spots(read([{"location": "Oslo"}, {"location": "Grünerløkka, Bergen"}, {"location": "Nordland"}])) == 2
    assert spot("Stockholm").country in NORDIC


def test_stays_of_one_ad_over_its_versions() -> None:
    one = ad(1, ("01", "03", at("Oslo")), ("05", "06", at("Stockholm")), ("08", "08", at("Oslo")))
    stays = find_stays(cluster([one]))
    assert [(place, first, last, border) for place, first, last, _, border in brief(stays)] == [
        ("Oslo", "11-01", "11-03", ""),
        ("Stockholm", "11-05", "11-06", "NO-SE"),
        ("Oslo", "11-08", "11-08", "SE-NO"),
    ]
    assert stays[0].km is None
    assert stays[1].km == stays[2].km == pytest.approx(418, rel=0.03)
    assert stays[0].contacts == (f"phone:{PHONE}",)
    assert (stays[1].evidence.observation, stays[1].evidence.quote) == (11, "Stockholm")


def test_one_place_in_several_ads_is_one_stay() -> None:
    ads = [ad(1, ("01", "05", at("Oslo"))), ad(2, ("03", "09", at("Oslo")))]
    (stay,) = find_stays(cluster(ads, tie("phone", PHONE, 1, 2)))
    assert (stay.first[5:10], stay.last[5:10], stay.ads) == ("11-01", "11-09", (1, 2))


def test_a_place_seen_again_after_weeks_is_another_stay() -> None:
    ads = [ad(1, ("01", "02", at("Oslo"))), ad(2, ("20", "21", at("Oslo")))]
    assert len(find_stays(cluster(ads, tie("phone", PHONE, 1, 2)))) == 2


def test_stated_dates_are_stays_and_the_field_of_the_ad_is_not() -> None:
    text = f"Bergen 12.-15. november, Stavanger 16.-18. november. {CALL}"
    stays = find_stays(cluster([ad(1, ("01", "20", at("Oslo", text)))]))
    assert brief(stays)[0] == ("Bergen", "11-12", "11-16", None, "")  # until the 15th is over
    assert [stay.place for stay in stays] == ["Bergen", "Stavanger"]
    assert all(stay.stated for stay in stays)
    assert stays[0].evidence.quote == "Bergen 12.-15. november"


def test_the_same_dates_in_every_version_are_one_stay() -> None:
    text = f"Bergen 12.-15. november. {CALL}"
    one = ad(1, ("01", "02", text), ("03", "09", f"{text} Velkommen!"), ("10", "11", f"{text} Hei!"))
    assert len(find_stays(cluster([one]))) == 1


def test_two_places_at_once_are_explained() -> None:
    ads = [ad(1, ("01", "05", at("Oslo"))), ad(2, ("03", "08", at("Bergen")))]
    oslo, bergen = find_stays(cluster(ads, tie("phone", PHONE, 1, 2)))
    assert oslo.note == (
        "also Bergen at that time: an ad left standing, a copied text or several people, not one person's journey"
    )
    assert bergen.note.startswith("also Oslo at that time")


def test_contacts_in_the_very_same_versions_are_told_once() -> None:
    one = ad(1, ("01", "02", at("Oslo", f"{CALL} a@x.example")))
    assert [stay.contacts for stay in find_stays(cluster([one]))] == [("email:a@x.example", f"phone:{PHONE}")]


def test_an_ad_without_a_contact_is_its_own() -> None:
    assert find_stays(cluster([ad(1, ("01", "02", at("Oslo", "Velkommen")))]))[0].contacts == ("ad:a.example/n1",)


def test_job_ads_and_lists_of_towns_have_no_stay() -> None:
    assert find_stays(cluster([ad(1, ("01", "02", at("Oslo")), kind="job")])) == ()
    assert find_stays(cluster([ad(1, ("01", "02", at("Oslo, Bergen, Moss")))])) == ()


def test_contested_contacts_have_no_stays() -> None:
    ads = [ad(1, ("01", "05", at("Oslo"))), ad(2, ("03", "08", at("Bergen")))]
    links = [replace(link, contested=True) for link in tie("phone", PHONE, 1, 2)]
    assert [stay.contacts for stay in find_stays(cluster(ads, links))] == [("ad:a.example/n1",), ("ad:a.example/n2",)]


def test_the_order_of_the_ads_makes_no_difference() -> None:
    ads = [ad(n, (f"{n:02}", f"{n + 2:02}", at(place))) for n, place in enumerate(("Oslo", "Bergen", "Moss"), 1)]
    links = tuple(tie("phone", PHONE, 1, 2, 3))
    found = {find_stays(Cluster(id="c", ads=tuple(order), links=links)) for order in permutations(ads)}
    assert len(found) == 1


def test_many_places_at_once_cost_little() -> None:
    towns = ("Oslo", "Bergen", "Trondheim", "Stavanger", "Tromsø", "Bodø", "Drammen", "Hamar", "Molde", "Alta")
    ads = [ad(n, ("01", "09", at(towns[n % 10]))) for n in range(1, 301)]
    assert len(find_stays(cluster(ads, tie("phone", PHONE, *range(1, 301))))) == 10


def test_geojson() -> None:
    ads = [ad(1, ("01", "03", at("Oslo")), ("05", "06", at("Stockholm"))), ad(2, ("01", "02", at("Moss", "Hei")))]
    document = as_geojson("c-1", find_stays(cluster(ads)))
    kinds = [feature["geometry"]["type"] for feature in document["features"]]
    assert (document["type"], document["cluster"], kinds) == (
        "FeatureCollection", "c-1", ["Point", "Point", "Point", "LineString"],
    )  # fmt: skip
    line = document["features"][-1]
    assert [round(degrees) for degrees in line["geometry"]["coordinates"][1]] == [18, 59]  # longitude first
    assert line["properties"]["borders"] == ["NO-SE"]
    assert line["properties"]["km"] == pytest.approx(418, rel=0.03)
    assert "Kartverket" in document["source"]
    assert "municipality" in document["precision"]
