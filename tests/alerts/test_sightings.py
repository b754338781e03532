from __future__ import annotations

from msgspec.structs import replace

from alerts.movement.sightings import find_sightings
from tests.alerts.histories import CALL, PHONE, ad
from tests.alerts.stores import cluster, tie

KEY = ("phone", PHONE)


def test_versions_of_every_ad_in_time_order() -> None:
    ads = [ad(1, ("05", "06", CALL), ("08", "09", CALL)), ad(2, ("01", "02", CALL), ("07", "07", CALL))]
    (contact,) = found = find_sightings(cluster(ads, tie("phone", PHONE, 1, 2)))
    assert contact == KEY
    assert [seen.version.observation for seen in found[KEY]] == [20, 10, 21, 11]


def test_what_an_ad_carried_earlier_is_only_of_that_version() -> None:
    found = find_sightings(cluster([ad(1, ("01", "02", CALL), ("03", "04", "Ring 43 00 00 17."))]))
    assert [[seen.version.observation for seen in each] for each in found.values()] == [[10], [11]]


def test_job_ads_and_ads_of_many_numbers_carry_none() -> None:
    assert find_sightings(cluster([ad(1, ("01", "02", CALL), kind="job")])) == {}
    listed = "Ring 42000017, 42000018, 42000019, 42000020."
    assert set(find_sightings(cluster([ad(1, ("01", "02", listed))]))) == {("ad", "a.example/n1")}


def test_a_key_contested_for_one_ad_still_ties_the_others() -> None:
    ads = [ad(n, (f"0{n}", "09", CALL)) for n in (1, 2, 3)]
    good, bad = tie("phone", PHONE, 1, 2, 3)
    found = find_sightings(cluster(ads, [good, replace(bad, contested=True)]))
    assert [seen.ad.ad for seen in found[KEY]] == [1, 2]
    found = find_sightings(cluster(ads, [replace(good, contested=True), replace(bad, contested=True)]))
    assert KEY not in found
