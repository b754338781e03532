"""The Scrapy settings: read in order, they are the table of contents of a crawl."""

from __future__ import annotations

import os
from typing import Any

from crawler import __version__
from crawler.errors import VardeError
from crawler.sites import Site

BOT_NAME = "varde"
SPIDER_MODULES = ["crawler.spider"]

# What is still to fetch, and the way of a request: guard → robots → network → archive → spider → parser → store.
# Scrapy's own tables of defaults are emptied: what is not listed here is not in the way of a page.
SCHEDULER = "crawler.frontier.Frontier"
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.guards.EgressGuard": 50,
    "crawler.robots.Robots": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "crawler.politeness.RetryAfter": 700,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "crawler.fetcher.Fetcher")
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": 0, "crawler.progress.Progress": 0}
NETWORK = "crawler.egress:Network"  # the machine's resolver and sockets, for crawler and browser

# Politeness.
CONCURRENT_REQUESTS = 1  # of one site: Scrapy 2.19 hands out several at once to a domain that has no delay
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # Scrapy starts that many tasks for what each page gives
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
RETRY_EXCEPTIONS = ["crawler.client.Unreachable"]
DOWNLOAD_DELAY_JITTER = 0.0  # it may halve the delay that the site file promises

# Bounds on what one server can take from us.
DOWNLOAD_TIMEOUT = 15  # seconds for one whole answer
PAGE_BUDGET = 30  # seconds for all the redirects and tries of one page
BROWSER_PAGE_TIMEOUT = 60  # seconds in which the browser opens, clicks through and reads one page
REDIRECT_MAX_TIMES = 5

# Scrapy's own servers run code sent to them.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

LOG_LEVEL = "ERROR"
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the page's reason says it, without a traceback
LOGSTATS_INTERVAL = 0


class NoContact(VardeError):
    """A site would be crawled without a contact in the user agent. Raised by `settings_for`."""


class NoToken(VardeError):
    """A feed would be asked without the token its site file speaks of. Raised by `settings_for`."""


def settings_for(site: Site) -> dict[str, Any]:
    """The settings of one crawl of `site`. Raises NoContact where nobody could be asked about it, and NoToken."""
    if site.feed.token_env and not os.environ.get(site.feed.token_env):
        raise NoToken(f"{site.name}: no token; put the one that the feed's owner gave you into ${site.feed.token_env}")
    return {
        "USER_AGENT": user_agent(site),
        "DOWNLOAD_DELAY": site.delay,
        "AUTOTHROTTLE_START_DELAY": site.delay,
        "AUTOTHROTTLE_MAX_DELAY": site.delay if site.loopback else 60.0,  # this machine need not be spared
    }


def user_agent(site: Site) -> str:
    contact = site.contact or os.environ.get("VARDE_CONTACT", "")
    if not contact and not site.loopback:
        raise NoContact(f'{site.name}: no contact; set contact = "…" in its site file, or VARDE_CONTACT')
    return f"Varde/{__version__} (+{contact or 'on this machine'})"
