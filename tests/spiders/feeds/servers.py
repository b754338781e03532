"""Loopback servers that speak the documented formats of the feeds, and a small loop that reads a feed through."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from types import ModuleType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from crawler.ads import Ad
from crawler.document import Document
from crawler.pages import PageLink, ParseError
from crawler.sites import Site
from tests.crawler.server import Loopback, SiteServer

NOW = datetime(2026, 8, 2, 12, tzinfo=UTC)
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a feed got it."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes = b""
    status: int = 200
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any, **headers: str) -> Reply:
    return Reply(json.dumps(value).encode(), headers={name.replace("_", "-"): text for name, text in headers.items()})


class FeedServer(Loopback):
    """Serves what `answer` says, and remembers what was asked for."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        super().__init__(_Handler)
        self.reply = answer
        self.asked: list[Asked] = []

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return Reply(status=404) if asked.path == "/robots.txt" else self.reply(asked)


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(parts.query, keep_blank_values=True)
        reply = self.server.site.answer(Asked(self.command, parts.path, query, headers, body))
        fields = {"Content-Type": reply.kind, "Content-Length": str(len(reply.body)), "Connection": "close"}
        lines = [f"{name}: {value}" for name, value in (fields | dict(reply.headers)).items()]
        head = "\r\n".join([f"HTTP/1.1 {reply.status} Answer", *lines, "", ""])
        self.wfile.write(head.encode() + (b"" if reply.status == 304 else reply.body))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests read `asked`."""


# pam-stilling-feed


class Nav:
    """Pages of events about ads, in the order they happened; the last page grows until it is full."""

    token = "token-of-the-test"

    def __init__(self, *, page_size: int = 3, key: str = "ad_content") -> None:
        self.page_size, self.key = page_size, key
        self.events: list[dict[str, Any]] = []
        self.entries: dict[str, dict[str, Any]] = {}

    def publish(
        self, number: int, *, status: str = "ACTIVE", at: str = "2026-08-01T10:00:00+02:00", **more: Any
    ) -> str:
        """An ad was published, changed or stopped; a stopped one is masked."""
        id, active = nav_id(number), status == "ACTIVE"
        title = f"Job {number}" if active else "?"
        entry = {
            "uuid": id,
            "status": status,
            "title": title,
            "businessName": "X AS",
            "municipal": "LEKA",
            "sistEndret": at,
        }
        self.events.append({
            "id": id, "url": f"/api/v1/feedentry/{id}", "title": title, "content_text": "Stillingsannonse",
            "date_modified": at, "_feed_entry": entry,
        })  # fmt: skip
        content = nav_ad(number, **more) if active else None
        self.entries[id] = {"uuid": id, self.key: content, "sistEndret": at, "status": status}
        return id

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(status=401)
        if asked.path == "/api/v1/feed":
            return self._page(0, asked)
        kind, _, id = asked.path.removeprefix("/api/v1/").partition("/")
        if kind == "feed" and id.startswith("page-"):
            return self._page(int(id.removeprefix("page-")), asked)
        return as_json(self.entries[id]) if kind == "feedentry" and id in self.entries else Reply(status=404)

    def _page(self, number: int, asked: Asked) -> Reply:
        size = int(asked.query.get("pageSize", [str(self.page_size)])[0])
        items = self.events[number * size : (number + 1) * size]
        further = number + 1 if len(self.events) > (number + 1) * size else None
        etag = hashlib.sha256(json.dumps([items, further]).encode()).hexdigest()[:32]
        if not items or asked.headers.get("if-none-match") == etag:
            return Reply(status=304)
        page = {
            "version": "1.0", "title": "Feed", "home_page_url": "https://feed.example", "description": "Jobs",
            "feed_url": asked.path, "next_url": further and f"/api/v1/feed/page-{further}", "id": f"page-{number}",
            "next_id": further and f"page-{further}", "items": items,
        }  # fmt: skip
        return as_json(page, ETag=etag, Last_Modified="Sat, 1 Aug 2026 10:00:00 +0200")


def nav_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def nav_ad(number: int, **more: Any) -> dict[str, Any]:
    ad = {
        "uuid": nav_id(number), "published": "2026-08-01T00:00:00+02:00", "expires": "2026-09-01T00:00:00+02:00",
        "updated": "2026-08-01T10:00:00+02:00", "title": f"Job {number}",
        "workLocations": [{"country": "NORGE", "address": None, "city": "LEKA", "postalCode": "7994",
                           "county": "TRØNDELAG", "municipal": "LEKA"}],
        "contactList": [{"name": "A Person", "email": "jobs@x.example", "phone": "42 00 00 17", "role": None,
                         "title": "Leder"}],
        "description": f"<p>Pack fish &amp; clean.</p><ul><li>Shift {number}</li></ul>", "sourceurl": "",
        "source": "Stillingsregistrering", "applicationUrl": "https://x.example/apply", "applicationDue": "Snarest",
        "occupationCategories": [{"level1": "Industri", "level2": "Matproduksjon"}],
        "categoryList": [{"categoryType": "STYRK08", "code": "9112", "name": "Renholder", "score": 0.7}],
        "jobtitle": "Pakker", "link": f"https://feed.example/stilling/{nav_id(number)}",
        "employer": {"name": "X AS", "orgnr": "123456789", "description": "", "homepage": "https://x.example"},
        "engagementtype": "Sesong", "extent": "Heltid", "starttime": "", "positioncount": "4", "sector": "Privat",
    }  # fmt: skip
    return ad | more


# JobStream


class JobStream:
    """Events with the moment they happened; `as_lines` sends JSON lines, else one array."""

    def __init__(self, *, as_lines: bool = True) -> None:
        self.as_lines = as_lines
        self.events: list[tuple[str, dict[str, Any]]] = []

    def publish(self, id: str, at: str, **more: Any) -> None:
        self.events.append((at, jobstream_ad(id, **more)))

    def remove(self, id: str, at: str) -> None:
        self.events.append((at, {"id": id, "removed": True, "removed_date": at}))

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/v2/snapshot":
            ads = {event["id"]: event for _, event in self.events}
            return self._send([ad for ad in ads.values() if not ad["removed"]])
        after = asked.query.get("updated-after", [""])[0]
        if asked.path != "/v2/stream" or not after:
            return Reply(status=400 if asked.path == "/v2/stream" else 404)
        before = asked.query.get("updated-before", ["9999"])[0]
        return self._send([event for at, event in self.events if after <= at <= before])

    def _send(self, events: list[dict[str, Any]]) -> Reply:
        lines = b"".join(json.dumps(event).encode() + b"\n" for event in events)
        return Reply(lines, kind="application/jsonl") if self.as_lines else as_json(events)


def jobstream_ad(id: str, **more: Any) -> dict[str, Any]:
    ad = {
        "id": id, "external_id": None, "webpage_url": f"https://stream.example/annonser/{id}", "headline": f"Job {id}",
        "application_deadline": "2026-08-31T23:59:59", "number_of_vacancies": 2,
        "description": {"text": "Picking berries.\nHousing is arranged.", "text_formatted": "<p>Picking</p>"},
        "employment_type": {"concept_id": "1", "label": "Säsongsarbete"}, "salary_type": {"label": "Rörlig lön"},
        "salary_description": "Ackord", "duration": {"label": "3 månader"}, "working_hours_type": {"label": "Heltid"},
        "scope_of_work": {"min": 100, "max": 100},
        "employer": {"phone_number": "42 00 00 18", "email": "a@y.example", "organization_number": "5566778899",
                     "name": "Y AB", "workplace": "Skogen", "url": "https://y.example"},
        "application_details": {"email": "b@y.example", "url": None, "information": "Send a letter", "via_af": False},
        "occupation": [{"label": "Bärplockare"}], "must_have": {"skills": [], "languages": [{"label": "Thai"}]},
        "workplace_address": {"municipality": "Åsele", "region": "Västerbottens län", "country": "Sverige",
                              "street_address": "Storgatan 1", "postcode": "91933", "city": "Åsele"},
        "publication_date": "2026-08-01T00:00:00", "last_publication_date": "2026-08-31T23:59:59", "removed": False,
        "source_type": "VIA_ANNONSERA", "detected_language": "sv", "timestamp": 1785571200000,
        "application_contacts": [{"name": "B Person", "telephone": "42 00 00 19", "email": None}],
    }  # fmt: skip
    return ad | more


# EURES

EURES = "/eures/api/jv-searchengine/public"


class Eures:
    """The search and the detail pages; what the portal refuses is refused as it does."""

    def __init__(self, vacancies: Mapping[str, dict[str, Any]]) -> None:
        self.vacancies = dict(vacancies)

    def answer(self, asked: Asked) -> Reply:
        if asked.path == f"{EURES}/jv-search/search" and asked.method == "POST":
            return self._search(asked)
        id = asked.path.removeprefix(f"{EURES}/jv/id/")
        if id not in self.vacancies or asked.query.get("requestLang") != ["en"]:
            return Reply(status=404)
        return as_json(self.vacancies[id])

    def _search(self, asked: Asked) -> Reply:
        wanted = json.loads(asked.body)
        size, page = wanted["resultsPerPage"], wanted["page"]
        periods = (None, "LAST_DAY", "LAST_THREE_DAYS", "LAST_WEEK", "LAST_MONTH")
        if asked.headers.get("content-type") != JSON or size > 50 or wanted["publicationPeriod"] not in periods:
            return Reply(b'{"key": "invalid-json", "message": "The provided JSON is not correct"}', status=400)
        found = [vacancy for vacancy in self.vacancies.values() if self._is_found(vacancy, wanted)]
        jvs = [_result(vacancy) for vacancy in found[(page - 1) * size : page * size]]
        return as_json({"numberRecords": len(found), "jvs": jvs, "facets": {}})

    @staticmethod
    def _is_found(vacancy: dict[str, Any], wanted: dict[str, Any]) -> bool:
        profile = next(iter(vacancy["jvProfiles"].values()))
        countries = {place["countryCode"] for place in profile["locations"]}
        words = [item["keyword"].lower() for item in wanted["keywords"]]
        places = [code.lower() for code in wanted["locationCodes"]]
        return all(word in profile["title"].lower() for word in words) and (not places or bool(countries & set(places)))


def _result(vacancy: dict[str, Any]) -> dict[str, Any]:
    profile = next(iter(vacancy["jvProfiles"].values()))
    return {"id": vacancy["id"], "title": profile["title"], "description": profile["description"][:40],
            "creationDate": vacancy["creationDate"], "locationMap": {"NO": [None]}}  # fmt: skip


def eures_vacancy(id: str, *, title: str = "Fish packer", country: str = "no", language: str = "pl") -> dict[str, Any]:
    return {
        "id": id, "reference": f"R{id}", "source": "BOARD", "preferredLanguage": language,
        "creationDate": 1785571200000, "lastModificationDate": None,
        "jvProfiles": {language: {
            "title": title, "description": "<p>Praca przy rybach.</p><p>Zakwaterowanie.</p>",
            "positionOfferingCode": "temporary", "positionScheduleCodes": ["fulltime"], "numberOfPosts": 3,
            "employer": {"name": "Z Sp. z o.o.", "legalID": "0000123456"},
            "locations": [{"countryCode": country, "region": "NO060", "cityName": "Leka", "postalCode": "7994"}],
            "personContacts": [{"givenName": "C", "familyName": "Person", "communications": {
                "telephones": [{"formattedNumber": "+47 42 00 00 20"}], "emails": [{"uri": "c@z.example"}]}}],
            "applicationInstructions": ['Apply: <a href="https://z.example/apply">here</a>'],
        }},
    }  # fmt: skip


# a feed read through


@dataclass(slots=True)
class Read:
    """What one crawl of a feed gave. `ads` is by id, the last reading of each."""

    ads: dict[str, Ad] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    cursor: str | None = None
    etag: str = ""


def make_site(spider: str, *starts: str, **more: Any) -> Site:
    return Site.model_validate({
        "name": "feed", "country": "NO", "kind": "job", "spider": spider, "legal_basis": "Test on this machine only",
        "start": list(starts), "delay": 0, "loopback": True,
    } | more)  # fmt: skip


def read_feed(family: ModuleType, site: Site, *, cursor: str | None = None, etag: str = "", token: str = "",
              now: datetime = NOW) -> Read:  # fmt: skip
    """Fetch and read a feed from its seeds until nothing is left to fetch; at most 300 pages."""
    found = Read()
    queue: deque[PageLink] = deque(family.seeds(site, cursor))
    seen: set[tuple[str, str]] = set()
    while queue and len(found.statuses) < 300:
        link = queue.popleft()
        if (link.url, link.body) in seen or urlsplit(link.url).netloc not in site.netlocs:
            continue
        seen.add((link.url, link.body))
        status, headers, body = fetch(link, token=token, etag=etag if link.url == cursor else "")
        found.statuses.append(status)
        if status != 200:
            continue
        document = Document(link.url, link.kind, headers.get("content-type", ""), body)
        try:
            content = family.read(document, site, seen_at=now)
        except ParseError as error:
            found.faults.append(str(error))
            continue
        found.ads |= {ad.ad_id: ad for ad in content.ads}
        found.gone += content.gone
        found.faults += [content.fault] if content.fault else []
        if content.cursor is not None:
            found.cursor, found.etag = content.cursor, headers.get("etag", "")
        queue.extend(content.links)
    return found


def fetch(link: PageLink, *, token: str, etag: str) -> tuple[int, dict[str, str], bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"Content-Type": JSON} if link.body else {}
    request = Request(link.url, data=link.body.encode() or None, headers=headers)
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
    except HTTPError as error:
        with error:
            return error.code, {}, b""
