"""The demonstration as a newcomer runs it, held against the truth of the sample market."""

from __future__ import annotations

import re

import pytest

from crawler.browser import find_browser
from tests.conftest import Varde


def shares(printed: str) -> dict[str, tuple[int, int]]:
    """Each line of the summary of the form `what   N of M`."""
    lines = re.findall(r"^ +(.+?) +(\d+) of +(\d+) ", printed, re.MULTILINE)
    return {what: (int(hit), int(of)) for what, hit, of in lines}


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="no browser for the site that needs JavaScript")
def test_demo_finds_what_is_there(varde: Varde) -> None:
    done = varde("demo", "--once", "--store", "demo.db")
    assert done.returncode == 0
    found = shares(done.stdout)
    assert found["ads"] == (297, 297)
    hit, of = found["phones: read among those in the ads found"]
    assert hit >= 0.98 * of
    assert found["phones: right among those read"][0] == found["phones: right among those read"][1]
    assert found["operators that warrant an alert: alerted"][0] == found["operators that warrant an alert: alerted"][1]
    assert found["operators that warrant none: in an alert"][0] == 0
    hit, of = found["pairs of ads tied: of one operator"]
    assert hit == of
    hit, of = found["pairs of ads of one operator: tied"]
    assert hit >= 0.95 * of
