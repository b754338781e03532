"""`varde crawl` against real servers on loopback: what it fetches, what it refuses, and what it says."""

from __future__ import annotations

import fcntl
import gzip
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.evidence import archive_folder, read_capture
from crawler.store import ad_rows, captures, observation_ids, observations, open_store
from tests.conftest import VARDE, Serve, Varde, clean_environment, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import Answer, Hit, LoopbackServer

WITH_SETTINGS = Path(__file__).with_name("with_settings.py")
ROBOTS = Answer(b"User-agent: *\nDisallow: /private\n", kind="text/plain")
ZIPPED = gzip.compress(ad_page("zip").encode())


def moved(to: str) -> Answer:
    return Answer(status=302, headers={"Location": to})


def asked(server: LoopbackServer) -> Counter[str]:
    return Counter(server.paths())


# One crawl of three sites at once, looked at from many sides.


class Flaky:
    """Fails twice, then answers."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, hit: Hit) -> str | Answer:
        self.asked += 1
        return ad_page("flaky") if self.asked > 2 else Answer(b"<p>later</p>", status=500)


def mixed(canary: LoopbackServer) -> dict[str, Any]:
    ads = {
        "/ad/1": ad_page(1),
        "/ad/flaky": Flaky(),
        "/ad/broken": Answer(b"<p>never</p>", status=500),
        "/ad/empty": Answer(b""),
        "/ad/binary": Answer(bytes(range(256)), kind="application/octet-stream"),
        "/ad/image": Answer(b"\x89PNG\r\n\x1a\n" + bytes(300), kind="image/png"),
        "/ad/no-id": "<h1>Ad</h1><div class='text'>text</div>",
        "/ad/no-text": "<h1>Ad</h1><p class='id'>7</p><div class='text'> </div>",
        "/ad/zip": Answer(ZIPPED, headers={"Content-Encoding": "gzip"}),
        "/ad/bomb": Answer(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        "/ad/huge": Answer(b"<p>" + b"a" * 9_000_000),
        "/ad/latin": Answer(
            ad_page("latin", text="Rom på øya").encode("latin-1"), kind="text/html; charset=iso-8859-1"
        ),
        "/ad/odd-charset": Answer(ad_page("odd-charset").encode(), kind="text/html; charset=hex"),
        "/ad/odd-headers": Answer(
            ad_page("odd-headers").encode(), headers={"X-Odd": "bl\u00e5", "Set-Cookie": "a=1; b=2"}
        ),
        "/ad/ring": moved("/ad/ring"),
        "/ad/moved": moved("/ad/target"),
        "/ad/moved-away": moved(f"{canary.url}/moved"),
        "/ad/moved-to-file": moved("file:///etc/hostname"),
        "/ad/moved-nowhere": moved("http://[broken/"),
        "/ad/meta-away": f'<meta http-equiv="refresh" content="0; url={canary.url}/meta">',
        "/private/ad": ad_page("private"),
    }
    hrefs = [
        *ads,
        "/ad/gone",
        "/ad/1#part",
        f"{canary.url}/ad/9",
        "//127.0.0.1:1/ad",
        "file:///etc/hostname",
        "ftp://127.0.0.1/x",
        "data:text/html,x",
        "mailto:x@y.example",
        "http://[broken/",
        "javascript:void(0)",
        "https:///nohost",
    ]
    lists = {
        "/": list_page(hrefs, after="/more"),
        "/more": list_page(["/ad/1"], after="/"),
        "/ad/target": ad_page("target"),
    }
    return {"/robots.txt": ROBOTS, **lists, **ads}


def calendar(path: str) -> str | Answer | None:
    """A list that never ends, and a chain that goes ever deeper."""
    if path == "/robots.txt":
        return ROBOTS
    name, _, number = path.partition("?p=")
    return (
        list_page([f"/ad/{number}"] if name == "/deep" else [], after=f"{name}?p={int(number) + 1}")
        if number
        else ad_page(path)
    )


@dataclass(frozen=True, slots=True)
class Evening:
    """The finished crawl: its servers, its process, its reports by site, the state of each page by path."""

    server: LoopbackServer
    calendar: LoopbackServer
    canary: LoopbackServer
    process: subprocess.CompletedProcess[str]
    store: Path
    reports: dict[str, Any]
    pages: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    folder = tmp_path_factory.mktemp("evening")
    with (
        LoopbackServer({}) as canary,
        LoopbackServer(mixed(canary)) as server,
        LoopbackServer(calendar) as trap,
    ):
        sites = write_site(folder / "sites", "a.example", f"{server.url}/", extra='contact = "post@varde.example"')
        write_site(sites, "calendar.example", f"{trap.url}/list?p=0", extra="max_pages = 20\nmax_depth = 1000")
        write_site(
            sites,
            "deep.example",
            f"{trap.url}/deep?p=0",
            extra="max_depth = 3",
            tables="[expect]\nads = [50, 90]",
        )
        done = subprocess.run(
            [VARDE, "crawl", "--all", "--sites", str(sites), "--json"],
            cwd=folder,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        db = open_store(folder / "varde.db", create=False)
        pages = {
            url.removeprefix(server.url): (state, reason)
            for url, state, reason in db.execute("SELECT url, state, reason FROM frontier")
        }
        db.close()
        yield Evening(
            server,
            trap,
            canary,
            done,
            folder / "varde.db",
            {row["site"]: row for row in printed(done)},
            pages,
        )


def test_crawl_finishes_whatever_the_pages_are(evening: Evening) -> None:
    assert evening.process.returncode == 0, evening.process.stderr
    assert [row["outcome"] for row in evening.reports.values()] == ["finished", "finished", "changed"]
    assert "Traceback" not in evening.process.stderr
    assert [page for page, (state, _) in evening.pages.items() if state == "queued"] == []


def test_only_whole_ads_are_stored(evening: Evening) -> None:
    db = open_store(evening.store, create=False)
    stored = {ad.ad_id for ad in ad_rows(db) if ad.site == "a.example"}
    db.close()
    assert stored == {"1", "flaky", "zip", "latin", "odd-headers", "target"} | (stored & {"odd-charset"})


# (path, its state, a part of the reason, how often the server was asked)
PAGES = {
    "/": ("done", "", 1),
    "/more": ("done", "", 1),
    "/ad/1": ("done", "", 1),
    "/ad/flaky": ("done", "", 3),
    "/ad/broken": ("failed", "HTTP 500", 3),
    "/ad/gone": ("failed", "HTTP 404", 1),
    "/ad/empty": ("excluded", "empty page", 1),
    "/ad/binary": ("excluded", "not text: application/octet-stream", 1),
    "/ad/image": ("excluded", "not text: image/png", 1),
    "/ad/no-id": ("failed", "no ad_id: '.id::text' finds nothing", 1),
    "/ad/no-text": ("failed", "no text: '.text::text' finds nothing", 1),
    "/ad/zip": ("done", "", 1),
    "/ad/bomb": ("failed", "unpacks to more than 8,388,608 bytes", 1),
    "/ad/huge": ("failed", "body of more than 8,388,608 bytes", 1),
    "/ad/latin": ("done", "", 1),
    "/ad/odd-headers": ("done", "", 1),
    "/ad/ring": ("excluded", "more than 5 redirects", 6),
    "/ad/moved": ("done", "", 1),
    "/ad/moved-away": ("excluded", "is not of this site (127.0.0.1:", 1),
    "/ad/moved-to-file": ("failed", "HTTP 302", 1),
    "/ad/moved-nowhere": ("failed", "ValueError: Invalid IPv6 URL", 1),
    "/ad/meta-away": ("excluded", "is not of this site (127.0.0.1:", 1),
    "/private/ad": ("excluded", "forbidden by robots.txt", 0),
}


@pytest.mark.parametrize(("path", "expected"), PAGES.items(), ids=PAGES)
def test_page_is_closed_with_its_reason(evening: Evening, path: str, expected: tuple[str, str, int]) -> None:
    state, reason, times = expected
    assert evening.pages[path][0] == state, evening.pages[path]
    assert reason in evening.pages[path][1]
    assert bool(reason) == bool(evening.pages[path][1])
    assert asked(evening.server)[path] == times


def test_page_in_a_charset_nobody_knows_is_not_lost_silently(evening: Evening) -> None:
    state, reason = evening.pages["/ad/odd-charset"]
    assert state == "done" or (state == "failed" and reason)


def test_no_other_host_is_contacted(evening: Evening) -> None:
    assert evening.canary.hits == []


def test_link_to_another_host_is_told(evening: Evening) -> None:
    state, reason = evening.pages[f"{evening.canary.url}/ad/9"]
    assert state == "excluded"
    assert f"http://{evening.canary.netloc} is not of this site" in reason


def test_links_that_are_no_pages_are_not_queued(evening: Evening) -> None:
    assert [page for page in evening.pages if not page.startswith(("/", "http://127.0.0.1:", "https:///nohost"))] == []
    assert evening.pages["https:///nohost"][0] == "excluded"


def test_every_request_names_a_contact(evening: Evening) -> None:
    agents = {hit.headers["User-Agent"] for hit in evening.server.hits}
    assert len(agents) == 1
    assert re.fullmatch(r"Varde/\S+ \(\+post@varde\.example\)", agents.pop())


def test_requests_carry_neither_cookies_nor_referer(evening: Evening) -> None:
    assert [hit.path for hit in evening.server.hits if {"Cookie", "Referer"} & set(hit.headers)] == []


def test_robots_txt_is_asked_first(evening: Evening) -> None:
    assert evening.server.hits[0].path == "/robots.txt"
    assert Counter(hit.path for hit in evening.server.hits)["/robots.txt"] == 1


def test_list_without_end_stops_at_max_pages(evening: Evening) -> None:
    report = evening.reports["calendar.example"]
    assert report["done"] == 20
    assert asked(evening.calendar)["/list?p=19"] == 1
    assert asked(evening.calendar)["/list?p=20"] == 0
    assert "calendar.example: stopped at max_pages = 20" in evening.process.stderr


def test_chain_stops_at_max_depth(evening: Evening) -> None:
    assert asked(evening.calendar)["/deep?p=3"] == 1
    assert asked(evening.calendar)["/deep?p=4"] == 0
    assert "deep.example: 2 pages: deeper than 3 links" in evening.process.stderr


def test_fewer_ads_than_expected_are_told(evening: Evening) -> None:
    assert "deep.example: site changed: 3 ads, expected 50 to 90" in evening.process.stderr


def test_text_is_read_in_its_charset(evening: Evening) -> None:
    assert documents(evening.store)["latin"]["text"] == "Rom på øya"
    assert documents(evening.store)["zip"]["phones"] == ["42 00 00 17"]


def documents(store: Path) -> dict[str, dict[str, Any]]:
    db = open_store(store, create=False)
    found = {item.ad_id: item.document for item in observations(db, observation_ids(db))}
    db.close()
    return found


def test_every_response_is_in_the_archive_as_sent(evening: Evening) -> None:
    db = open_store(evening.store, create=False)
    kept: dict[str, list[bytes]] = {}
    for _, capture in captures(db):
        kept.setdefault(capture.url.removeprefix(evening.server.url), []).append(
            read_capture(archive_folder(evening.store), capture)
        )
    db.close()
    assert kept["/ad/zip"] == [ZIPPED]
    assert kept["/ad/broken"] == [b"<p>never</p>"] * 3
    assert kept["/ad/binary"] == [bytes(range(256))]
    assert kept["/ad/latin"] == [ad_page("latin", text="Rom på øya").encode("latin-1")]
    assert kept["/robots.txt"] == [ROBOTS.body]


def test_observation_names_its_capture(evening: Evening) -> None:
    db = open_store(evening.store, create=False)
    by_ad = {item.ad_id: item.capture for item in observations(db, observation_ids(db))}
    kept = dict(captures(db))
    db.close()
    assert by_ad["zip"] is not None
    assert kept[by_ad["zip"]].url.endswith("/ad/zip")
    assert by_ad["target"] is not None
    assert kept[by_ad["target"]].url.endswith("/ad/target")


# Crawls of their own.


def few(number: int, *, slow: float = 0) -> Any:
    """A site of one list and `number` ads."""

    def answer(path: str) -> str | None:
        time.sleep(slow)
        if path == "/":
            return list_page(f"/ad/{i}" for i in range(number))
        return ad_page(path.removeprefix("/ad/")) if path.startswith("/ad/") else None

    return answer


def observed(store: Path) -> list[tuple[str, int]]:
    db = open_store(store, create=False)
    rows = sorted((ad.ad_id, ad.observations) for ad in ad_rows(db))
    db.close()
    return rows


def test_start_page_and_robots_txt_may_not_lead_away(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    canary = serve({})
    server = serve({"/": moved(f"{canary.url}/"), "/robots.txt": moved(f"{canary.url}/robots.txt")})
    done = varde(
        "crawl",
        "a.example",
        "--sites",
        write_site(tmp_path / "sites", "a.example", f"{server.url}/"),
        "--json",
    )
    assert done.returncode == 1
    assert (printed(done)[0]["outcome"], printed(done)[0]["queued"]) == ("halted", 1)
    assert f"robots.txt cannot be had (http://{canary.netloc} is not of this site ({server.netloc}))" in done.stderr
    assert canary.hits == []


def test_host_that_the_site_file_adds_may_be_contacted(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    other = serve({"/ad/1": ad_page(1)})
    server = serve({"/": list_page([f"{other.url}/ad/1"])})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", extra=f'hosts = ["{other.netloc}"]')
    assert printed(varde("crawl", "a.example", "--sites", folder, "--json"))[0]["new"] == 1


def test_server_that_never_answers_is_given_up(serve: Serve, tmp_path: Path) -> None:
    server = serve({"/": list_page(["/ad/silent", "/ad/1"]), "/ad/silent": Answer(silent=True), "/ad/1": ad_page(1)})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    done = subprocess.run(
        [
            sys.executable,
            str(WITH_SETTINGS),
            "DOWNLOAD_TIMEOUT=0.5",
            "--",
            "crawl",
            "a.example",
            "--sites",
            str(folder),
            "--json",
        ],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    report = printed(done)[0]
    assert (report["done"], report["failed"], report["new"]) == (2, 1, 1)
    assert asked(server)["/ad/silent"] == 1
    assert "no whole answer within 0 s" in done.stderr


def test_server_that_is_not_there_fails_the_crawl(varde: Varde, tmp_path: Path) -> None:
    with LoopbackServer({}) as gone:
        folder = write_site(tmp_path / "sites", "a.example", f"{gone.url}/")
    done = varde("crawl", "a.example", "--sites", folder, "--json")
    assert done.returncode == 1
    assert (printed(done)[0]["outcome"], printed(done)[0]["queued"]) == ("halted", 1)
    told = f"a.example: robots.txt cannot be had ({gone.netloc} cannot be reached:"
    assert [line.startswith(told) for line in done.stderr.splitlines()] == [False, True], done.stderr
    assert printed(varde("sites", "--sites", folder, "--json"))[0]["health"].startswith("robots.txt cannot be had")


def test_delay_is_kept_between_any_two_requests(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve(few(5))
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/", delay=0.4)
    assert varde("crawl", "a.example", "--sites", folder).returncode == 0
    gaps = [after.at - before.at for before, after in pairwise(server.hits)]
    assert len(gaps) == 6  # robots.txt, the list and five ads
    assert min(gaps) > 0.35, gaps


def test_limit_stops_after_so_many_pages(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve(few(10))
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    done = varde("crawl", "a.example", "--sites", folder, "--limit", 4, "--json")
    report = printed(done)[0]
    assert (done.returncode, report["outcome"], report["done"], report["queued"]) == (0, "limited", 4, 7)
    assert set(server.paths()) == {"/", "/ad/0", "/ad/1", "/ad/2"}
    assert "a.example: stopped at the limit; the next `varde crawl a.example` goes on" in done.stderr


def test_crawl_stopped_at_its_limit_goes_on_with_the_pages_left(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve(few(10))
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    runs = [printed(varde("crawl", "a.example", "--sites", folder, "--limit", 4, "--json"))[0] for _ in range(3)]
    assert [(run["outcome"], run["pages"], run["queued"]) for run in runs] == [
        ("limited", 4, 7), ("limited", 4, 3), ("finished", 3, 0),
    ]  # fmt: skip
    assert asked(server) == Counter(["/", *(f"/ad/{i}" for i in range(10))])


def test_health_says_that_pages_are_left(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "sites", "a.example", f"{serve(few(10)).url}/")
    varde("crawl", "a.example", "--sites", folder, "--limit", 4)
    assert printed(varde("sites", "--sites", folder, "--json"))[0]["health"] == "7 pages left"


def test_second_crawl_of_an_unchanged_site_stores_nothing_new(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve(few(4))
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    first = printed(varde("crawl", "a.example", "--sites", folder, "--json"))[0]
    before = observed(tmp_path / "varde.db")
    second = printed(varde("crawl", "a.example", "--sites", folder, "--json"))[0]
    assert (first["new"], second["new"], second["changed"], second["same"]) == (4, 0, 0, 4)
    assert observed(tmp_path / "varde.db") == before == [(str(i), 1) for i in range(4)]


def test_ad_that_changed_gets_a_second_observation(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    pages = {"/": list_page(["/ad/1", "/ad/2"]), "/ad/1": ad_page(1), "/ad/2": ad_page(2)}
    folder = write_site(tmp_path / "sites", "a.example", f"{serve(pages).url}/")
    varde("crawl", "a.example", "--sites", folder)
    pages["/ad/2"] = ad_page(2, text="Moved to Bergen.")
    second = printed(varde("crawl", "a.example", "--sites", folder, "--json"))[0]
    assert (second["changed"], second["same"]) == (1, 1)
    assert observed(tmp_path / "varde.db") == [("1", 1), ("2", 2)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_stopped_crawl_ends_cleanly_and_goes_on(serve: Serve, varde: Varde, tmp_path: Path, number: int) -> None:
    server = serve(few(30, slow=0.02))
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    command = [VARDE, "crawl", "a.example", "--sites", str(folder), "--json"]
    with subprocess.Popen(command, cwd=tmp_path, env=clean_environment(), stdout=-1, stderr=-1, text=True) as process:
        wait_for(lambda: len(server.hits) >= 8)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    assert '"outcome": "running"' in out
    assert "a.example: stopped; `varde crawl a.example` goes on" in err
    assert "Traceback" not in err
    assert len(server.hits) < 30, "it was not stopped"
    again = varde("crawl", "a.example", "--sites", folder, "--json")
    assert printed(again)[0]["outcome"] == "finished"
    assert "went on with an interrupted crawl" in again.stderr
    assert asked(server) == Counter(["/", *(f"/ad/{i}" for i in range(30))]), "a page was lost or fetched twice"
    assert observed(tmp_path / "varde.db") == sorted((str(i), 1) for i in range(30))


def wait_for(condition: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def listening_sockets(pid: int) -> list[str]:
    """The local addresses on which the process accepts connections."""
    fds = [entry.readlink() for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()]
    own = {match[1] for fd in fds if (match := re.fullmatch(r"socket:\[(\d+)\]", str(fd)))}
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return [fields[1] for fields in lines if fields[3] == "0A" and fields[9] in own]


TELNET = 'EXTENSIONS={"scrapy.extensions.telnet.TelnetConsole": 0}'


@pytest.mark.parametrize(
    ("settings", "expected"),
    [([], 0), (["TELNETCONSOLE_ENABLED=true", TELNET], 1)],
    ids=["ours", "with Scrapy's telnet console"],
)
def test_crawler_listens_on_no_socket(serve: Serve, tmp_path: Path, settings: list[str], expected: int) -> None:
    gate = threading.Event()
    server = serve({"/": lambda _: "<p>late</p>" if gate.wait(20) else ""})
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    command = [
        sys.executable,
        str(WITH_SETTINGS),
        *settings,
        "--",
        "crawl",
        "a.example",
        "--sites",
        str(folder),
    ]
    with subprocess.Popen(command, cwd=tmp_path, env=clean_environment(), stdout=-3, stderr=-3) as process:
        wait_for(lambda: "/" in server.paths())
        sockets = listening_sockets(process.pid)
        gate.set()
    assert len(sockets) == expected, sockets


def test_site_without_a_contact_is_not_crawled(varde: Varde, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "sites", "a.example", "https://a.example/", delay=2)
    file = folder / "a.example.toml"
    file.write_text(file.read_text().replace("loopback = true", ""))
    done = varde("crawl", "a.example", "--sites", folder)
    assert done.returncode == 1
    assert 'a.example: no contact; set contact = "…" in its site file, or VARDE_CONTACT' in done.stderr


def test_contact_of_the_environment_is_named(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve(few(0))
    varde(
        "crawl",
        "a.example",
        "--sites",
        write_site(tmp_path / "sites", "a.example", f"{server.url}/"),
        VARDE_CONTACT="x@y.example",
    )
    assert "(+x@y.example)" in server.hits[0].headers["User-Agent"]


@pytest.mark.parametrize(
    ("args", "says"),
    [([], "name one or more sites, or --all"), (["a.example", "--all"], "name sites, or give --all, not both")],
    ids=["no site", "site and all"],
)
def test_wrong_use_says_how(varde: Varde, tmp_path: Path, args: list[str], says: str) -> None:
    done = varde("crawl", *args, "--sites", write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/"))
    assert done.returncode == 2
    assert says in done.stderr


def test_unknown_site_is_answered_with_the_known_ones(varde: Varde, tmp_path: Path) -> None:
    done = varde("crawl", "x.example", "--sites", write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/"))
    assert done.returncode == 1
    assert "known: a.example" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "varde.db").exists()


def test_second_crawl_of_a_site_at_the_same_time_is_refused(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    asked_once, answer = threading.Event(), threading.Event()

    def slow(hit: Hit) -> str:
        asked_once.set()
        answer.wait(timeout=60)
        return list_page()

    server = serve({"/": slow})
    sites = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    command = [VARDE, "crawl", "a.example", "--sites", str(sites)]
    with subprocess.Popen(command, cwd=tmp_path, env=clean_environment(), stdout=subprocess.DEVNULL) as first:
        try:
            assert asked_once.wait(timeout=60)
            second = varde("crawl", "a.example", "--sites", sites)
        finally:
            answer.set()
            first.wait(timeout=60)
    assert (second.returncode, first.returncode) == (1, 0)
    assert "a.example: left out: another `varde crawl` of it is running" in second.stderr
    assert server.paths() == ["/"]


def test_site_that_is_being_crawled_does_not_hold_up_the_others(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve(few(2))
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/")
    write_site(folder, "b.example", f"{server.url}/")
    archives = archive_folder(tmp_path / "varde.db")
    archives.mkdir()
    with (archives / "a.example.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = varde("crawl", "--all", "--sites", folder, "--json")
    assert [(row["site"], row["outcome"], row["new"]) for row in printed(done)] == [
        ("a.example", "locked", 0), ("b.example", "finished", 2),
    ]  # fmt: skip
    assert done.returncode == 1
    assert "a.example: left out: another `varde crawl` of it is running" in done.stderr


@pytest.mark.parametrize("table", ["observations", "captures"])
def test_pages_that_cannot_be_stored_now_stay_queued(serve: Serve, varde: Varde, tmp_path: Path, table: str) -> None:
    folder = write_site(tmp_path / "sites", "a.example", f"{serve(few(2)).url}/")
    db = open_store(tmp_path / "varde.db", create=True)
    db.execute(f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT * FROM nowhere; END")
    first = varde("crawl", "a.example", "--sites", folder, "--json")
    report = printed(first)[0]
    assert (first.returncode, report["outcome"], report["failed"]) == (1, "running", 0), first.stderr
    assert "cannot be kept: no such table: main.nowhere" in first.stderr
    db.execute("DROP TRIGGER broken")
    db.close()
    second = varde("crawl", "a.example", "--sites", folder, "--json")
    assert (second.returncode, printed(second)[0]["outcome"], printed(second)[0]["new"]) == (0, "finished", 2)


def test_ten_reasons_are_told_and_the_others_counted(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    statuses = (400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413)
    pages = {f"/ad/{status}": Answer(b"<p>no</p>", status=status) for status in statuses}
    server = serve({"/": list_page(pages), **pages})
    done = varde("crawl", "a.example", "--sites", write_site(tmp_path / "sites", "a.example", f"{server.url}/"))
    assert done.stderr.count("a.example: 1 page: HTTP 4") == 10
    assert "a.example: and 2 more reasons" in done.stderr
