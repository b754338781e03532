"""The settings of a crawl: nothing of Scrapy's is on that nobody looked at."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.browser import FLAGS
from crawler.settings import NoContact, settings_for, user_agent
from tests.crawler.samples import make_site

# Each was looked up in Scrapy's documentation: no socket, no file, no fetch that no page asked for.
LOOKED_AT = {
    "AUTOTHROTTLE_ENABLED",
    "COMPRESSION_ENABLED",
    "DNSCACHE_ENABLED",
    "HTTPPROXY_ENABLED",
    "LOG_ENABLED",
    "MEMUSAGE_ENABLED",
    "METAREFRESH_ENABLED",
    "REDIRECT_ENABLED",
    "RETRY_ENABLED",
    "TWISTED_REACTOR_ENABLED",
}

EXPECTED = {
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "AUTOTHROTTLE_DEBUG": False,
    "RANDOMIZE_DOWNLOAD_DELAY": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_TIMEOUT": 30,
    "DOWNLOAD_MAXSIZE": 8 * 1024 * 1024,
    "REDIRECT_MAX_TIMES": 5,
    "RETRY_TIMES": 2,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "JOBDIR": None,
}


@pytest.fixture(params=[None, "/usr/bin/chromium"], ids=["plain", "with a browser"])
def effective(request: pytest.FixtureRequest) -> Settings:
    """Scrapy's defaults, our settings over them, and those of one site over these."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    site = make_site(tables="[browser]\nad = true")
    settings.setdict(settings_for(site, browser=request.param), priority="cmdline")
    return settings


def test_nothing_is_on_that_nobody_looked_at(effective: Settings) -> None:
    on = {name for name in effective if str(name).endswith("_ENABLED") and effective.getbool(name)}
    assert on - LOOKED_AT == set()


@pytest.mark.parametrize(("name", "value"), EXPECTED.items(), ids=EXPECTED)
def test_setting_is_as_committed(effective: Settings, name: str, value: Any) -> None:
    assert effective[name] == value


def test_only_http_and_https_have_a_handler(effective: Settings) -> None:
    handlers = effective.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def test_guard_archive_and_robots_are_in_their_places(effective: Settings) -> None:
    middlewares = {
        str(name): place for name, place in effective.getwithbase("DOWNLOADER_MIDDLEWARES").items() if place is not None
    }
    ordered = sorted(middlewares, key=lambda name: (middlewares[name], name.startswith("scrapy.")))
    assert ordered[0] == "crawler.guards.EgressGuard"  # before robots.txt is asked for
    assert ordered[-1] == "crawler.evidence.KeepResponse"  # before anything decodes the bytes


def test_browser_blocks_what_a_page_could_leave_behind(effective: Settings) -> None:
    if "PLAYWRIGHT_CONTEXTS" not in effective:
        return
    context = effective["PLAYWRIGHT_CONTEXTS"]["default"]
    assert (context["service_workers"], context["accept_downloads"]) == ("block", False)
    assert "--disable-background-networking" in effective["PLAYWRIGHT_LAUNCH_OPTIONS"]["args"]
    assert set(FLAGS) < set(effective["PLAYWRIGHT_LAUNCH_OPTIONS"]["args"])


def test_browser_resolves_no_host_but_those_of_the_site(effective: Settings) -> None:
    if "PLAYWRIGHT_CONTEXTS" in effective:
        rules = "--host-resolver-rules=MAP 127.0.0.1:9 127.0.0.1:9, MAP * ~NOTFOUND"
        assert rules in effective["PLAYWRIGHT_LAUNCH_OPTIONS"]["args"]


def test_delay_of_the_site_is_the_least_there_is() -> None:
    settings = settings_for(make_site(extra='contact = "x@y.example"').model_copy(update={"delay": 7.5}), browser=None)
    assert settings["DOWNLOAD_DELAY"] == settings["AUTOTHROTTLE_START_DELAY"] == 7.5


def test_contact_is_mandatory_but_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VARDE_CONTACT", raising=False)
    local = make_site()
    assert "on this machine" in user_agent(local)
    with pytest.raises(NoContact, match=r"a.example: no contact; set contact = .* or VARDE_CONTACT"):
        user_agent(local.model_copy(update={"loopback": False}))
    monkeypatch.setenv("VARDE_CONTACT", "x@y.example")
    assert user_agent(local.model_copy(update={"loopback": False})).endswith("(+x@y.example)")
