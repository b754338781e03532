"""The generated market: the same bytes for the same seed, rows that import, and a truth that the texts bear out."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import islice, pairwise
from pathlib import Path

import phonenumbers
import pytest

from benchmarks.market.dice import Dice
from benchmarks.market.grammar import LANGUAGES, load_voice
from benchmarks.market.orgnumbers import OrgNumbers
from benchmarks.market.phones import WRITINGS, PhoneBook, Wrote, show_phone
from benchmarks.market.stream import KINDS, MARKET, TRUTH, ad_row, market_ads, write_market
from benchmarks.market.values import DAYS, MarketAd
from crawler.ads import parse_ad_row
from nlp.orgnumbers import is_org_number
from nlp.phones import find_phones
from nlp.unicode import plain

ADS = 1_500


@pytest.fixture(scope="module")
def market() -> list[MarketAd]:
    return list(market_ads(ADS, seed=3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    write_market(folder, ads=300, seed=3)
    return folder


def test_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_market(tmp_path, ads=300, seed=3)
    assert [(tmp_path / name).read_bytes() for name in (MARKET, TRUTH)] == [
        (folder / name).read_bytes() for name in (MARKET, TRUTH)
    ]


def test_another_seed_gives_another_market(folder: Path, tmp_path: Path) -> None:
    write_market(tmp_path, ads=300, seed=4)
    assert (tmp_path / MARKET).read_bytes() != (folder / MARKET).read_bytes()


def test_larger_market_begins_with_the_smaller(market: list[MarketAd]) -> None:
    assert list(market_ads(200, seed=3)) == market[:200]


def test_stream_is_in_the_order_of_time(folder: Path) -> None:
    moments = [json.loads(line)["seen_at"] for line in (folder / MARKET).read_text().splitlines()]
    assert moments == sorted(moments)
    assert len(moments) == json.loads((folder / "about.json").read_text())["observations"]


def test_truth_has_each_ad_of_the_market_once(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / MARKET).read_text().splitlines()]
    known = [json.loads(line) for line in (folder / TRUTH).read_text().splitlines()]
    seen = Counter((row["site"], row["ad_id"]) for row in rows)
    assert seen == {(row["site"], row["ad_id"]): row["observations"] for row in known}


def test_every_observation_can_be_imported(market: list[MarketAd]) -> None:
    for number, ad in enumerate(market):
        for seen in ad.history:
            assert parse_ad_row(ad_row(ad, str(number), seen)).text == seen.text


def test_ads_are_seen_about_three_times_and_change(market: list[MarketAd]) -> None:
    observations = sum(len(ad.history) for ad in market)
    assert 3.1 < observations / len(market) < 3.6
    changed = sum(one.text != other.text for ad in market for one, other in pairwise(ad.history))
    assert changed / (observations - len(market)) > 0.6


def test_all_kinds_of_owners_are_there(market: list[MarketAd]) -> None:
    assert len({ad.owner.kind for ad in market_ads(4_000, seed=3)}) == len(KINDS)


def test_no_slot_stays_open(market: list[MarketAd]) -> None:
    for ad in market:
        assert not re.search(r"[{}\[\]|]", ad.history[-1].text + ad.history[-1].title)


def test_plain_numbers_of_the_truth_are_read_from_the_newest_version(market: list[MarketAd]) -> None:
    plainly = [ad for ad in market if ad.wrote and ad.wrote[0].written in ("plain", "spaced", "country", "field")]
    lost = [ad for ad in plainly if ad.wrote[0].e164 not in _read(ad)]
    assert len(plainly) > 500
    assert len(lost) <= 0.03 * len(plainly)  # an address of mail right after a number hides a few


def test_number_that_no_reader_is_needed_for_stands_in_the_text(market: list[MarketAd]) -> None:
    for ad in market:
        for wrote in ad.wrote:
            if wrote.written == "plain":
                assert wrote.e164.removeprefix("+47") in ad.history[-1].text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("written", [written for written in WRITINGS if written != "split"])
def test_each_way_of_writing_is_read_back(written: str, language: str) -> None:
    shown = show_phone(Wrote("+4742003179", written), load_voice(language), Dice(written, language))  # type: ignore[arg-type]
    assert [phone.e164 for phone in find_phones(plain(f"Telefon: {shown}"), "text")] == ["+4742003179"]


def test_no_number_belongs_to_anybody() -> None:
    book = PhoneBook(5)
    numbers = [book.take() for _ in range(20_000)]
    assert len(set(numbers)) == len(numbers)
    assert {number[:5] for number in numbers} == {"+4742", "+4743", "+4744", "+4749"}
    assert not any(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers[:500])


def test_foreign_numbers_are_of_the_ranges_kept_for_fiction() -> None:
    book = PhoneBook(5)
    swedish = [book.take_foreign("SE") for _ in range(96)]
    assert all(re.fullmatch(r"\+46701740(60[5-9]|6[1-9]\d)", number) for number in swedish[:95])
    assert swedish[95].startswith("+474")


def test_organisation_numbers_are_given_out_once_and_were_never_anybodys() -> None:
    firms = OrgNumbers()
    numbers = [firms.take() for _ in range(90_000)]
    assert len(set(numbers)) == len(numbers)
    assert all(number < "801000000" and is_org_number(number) for number in numbers)
    with pytest.raises(ValueError, match="make a market of fewer ads"):
        list(iter(firms.take, ""))


@pytest.mark.parametrize("kind", ["independent", "household", "duo", "salon", "employer", "agency", "spam", "listing"])
def test_who_harms_nobody_warrants_no_alert(kind: str, market: list[MarketAd]) -> None:
    assert {ad.owner.alert for ad in market if ad.owner.kind == kind} <= {None}


def test_nobody_is_a_minor(market: list[MarketAd]) -> None:
    assert min(seen.age for ad in market for seen in ad.history if seen.age is not None) >= 18


def test_stays_are_where_the_ad_was_seen(market: list[MarketAd]) -> None:
    for ad in islice((ad for ad in market if ad.stays), 300):
        for seen in ad.history:
            day = seen.minute // (24 * 60)
            assert 0 <= day < DAYS
            assert any(s.place == seen.location and s.first <= day <= s.last for s in ad.stays)


def test_addresses_lead_nowhere(market: list[MarketAd]) -> None:
    hosts = re.compile(r"(?:https?://|@)([\w.-]+\.\w+)")
    found = {host for ad in market for host in hosts.findall(ad.history[-1].text)} | {ad.site.host for ad in market}
    assert found
    assert all(host.endswith(".example") for host in found)


def _read(ad: MarketAd) -> set[str]:
    newest = ad.history[-1]
    fields = [("text", newest.text), *((f"phones.{n}", shown) for n, shown in enumerate(newest.phones))]
    return {phone.e164 for field, text in fields for phone in find_phones(plain(text), field)}
