"""Site files: what is taken, and the sentence that says why one is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.sites import Site, SiteError, is_loopback, load_all, load_site, load_sites
from tests.crawler.samples import site_toml, write_site

LOCAL = "http://127.0.0.1:8080/"
GOOD = site_toml("a.example", LOCAL)
PUBLIC = site_toml("a.example", "https://a.example/", delay=2).replace("loopback = true", "")


def load(folder: Path, text: str, name: str = "a.example") -> Site:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return load_site(path)


def test_good_file_is_loaded_with_its_tables(tmp_path: Path) -> None:
    site = load(tmp_path, GOOD + "[browser]\nad = true\nclick = ['.show']\n[expect]\nads = [1, 9]\n")
    assert (site.name, site.kind, site.delay, site.loopback) == ("a.example", "escort", 0, True)
    assert site.listing is not None
    assert site.listing.next == "a.next::attr(href)"
    assert site.ad is not None
    assert site.ad.ad_id == ".id::text"
    assert site.browser.click == (".show",)
    assert site.needs_browser
    assert site.expect.ads == (1, 9)
    assert site.netlocs == {"127.0.0.1:8080"}


def test_public_file_is_loaded(tmp_path: Path) -> None:
    site = load(tmp_path, PUBLIC.replace("delay = 2", 'delay = 1\nhosts = ["CDN.a.example"]'))
    assert site.netlocs == {"a.example", "cdn.a.example"}
    assert not site.needs_browser


def test_jobposting_site_needs_no_selectors(tmp_path: Path) -> None:
    text = PUBLIC.split("[list]")[0].replace('kind = "escort"', 'kind = "job"\nspider = "jobposting"')
    assert load(tmp_path, text).listing is None


# (the text of the file, what the message holds besides the file's name)
BAD = {
    "unknown key": (
        GOOD.replace("delay = 0", "delay = 0\ndealy = 1"),
        ["unknown key 'dealy'", "known: name, title,", "delay"],
    ),
    "unknown key in list": (
        GOOD.replace("[ad]", 'nxt = "a"\n[ad]'),
        ["unknown key 'nxt' in [list]", "known: ads, next"],
    ),
    "unknown key in ad": (
        GOOD + 'fone = "a"\n',
        ["unknown key 'fone' in [ad]", "known: ad_id, text,", "phones"],
    ),
    "unknown key in browser": (
        GOOD + "[browser]\nads = true\n",
        ["unknown key 'ads' in [browser]", "known: list, ad, click, wait_for"],
    ),
    "unknown key in expect": (
        GOOD + "[expect]\nad = [1, 2]\n",
        ["unknown key 'ad' in [expect]", "known: ads, phones"],
    ),
    "unknown table": (GOOD + "[extras]\na = 1\n", ["unknown key 'extras'", "list", "browser"]),
    "no name": (GOOD.replace('name = "a.example"', ""), ["missing key 'name'", "known: name, title,"]),
    "no start": (GOOD.replace(f'start = ["{LOCAL}"]', ""), ["missing key 'start'"]),
    "empty start": (GOOD.replace(f'start = ["{LOCAL}"]', "start = []"), ["start", "at least 1"]),
    "no delay": (GOOD.replace("delay = 0", ""), ["missing key 'delay'"]),
    "no legal basis": (
        re.sub("legal_basis = .*", "", GOOD),
        ["legal_basis is missing", "crawled only with one", "an order, a statute, a decision"],
    ),
    "empty legal basis": (
        re.sub("legal_basis = .*", 'legal_basis = ""', GOOD),
        ["legal_basis", "at least 8"],
    ),
    "no ad_id selector": (
        GOOD.replace('ad_id = ".id::text"', ""),
        ["missing key 'ad_id' in [ad]", "known: ad_id, text"],
    ),
    "wrong kind": (
        GOOD.replace('kind = "escort"', 'kind = "car"'),
        ["kind", "'car'", "'escort', 'job', 'massage' or 'other'"],
    ),
    "wrong spider": (
        GOOD.replace("delay = 0", 'delay = 0\nspider = "x"'),
        ["spider", "'listing', 'jobposting'"],
    ),
    "wrong type": (GOOD.replace("delay = 0", 'delay = "slow"'), ["delay", "'slow'", "number"]),
    "short delay": (PUBLIC.replace("delay = 2", "delay = 0.5"), ["delay is 0.5", "at least 1.0 second"]),
    "negative delay": (GOOD.replace("delay = 0", "delay = -1"), ["delay", "greater than or equal to 0"]),
    "loopback on a public host": (
        PUBLIC.replace("delay = 2", "delay = 2\nloopback = true"),
        ["loopback = true", "127.0.0.1 or localhost"],
    ),
    "loopback on one of two": (
        GOOD.replace(f'["{LOCAL}"]', f'["{LOCAL}", "https://b.example/"]'),
        ["loopback = true", "every start URL"],
    ),
    "loopback not said": (GOOD.replace("loopback = true", ""), ["on this machine", "loopback = true"]),
    "loopback by IPv6 not said": (
        PUBLIC.replace("https://a.example/", "http://[::1]:80/"),
        ["on this machine", "loopback = true"],
    ),
    "loopback among the hosts not said": (
        PUBLIC.replace("delay = 2", 'delay = 2\nhosts = ["b.example", "LOCALHOST:8080"]'),
        ["a host of hosts is on this machine", "loopback = true"],
    ),
    "public host with loopback": (
        GOOD.replace("delay = 0", 'delay = 0\nhosts = ["b.example"]'),
        ["loopback = true", "every host of hosts"],
    ),
    "selector that is no CSS": (
        GOOD.replace('"a.ad::attr(href)"', '"a..ad["'),
        ["list.ads: 'a..ad['", "no CSS selector"],
    ),
    "selector with an unknown pseudo-element": (
        GOOD.replace('".id::text"', '".id::txt"'),
        ["ad.ad_id: '.id::txt'", "no CSS selector"],
    ),
    "selector with an unknown pseudo-class": (
        GOOD.replace('".id::text"', '".id:frist"'),
        ["ad.ad_id: '.id:frist'", "no CSS selector"],
    ),
    "file URL": (GOOD.replace(LOCAL, "file:///etc/hostname"), ["start takes http or https URLs"]),
    "no host": (GOOD.replace(LOCAL, "https:///x"), ["start takes http or https URLs"]),
    "broken TOML": (GOOD.replace('country = "NO"', "country = "), ["not valid TOML", "line 3"]),
    "not UTF-8": ("latin", ["not valid TOML", "utf-8"]),
    "listing without ad": (GOOD.split("[ad]")[0], ["spider 'listing' needs the tables", "[ad]"]),
    "listing without list": (
        GOOD.split("[list]")[0] + "[ad]" + GOOD.split("[ad]")[1],
        ["needs the tables [list]"],
    ),
}


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_bad_file_is_refused_by_a_message_that_names_it(tmp_path: Path, text: str, told: list[str]) -> None:
    assert text not in (GOOD, PUBLIC)
    path = tmp_path / "a.example.toml"
    path.write_bytes(b'name = "\xe6"' if text == "latin" else text.encode())
    with pytest.raises(SiteError) as caught:
        load_site(path)
    message = str(caught.value)
    assert str(path) in message
    assert [part for part in told if part not in message] == [], message


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SiteError) as caught:
        load(tmp_path, GOOD.replace("delay = 0", "dealy = 0"))
    assert str(caught.value).count("a.example.toml") == 2


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"x.toml: cannot be read"):
        load_site(tmp_path / "x.toml")


def test_file_name_is_the_name(tmp_path: Path) -> None:
    (tmp_path / "b.example.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SiteError, match=r"b.example.toml: name is 'a.example'; it must be the file's, 'b.example'"):
        load_sites(tmp_path)


def test_sites_come_in_the_order_asked_for(tmp_path: Path) -> None:
    for name in ("a.example", "b.example", "c.example"):
        write_site(tmp_path, name, LOCAL)
    assert [site.name for site in load_sites(tmp_path)] == ["a.example", "b.example", "c.example"]
    assert [site.name for site in load_sites(tmp_path, ["c.example", "a.example"])] == [
        "c.example",
        "a.example",
    ]


def test_unknown_site_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    write_site(tmp_path, "a.example", LOCAL)
    with pytest.raises(SiteError, match=r"no site file for x.example .*known: a.example"):
        load_sites(tmp_path, ["x.example"])


def test_faulty_file_does_not_hide_the_good_ones(tmp_path: Path) -> None:
    for name in ("a.example", "c.example"):
        write_site(tmp_path, name, LOCAL)
    write_site(tmp_path, "b.example", LOCAL, extra="dealy = 1")
    (tmp_path / "d.example.toml").write_text(GOOD, encoding="utf-8")
    good, faults = load_all(tmp_path)
    assert [site.name for site in good] == ["a.example", "c.example"]
    assert len(faults) == 2
    assert "b.example.toml: unknown key 'dealy'" in faults[0]
    assert "d.example.toml: name is 'a.example'" in faults[1]
    with pytest.raises(SiteError, match="dealy"):
        load_sites(tmp_path, ["a.example", "b.example"])


def test_empty_folder_holds_no_sites(tmp_path: Path) -> None:
    assert load_sites(tmp_path) == []


LOOPBACK = {
    "localhost": True,
    "127.0.0.1": True,
    "127.9.9.9": True,
    "::1": True,
    "[::1]": True,
    "a.example": False,
    "192.0.2.1": False,
    "": False,
}


@pytest.mark.parametrize(("host", "expected"), LOOPBACK.items())
def test_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
