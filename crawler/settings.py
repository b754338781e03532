"""The Scrapy settings: read in order, they are the table of contents of a crawl."""

from __future__ import annotations

import os
from typing import Any

from crawler import __version__
from crawler.browser import browser_settings
from crawler.errors import VardeError
from crawler.sites import Site

BOT_NAME = "varde"
SPIDER_MODULES = ["spiders.listing", "spiders.jobposting"]

# What is still to fetch, and the way of a response: network → archive → guards → spider → store.
SCHEDULER = "crawler.frontier.Frontier"
DOWNLOADER_MIDDLEWARES = {
    "crawler.guards.EgressGuard": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": 100,
    "crawler.guards.TextGuard": 580,
    "crawler.evidence.KeepResponse": 905,
}
ITEM_PIPELINES = {"crawler.pipeline.StorePage": 100}

# Politeness.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
RETRY_TIMES = 2
COOKIES_ENABLED = False
REFERER_ENABLED = False
RANDOMIZE_DOWNLOAD_DELAY = False  # it may halve the delay that the site file promises

# Bounds on what one server can take from us.
DOWNLOAD_TIMEOUT = 30
BROWSER_PAGE_TIMEOUT = 45  # seconds in which the browser opens, clicks through and reads one page
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
DOWNLOAD_VERIFY_CERTIFICATES = True

# Scrapy's own servers run code sent to them; its other handlers read files and foreign protocols.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_HANDLERS: dict[str, str | None] = dict.fromkeys(("file", "ftp", "data", "s3"))

LOG_LEVEL = "ERROR"
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the page's reason says it, without a traceback
LOGSTATS_INTERVAL = 0
EXTENSIONS = {"crawler.progress.Progress": 0}


class NoContact(VardeError):
    """A site would be crawled without a contact in the user agent. Raised by `settings_for`."""


def settings_for(site: Site, *, browser: str | None) -> dict[str, Any]:
    """The settings of one crawl of `site`; raises NoContact where nobody could be asked about it."""
    settings: dict[str, Any] = {
        "USER_AGENT": user_agent(site),
        "DOWNLOAD_DELAY": site.delay,
        "AUTOTHROTTLE_START_DELAY": site.delay,
        "AUTOTHROTTLE_MAX_DELAY": site.delay if site.loopback else 60.0,  # this machine need not be spared
    }
    if site.needs_browser and browser:
        settings |= browser_settings(site, browser)
        settings["DOWNLOAD_HANDLERS"] = DOWNLOAD_HANDLERS | settings["DOWNLOAD_HANDLERS"]
    return settings


def user_agent(site: Site) -> str:
    contact = site.contact or os.environ.get("VARDE_CONTACT", "")
    if not contact and not site.loopback:
        raise NoContact(f'{site.name}: no contact; set contact = "…" in its site file, or VARDE_CONTACT')
    return f"Varde/{__version__} (+{contact or 'on this machine'})"
