"""Site files, pages and rows that the tests of the collecting side share."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crawler.ads import Ad, parse_ad_row
from crawler.sites import Site
from crawler.store import observe_all, open_store

LEGAL_BASIS = "Test on this machine only"

_SITE = """
name = "{name}"
country = "NO"
kind = "escort"
legal_basis = "{legal_basis}"
start = ["{start}"]
delay = {delay}
loopback = true
{extra}

[list]
ads = "a.ad::attr(href)"
next = "a.next::attr(href)"

[ad]
ad_id = ".id::text"
title = "h1::text"
text = ".text::text"
phones = ".phone::text"
{tables}
"""


def site_toml(name: str, start: str, *, delay: float = 0, extra: str = "", tables: str = "") -> str:
    return _SITE.format(name=name, start=start, delay=delay, extra=extra, tables=tables, legal_basis=LEGAL_BASIS)


def write_site(folder: Path, name: str, start: str, *, delay: float = 0, extra: str = "", tables: str = "") -> Path:
    """A site file NAME.toml in `folder`; returns the folder, for --sites."""
    folder.mkdir(exist_ok=True)
    text = site_toml(name, start, delay=delay, extra=extra, tables=tables)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def make_site(name: str = "a.example", *, extra: str = "", tables: str = "") -> Site:
    return Site.model_validate(tomllib.loads(site_toml(name, "http://127.0.0.1:9/", extra=extra, tables=tables)))


def list_page(ads: Iterable[str] = (), *, after: str = "") -> str:
    links = [f'<a class="ad" href="{href}">ad</a>' for href in ads]
    if after:
        links.append(f'<a class="next" href="{after}">next</a>')
    return f"<!doctype html><title>list</title><ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>"


def ad_page(number: int | str, *, text: str = "Two rooms near the harbour.", phone: str = "42 00 00 17") -> str:
    return (
        f'<!doctype html><h1>Ad {number}</h1><p class="id">{number}</p><div class="text"><p>{text}</p></div>'
        f'<p class="phone">{phone}</p>'
    )


def row(**changes: Any) -> dict[str, Any]:
    """One good row of the import format."""
    good = {
        "site": "a.example",
        "ad_id": "17",
        "kind": "escort",
        "seen_at": "2026-05-01T12:00:00+02:00",
        "text": "A text.",
    }
    return good | changes


def make_ad(**changes: Any) -> Ad:
    return parse_ad_row(row(**changes))


def store_many(path: Path, name: str, batches: int) -> None:
    """Store `batches` of ten ads, one transaction each, over a connection of its own."""
    db = open_store(path, create=True)
    for batch in range(batches):
        observe_all(db, [(make_ad(site=name, ad_id=f"{batch}-{i}"), name) for i in range(10)])
        observe_all(db, [(make_ad(site="shared.example", ad_id=f"{batch}-{i}"), name) for i in range(10)])
    db.close()
