"""What may be a page, by its type or by how it looks."""

from __future__ import annotations

import gzip

import pytest

from crawler.guards import is_text


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("text/html; charset=utf-8", b"<p>", True),
        ("TEXT/HTML", b"<p>", True),
        ("application/xhtml+xml", b"<p>", True),
        ("application/json", b"{}", True),
        ("application/vnd.api+json", b"{}", True),
        ("application/rss+xml", b"<rss/>", True),
        ("image/svg+xml", b"<svg/>", True),
        ("text/html", b"\x89PNG\0\0", True),
        ("image/png", b"<p>", False),
        ("application/pdf", b"%PDF", False),
        ("application/octet-stream", b"<p>", False),
        ("application/gzip", gzip.compress(b"<urlset/>", mtime=0), True),
        ("application/x-gzip", b"<urlset/>", False),
        ("multipart/x-mixed-replace", b"<p>", False),
        ("", b"<p>no type</p>", True),
        ("", b"\x89PNG\0\0", False),
        ("", b"\xff\xfe<\0p\0", True),
        ("", b"\xfe\xff\0<\0p", True),
        ("", b"", True),
        ("; charset=utf-8", b"<p>", True),
    ],
)  # fmt: skip
def test_page_is_text(kind: str, body: bytes, expected: bool) -> None:
    assert is_text(kind, body) is expected
