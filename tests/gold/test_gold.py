"""The gold ads are soundly marked, balanced and diverse, and the reader does no worse on them than it did."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import combinations
from typing import get_args

import pytest

from benchmarks.gold import FEW, read_ads, weakness
from benchmarks.gold_scores import Counts, Scores, cohen_kappa, parse_pay, parse_place, score
from nlp.catalog_file import catalogue
from nlp.orgnumbers import is_org_number
from nlp.reading import ContactKind, Per
from tests.gold.gold import (
    INDICATOR,
    SCORED,
    SECOND,
    SETTLED,
    GoldAd,
    GoldError,
    load_file,
    load_first,
    load_gold,
    load_pairs,
    load_pass,
    load_rulings,
    settle,
    strip_marks,
    unmarked,
)

LANGUAGES = ("nb", "nn", "sv", "da", "en", "pl", "ro", "lt", "uk", "ru", "es")
NUMBERS = {
    "phone": re.compile(r"\+\d{8,15}\Z"),
    "phone+": re.compile(r"\Z"),
    "age": re.compile(r"\d\d(-\d\d)?\Z"),
    "name": re.compile(r"[^\W\d_].{1,40}\Z"),
}
HOST = re.compile(r"(?:\w@|https?://|www\.)[\w.-]+\.([a-z]{2,})(?![\w.-]*@)", re.IGNORECASE)
# F1 of each kind of span and of all indicators together: raised when the reader gets better, never lowered.
FLOORS = {"phone": 0.97, "contact": 0.96, "pay": 0.86, "age": 0.96, "place": 0.92, "name": 0.84}
INDICATOR_PRECISION, INDICATOR_RECALL = 0.92, 0.73
MOST_NEGATIVES = 40  # that show an indicator
MOST_ALIKE = 0.2


@lru_cache(maxsize=1)
def ads() -> tuple[GoldAd, ...]:
    return load_first()


@lru_cache(maxsize=1)
def scores() -> Scores:
    return score(load_gold(), read_ads(load_gold()))


def jobs() -> list[GoldAd]:
    return [ad for ad in ads() if ad.kind == "job"]


def test_every_id_is_used_once() -> None:
    assert [id for id, uses in Counter(ad.id for ad in ads()).items() if uses > 1] == []


def test_every_span_is_a_quotation() -> None:
    wrong = [
        (ad.id, mark) for ad in ads() for mark in ad.marks
        if ad.fields[mark.field][mark.start : mark.end] != mark.quote
        or mark.quote != mark.quote.strip() or not mark.quote
    ]  # fmt: skip
    assert wrong == []


def test_every_indicator_is_one_that_was_looked_for() -> None:
    assert [(ad.id, odd) for ad in ads() if (odd := sorted(ad.indicators - set(SCORED[ad.kind])))] == []


def test_indicators_looked_for_are_in_the_catalogue() -> None:
    assert sorted({id for ids in SCORED.values() for id in ids} - set(catalogue())) == []


def test_every_value_is_well_formed() -> None:
    assert [
        (ad.id, mark.label, mark.value) for ad in ads() for mark in ad.marks if not is_sound(mark.label, mark.value)
    ] == []


def is_sound(label: str, value: str) -> bool:
    if INDICATOR.match(label):
        return value == ""
    if label in NUMBERS:
        return NUMBERS[label].match(value) is not None
    if label in ("pay", "place"):
        return is_parsed(label, value)
    return label in get_args(ContactKind) and value != ""


def is_parsed(label: str, value: str) -> bool:
    try:
        if label == "place":
            parse_place(value)
            return True
        return {per for _, _, per in parse_pay(value)} <= periods() or re.search(r" \d+min\Z", value) is not None
    except ValueError:
        return False


def periods() -> set[str]:
    return set(get_args(Per))


def test_norwegian_numbers_belong_to_nobody() -> None:
    phones = [(ad.id, mark.value) for ad in ads() for mark in ad.of("phone") if mark.value.startswith("+47")]
    assert [phone for phone in phones if not re.match(r"\+474[2349]\d{6}\Z", phone[1])] == []


def test_hosts_are_examples() -> None:
    hosts = [
        (ad.id, found[0], found[1]) for ad in ads() for text in ad.fields.values() for found in HOST.finditer(text)
    ]
    assert [host for host in hosts if host[2].lower() != "example"] == []
    assert len(hosts) > 100


def test_organisation_numbers_are_right_and_unused() -> None:
    given = [(ad.id, ad.fields["org_number"]) for ad in ads() if "org_number" in ad.fields and "H11" not in ad.signs]
    assert [one for one in given if not is_org_number(one[1]) or int(one[1]) >= 801_000_000] == []


@pytest.mark.parametrize("is_job", [True, False], ids=["jobs", "others"])
def test_negatives_are_about_half(is_job: bool) -> None:
    group = [ad for ad in ads() if (ad.kind == "job") is is_job]
    assert 0.45 <= sum(ad.is_negative for ad in group) / len(group) <= 0.56


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_job_ads(language: str) -> None:
    group = [ad for ad in jobs() if ad.languages[0] == language]
    assert len(group) >= 18
    assert 8 <= sum(ad.is_negative for ad in group) <= len(group) - 8


def test_there_are_enough_ads() -> None:
    assert len(jobs()) >= 200
    assert len(ads()) >= 400 or len(ads()) == len(jobs())


def test_every_labour_indicator_has_examples() -> None:
    seen = Counter(id for ad in jobs() for id in ad.indicators)
    assert [id for id in SCORED["job"] if seen[id] < 3] == []


def test_texts_are_of_the_length_of_ads() -> None:
    assert [(ad.id, size) for ad in jobs() if not 150 <= (size := len(ad.fields["text"])) <= 900] == []


def test_no_two_texts_are_alike() -> None:
    words = {ad.id: ad.fields["text"].casefold().split() for ad in ads()}
    shingles = {id: set(zip(some, some[1:], some[2:], strict=False)) for id, some in words.items()}
    alike = [
        (one, two) for one, two in combinations(shingles, 2)
        if len(shingles[one] & shingles[two]) > MOST_ALIKE * min(len(shingles[one]), len(shingles[two]))
    ]  # fmt: skip
    assert alike == []


def test_half_of_the_ads_are_held_out() -> None:
    assert 0.4 <= sum(ad.is_held_out for ad in ads()) / len(ads()) <= 0.6


def test_both_passes_have_the_same_texts() -> None:
    known = {ad.id: ad.fields for ad in ads()}
    assert [ad.id for ad in load_pass(SECOND) if ad.fields != known.get(ad.id)] == []


def test_every_difference_is_settled_in_writing() -> None:
    rulings = load_rulings(SETTLED)
    open_ones = [
        (one.id, id)
        for one, two in load_pairs()
        for id in sorted(one.indicators ^ two.indicators)
        if id not in {label for label, _ in rulings.get(one.id, ())}
    ]
    assert open_ones == []


@pytest.mark.parametrize("kind", FLOORS)
def test_spans_are_found_as_well_as_before(kind: str) -> None:
    assert (scores().spans[kind].f1 or 0) >= FLOORS[kind]


def test_indicators_are_as_precise_as_before() -> None:
    hits, wrong = (sum(getattr(counts, name) for counts in scores().indicators.values()) for name in ("hits", "wrong"))
    assert hits / (hits + wrong) >= INDICATOR_PRECISION


def test_indicators_are_found_as_well_as_before() -> None:
    hits, missed = (
        sum(getattr(counts, name) for counts in scores().indicators.values()) for name in ("hits", "missed")
    )
    assert hits / (hits + missed) >= INDICATOR_RECALL


def test_negatives_stay_as_clean_as_before() -> None:
    assert scores().negatives.wrong <= MOST_NEGATIVES


def test_marks_nest_and_share_a_stretch() -> None:
    text, marks = strip_marks("Vi {H05|legger ut {pay=300 EUR once,H06|300 euro}} nå")
    assert text == "Vi legger ut 300 euro nå"
    assert [(mark.label, mark.value, mark.quote) for mark in marks] == [
        ("H05", "", "legger ut 300 euro"),
        ("H06", "", "300 euro"),
        ("pay", "300 EUR once", "300 euro"),
    ]


@pytest.mark.parametrize(
    "text", ["{H05|open", "closed}", "{no label}", "a { b"], ids=["open", "closed", "no bar", "brace"]
)
def test_wrong_marks_are_refused(text: str) -> None:
    with pytest.raises(GoldError, match="text"):
        strip_marks(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("=== nb-1 nb\nno line", "no line '---'"),
        ("=== nb-1\n---\ntext", "must begin"),
        ("stray\n=== nb-1 nb\n---\ntext", "must begin"),
        ("=== nb-1 nb\ncolour: red\n---\ntext", "known keys"),
        ("=== nb-1 nb\nkind: car\n---\ntext", "known kinds"),
        ("=== nb-1 nb\n---\n{H05|text", "not closed"),
    ],
    ids=["no line", "no language", "stray", "key", "kind", "mark"],
)
def test_wrong_files_are_refused(tmp_path, text: str, message: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "wrong.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        load_file(path)


def test_unmarked_texts_read_back_the_same(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "raw.txt"
    path.write_text("".join(map(unmarked, ads())), encoding="utf-8")
    again = load_file(path)
    assert [ad.fields for ad in again] == [ad.fields for ad in ads()]
    assert not any(ad.marks or ad.signs for ad in again)


def test_settled_labels_are_taken_from_the_second_pass(tmp_path) -> None:  # type: ignore[no-untyped-def]
    for name, text in (("one", "{H05,H14|now}"), ("two", "{H14|now} {H06|fee}")):
        (tmp_path / name).write_text(
            f"=== nb-1 nb\nsigns: {'H11' if name == 'one' else ''}\n---\n{text}", encoding="utf-8"
        )
    notes = tmp_path / "settled.md"
    lines = ("`H05`: second, no travel", "`H11`: second, a firm is named", "`H14`: second", "`H06`: first, no fee")
    notes.write_text("".join(f"- `nb-1` {line}\n" for line in lines), encoding="utf-8")
    [one], [two] = load_file(tmp_path / "one"), load_file(tmp_path / "two")
    rulings = load_rulings(notes)["nb-1"]
    assert rulings == [("H05", "second"), ("H11", "second"), ("H06", "first")]
    assert (one.indicators, settle(one, two, rulings).indicators) == ({"H05", "H11", "H14"}, {"H14"})
    with pytest.raises(GoldError, match="no second pass"):
        settle(one, None, rulings)


def test_kappa_of_a_known_table() -> None:
    table = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert cohen_kappa(table) == pytest.approx(0.4)
    assert cohen_kappa([(True, True)]) is None


def test_figures_of_known_counts() -> None:
    counts = Counts(hits=6, wrong=2, missed=4)
    assert (counts.precision, counts.recall) == (0.75, 0.6)
    assert counts.f1 == pytest.approx(2 / 3)
    assert weakness(counts) == "weak: F1 below 0.7"
    assert weakness(Counts(hits=FEW - 1)) == "weak: fewer than 5 examples"
