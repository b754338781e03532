"""The peer of `bench crawl`: a Scrapy spider with Scrapy's defaults that downloads pages and does nothing with them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class Bare(Spider):
    name = "bare"

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        """Nothing."""


def main(root: str, ads: int, lists: int) -> None:
    urls = [f"{root}/list/{n * 100}" for n in range(lists)] + [f"{root}/ad/{n}" for n in range(ads)]
    process = AsyncCrawlerProcess(
        {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "USER_AGENT": "bench"}
    )
    process.crawl(Bare, urls=urls)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
