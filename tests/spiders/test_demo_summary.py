"""The summary that `varde demo` prints."""

from __future__ import annotations

from typing import Any

from spiders.demo.score import score
from spiders.demo.summary import Found, summary
from spiders.demo.truth import load_truth

TRUTH = load_truth()
CLUSTERS = [{"cluster": "net-leie", "ads": 9}, {"cluster": "an ad by itself", "ads": 1}]


def summarise(ads: list[dict[str, Any]]) -> list[str]:
    """The summary's lines for a run that read `ads` and raised one alert of L3."""
    alerts = [{"alert": 1, "cluster": "net-leie", "level": "L3"}]
    crawls = [{"site": "demo-nordlys", "done": 118}, {"site": "demo-arbeid", "done": 110}]
    found = Found(crawls=crawls, ads=ads, clusters=CLUSTERS, alerts=alerts, seconds=41.4)
    return summary(found, score(TRUTH, ads, alerts)).splitlines()


def read(site: str) -> list[dict[str, Any]]:
    """The ads of one site, read and tied without fault."""
    return [row | {"cluster": row["operator"], "level": "L0"} for row in TRUTH["ads"] if row["site"] == site]


def test_summary_counts_what_was_found() -> None:
    lines = summarise(read("demo-nordlys"))
    assert lines[0] == "Sample market, crawled and read in 41 s"
    assert lines[1].split() == ["pages", "read", "228"]
    assert lines[2].split() == ["ads", "110", "demo-nordlys", "110"]
    assert lines[4].split() == ["clusters", "1", "of", "two", "ads", "or", "more"]
    assert lines[5].split() == ["alerts", "1", "L3", "1"]


def test_every_share_has_numerator_and_denominator() -> None:
    lines = summarise(read("demo-nordlys"))
    shares = lines[lines.index("Found against what is there") + 1 : lines.index("", 7)]
    assert shares[0].split() == ["ads", "110", "of", "297", "37.0", "%"]
    assert all(" of " in line and line.endswith(("%", "–")) for line in shares)
    assert len({line.index(" of ", 40) for line in shares}) == 1, "columns are aligned"


def test_missing_browser_is_said() -> None:
    text = "\n".join(summarise(read("demo-nordlys") + read("demo-arbeid")))
    assert "No ad of demo-fjord was found: its pages need JavaScript and a browser" in text
    assert "No ad of demo-nordlys" not in text


def test_whole_market_misses_nothing() -> None:
    assert "No ad of" not in "\n".join(
        summarise([ad for site in ("demo-nordlys", "demo-fjord", "demo-arbeid") for ad in read(site)])
    )
