from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.templates.shingles import MAX_LENGTH
from alerts.templates.view import MAX_ADS, Row, TemplateView, template_view
from tests.alerts.template_corpus import build_flood

PATTERN = (
    "Hei, jeg heter {} og er i {} denne uken. Rolig leilighet i sentrum, massasje etter avtale. Ring +47 {}, velkommen!"
)
FILLERS = {
    3: ("Lina", "Bergen", "42 00 00 17"),
    5: ("Mia ☀", "Tromsø", "43111111"),
    8: ("Sara Maria", "Bodø", "44-22-22-22"),
    9: ("Eva", "Mo i Rana", "49 00 00 01"),
}


def row(view: TemplateView, ad: int) -> Row:
    return next(row for row in view.rows if row.ad == ad)


def filled(view: TemplateView, slots: list[str]) -> str:
    return "".join(part.text if part.slot is None else slots[part.slot - 1] for part in view.segments)


def test_slots_are_found_with_what_each_ad_has_in_them() -> None:
    view = template_view({ad: PATTERN.format(*words) for ad, words in FILLERS.items()})
    assert [part.slot for part in view.segments] == [None, 1, None, 2, None, 3, None]
    for ad, words in FILLERS.items():
        assert tuple(span.text for span in row(view, ad).slots) == words
        assert row(view, ad).agreement == 1.0
        assert filled(view, [span.text for span in row(view, ad).slots]) == PATTERN.format(*words)


def test_what_one_ad_adds_is_its_own() -> None:
    texts = {ad: PATTERN.format(*words) for ad, words in FILLERS.items()}
    for ad in range(20, 30):
        texts[ad] = PATTERN.format("Nora", "Oslo", "42000018")
    texts[9] = texts[9].replace("sentrum", "sentrum nær toget")
    view = template_view(texts)
    assert [part.slot for part in view.segments if part.slot] == [1, 2, 3]
    assert [span.text for span in row(view, 9).own] == ["nær toget"]


def test_a_missing_word_lowers_the_agreement() -> None:
    texts = {ad: PATTERN.format(*words) for ad, words in FILLERS.items()}
    texts[9] = texts[9].replace("Rolig ", "")
    view = template_view(texts)
    assert row(view, 9).agreement < row(view, 8).agreement == 1.0


def test_places_are_those_of_the_stored_text() -> None:
    texts = {
        1: PATTERN.format("Li\u200bna", "Ｂｅｒｇｅｎ", "42 00 00 17"),
        2: PATTERN.format("Mia", "Oslo", "43 11 11 11"),
    }
    found = row(template_view(texts), 1)
    assert [span.text for span in found.slots] == ["Li\u200bna", "Ｂｅｒｇｅｎ", "42 00 00 17"]


@pytest.mark.parametrize("texts", [{}, {1: ""}, {1: "", 2: "!"}, {1: "en to", 2: "tre fire"}], ids=str)
def test_little_gives_little(texts: dict[int, str]) -> None:
    view = template_view(texts)
    assert [row.ad for row in view.rows] == sorted(texts)
    assert not any(part.text.isalnum() for part in view.segments)


def test_more_ads_than_can_be_shown_are_counted() -> None:
    view = template_view(dict(enumerate(build_flood(MAX_ADS + 7), start=100)))
    assert [row.ad for row in view.rows] == list(range(100, 100 + MAX_ADS))
    assert view.left_out == 7


def test_order_does_not_matter() -> None:
    texts = dict(enumerate(build_flood(40, edits=0.2)))
    mixed = list(texts.items())
    random.Random(1).shuffle(mixed)
    assert template_view(texts) == template_view(dict(mixed))


STRANGE = st.text(
    st.sampled_from(
        "aB æ0-.,!\n\u0e01\u0e31\u0e02\u65e5\u672c\u200b\u202e\ud800\u0301ﬁ½😀👩\u200d⚕️\U0001f1f3\U0001f1f4"
    ),
    max_size=80,
)


@given(st.lists(STRANGE, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_spans_hold_for_any_text(found: list[str]) -> None:
    texts = dict(enumerate(found))
    view = template_view(texts)
    slots = sum(part.slot is not None for part in view.segments)
    for one in view.rows:
        spans = [*one.slots, *one.own]
        assert all(texts[one.ad][span.start : span.end] == span.text for span in spans)
        assert len(one.slots) == slots
        places = [
            place for span in sorted(spans, key=lambda span: (span.start, span.end)) for place in (span.start, span.end)
        ]
        assert places == sorted(places)
    pattern = row(view, view.pattern or 0)
    assert texts[pattern.ad].startswith(filled(view, [span.text for span in pattern.slots]))


def test_long_hostile_texts_are_bounded() -> None:
    view = template_view({ad: "😀😁"[ad % 2] * 50_000 for ad in range(20)})
    assert max(span.end for row in view.rows for span in (*row.slots, *row.own)) <= 2 * MAX_LENGTH
