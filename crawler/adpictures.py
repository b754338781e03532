"""AdPictures: gives the ads of a page the hashes of their pictures, where the site file allows it.

A picture is fetched as a page is (guard, robots.txt, delay, one at a time), hashed in memory and forgotten: neither
archive nor store nor log ever sees it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NoReturn
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.ads import Ad
from crawler.client import FetchFault
from crawler.egress import Refused
from crawler.events import event
from crawler.job import CrawlJob
from crawler.pictures import PictureFault, PlainPicture
from crawler.picturestore import known_hashes
from crawler.robots import Forbidden, NoRobots
from crawler.sites import ImageRules

ADULT = 18  # years: of an ad that states fewer no picture is ever asked for
_TIMES = 3  # tries for one picture where the site asks for a pause
_LOOK = 0.2  # seconds between two looks at whether a pause is over
_READ = 20_000  # characters of an ad that are looked through for an age
_YOUNG = re.compile(
    r"(?<![\d.,:])1[0-7](?![\d:])\s{0,3}-?(?:år|aar|years|yrs|y/?o\b|lat\b|ani\b|años|rok|let\b|лет|год|років|рок|ปี|metų|gad|vuot|wiosn)",
    re.IGNORECASE,
)
_IN_A_ROW = 10  # pictures that could not be had; no more are asked for by this run

Outcome = Literal["hashed", "known", "plain", "unreadable", "elsewhere", "forbidden", "missing", "failed", "minor"]


class Stopped(Exception):
    """The run was stopped while pictures were still to be fetched: the page stays queued. Raised by `looked_at`."""


class _Passing(Exception):
    """A picture could not be had for what may pass: the page is read again by the next crawl."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Ads with the hashes of their pictures. Not `is_whole` where one could not be had that may be another time."""

    ads: tuple[Ad, ...]
    is_whole: bool = True


class AdPictures:
    """Of one crawl. What became of each picture is counted, and what was hostile noted as a security event."""

    def __init__(self, job: CrawlJob, crawler: Crawler) -> None:
        self._job = job
        self._crawler = crawler
        self._failures = 0
        self._turn = asyncio.Lock()  # so that what the last picture brought is known before the next is asked for

    async def looked_at(self, ads: Sequence[Ad], page: str) -> LookedAt:
        """The ads of the page at URL `page`, as they were where the site file has no [images]. Raises Stopped."""
        rules = self._job.site.images
        if rules is None or self._job.hasher is None:
            return LookedAt(tuple(ads))
        found, is_whole = [], True
        for ad in ads:
            images: list[Mapping[str, str]] = []
            known = known_hashes(self._job.db, ad.site, ad.ad_id)
            for number, image in enumerate(ad.images):
                try:
                    url = image.get("url", "") if number < rules.per_ad else ""
                    images.append(await self._image(ad, url, known, rules, page) if url else image)
                except _Passing:
                    images.append(image)
                    is_whole = False
            found.append(replace(ad, images=tuple(images)))
        return LookedAt(tuple(found), is_whole)

    async def _image(
        self, ad: Ad, url: str, known: Mapping[str, Mapping[str, str]], rules: ImageRules, page: str
    ) -> Mapping[str, str]:
        """A picture with its hashes, or with its URL alone. Raises _Passing, Stopped."""
        image: Mapping[str, str] = {"url": url}
        if may_be_minor(ad):
            return self._counted("minor", image)
        if url in known:
            return self._counted("known", known[url])
        try:
            self._job.egress.check(url)
        except Refused:  # most sites show pictures from elsewhere; that is no attack
            return self._counted("elsewhere", image)
        async with self._turn:
            body = await self._fetched(url, rules, page)
        return await self._hashed(url, body) if body else image

    def _counted(self, outcome: Outcome, image: Mapping[str, str]) -> Mapping[str, str]:
        self._job.count_picture(outcome)
        return image

    async def _hashed(self, url: str, body: bytes) -> Mapping[str, str]:
        assert self._job.hasher
        try:
            found = await self._job.hasher.hash(body)
        except PlainPicture:
            return self._counted("plain", {"url": url})
        except PictureFault as fault:
            self._job.note(event("image_limit", str(fault)), url)
            return self._counted("unreadable", {"url": url})
        return self._counted("hashed", {"url": url, "phash": found.phash, "mirror": found.mirror})

    # how it is fetched

    async def _fetched(self, url: str, rules: ImageRules, page: str) -> bytes:
        """The bytes of a picture; b"" of one that the site does not give. Raises _Passing, Stopped."""
        if self._failures >= _IN_A_ROW:
            self._fail()
        try:
            response = await self._answer(url, rules, page)
        except NoRobots:
            self._fail()
        except Forbidden:
            self._job.count_picture("forbidden")
            return b""
        except (Refused, FetchFault, IgnoreRequest, ValueError) as error:
            return self._refused(url, error)
        if response.status == 429 or response.status >= 500:
            self._fail()
        self._failures = 0
        if response.status != 200 or not response.body:
            self._job.count_picture("missing")
            return b""
        return response.body

    async def _answer(self, url: str, rules: ImageRules, page: str) -> Response:
        """In the page's own slot: its delay lies between any two requests, whatever host the picture is on."""
        meta = {"is_picture": True, "limit": rules.max_bytes, "download_slot": urlsplit(page).hostname}
        for _ in range(_TIMES):
            await self._pause()
            assert self._crawler.engine
            response = await self._crawler.engine.download_async(Request(url, meta=dict(meta), dont_filter=True))
            if not self._job.is_waiting:
                break
        return response

    async def _pause(self) -> None:
        """Wait as long as the site asked for. Raises Stopped."""
        while self._job.is_waiting and self._crawler.crawling:
            await asyncio.sleep(_LOOK)
        if not self._crawler.crawling or self._job.ending == "running":
            raise Stopped

    def _refused(self, url: str, error: Exception) -> bytes:
        """What may not, or cannot, be had as it is sent. Raises _Passing where another try may bring it."""
        if isinstance(error, Refused | FetchFault):
            kind = error.kind
        elif isinstance(error, IgnoreRequest):
            kind = None if self._job.halted else "redirects"
        else:  # Scrapy's, of a redirect that leads to no URL
            kind = "bad_url"
        if kind:
            self._job.note(event(kind, f"picture: {error}"), url)
        if kind in (None, "too_slow"):
            self._fail()
        self._failures = 0
        self._job.count_picture("unreadable")
        return b""

    def _fail(self) -> NoReturn:
        """Raises _Passing."""
        self._failures += 1
        if self._failures == _IN_A_ROW:
            reason = f"{_IN_A_ROW} pictures in a row could not be had; no more are asked for by this run"
            self._job.note(event("image_limit", reason), self._job.site.start[0])
        self._job.count_picture("failed")
        raise _Passing


def may_be_minor(ad: Ad) -> bool:
    """Does the field `age` hold a number below 18, or the text one of 10 to 17 beside a word for years? Then none of
    its pictures may be looked at. The text may speak of somebody else: a hash less costs nothing.
    """
    stated = any(int(number) < ADULT for number in re.findall(r"\d+", ad.age[:200]))
    return stated or bool(_YOUNG.search(f"{ad.title}\n{ad.text}"[:_READ]))
