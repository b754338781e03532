"""A hostile server cannot stop, bloat or steer the crawler: every behaviour beside a good site, in a real crawl."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.browser import find_browser
from tests.hostile import bodies, heads, markup, steering
from tests.hostile.behaviour import Behaviour
from tests.hostile.crowd import BROWSER, GOOD_ADS, Crowd, run_crowd

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

MEMORY = 300_000_000  # bytes of any process
STALL = 1.0  # seconds
PAGE = 35.0  # seconds from the first request of a page until it is closed

CROWDS: dict[str, tuple[Behaviour, ...]] = {
    "slow": (*bodies.SLOW, *heads.SLOW),
    "packed": bodies.PACKED[:8],
    "packed wrongly": (*bodies.PACKED[8:], *bodies.BROKEN),
    "endless": bodies.ENDLESS,
    "headers": heads.FLOODS,
    "no HTTP": heads.NO_HTTP,
    "redirects": steering.REDIRECTS,
    "links": steering.LINKS,
    "feeds": steering.FEEDS,
    "robots": steering.ROBOTS,
    "pages": markup.PAGES,
    "data": (*markup.DATA, *markup.POLITE),
    "browser": markup.DRAWN,
}
SETTINGS = {"browser": ("BROWSER_PAGE_TIMEOUT=6",)}
NO_BROWSER = pytest.mark.skipif(not find_browser(), reason="no browser on this machine (see varde doctor)")
WHOLE = [pytest.param(name, marks=[NO_BROWSER] if name == "browser" else [], id=name) for name in CROWDS]
EACH = [
    pytest.param(name, each, marks=[NO_BROWSER] if name == "browser" else [], id=each.name)
    for name, crowd in CROWDS.items()
    for each in crowd
]
Hold = Callable[[str], Crowd]


@pytest.fixture(scope="session")
def hold(tmp_path_factory: pytest.TempPathFactory) -> Hold:
    """Runs the crawl of a crowd once, also where it fails."""
    held: dict[str, Crowd | AssertionError] = {}

    def run(name: str) -> Crowd:
        if name not in held:
            try:
                held[name] = run_crowd(CROWDS[name], tmp_path_factory.mktemp("crowd"), *SETTINGS.get(name, ()))
            except AssertionError as error:
                held[name] = error
        found = held[name]
        if isinstance(found, AssertionError):
            raise found
        return found

    return run


@pytest.mark.parametrize("name", WHOLE)
def test_crawl_stays_small_and_awake_and_reads_the_good_site(name: str, hold: Hold) -> None:
    crowd = hold(name)
    print(
        {role: f"{size / 1e6:.0f} MB" for role, size in crowd.memory.items()},
        crowd.stall,
        f"{crowd.seconds:.0f} s, good {crowd.good_seconds:.0f} s",
    )
    assert crowd.good_ads == GOOD_ADS
    assert crowd.good_seconds <= PAGE
    assert {role: size for role, size in crowd.memory.items() if role != BROWSER and size > MEMORY} == {}
    assert crowd.stall["cpu"] <= STALL
    assert crowd.left == []
    assert "Traceback" not in crowd.err


@pytest.mark.parametrize(("name", "behaviour"), EACH)
def test_page_is_closed_in_time_and_what_happened_is_named(name: str, behaviour: Behaviour, hold: Hold) -> None:
    found = hold(name).outcomes[behaviour.name]
    assert found.seconds <= PAGE
    assert found.state in behaviour.states, found
    assert not behaviour.outcome or found.outcome == behaviour.outcome, found
    assert not behaviour.kinds or {one.kind for one in found.events} & set(behaviour.kinds), found
    assert behaviour.ads is None or found.ads == behaviour.ads, found


@pytest.mark.parametrize(("name", "behaviour"), EACH)
def test_server_is_asked_no_more_than_a_few_times(name: str, behaviour: Behaviour, hold: Hold) -> None:
    asked = hold(name).outcomes[behaviour.name].asked
    assert max(asked.values(), default=0) <= behaviour.asked, asked
    assert sum(asked.values()) <= behaviour.requests, asked
