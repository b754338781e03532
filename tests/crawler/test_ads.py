"""Rows of the import format: what becomes an Ad, and what a bad row is told."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from crawler.ads import KEYS, MAX_TEXT, REQUIRED, Ad, AdError, ad_document, content_sha256, parse_ad_row
from tests.crawler.samples import row

FULL = row(
    url="https://a.example/17",
    title="T",
    posted_at="yesterday",
    expires_at="2026-06-01",
    language="nb",
    location="Bergen",
    name="Lina",
    age=24,
    price="900 kr",
    salary={"@type": "MonetaryAmount", "value": 1.5},
    employer="E",
    org_number=123,
    phones=["42 00 00 17"],
    emails=["x@y.example"],
    handles=["@x"],
    images=[{"url": "https://a.example/1.jpg", "phash": "0f"}],
    extra={"b": [1, None], "a": "x"},
)


def test_row_with_every_key_is_an_ad_with_every_field() -> None:
    assert set(FULL) == set(KEYS)
    ad = parse_ad_row(FULL)
    assert [key for key in KEYS if not getattr(ad, key)] == []
    assert ad.seen_at == datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert (ad.age, ad.org_number, ad.phones) == ("24", "123", ("42 00 00 17",))
    assert ad.salary == '{"@type":"MonetaryAmount","value":1.5}'
    assert ad.extra == {"b": [1, None], "a": "x"}


def test_text_is_kept_as_it_is() -> None:
    text = "  Å\u0301 \u200b\U0001f4de\r\n\0 end "
    assert parse_ad_row(row(text=text)).text == text


def test_null_is_absent() -> None:
    assert parse_ad_row(row(title=None, phones=None)) == parse_ad_row(row())


def test_phones_of_a_table_are_split_at_semicolons() -> None:
    assert parse_ad_row(row(phones="42 00 00 17; 42000018 ;")).phones == ("42 00 00 17", "42000018")


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown key": (row(fone="1"), ["unknown keys ['fone']", "known: " + ", ".join(KEYS)]),
    "unknown raw": (row(raw={"a": "b"}), ["unknown keys ['raw']"]),
    "no text": (row(text=""), ["missing keys ['text']", "required: " + ", ".join(REQUIRED)]),
    "null text": (row(text=None), ["missing keys ['text']"]),
    "nothing": ({}, ["missing keys ['site', 'ad_id', 'kind', 'seen_at', 'text']"]),
    "wrong kind": (row(kind="car"), ["kind is 'car'", "known: escort, job, massage, other"]),
    "kind a list": (row(kind=["job"]), ["kind is ['job']", "known: escort, job"]),
    "naive time": (
        row(seen_at="2026-05-01T12:00:00"),
        ["seen_at is '2026-05-01T12:00:00'", "ISO 8601 with an offset"],
    ),
    "date only": (row(seen_at="2026-05-01"), ["seen_at", "with an offset"]),
    "time a number": (
        row(seen_at=1777629600),
        ["seen_at is 1777629600", "such as 2026-05-01T12:00:00+02:00"],
    ),
    "text a list": (row(text=["a"]), ["text is list; it takes text"]),
    "text true": (row(text=True), ["text is bool"]),
    "phones a number": (row(phones=42000017), ["phones is int; it takes a list of texts"]),
    "phone an object": (row(phones=[{}]), ["phones is dict"]),
    "image a text": (row(images=["a.jpg"]), ["images takes a list of objects with keys mirror, pdq, phash, url"]),
    "image key": (row(images=[{"src": "a"}]), ["images takes", "url"]),
    "image url a number list": (row(images=[{"url": []}]), ["images is list"]),
    "extra a text": (row(extra="a"), ["extra is str; it takes an object"]),
    "year 1": (row(seen_at="0001-01-01T00:00:00+02:00"), ["seen_at is '0001", "ISO 8601 with an offset"]),
    "extra too deep": (
        row(extra={"a": json.loads("[" * 60 + "]" * 60)}),
        ["extra is nested more than 50"],
    ),
    "salary too deep": (
        row(salary={"a": json.loads("[" * 60 + "]" * 60)}),
        ["salary is nested more than 50"],
    ),
    "lone surrogate": (row(text="a\ud800"), ["text is not valid UTF-8"]),
    "surrogate in a list": (row(phones=["\udcff"]), ["phones is not valid UTF-8"]),
    "too long": (
        row(text="a" * (MAX_TEXT + 1)),
        [f"text has {MAX_TEXT + 1:,} characters", f"at most {MAX_TEXT:,}"],
    ),
}


@pytest.mark.parametrize(("bad", "told"), BAD.values(), ids=BAD)
def test_bad_row_is_told_what_would_work(bad: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(AdError) as caught:
        parse_ad_row(bad)
    assert [part for part in told if part not in str(caught.value)] == [], caught.value


@pytest.mark.parametrize("key", ["extra", "salary"])
@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"\udcff": 1}, {"a": [{"b": "\ud83d"}]}])
def test_surrogates_inside_an_object_are_refused(key: str, value: dict[str, Any]) -> None:
    with pytest.raises(AdError, match=f"{key} is not valid UTF-8"):
        parse_ad_row(row(**{key: value}))


def test_longest_text_is_taken_whole() -> None:
    assert len(parse_ad_row(row(text="å" * MAX_TEXT)).text) == MAX_TEXT


def document(**changes: Any) -> str:
    return ad_document(parse_ad_row(row(**changes)))


def test_document_leaves_out_identity_time_and_empty_fields() -> None:
    assert document() == '{"kind":"escort","text":"A text."}'
    assert document(ad_id="18", site="b.example", seen_at="2026-05-02T12:00:00Z", title="") == document()


def test_document_does_not_depend_on_the_order_of_keys() -> None:
    assert document(extra={"a": 1, "b": 2}) == document(extra={"b": 2, "a": 1})


@pytest.mark.parametrize(
    "change", [{"text": "A text"}, {"title": "T"}, {"kind": "job"}, {"phones": ["1"]}, {"extra": {"a": 1}}]
)
def test_any_other_content_gives_another_document(change: dict[str, Any]) -> None:
    assert content_sha256(document(**change)) != content_sha256(document())


def test_raw_form_is_part_of_the_content() -> None:
    moment = datetime(2026, 5, 1, tzinfo=timezone(timedelta(0)))
    ad = Ad(site="a", ad_id="1", kind="job", seen_at=moment, text="t", raw={"description": "<p>t"})
    assert ad_document(ad) == '{"kind":"job","raw":{"description":"<p>t"},"text":"t"}'
