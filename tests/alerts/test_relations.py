from __future__ import annotations

import pytest
from msgspec.structs import replace

from alerts.facts import AdFacts, Cluster
from alerts.relations import RULES, Relation, find_relations
from nlp import catalogue
from tests.alerts.stores import LATER, SEEN, TEXTS, cluster, facts, tie

PHONE = "+4742000017"


def persona(number: int, name: str, **more: str) -> AdFacts:
    return facts(number, f"{TEXTS[number % 4]} 42 00 00 17", name=name, **more)


def found(group: Cluster) -> dict[str, Relation]:
    return {relation.indicator: relation for relation in find_relations(group)}


def test_every_cross_ad_entry_of_the_catalogue_has_a_rule() -> None:
    assert set(RULES) == {entry.id for entry in catalogue().values() if entry.rule == "cross-ad"}


def test_one_phone_under_three_names() -> None:
    ads = [persona(1, "Lina"), persona(2, "Mia"), persona(3, "Sara")]
    relations = found(cluster(ads, tie("phone", PHONE, 1, 2, 3)))
    assert set(relations) == {"B04", "D01"}
    assert relations["D01"].note == "phone +4742000017 in 3 ads under 3 names (Lina, Mia, Sara)"
    for part in relations["D01"].evidence:
        text = next(ad.text for ad in ads if ad.ad == part.ad)
        assert text[part.start : part.end] == part.quote == "42 00 00 17"


def test_one_person_with_three_ads_is_no_relation() -> None:
    ads = [persona(1, "Lina"), persona(2, "Lina"), persona(3, "lina")]
    assert found(cluster(ads, tie("phone", PHONE, 1, 2, 3))) == {}


def test_contested_keys_relate_nothing() -> None:
    ads = [persona(1, "Lina"), persona(2, "Mia"), persona(3, "Sara")]
    links = [replace(link, contested=True) for link in tie("phone", PHONE, 1, 2, 3)]
    assert found(cluster(ads, links)) == {}


def test_one_template_under_two_names() -> None:
    ads = [facts(1, TEXTS[0], name="Lina"), facts(2, TEXTS[0], name="Mia")]
    assert set(found(cluster(ads, tie("template", "t", 1, 2)))) == {"B03"}


def test_bridge_between_work_and_escort() -> None:
    ads = [facts(1, f"{TEXTS[0]} 42000017", kind="job"), persona(2, "Lina")]
    relations = found(cluster(ads, tie("phone", PHONE, 1, 2)))
    assert relations["D06"].note == "phone +4742000017 in 1 job ad and in 1 escort or massage ad"
    assert {part.ad for part in relations["D06"].evidence} == {1, 2}


def test_two_job_ads_are_no_bridge() -> None:
    ads = [facts(n, f"{TEXTS[n]} 42000017", kind="job") for n in (1, 2)]
    assert found(cluster(ads, tie("phone", PHONE, 1, 2))) == {}


@pytest.mark.parametrize("kind", ["template", "image"])
def test_bridge_of_a_text_or_a_picture(kind: str) -> None:
    ads = [facts(1, TEXTS[0], kind="job"), facts(2, TEXTS[0], name="Lina")]
    assert found(cluster(ads, tie(kind, "phash:ab", 1, 2)))["D06"].note.endswith(
        "1 job ad and in 1 escort or massage ad"
    )
    assert "D06" not in found(cluster(ads, tie("url", "x.example/a", 1, 2)))


def test_bridge_from_an_offer_of_a_room_or_for_models() -> None:
    offer = "Hostesses wanted, travel and housing included, no experience needed. 42000017"
    ads = [facts(1, offer, kind="other"), persona(2, "Lina")]
    assert found(cluster(ads, tie("phone", PHONE, 1, 2)))["D06"].note == (
        "phone +4742000017 in 1 job, housing or model ad and in 1 escort or massage ad"
    )
    ads = [facts(1, "A good sofa for sale. 42000017", kind="other"), persona(2, "Lina")]
    assert "D06" not in found(cluster(ads, tie("phone", PHONE, 1, 2)))


def test_one_phone_of_many_employers() -> None:
    firms = [("Firm AS", ""), ("Other AS", ""), ("firm  as", ""), ("Third AS", "974760673"), ("3rd", "974760673")]
    ads = [facts(n, f"{TEXTS[n % 4]} 42000017", kind="job", employer=name, org_number=number)
           for n, (name, number) in enumerate(firms, 1)]  # fmt: skip
    note = found(cluster(ads, tie("phone", PHONE, 1, 2, 3, 4, 5)))["H28"].note
    assert note == "phone +4742000017 in job ads of 3 employers (Firm AS, Other AS, Third AS)"
    assert "H28" not in found(cluster(ads[:3], tie("phone", PHONE, 1, 2, 3)))


def test_shared_address_of_two_names() -> None:
    ads = [facts(n, f"{TEXTS[n]} a@x.example", name=name) for n, name in ((1, "Lina"), (2, "Mia"))]
    assert found(cluster(ads, tie("email", "a@x.example", 1, 2)))["D03"].ads == 2
    assert found(cluster(ads, tie("payment", "vipps:123456", 1, 2)))["D07"].note.startswith("vipps 123456 in 2 ads")


def test_one_employers_mail_in_two_job_ads_is_no_relation() -> None:
    ads = [facts(n, f"{TEXTS[n]} a@x.example", kind="job", employer="Firm AS") for n in (1, 2)]
    assert found(cluster(ads, tie("email", "a@x.example", 1, 2))) == {}


def test_shared_picture() -> None:
    ads = [facts(1, TEXTS[0], name="Lina"), facts(2, TEXTS[1], name="Mia")]
    assert set(found(cluster(ads, tie("image", "phash:ab", 1, 2)))) == {"D04"}


def test_three_sites() -> None:
    ads = [persona(n, "Lina", site=f"s{n}.example") for n in (1, 2, 3)]
    assert found(cluster(ads, tie("phone", PHONE, 1, 2, 3)))["D09"].note.endswith(
        "on s1.example, s2.example, s3.example"
    )


def test_age_that_falls() -> None:
    ads = [facts(1, f"{TEXTS[0]} 24 år. 42000017", name="Lina", last_seen=SEEN),
           facts(2, f"{TEXTS[1]} 21 år. 42000017", name="Lina", last_seen=LATER)]  # fmt: skip
    assert (
        found(cluster(ads, tie("phone", PHONE, 1, 2)))["A05"].note
        == "stated age 24, later 21, under one name and one phone"
    )


def test_age_that_rises_by_a_year_is_no_relation() -> None:
    ads = [facts(1, f"{TEXTS[0]} 24 år. 42000017", name="Lina", last_seen=SEEN),
           facts(2, f"{TEXTS[1]} 25 år. 42000017", name="Lina", last_seen=LATER)]  # fmt: skip
    assert found(cluster(ads, tie("phone", PHONE, 1, 2))) == {}
