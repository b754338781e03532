"""The settings of a crawl: nothing of Scrapy's is on that nobody looked at."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.settings import NoContact, settings_for, user_agent
from tests.crawler.samples import make_site

# Each was looked up in Scrapy's documentation: no socket, no file, no fetch that no page asked for; those for parts
# that are not listed in our settings (cookies, referer) have nothing to switch on.
LOOKED_AT = {
    "AUTOTHROTTLE_ENABLED",
    "COMPRESSION_ENABLED",
    "COOKIES_ENABLED",
    "DNSCACHE_ENABLED",
    "HTTPPROXY_ENABLED",
    "LOG_ENABLED",
    "MEMUSAGE_ENABLED",
    "METAREFRESH_ENABLED",
    "REDIRECT_ENABLED",
    "REFERER_ENABLED",
    "RETRY_ENABLED",
    "TWISTED_REACTOR_ENABLED",
}

EXPECTED = {
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "AUTOTHROTTLE_DEBUG": False,
    "DOWNLOAD_DELAY_JITTER": 0.0,
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_TIMEOUT": 15,
    "PAGE_BUDGET": 30,
    "BROWSER_PAGE_TIMEOUT": 60,
    "REDIRECT_MAX_TIMES": 5,
    "RETRY_TIMES": 2,
    "JOBDIR": None,
}


@pytest.fixture
def effective() -> Settings:
    """Scrapy's defaults, our settings over them, and those of one site over these."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    site = make_site(tables="[browser]\nad = true")
    settings.setdict(settings_for(site), priority="cmdline")
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


def test_what_is_in_the_way_of_a_page_is_what_is_listed(effective: Settings) -> None:
    middlewares = effective.getwithbase("DOWNLOADER_MIDDLEWARES")
    assert list(dict(sorted(middlewares.items(), key=lambda item: item[1]))) == [
        "crawler.guards.EgressGuard",  # before robots.txt is asked for
        "crawler.robots.Robots",
        "scrapy.downloadermiddlewares.retry.RetryMiddleware",
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
        "crawler.politeness.RetryAfter",
    ]
    assert dict(effective.getwithbase("SPIDER_MIDDLEWARES")) == {}
    assert set(effective.getwithbase("EXTENSIONS")) == {
        "scrapy.extensions.throttle.AutoThrottle", "crawler.progress.Progress",
    }  # fmt: skip


def test_every_handler_is_ours(effective: Settings) -> None:
    assert set(effective.getwithbase("DOWNLOAD_HANDLERS").values()) == {"crawler.fetcher.Fetcher"}


def test_delay_of_the_site_is_the_least_there_is() -> None:
    settings = settings_for(make_site(extra='contact = "x@y.example"').model_copy(update={"delay": 7.5}))
    assert settings["DOWNLOAD_DELAY"] == settings["AUTOTHROTTLE_START_DELAY"] == 7.5


def test_contact_is_mandatory_but_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VARDE_CONTACT", raising=False)
    local = make_site()
    assert "on this machine" in user_agent(local)
    with pytest.raises(NoContact, match=r"a.example: no contact; set contact = .* or VARDE_CONTACT"):
        user_agent(local.model_copy(update={"loopback": False}))
    monkeypatch.setenv("VARDE_CONTACT", "x@y.example")
    assert user_agent(local.model_copy(update={"loopback": False})).endswith("(+x@y.example)")
