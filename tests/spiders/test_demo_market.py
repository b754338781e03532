"""The sample market: same every time, within the rules for made-up people, and as varied as it must be."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest
from rapidfuzz import fuzz

from spiders.demo.market import build_sample
from spiders.demo.posts import ARBEID, DISGUISED, FJORD, NORDLYS, Operator, Post
from spiders.demo.truth import TRUTH, truth, truth_text

SAMPLE = build_sample()
POSTS = SAMPLE.posts
TEMPLATED = {post.operator.id for post in POSTS if post.operator.alert}
FICTIONAL = re.compile(r"\+47(42|43|44|49)\d{6}|\+467017406(0[5-9]|[1-9]\d)|\+447700900\d{3}")
DEBT_FEE_DOCUMENT_CHILD_BRIDGE = {"A01", "B12", "H05", "H06", "H07", "D06"}


def of(operator: str) -> list[Post]:
    return [post for post in POSTS if post.operator.id == operator]


def test_truth_file_is_regenerated_to_the_letter() -> None:
    assert truth_text(truth(SAMPLE)) == TRUTH.read_text(encoding="utf-8"), "run python -m spiders.demo.truth"


def test_other_seed_gives_other_market() -> None:
    assert build_sample(1) != SAMPLE


def test_sites_are_of_the_intended_size() -> None:
    assert Counter(post.site for post in POSTS) == {NORDLYS: 110, FJORD: 71, ARBEID: 116}
    assert len(SAMPLE.operators) == 61


def test_six_languages_are_written() -> None:
    assert {language for language, n in Counter(p.language for p in POSTS).items() if n >= 20} == {
        "nb", "en", "sv", "pl", "ro", "ru",
    }  # fmt: skip


def test_ad_numbers_are_unique_in_their_site() -> None:
    assert len({(post.site, post.ad_id) for post in POSTS}) == len(POSTS)


def test_most_operators_warrant_no_alert() -> None:
    alerts = Counter(operator.alert for operator in SAMPLE.operators)
    assert alerts == {None: 46, "L2": 7, "L3": 8}


@pytest.mark.parametrize("operator", [o for o in SAMPLE.operators if o.alert], ids=lambda o: str(o.id))
def test_level_follows_from_planted_indicators(operator: Operator) -> None:
    ids = {i for post in of(operator.id) for i in post.indicators}
    assert (operator.alert == "L3") == bool(ids & DEBT_FEE_DOCUMENT_CHILD_BRIDGE)
    assert operator.id == "youth-17" or len(ids) >= 5


def test_operators_without_alert_carry_no_grave_indicator() -> None:
    ids = {i for post in POSTS if not post.operator.alert for i in post.indicators}
    assert ids == {"B08", "B10", "B13", "C01", "D02", "H02", "H03", "H08", "H14"}


def test_numbers_are_fictional_and_written_as_said() -> None:
    for post in POSTS:
        assert FICTIONAL.fullmatch(post.phone.e164), post
        assert (post.phone.shown in post.text) == (post.phone.written != "field"), post
        assert ("D02" in post.indicators) == (post.phone.written in DISGUISED), post


def test_no_number_is_shared_by_two_operators_but_the_bridge() -> None:
    owners = {(post.phone.e164, post.operator.id) for post in POSTS}
    assert len(owners) == len({e164 for e164, _ in owners})
    assert {post.site for post in of("bridge-scene")} == {NORDLYS, FJORD, ARBEID}
    assert len({post.phone.e164 for post in of("bridge-scene")}) == 1


def test_every_way_of_writing_occurs() -> None:
    ways = Counter(post.phone.written for post in POSTS)
    assert set(ways) == DISGUISED | {"plain", "field"}
    assert min(ways.values()) >= 2


def test_one_ad_states_an_age_under_18_and_nothing_more() -> None:
    (post,) = [post for post in POSTS if post.age is not None and post.age < 18]
    assert post.indicators == ("A01",)
    assert post.text == "Oppgitt alder: 17 år. Sted: Oslo. Kontakt på telefon."
    assert not post.price
    assert not post.handle


def test_organisation_numbers_have_right_check_digits() -> None:
    numbers = {post.org_number for post in POSTS if post.org_number}
    assert len(numbers) == 16
    for number in numbers:
        assert number.startswith("8000")
        assert sum(w * int(d) for w, d in zip((3, 2, 7, 6, 5, 4, 3, 2, 1), number, strict=True)) % 11 == 0


def test_mail_addresses_end_in_example() -> None:
    found = re.findall(r"\S+@\S+\.\w+", " ".join(post.text for post in POSTS))
    assert found
    assert all(address.endswith(".example") for address in found)


def test_ads_of_different_operators_are_no_near_duplicates() -> None:
    pairs = ((a, b) for a, b in combinations(POSTS, 2) if a.operator != b.operator and a.language == b.language)
    closest = max((fuzz.ratio(a.text, b.text), a.ad_id, b.ad_id) for a, b in pairs)
    assert closest[0] < 85, closest


@pytest.mark.parametrize("operator", sorted(TEMPLATED))
def test_ads_of_one_template_are_near_duplicates(operator: str) -> None:
    for kind in ("escort", "job"):
        texts = [post.text for post in of(operator) if post.kind == kind]
        assert all(fuzz.ratio(a, b) > 75 for a, b in combinations(texts, 2))


def test_independents_show_one_persona_over_months() -> None:
    for operator in (o.id for o in SAMPLE.operators if o.kind == "independent"):
        posts = of(operator)
        assert len({(post.name, post.phone.e164, post.city) for post in posts}) == 1
        assert len({post.posted_at[:7] for post in posts}) >= 2
