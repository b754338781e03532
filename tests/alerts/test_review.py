from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from parsel import Selector, SelectorList
from starlette.testclient import TestClient

from alerts.cases import Case
from alerts.review.app import make_app
from alerts.review.desk import Totals
from tests.alerts.desk import AGAINST, TEXTS, PlainDesk, alert, case, desk, hostile_desk, large_case
from tests.alerts.hostile import PAYLOADS

TAGS = frozenset("""
    html head meta title link body a header img nav main footer section article aside div span p h1 h2 h3
    small ol ul li dl dt dd table caption thead tbody tr th td time strong mark q bdi code details summary
    meter br pre form fieldset legend label input textarea button em
""".split())  # fmt: skip  # noqa: SIM905
ATTRIBUTES = frozenset("""
    lang charset name content rel href type class id src alt width height title aria-label aria-labelledby
    aria-hidden aria-current scope dir data-field data-label data-codes data-head min max value
    method action for required maxlength rows
""".split())  # fmt: skip  # noqa: SIM905
IS_OURS = re.compile(r"/(?!/)|[#?]")


def client(shown: PlainDesk) -> TestClient:
    return TestClient(make_app(shown), base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def pages() -> Iterator[TestClient]:
    with client(desk()) as opened:
        yield opened


def read(pages: TestClient, path: str) -> Selector:
    response = pages.get(path)
    assert response.status_code == 200, path
    return Selector(response.text)


def text(selector: Selector | SelectorList[Selector], css: str) -> str:
    return words_of(selector.css(css))


def words_of(selected: Selector | SelectorList[Selector]) -> str:
    return " ".join(" ".join(selected.xpath(".//text()").getall()).split())


def stored_text(field: Selector | SelectorList[Selector]) -> str:
    """What a field shows, with each chip turned back into the characters it stands for."""
    nodes = field.xpath(".//text()[not(parent::span)] | .//span[@data-codes]")
    return "".join(node.root if isinstance(node.root, str) else _hidden(node) for node in nodes)


def _hidden(chip: Selector) -> str:
    parts = [part.split("*") for part in chip.attrib["data-codes"].split()]
    return "".join(chr(int(code, 16)) * int(count) for code, count in parts)


def test_queue_puts_priority_first_and_leaves_watch_out(pages: TestClient) -> None:
    page = read(pages, "/")
    assert page.css(".row h3 a:not(.state) bdi::text").getall() == ["c-42", "c-300", "c-8"]
    assert page.css(".group h2 .badge").xpath("string()").getall() == ["▲ L3 Priority", "◆ L2 Review"]


def test_queue_row_says_why_how_many_and_since_when(pages: TestClient) -> None:
    row = text(read(pages, "/"), ".row.L3")
    for words in (
        "now stands in a job ad",
        "4 ads",
        "2 sites",
        "2026-11-02 08:15 UTC",
        "H07",
        "+2.5",
        "B13",
        "−1.0",
    ):
        assert words in row


def test_queue_head_counts_what_is_stored(pages: TestClient) -> None:
    assert text(read(pages, "/"), ".totals") == (
        "Ads 21,214 Phone numbers 2,242 Clusters 1,870 Last crawl 2026-11-20 03:12 UTC"
    )


@pytest.mark.parametrize(
    ("query", "clusters"),
    [
        ("level=L1", ["c-7"]),
        ("level=L2", ["c-300", "c-8"]),
        ("level=L2&state=dismissed", ["c-8"]),
        ("state=new", ["c-42", "c-300"]),
        ("all=yes", ["c-42", "c-300", "c-8"]),
        ("level=L3&state=dismissed", []),
    ],
)
def test_queue_filters(pages: TestClient, query: str, clusters: list[str]) -> None:
    assert read(pages, f"/?{query}").css(".row h3 a:not(.state) bdi::text").getall() == clusters


def test_queue_is_paged_with_priority_before_a_flood() -> None:
    flood = {f"s-{n}": replace(case(), alert=alert(f"s-{n}", "L2", n)) for n in range(150)}
    with client(PlainDesk(flood | {"c-42": case()}, desk().totals_given)) as pages:
        first, second = read(pages, "/"), read(pages, "/?page=2")
    assert first.css(".row h3 a:not(.state) bdi::text").get() == "c-42"
    assert (len(first.css(".row")), len(second.css(".row"))) == (100, 51)
    assert second.css("[rel=prev]::attr(href)").get() == "?page=1"


@pytest.mark.parametrize(
    ("totals", "query", "words"),
    [
        (
            Totals(ads=0, phones=0, clusters=0, levels={}, last_crawl=None),
            "",
            "varde crawl --all varde analyse",
        ),
        (Totals(ads=5, phones=1, clusters=1, levels={"L1": 2}, last_crawl=None), "", "2 clusters to watch"),
        (Totals(ads=5, phones=1, clusters=1, levels={}, last_crawl=None), "?level=L2", "No alert fits"),
    ],
    ids=["nothing collected", "nothing to read", "filtered away"],
)
def test_empty_queue_says_what_to_do_next(totals: Totals, query: str, words: str) -> None:
    with client(PlainDesk({}, totals)) as pages:
        assert words in text(read(pages, f"/{query}"), ".empty")


def test_queue_says_how_many_wait_and_leads_to_them() -> None:
    with client(PlainDesk({"c-42": case()}, desk().totals_given, more=1_204)) as pages:
        page = read(pages, "/")
        assert text(page, ".waiting").startswith("1,204 more wait for a place")
        assert page.css(".waiting a::attr(href)").get() == "/?all=yes"
        assert not read(pages, "/?all=yes").css(".waiting")


def test_decided_alerts_are_out_of_the_queue_and_found_by_their_state() -> None:
    decided = replace(case("c-1"), alert=alert("c-1", state="decided"))
    with client(PlainDesk({"c-1": decided}, replace(desk().totals_given, decided=1))) as pages:
        assert not read(pages, "/").css(".row")
        assert not read(pages, "/?all=yes").css(".row")
        assert not read(pages, "/?level=L3").css(".row")
        assert read(pages, "/").css(".filters a[href='/?state=decided']")
        assert len(read(pages, "/?state=decided").css(".row")) == 1


def test_track_record_stands_beside_each_sign_with_its_bounds(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-42")
    records = [words_of(one) for one in page.css(".reasons.for .record")]
    assert records == ["held up in 4 of 6 alerts decided, 30–90 %", *["not decided yet"] * 3]
    assert text(page, ".verdict .record") == "This rule: not decided yet."
    assert not page.css(".reasons.against .record")


def test_every_decision_is_shown_those_taken_back_said_so(pages: TestClient) -> None:
    shown = [words_of(one) for one in read(pages, "/cluster/c-42").css(".decisions > li")]
    assert shown[0].startswith(
        "Benign entry 1, 2026-11-20 03:12 UTC , Kari undone by entry 2 Looked like a shared flat."
    )
    assert "Undo it" not in shown[0]
    assert shown[1].startswith("Took back decision 1 entry 2")
    assert shown[2].startswith("Useful entry 3")
    assert "Undo it" in shown[2]


def test_every_alert_says_that_its_indicators_are_possible_ones(pages: TestClient) -> None:
    for path in ("/", "/cluster/c-42"):
        assert "These are possible indicators" in text(read(pages, path), "p.caveat")


def test_case_states_level_rule_and_caveat(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-42")
    assert text(page, ".title .badge") == "▲ L3 Priority"
    assert "Level L3 by the rule: a cue of debt, held documents or a fee" in text(page, ".verdict")
    assert "No single indicator confirms or refutes trafficking. KOM" in text(page, ".verdict .caveat")
    assert "not a probability" in text(page, ".verdict")


def test_case_reasons_show_all_that_one_needs_to_doubt_them(pages: TestClient) -> None:
    row = read(pages, "/cluster/c-42").css("table.reasons.for tbody tr")[1]
    cells = [words_of(cell) for cell in row.xpath("*")]
    assert cells == [
        "+2.5",
        "H07 Identity document to be handed over contact",
        "Expert list only KOM, indicator lists (2008) not decided yet",
        "1",
        "An employer who copies a passport for registration, as the law asks.",
        "“ Your passport is kept by the office ” ad 4, text",
    ]


def test_case_reasons_against_stand_in_their_own_table(pages: TestClient) -> None:
    table = text(read(pages, "/cluster/c-42"), "table.reasons.against")
    assert table.startswith("Against it")
    assert "−1.0" in table
    assert "Published, speaks against" in table


def test_a_sign_without_weight_stands_apart_and_marks_nothing_for_or_against() -> None:
    noted = replace(AGAINST[0], indicator="A02", title="Stated age 18-22", weight=0.0, benign="")
    shown = replace(case(), alert=alert(against=(noted,)))
    with client(PlainDesk({"c-42": shown}, desk().totals_given)) as pages:
        page, queue = read(pages, "/cluster/c-42"), read(pages, "/")
    assert text(page, "table.reasons.context").startswith("Noted, without weight either way")
    assert "nothing noted" in text(page, "table.reasons.context")
    assert not page.css("table.reasons.against")
    assert not page.css(".tag.against")
    assert "A02" not in text(queue, ".labels")


def test_case_quotes_lead_to_ads_on_the_page(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-42")
    targets = page.css(".quotes a::attr(href)").getall()
    assert targets
    assert all(page.css(f"article{target}") for target in targets)


def test_case_quotes_lead_to_the_right_page_of_ads(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-300?page=2")
    quotes = page.css(".quotes a::attr(href)").getall()
    assert (quotes[0], quotes[50], quotes[99]) == ("?page=1#ad-1", "#ad-51", "#ad-100")
    assert len(page.css("article.ad")) == 50
    assert page.css("#ad-51")
    assert not page.css("#ad-101")


def test_case_ad_shows_evidence_defanged_and_unlinked(pages: TestClient) -> None:
    fields = text(read(pages, "/cluster/c-42"), "#ad-1 .fields")
    assert "hxxps://north.example/ads/n-1?from=list" in fields
    assert f"SHA-256 {1:064x}" in fields
    assert "location Bergen" in fields
    assert "no capture was kept" in text(read(pages, "/cluster/c-42"), "#ad-4 .fields")


def test_case_marks_carry_labels_and_sides(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-42")
    assert page.css("#ad-1 mark::attr(class)").getall() == ["for", "fact", "against"]
    tags = [(tag.attrib["class"], tag.attrib["data-label"]) for tag in page.css("#ad-1 .tag")]
    assert tags == [("tag for", "B04"), ("tag fact", "phone"), ("tag against", "B13")]


def test_case_overlapping_marks_each_keep_their_label(pages: TestClient) -> None:
    field = read(pages, "/cluster/c-42").css("#ad-2 .text .stored")
    assert [(mark.attrib["class"], mark.xpath("string()").get()) for mark in field.css("mark")] == [
        ("fact", "fire to "), ("for many", "null null null null en syv"), ("for", " or "),
        ("for many", "+47 420"), ("fact", " 00 017"),
    ]  # fmt: skip
    assert field.css(".tag::attr(data-label)").getall() == ["phone", "D02", "phone"]
    assert stored_text(field) == TEXTS[1]


def test_case_links_are_told_once_a_key_with_contested_last(pages: TestClient) -> None:
    rows = read(pages, "/cluster/c-42").css("table.ties tbody tr")
    words = [" ".join(row.xpath("string()").get("").split()) for row in rows]
    assert len(rows) == 4
    assert words[0].startswith("Phone +4742000017 0.92 yes carried by 4 ads and no others 1, 2, 3, 4")
    assert "hxxps://north.example/book" in words[2]
    assert "no, contested" in words[3]
    assert "switchboard" in words[3]


def test_case_timeline_and_contents(pages: TestClient) -> None:
    events = read(pages, "/cluster/c-42").css(".timeline li").xpath("string()").getall()
    assert " ".join(events[1].split()) == "2026-11-09 21:40 UTC first seen in Oslo with the same number ad 2"


@pytest.mark.parametrize("cluster", ["c-42", "c-300", "c-9"], ids=["L3", "L2", "no alert"])
def test_referral_panel_always_carries_both_sentences(pages: TestClient, cluster: str) -> None:
    panel = text(read(pages, f"/cluster/{cluster}"), ".referral")
    assert "Assistance does not depend on co-operation with criminal proceedings." in panel
    assert "No single indicator confirms or refutes trafficking. KOM" in panel
    assert "22 33 11 60" in panel
    assert "Contacts as of 2026-11-21" in panel


def test_cluster_without_alert_is_shown(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-9")
    assert "No alert stands" in text(page, ".verdict")
    assert len(page.css("article.ad")) == 4


def test_about_explains_every_level_grade_and_the_limits(pages: TestClient) -> None:
    page = text(read(pages, "/about"), "main")
    for words in ("L3 Priority", "L2 Review", "L1 Watch", "Set by law", "Published support",
                  "Published, no effect",
                  "Published, speaks against", "Expert list only", "not a probability", "accuses no one",
                  "A person reads the evidence"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/cluster/c-404", "/cluster/", "/cluster/c-42/", "/cluster/..%2fabout", "/cluster/%00",
     "/cluster/c-42?page=0", "/cluster/c-42?page=2", "/cluster/c-42?page=x", "/cluster/c-42?page=%C2%B2",
     "/?page=9", "/?all=no", "/?level=L9", "/?level=", "/?state=%3Cb%3E", "/static/../app.py", "/static/",
     "/static/words.toml",
     f"/cluster/{'c' * 65}", "/cluster/c-300?page=99999999999"],
)  # fmt: skip
def test_what_does_not_exist_is_a_404_that_leads_back(pages: TestClient, path: str) -> None:
    response = pages.get(path, follow_redirects=False)
    assert response.status_code == 404
    assert Selector(response.text).css(".empty a::attr(href)").get() == "/"


def test_pages_carry_no_script_or_remote_address_and_forms_only_for_decisions(pages: TestClient) -> None:
    for path in ("/", "/cluster/c-42", "/cluster/c-300", "/about", "/nowhere"):
        page = Selector(pages.get(path).text)
        assert set(page.css("form::attr(action)").getall()) <= {path} - {"/", "/about", "/nowhere"}
        assert not page.css("script, style, iframe, object, embed, base, [style]"), path
        for address in page.css("::attr(href), ::attr(src)").getall():
            assert IS_OURS.match(address), (path, address)


def test_tables_and_pages_have_names_for_screen_readers(pages: TestClient) -> None:
    page = read(pages, "/cluster/c-42")
    ids = page.css("::attr(id)").getall()
    assert len(ids) == len(set(ids))
    assert set(page.css("::attr(aria-labelledby)").getall()) <= set(ids)
    assert page.css("html::attr(lang)").get() == "en"
    assert len(page.css("h1")) == 1


@pytest.fixture(scope="module")
def spoilt() -> Iterator[TestClient]:
    with client(hostile_desk(PAYLOADS)) as opened:
        yield opened


def test_the_corpus_is_large() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_hostile_text_in_every_field_stays_text(spoilt: TestClient, number: int) -> None:
    page = read(spoilt, f"/cluster/p-{number}")
    assert_only_our_markup(page)
    stored = page.css("#ad-1 .text .stored")
    assert "".join(stored_text(part) for part in stored) == PAYLOADS[number]


def test_hostile_queue_stays_text(spoilt: TestClient) -> None:
    page = read(spoilt, "/")
    assert_only_our_markup(page)
    assert len(page.css(".row")) == min(100, len(PAYLOADS))
    for query in PAYLOADS:
        answer = spoilt.get("/", params={"state": query.encode("utf-8", "replace").decode(), "level": "L3"})
        assert answer.status_code in (200, 404)
        assert_only_our_markup(Selector(answer.text))


def test_templates_in_text_are_not_run(spoilt: TestClient) -> None:
    number = PAYLOADS.index("{{ 7*7 }} {% raw %}")
    assert "{{ 7*7 }} {% raw %}" in spoilt.get(f"/cluster/p-{number}").text
    assert "__subclasses__" in spoilt.get(f"/cluster/p-{number + 1}").text


def assert_only_our_markup(page: Selector) -> None:
    assert {node.root.tag for node in page.css("*")} <= TAGS
    assert set(page.xpath("//@*").xpath("name()").getall()) <= ATTRIBUTES
    for address in page.css("::attr(href), ::attr(src)").getall():
        assert IS_OURS.match(address), address


def test_long_text_is_folded_and_whole() -> None:
    long = " ".join(f"word{n}" for n in range(1_000))
    ads = (replace(case().ads[0], fields={"text": long}, marks=()),)
    with client(PlainDesk({"c-1": replace(case("c-1"), ads=ads)})) as pages:
        field = read(pages, "/cluster/c-1").css("#ad-1 .text")
    assert len(field.css("details")) == 1
    assert "more characters" in text(field, "summary")
    assert "".join(stored_text(part) for part in field.css(".stored")) == long


def test_a_desk_that_fails_gives_a_page_without_details() -> None:
    class Broken(PlainDesk):
        def case(self, cluster: str) -> Case | None:
            raise RuntimeError("the disk is on fire")

    with client(Broken()) as pages:
        answer = pages.get("/cluster/c-1")
    assert answer.status_code == 500
    assert "could not be made" in answer.text
    assert "on fire" not in answer.text


def test_a_case_of_three_hundred_ads_is_shown_by_fifties() -> None:
    with client(PlainDesk({"c-300": large_case(300)})) as pages:
        last = read(pages, "/cluster/c-300?page=6")
    assert last.css("article.ad::attr(id)").getall() == [f"ad-{n}" for n in range(251, 301)]
    assert "and 200 not shown" in text(last, "table.reasons")
