from __future__ import annotations

import pytest

from tests.alerts.histories import CALL, PHONE, ad, found
from tests.alerts.stores import cluster, tie


def lina(text: str, name: str = "Lina") -> dict[str, str]:
    return {"name": name, "text": f"{text} {CALL}"}


def pair(one: str, other: str, *, name: str = "Lina", later: str = "09") -> dict[str, object]:
    ads = [ad(1, ("01", "02", lina(one))), ad(2, (later, later, lina(other, name)))]
    return dict(found(cluster(ads, tie("phone", PHONE, 1, 2))))


def test_an_age_that_falls_between_versions_of_one_ad() -> None:
    relation = found(cluster([ad(1, ("01", "02", lina("24 år.")), ("05", "06", lina("21 år.")))]))["A05"]
    assert relation.note == "stated age 24, later 21, under one name and one phone"
    assert [(part.observation, part.quote) for part in relation.evidence] == [(10, "24 år"), (11, "21 år")]


def test_an_age_that_jumps() -> None:
    assert found(cluster([ad(1, ("01", "02", lina("24 år.")), ("05", "06", lina("29 år.")))]))["A05"].ads == 1


def test_a_birthday_is_no_relation() -> None:
    assert found(cluster([ad(1, ("01", "02", lina("24 år.")), ("05", "06", lina("25 år.")))])) == {}


def test_ages_of_two_names_are_no_relation() -> None:
    assert "A05" not in pair("24 år.", "21 år.", name="Mia")


def test_an_ad_without_a_contact_is_held_against_itself() -> None:
    one = ad(1, ("01", "02", {"text": "I am 24 years old."}), ("05", "06", {"text": "I am 21 years old."}))
    assert found(cluster([one]))["A05"].note == "stated age 24, later 21, in one ad"


def test_several_nationalities_of_one_contact() -> None:
    ads = [ad(1, ("01", "02", lina("Polsk dame."))), ad(2, ("01", "02", lina("Ungarsk dame.", "Mia")))]
    relation = found(cluster(ads, tie("phone", PHONE, 1, 2)))["F02"]
    assert relation.note == "phone +4742000017 in ads that name 2 origins (PL, HU)"
    assert [part.quote for part in relation.evidence] == ["Polsk dame", "Ungarsk dame"]


def test_one_origin_and_a_way_of_massage_are_no_relation() -> None:
    assert "F02" not in pair("Polsk dame.", "Thai massage, jeg snakker ungarsk.", name="Mia")
    assert "F02" not in pair("Polsk dame og ungarsk dame.", "Ungarsk dame.", name="Mia")


@pytest.mark.parametrize(
    ("one", "other", "note"),
    [
        pytest.param("165 cm.", "176 cm.", "height 165 cm and 176 cm", id="height"),
        pytest.param("Lys blond, blondine.", "Brunette.", "hair light and dark", id="hair-at-once"),
    ],
)
def test_facts_that_conflict(one: str, other: str, note: str) -> None:
    ads = [ad(1, ("01", "05", lina(one))), ad(2, ("02", "06", lina(other)))]
    relation = found(cluster(ads, tie("phone", PHONE, 1, 2)))["G02"]
    assert relation.note == f"{note} under one name and phone +4742000017"


@pytest.mark.parametrize(
    ("one", "other", "name", "later"),
    [
        pytest.param("165 cm.", "168 cm.", "Lina", "09", id="rounded"),
        pytest.param("165 cm.", "176 cm.", "Mia", "09", id="two-names"),
        pytest.param("Blondine.", "Brunette.", "Lina", "20", id="dyed"),
        pytest.param("Polsk dame.", "Ungarsk dame.", "Lina", "09", id="origin-is-F02"),
    ],
)
def test_facts_that_do_not_conflict(one: str, other: str, name: str, later: str) -> None:
    assert "G02" not in pair(one, other, name=name, later=later)
