from __future__ import annotations

import pytest

from alerts.watch.watchstore import WatchError, WatchKind
from alerts.watch.watchvalues import Value, parse_value
from tests.alerts.watched import HASH


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("phone", "420 00 017", "+4742000017"),
        ("phone", "+47 42 00 00 17", "+4742000017"),
        ("phone", "004742000017", "+4742000017"),
        ("phone", "fire to null null null null en syv", "+4742000017"),
        ("email", " Lina@Post.Example ", "lina@post.example"),
        ("email", "lina (at) post.example", "lina@post.example"),
        ("handle", "telegram:lina24", "telegram:lina24"),
        ("handle", "telegram:@Lina_B", "telegram:lina_b"),
        ("handle", "snapchat: linaher", "snapchat:linaher"),
        ("url", "https://www.Pages.example/Lina/", "pages.example/lina"),
        ("payment", "NO93 8601 1117 947", "iban:no9386011117947"),
        ("payment", "vipps:123456", "vipps:123456"),
        ("text", "Søt  JENTE!", "sot jente"),
        ("text", "按摩", "按摩"),
    ],
)
def test_values_are_as_keys_are(kind: WatchKind, typed: str, value: str) -> None:
    assert parse_value(kind, typed) == Value(value)


@pytest.mark.parametrize(
    ("typed", "distance", "value"),
    [
        (HASH.upper(), None, Value(f"any:{HASH}", 31)),
        (f"pdq:{HASH}", 0, Value(f"pdq:{HASH}", 0)),
        (f" phash: {HASH}", 63, Value(f"phash:{HASH}", 63)),
    ],
)
def test_hashes(typed: str, distance: int | None, value: Value) -> None:
    assert parse_value("image", typed, distance=distance) == value


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("phone", "12345", "give it with its country code"),
        ("phone", "42000017 43000018", "+4742000017 and +4743000018; give one entry for each"),
        ("phone", "", "cannot be read"),
        ("email", "lina", "such as 'name@post.example'"),
        ("email", "telegram: @lina24", "`varde watch add handle 'telegram:lina24' …`"),
        ("handle", "@lina24", "name its service too"),
        ("handle", "whatsapp:+4742000017", "is no handle but a phone"),
        ("url", "pages.example", "give host and path"),
        ("payment", "1234", "such as 'vipps:123456'"),
        ("payment", "NO93 8601 1117 948", "check digits must hold"),
        ("image", "abc", "64 hexadecimal digits"),
        ("image", "sha1:" + HASH, "64 hexadecimal digits"),
        ("text", "a!", "at least 3 letters"),
        ("template", "too short", "told from 80 letters"),
    ],
)
def test_a_bad_value_is_told_what_would_have_worked(kind: WatchKind, typed: str, says: str) -> None:
    with pytest.raises(WatchError) as caught:
        parse_value(kind, typed)
    assert says in str(caught.value)


@pytest.mark.parametrize(("kind", "distance"), [("phone", 3), ("image", 64), ("image", -1)])
def test_a_bad_distance_is_refused(kind: WatchKind, distance: int) -> None:
    with pytest.raises(WatchError, match="--distance is"):
        parse_value(kind, HASH if kind == "image" else "42 00 00 17", distance=distance)
