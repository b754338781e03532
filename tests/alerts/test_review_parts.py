from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from msgspec import structs
from parsel import Selector
from starlette.testclient import TestClient

from alerts.cases import Case
from alerts.review.parts import PIECES, ROWS, SLOTS, TABLES
from alerts.templates.view import MAX_ADS
from tests.alerts.desk import FILLERS, SHARED, PlainDesk, case, hostile_desk, large_case, link, shared_case, stay
from tests.alerts.hostile import PAYLOADS
from tests.alerts.test_review import assert_only_our_markup, client, read, stored_text, text, words_of

PARTS = ("watched", "templates", "communities", "stays", "history")


@pytest.fixture(scope="module")
def pages() -> Iterator[TestClient]:
    many = shared_case(*(SHARED.format(*FILLERS[number % 3]) for number in range(MAX_ADS + 7)), cluster="c-many")
    with client(PlainDesk({"c-42": case(), "c-77": shared_case(), "c-many": many})) as opened:
        yield opened


def shown(of: Case, path: str = "/cluster/c-1") -> Selector:
    with client(PlainDesk({"c-1": replace(of, cluster="c-1")})) as pages:
        return read(pages, path)


def rows(page: Selector, part: str) -> list[list[str]]:
    found = page.css(f"section[aria-labelledby={part}] tbody tr")
    return [[words_of(cell).replace(" ,", ",") for cell in row.xpath("*")] for row in found]


def test_template_is_its_text_with_slots_and_a_row_an_ad(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-77")
    assert text(page, ".template") == (
        "Hei, jeg heter slot 1 og er i slot 2 denne uken. Rolig leilighet i sentrum, massasje etter avtale. "
        "Ring slot 3 , velkommen!"
    )
    assert rows(page, "templates") == [[str(ad), *words, "100 %"] for ad, words in enumerate(FILLERS, 1)]
    assert page.css(".slots th a::attr(href)").getall() == ["#ad-1", "#ad-2", "#ad-3"]
    assert page.css("details.shared[open]")


def test_what_only_one_ad_says_has_a_column_of_its_own() -> None:
    texts = [SHARED.format(*FILLERS[number % 3]) for number in range(12)]
    texts[4] = texts[4].replace("sentrum", "sentrum nær toget")
    table = rows(shown(shared_case(*texts)), "templates")
    assert [row[4] for row in table] == ["nær toget" if number == 4 else "" for number in range(12)]


def test_an_ad_that_the_text_does_not_tie_is_said_so() -> None:
    page = shown(shared_case(loose=1))
    assert "does not tie 1 of them" in text(page, ".shared summary")
    assert "Not tied: carried by 41 ads" in text(page, ".shared")
    assert [row[0] for row in rows(page, "templates")] == ["1", "2", "3 not tied"]
    assert "ties none of them" in text(shown(shared_case(SHARED, SHARED, loose=2)), ".shared summary")


def test_long_words_of_a_slot_are_folded() -> None:
    long = " ".join(f"ord{number}" for number in range(40))
    (cell,) = shown(shared_case(SHARED.format(long, "Oslo", "1"), SHARED.format("Eva", "Bodø", "2"))).xpath(
        "//td[.//details]"
    )
    assert "".join(stored_text(part) for part in cell.css(".stored")) == long


def test_a_large_template_goes_on_on_a_page_of_its_own(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-many")
    assert len(page.css(".slots tbody tr")) == ROWS
    (address,) = page.css(".shared p a::attr(href)").getall()
    assert text(page, ".shared p a") == f"{MAX_ADS - ROWS} more ads with this text"
    assert "7 ads have the text too" in text(page, ".shared")
    own = read(pages, f"{address}?page=4")
    assert [row[0] for row in (row.xpath("*//text()").getall() for row in own.css(".slots tbody tr"))][:1] == ["151"]
    assert own.css(".slots th a::attr(href)").getall()[0] == "/cluster/c-many?page=4#ad-151"
    assert_only_our_markup(own)


@pytest.mark.parametrize("path", ["template/none", "template/7c1f-0a52?page=9", "template/", "template/a/b"])
def test_there_is_no_such_template_page(pages: TestClient, path: str) -> None:
    assert pages.get(f"/cluster/c-many/{path}").status_code == 404


def test_many_templates_are_named_not_drawn() -> None:
    texts = [SHARED.format(*FILLERS[0])] * (2 * TABLES + 4)
    of = shared_case(*texts)
    links = tuple(structs.replace(link(n + 1, "template", f"t-{n:02}", 0.6), other=n) for n in range(1, len(texts), 2))
    page = shown(replace(of, links=links))
    assert len(page.css("table.slots")) == TABLES
    assert page.css(".named a::attr(href)").getall() == ["/cluster/c-1/template/t-17", "/cluster/c-1/template/t-19"]
    assert not page.css("details.shared[open]")


def test_a_template_of_one_ad_of_the_cluster_is_not_shown() -> None:
    of = shared_case()
    assert not shown(replace(of, ads=of.ads[:1])).css("#templates")


def test_watch_list_hits_are_told_by_entry(pages: TestClient) -> None:
    assert rows(read(pages, "/cluster/c-42"), "watched") == [
        ["K-2 entry 2, expired", "Web address", "hxxps://north.example/book", "4", "2026-11-20"],
        ["K-1 entry 1", "Phone", "420 00 017", "1, 2", "2026-11-02 – 2026-11-09"],
    ]


def test_stays_have_distances_borders_and_clashes(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-42")
    told = rows(page, "stays")
    assert [row[1].split(" also")[0] for row in told] == ["Bergen NO", "Göteborg SE", "Stavanger NO"]
    assert [row[3] for row in told] == ["", "483 km border NO-SE", "497 km border SE-NO"]
    assert told[0][5] == "dates announced: “ Bergen until Sunday ” ad 1, text"
    assert page.css("tr.clash td .note::text").getall() == ["also Göteborg at that time"]
    assert "Two places at once" in text(page, "section[aria-labelledby=stays] > .note")


def test_stays_of_one_contact_stand_together_the_most_travelled_first() -> None:
    other = replace(stay("Oslo", "NO", "2026-11-01", "2026-11-02", 4), contacts=("email:work@north.example",))
    page = shown(replace(case(), stays=(other, *case().stays)))
    assert [row[1].split()[0] for row in rows(page, "stays")] == ["Bergen", "Göteborg", "Stavanger", "Oslo"]
    assert page.css("tr.begins th bdi::text").getall() == ["+4742000017", "work@north.example"]


def test_groups_and_history_are_shown(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-42")
    assert rows(page, "communities") == [
        ["1", "3", "1, 2, 3", "Phone +4742000017, Same text 7c1f-0a52", "Phone +4742000017"],
        ["2", "1", "4", "Web address hxxps://north.example/book", "none"],
    ]
    assert text(page, "section[aria-labelledby=history] li") == (
        "2 ads of c-17 became part of c-42 on 2026-11-09 because same phone in 4 ads"
    )
    assert page.css("section[aria-labelledby=history] a::attr(href)").getall() == ["/cluster/c-17"]


def test_what_an_ad_says_is_no_name_of_a_cluster() -> None:
    line = "2 ads of c-17 became part of c-42 on 2026-11-09 because same web address in 4 ads (c-99 because c-98 )"
    page = shown(replace(case(), history=(line,)))
    assert page.css("section[aria-labelledby=history] a::attr(href)").getall() == ["/cluster/c-17", "/cluster/c-42"]


def test_parts_without_anything_are_not_there() -> None:
    bare = replace(case(), links=(), stays=(), history=(), communities=(), watched=())
    page = shown(bare)
    assert not [part for part in PARTS if page.css(f"#{part}, a[href='#{part}']")]
    assert [part for part in PARTS if shown(case()).css(f"#{part}")] == list(PARTS)


def test_a_flood_of_everything_is_folded_and_bounded() -> None:
    flood = replace(
        large_case(300),
        stays=case().stays * 200, history=case().history * 900, communities=case().communities * 200,
        watched=tuple(replace(case().watched[0], entry=number) for number in range(300)),
    )  # fmt: skip
    page = shown(flood)
    shown_rows = {part: len(page.css(f"section[aria-labelledby={part}] tbody tr")) for part in PARTS}
    assert shown_rows == {"watched": 200, "templates": 2, "communities": 200, "stays": 200, "history": 0}
    assert len(page.css("section[aria-labelledby=history] li")) == 500
    assert "and 400 not shown" in text(page, "section[aria-labelledby=stays]")


def test_texts_that_differ_in_every_second_word_make_no_endless_table() -> None:
    texts = [" ".join(f"fast{n} ord{ad}x{n}" for n in range(120)) for ad in range(3)]
    page = shown(shared_case(*texts))
    assert len(page.css(".slots thead th")) == SLOTS + 2
    assert f"{120 - SLOTS} more slots have no column here" in text(page, ".shared")


def test_an_ad_of_many_own_words_shows_some() -> None:
    base = [f"fast{n}" for n in range(100)]
    other = " ".join(f"{word} eget{n}" for n, word in enumerate(base))
    page = shown(shared_case(*[" ".join(base)] * 9, other))
    assert len(page.css(".own .stored")) == PIECES
    assert f"and {100 - PIECES} not shown" in text(page, ".slots")


@pytest.fixture(scope="module")
def spoilt() -> Iterator[TestClient]:
    with client(hostile_desk(PAYLOADS)) as opened:
        yield opened


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 7))
def test_hostile_text_in_a_slot_stays_text(spoilt: TestClient, number: int) -> None:
    page = read(spoilt, f"/cluster/p-{number}")
    assert page.css(".slots")
    assert not page.css(".slots mark, .template mark")
    assert_only_our_markup(page)


def test_hostile_text_fills_a_slot_whole(spoilt: TestClient) -> None:
    number = PAYLOADS.index("<img src=x onerror=alert(1)>")
    cells = read(spoilt, f"/cluster/p-{number}").css(".slots .stored")
    assert [stored_text(cell) for cell in cells] == ["then <img src=x onerror=alert(1"]  # as far as its last word


def test_a_template_page_of_a_hostile_name_is_none(spoilt: TestClient) -> None:
    for payload in PAYLOADS[:20]:
        answer = spoilt.get("/cluster/p-0/template/" + payload.encode().hex())
        assert answer.status_code == 404
