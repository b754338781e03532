"""What a site's crawl may contact: by URL, by address, and by the address that is dialled."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

import pytest

from crawler.egress import Egress, Network, Refused, Target, is_loopback_address, is_public, parse_target
from tests.egress.network import INSIDE, PUBLIC
from tests.egress.spellings import spellings

SITE = frozenset(["market.example", "shop.example:8080", "www.market.example"])


def egress(*, network: Network | None = None, loopback: bool = False, netlocs: frozenset[str] = SITE) -> Egress:
    return Egress(netlocs, loopback=loopback, network=network)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://market.example/", Target("http", "market.example", 80)),
        ("https://market.example/a?b", Target("https", "market.example", 443)),
        ("HTTP://MARKET.Example:80", Target("http", "market.example", 80)),
        ("http://market.example./", Target("http", "market.example", 80)),
        ("https://www.market.example", Target("https", "www.market.example", 443)),
        ("http://shop.example:8080/", Target("http", "shop.example", 8080)),
        ("http://ｍarket.example/", Target("http", "market.example", 80)),
    ],
)
def test_url_of_the_site_is_followed(url: str, target: Target) -> None:
    assert egress().check(url) == target


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://other.example/", "foreign_host"),
        ("http://market.example.other.example/", "foreign_host"),
        ("http://sub.market.example/", "foreign_host"),
        ("http://market.example:22/", "foreign_host"),
        ("http://market.example:443/", "foreign_host"),
        ("http://shop.example/", "foreign_host"),
        ("https://shop.example:8081/", "foreign_host"),
        ("file:///etc/hostname", "bad_url"),
        ("ftp://market.example/", "bad_url"),
        ("ws://market.example/", "bad_url"),
        ("market.example", "bad_url"),
        ("//market.example/", "bad_url"),
        ("http:///path", "bad_url"),
        ("http://", "bad_url"),
        ("", "bad_url"),
        ("http://a@market.example/", "bad_url"),
        ("http://market.example@other.example/", "bad_url"),
        ("http://market.example\\@other.example/", "bad_url"),
        ("http://market.example:99999/", "bad_url"),
        ("http://market.example:x/", "bad_url"),
        ("http://[::1/", "bad_url"),
        ("http://" + "a" * 64 + ".example/", "bad_url"),
        ("http://a..b/", "bad_url"),
        ("http://\ud800.example/", "bad_url"),
    ],
)
def test_url_elsewhere_is_refused(url: str, kind: str) -> None:
    with pytest.raises(Refused) as caught:
        egress().check(url)
    assert caught.value.kind == kind


@pytest.mark.parametrize("url", [url for url in spellings("market.example", 6379) if "#" not in url])
@pytest.mark.parametrize("loopback", [False, True])
def test_no_spelling_of_this_machine_is_of_the_site(url: str, loopback: bool) -> None:
    netlocs = frozenset(["127.0.0.1:8000"]) if loopback else SITE
    with pytest.raises(Refused):
        egress(loopback=loopback, netlocs=netlocs).check(url)


@pytest.mark.parametrize(
    ("address", "public", "loopback"),
    [
        ("93.184.215.14", True, False),
        ("1.1.1.1", True, False),
        ("2606:2800:21f:cb07::1", True, False),
        ("::ffff:93.184.215.14", True, False),
        ("64:ff9b::5db8:d70e", True, False),
        ("127.0.0.1", False, True),
        ("127.255.255.254", False, True),
        ("::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("127.1", False, False),
        ("2130706433", False, False),
        ("", False, False),
        ("localhost", False, False),
    ],
)
def test_address_is_judged_through_every_wrapping(address: str, public: bool, loopback: bool) -> None:
    assert (is_public(address), is_loopback_address(address)) == (public, loopback)


@pytest.mark.parametrize("name", [name for name in INSIDE if not name.startswith("mixed")])
def test_inner_address_is_not_public(name: str) -> None:
    assert [is_public(address) for address in INSIDE[name]] == [False]


class Table(Network):
    """Answers of a resolver, one after another; what is dialled is noted and fails."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.dialled: list[tuple[str, int, str | None]] = []

    async def lookup(self, host: str, port: int) -> list[str]:
        return list(self.answers.pop(0))

    async def dial(self, address: str, port: int, *, tls: ssl.SSLContext | None = None, name: str | None = None) -> Any:
        self.dialled.append((address, port, name))
        raise OSError("nobody is there")


def connect(network: Network, *, loopback: bool = False, tls: bool = False) -> None:
    target = Target("https" if tls else "http", "market.example", 443 if tls else 80)
    context = ssl.create_default_context() if tls else None
    asyncio.run(egress(network=network, loopback=loopback).connect(target, tls=context))


@pytest.mark.parametrize("answer", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1", PUBLIC], ["127.0.0.1"] * 2], ids=str)
def test_nothing_is_dialled_where_one_address_is_not_public(answer: list[str]) -> None:
    network = Table(answer)
    with pytest.raises(Refused) as caught:
        connect(network)
    assert (caught.value.kind, network.dialled) == ("private_address", [])


@pytest.mark.parametrize("answer", [[PUBLIC], ["10.0.0.1"], ["127.0.0.1", "10.0.0.1"]], ids=str)
def test_loopback_site_reaches_loopback_only(answer: list[str]) -> None:
    network = Table(answer)
    with pytest.raises(Refused):
        connect(network, loopback=True)
    assert network.dialled == []


def test_every_address_is_tried_and_the_last_fault_told() -> None:
    network = Table([PUBLIC, "1.1.1.1"])
    with pytest.raises(OSError, match="nobody is there"):
        connect(network)
    assert network.dialled == [(PUBLIC, 80, None), ("1.1.1.1", 80, None)]


def test_certificate_must_be_for_the_name_though_the_address_is_dialled() -> None:
    network = Table([PUBLIC])
    with pytest.raises(OSError, match="nobody is there"):
        connect(network, tls=True)
    assert network.dialled == [(PUBLIC, 443, "market.example")]


def test_name_is_judged_at_every_connection() -> None:
    network = Table([PUBLIC], ["127.0.0.1"])
    with pytest.raises(OSError, match="nobody is there"):
        connect(network)
    with pytest.raises(Refused):
        connect(network)
    assert [address for address, *_ in network.dialled] == [PUBLIC]


def test_name_without_an_address_cannot_be_reached() -> None:
    with pytest.raises(OSError, match="has no address"):
        connect(Table([]))


@pytest.mark.parametrize(
    ("url", "text"),
    [("http://a.example/", "a.example"), ("https://a.example:80/", "a.example:80"), ("http://[::1]:9/", "[::1]:9")],
)
def test_target_reads_as_a_host_header(url: str, text: str) -> None:
    assert str(parse_target(url)) == text
