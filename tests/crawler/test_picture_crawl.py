"""Pictures in a crawl: fetched only where the site file says so, as politely as pages, and kept nowhere."""

from __future__ import annotations

import gzip
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.database import Database
from crawler.eventlog import crawl_events
from crawler.picturestore import picture_counts
from crawler.sites import SiteError, load_site
from crawler.store import observation_ids, observations, open_store
from tests.conftest import VARDE, Serve, Varde, clean_environment, printed
from tests.crawler.patterns import COPIES, MAGIC, bits_between, encoded, pattern, png_of
from tests.crawler.samples import list_page, site_toml, write_site
from tests.crawler.server import Answer, Hit, Loopback, LoopbackServer, SiteServer

BASIS = "Order 2026-031, pictures"
AD = 'age = ".age::text"\nimages = "img::attr(src)"\n'
TABLES = f'{AD}\n[images]\nlegal_basis = "{BASIS}"\n'
Crawl = Callable[..., subprocess.CompletedProcess[str]]


def page(number: int | str, *pictures: str, age: str = "", text: str = "Two rooms near the harbour.") -> str:
    shown = "".join(f'<img src="{url}">' for url in pictures)
    return f'<h1>Ad</h1><p class="id">{number}</p><p class="age">{age}</p><div class="text">{text}</div>{shown}'


def picture(seed: int) -> Answer:
    return Answer(encoded(pattern(seed)), kind="image/jpeg")


@pytest.fixture
def crawl(tmp_path: Path, varde: Varde) -> Crawl:
    """Crawls a site of these start page and tables."""

    def run(server: LoopbackServer, *, tables: str = TABLES, **more: Any) -> subprocess.CompletedProcess[str]:
        sites = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables=tables, **more)
        return varde("crawl", "a.example", "--sites", sites, "--json")

    return run


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Callable[[], Database]]:
    opened: list[Database] = []

    def get() -> Database:
        opened.append(open_store(tmp_path / "varde.db", create=False))
        return opened[-1]

    yield get
    for db in opened:
        db.close()


def images(db: Database) -> dict[str, list[Mapping[str, str]]]:
    """Of the newest version of each ad."""
    return {seen.ad_id: seen.document.get("images", []) for seen in observations(db, observation_ids(db))}


def events(db: Database, crawl: int = 1) -> dict[str, str]:
    return {logged.kind: logged.detail for logged in crawl_events(db, crawl)}


def test_without_images_no_picture_is_fetched(crawl: Crawl, serve: Serve, store: Callable[[], Database]) -> None:
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, "/1.jpg"), "/1.jpg": picture(1)})
    done = crawl(server, tables=AD)
    assert done.returncode == 0, done.stderr
    assert server.paths() == ["/", "/ad/1"]
    db = store()
    assert images(db) == {"1": [{"url": f"{server.url}/1.jpg"}]}
    assert picture_counts(db, 1) == {}
    assert list(db.execute("SELECT images_basis FROM crawls")) == [("",)]


def test_pictures_are_hashed_and_nothing_of_them_is_on_the_disk(
    crawl: Crawl, serve: Serve, store: Callable[[], Database], tmp_path: Path
) -> None:
    copies = {f"/{name}": Answer(copy(pattern(7)), kind="image/x") for name, copy in COPIES.items()}
    server = serve({"/": list_page(["/ad/1", "/ad/2"]), "/ad/1": page(1, "/1.jpg"), "/1.jpg": picture(7),
                    "/ad/2": page(2, *copies), **copies})  # fmt: skip
    done = crawl(server, tables=f"{TABLES}per_ad = 20\n")
    assert done.returncode == 0, done.stderr
    assert f"a.example: pictures: {1 + len(copies)} hashed" in done.stderr
    db = store()
    found = images(db)
    (one,) = found["1"]
    assert set(one) == {"url", "phash", "mirror"}
    for other in found["2"]:
        assert min(bits_between(one["phash"], other["phash"]), bits_between(one["phash"], other["mirror"])) <= 24
    assert picture_counts(db, 1) == {"hashed": 1 + len(copies)}
    assert list(db.execute("SELECT images_basis FROM crawls")) == [(BASIS,)]
    assert_nowhere(tmp_path, [server.routes["/1.jpg"].body, *(answer.body for answer in copies.values())])  # type: ignore[index,union-attr]
    assert BASIS.encode() in archived(tmp_path)
    assert b"/1.jpg HTTP" not in archived(tmp_path)


def archived(folder: Path) -> bytes:
    return b"".join(gzip.decompress(file.read_bytes()) for file in folder.rglob("*.warc.gz"))


def assert_nowhere(folder: Path, pictures: list[bytes]) -> None:
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert len(files) > 3
    for held in (*files, archived(folder)):
        assert not [mark for mark in MAGIC if mark in held]
        assert not [body for body in pictures if body[40:80] in held]


def test_pictures_keep_the_delay_whatever_host_they_are_on(crawl: Crawl, serve: Serve) -> None:
    other = serve({"/2.jpg": picture(2), "/3.jpg": picture(3)})
    host = other.netloc.replace("127.0.0.1", "localhost")
    server = serve({"/": list_page(["/ad/1", "/ad/3"]), "/ad/1": page(1, "/1.jpg", f"http://{host}/2.jpg"),
                    "/1.jpg": picture(1), "/ad/3": page(3, f"http://{host}/3.jpg")})  # fmt: skip
    crawl(server, delay=0.3, extra=f'hosts = ["{host}"]')
    asked = sorted((hit for hit in (*server.hits, *other.hits) if hit.path != "/robots.txt"), key=lambda hit: hit.at)
    assert {hit.path for hit in asked} == {"/", "/ad/1", "/1.jpg", "/2.jpg", "/ad/3", "/3.jpg"}
    assert min(later.at - earlier.at for earlier, later in pairwise(asked)) > 0.28
    assert all("image/" in hit.headers["Accept"] for hit in asked if hit.path.endswith(".jpg"))


def test_other_hosts_robots_and_minors_are_left_alone(
    crawl: Crawl, serve: Serve, store: Callable[[], Database]
) -> None:
    canary = serve({})
    server = serve({
        "/robots.txt": Answer(b"User-agent: *\nDisallow: /private\n"),
        "/": list_page([f"/ad/{number}" for number in range(1, 7)]),
        "/ad/1": page(1, f"{canary.url}/1.jpg", "data:image/png;base64,iVBORw0KGgo=", "/private/1.jpg"),
        "/ad/2": page(2, "/away.jpg"), "/away.jpg": Answer(status=302, headers={"Location": f"{canary.url}/2.jpg"}),
        "/ad/3": page(3, "/3.jpg", age="17"), "/3.jpg": picture(3),
        "/ad/4": page(4, "/4.jpg", age="Alder: 16 år"), "/4.jpg": picture(4),
        "/ad/5": page(5, "/5.jpg", age="18"), "/5.jpg": picture(5),
        "/ad/6": page(6, "/6.jpg", text="Jeg er 17 år."), "/6.jpg": picture(6),
    })  # fmt: skip
    crawl(server)
    assert canary.hits == []
    assert {"/private/1.jpg", "/3.jpg", "/4.jpg", "/6.jpg"}.isdisjoint(server.paths())
    db = store()
    assert [ad for ad, found in images(db).items() if any("phash" in image for image in found)] == ["5"]
    assert picture_counts(db, 1) == {"elsewhere": 2, "minor": 3, "forbidden": 1, "hashed": 1, "unreadable": 1}
    assert events(db).keys() == {"foreign_host"}


class Endless(BaseHTTPRequestHandler):
    """Sends a picture that has no end."""

    protocol_version = "HTTP/1.1"
    server: SiteServer

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.path == "/robots.txt":
            self.wfile.write(b"0\r\n\r\n")
            return
        with suppress(OSError):
            while not self.server.site.stopping.is_set():
                self.wfile.write(b"10000\r\n" + b"\xff\xd8\xff\0" * 16384 + b"\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def test_a_picture_without_an_end_is_left_at_the_bound(
    crawl: Crawl, serve: Serve, store: Callable[[], Database]
) -> None:
    with Loopback(Endless) as endless:
        server = serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, f"{endless.url}/1.jpg")})
        done = crawl(server, extra=f'hosts = ["{endless.netloc}"]', tables=f"{TABLES}max_bytes = 300000\n")
    assert done.returncode == 0, done.stderr
    db = store()
    assert events(db) == {"too_large": "picture: body of more than 300,000 bytes"}
    assert len(images(db)) == 1


def test_a_run_that_is_stopped_between_pictures_loses_none(
    crawl: Crawl, serve: Serve, store: Callable[[], Database], tmp_path: Path
) -> None:
    asked: list[Hit] = []

    def once(hit: Hit) -> Answer:
        asked.append(hit)
        return picture(1) if len(asked) > 1 else Answer(status=429, headers={"Retry-After": "200"})

    server = serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, "/1.jpg"), "/1.jpg": once})
    sites = write_site(tmp_path / "sites", "a.example", f"{server.url}/", tables=TABLES)
    command = [VARDE, "crawl", "a.example", "--sites", str(sites)]
    with subprocess.Popen(command, cwd=tmp_path, env=clean_environment(), stderr=-1, text=True) as process:
        assert process.stderr
        assert any("asked to wait 200 s" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    db = store()
    assert list(db.execute("SELECT state FROM frontier WHERE kind = 'ad'")) == [("queued",)]
    crawl(server)
    assert "phash" in images(db)["1"][0]


def test_hostile_pictures_cost_no_ad(crawl: Crawl, serve: Serve, store: Callable[[], Database], tmp_path: Path) -> None:
    pictures = {
        "/bomb.png": Answer(png_of(60_000, 60_000), kind="image/png"),
        "/truncated.jpg": Answer(encoded(pattern(1))[:5000], kind="image/jpeg"),
        "/lying.jpg": Answer(b"<script>1</script>", kind="image/jpeg"),
        "/drawn.svg": Answer(b"<svg xmlns='http://www.w3.org/2000/svg'/>", kind="image/svg+xml"),
        "/announced.jpg": Answer(b"\xff\xd8\xff", kind="image/jpeg", headers={"Content-Length": "1000000000"}),
        "/large.jpg": Answer(b"\xff\xd8\xff" + bytes(200_000), kind="image/jpeg"),
        "/packed.jpg": Answer(gzip.compress(bytes(5_000_000)), headers={"Content-Encoding": "gzip"}),
        "/ring.jpg": Answer(status=302, headers={"Location": "/ring.jpg"}),
        "/nowhere.jpg": Answer(status=302, headers={"Location": "http://[broken/"}),
        "/plain.png": Answer(encoded(pattern(1).resize((1, 1)), "PNG"), kind="image/png"),
        "/good.jpg": picture(9),
    }
    ads = {f"/ad{name}": page(name, name) for name in (*pictures, "/gone.jpg")}
    server = serve({"/": list_page(ads), **ads, **pictures})
    done = crawl(server, tables=f"{TABLES}max_bytes = 100000\n")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    (row,) = printed(done)
    assert (row["outcome"], row["new"], row["failed"], row["excluded"]) == ("finished", len(ads), 0, 0)
    db = store()
    assert [ad for ad, found in images(db).items() if "phash" in found[0]] == ["/good.jpg"]
    counts = picture_counts(db, 1)
    assert counts == {"unreadable": 9, "hashed": 1, "missing": 1, "plain": 1}
    logged = [item for item in crawl_events(db, 1) if item.kind == "image_limit"]
    assert {item.url.rpartition("/")[2] for item in logged} >= {"bomb.png", "truncated.jpg"}
    assert sum(item.times for item in logged) == 4
    assert {"too_large", "bomb", "redirects"} <= events(db).keys()
    assert_nowhere(tmp_path, [pictures["/good.jpg"].body])


def test_a_picture_is_fetched_once_for_an_ad(crawl: Crawl, serve: Serve, store: Callable[[], Database]) -> None:
    routes: dict[str, Any] = {
        "/": list_page(["/ad/1"]), "/ad/1": page(1, "/1.jpg"), "/1.jpg": picture(1), "/2.jpg": picture(2),
    }  # fmt: skip
    server = serve(routes)
    crawl(server)
    crawl(server)
    assert server.paths().count("/1.jpg") == 1
    routes["/ad/1"] = page(1, "/1.jpg", "/2.jpg", text="Another text.")
    crawl(server)
    assert (server.paths().count("/1.jpg"), server.paths().count("/2.jpg")) == (1, 1)
    db = store()
    assert [set(image) for image in images(db)["1"]] == [{"url", "phash", "mirror"}] * 2
    assert picture_counts(db, 3) == {"hashed": 1, "known": 1}
    routes["/ad/1"] = page(1, "/1.jpg", "/2.jpg", age="17", text="A third text.")
    crawl(server)
    assert [set(image) for image in images(db)["1"]] == [{"url"}] * 2


def test_images_switched_on_reads_known_pages_anew(crawl: Crawl, serve: Serve, store: Callable[[], Database]) -> None:
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, "/1.jpg"), "/1.jpg": picture(1)})
    crawl(server, tables=AD)
    crawl(server)
    assert "phash" in images(store())["1"][0]


def test_at_most_per_ad_pictures(crawl: Crawl, serve: Serve) -> None:
    names = [f"/{number}.jpg" for number in range(6)]
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, *names), **dict.fromkeys(names, picture(1))})
    crawl(server, tables=f"{TABLES}per_ad = 2\n")
    assert server.paths()[2:] == names[:2]


class Later:
    """Cannot give its picture in the first crawl."""

    def __init__(self, fault: Answer) -> None:
        self.fault, self.is_there = fault, False

    def __call__(self, hit: Hit) -> Answer:
        return picture(1) if self.is_there else self.fault


@pytest.mark.parametrize(
    "fault",
    [Answer(status=503), Answer(status=429, headers={"Retry-After": "100000"}), Answer(status=500)],
    ids=["503", "429-for-long", "500"],
)
def test_a_picture_that_cannot_be_had_now_is_asked_for_by_the_next_crawl(
    crawl: Crawl, serve: Serve, store: Callable[[], Database], fault: Answer
) -> None:
    later = Later(fault)
    server = serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, "/1.jpg"), "/1.jpg": later})
    crawl(server)
    db = store()
    assert images(db) == {"1": [{"url": f"{server.url}/1.jpg"}]}
    later.is_there = True
    db.execute("UPDATE crawls SET not_before = NULL")
    db.conn.commit()
    crawl(server)
    assert "phash" in images(db)["1"][0]


def test_a_short_pause_is_kept_and_the_picture_then_hashed(
    crawl: Crawl, serve: Serve, store: Callable[[], Database]
) -> None:
    asked: list[Hit] = []

    def once(hit: Hit) -> Answer:
        asked.append(hit)
        return picture(1) if len(asked) > 1 else Answer(status=429, headers={"Retry-After": "1"})

    crawl(serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, "/1.jpg"), "/1.jpg": once}))
    assert "phash" in images(store())["1"][0]
    assert asked[1].at - asked[0].at > 0.98


def test_after_ten_in_a_row_no_more_are_asked_for(crawl: Crawl, serve: Serve, store: Callable[[], Database]) -> None:
    ads = {f"/ad/{number}": page(number, f"/{number}.jpg") for number in range(14)}
    broken = dict.fromkeys((f"/{number}.jpg" for number in range(14)), Answer(status=501))
    server = serve({"/": list_page(ads), **ads, **broken})
    crawl(server)
    assert sum(path.endswith(".jpg") for path in server.paths()) == 10
    db = store()
    assert len(images(db)) == 14
    assert "10 pictures in a row" in events(db)["image_limit"]


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        (f"{AD}[images]\n", "images.legal_basis is missing; pictures are hashed only with a legal basis of their own"),
        (f'{AD}[images]\nlegal_basis = "x"', "images.legal_basis: String should have at least 8 characters"),
        (f"{TABLES}per_ad = 21", "images.per_ad: Input should be less than or equal to 20 (it is 21)"),
        (f"{TABLES}per_page = 2", "unknown key 'per_page' in [images]; known: legal_basis, per_ad, max_bytes"),
        (f'[images]\nlegal_basis = "{BASIS}"', "[images] needs spider 'listing' and, in [ad], the selector images"),
    ],
    ids=["missing", "short", "many", "unknown", "no-selector"],
)
def test_a_site_file_that_is_wrong_about_pictures_says_what_is_right(tmp_path: Path, tables: str, says: str) -> None:
    file = tmp_path / "a.example.toml"
    file.write_text(site_toml("a.example", "http://127.0.0.1:9/", tables=tables), encoding="utf-8")
    with pytest.raises(SiteError) as caught:
        load_site(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert says in str(caught.value)


def test_sites_says_on_what_basis_pictures_are_hashed(tmp_path: Path, varde: Varde) -> None:
    sites = write_site(tmp_path / "sites", "a.example", "http://127.0.0.1:9/", tables=TABLES)
    write_site(sites, "b.example", "http://127.0.0.1:9/")
    assert [row["images"] for row in printed(varde("sites", "--sites", sites, "--json"))] == [BASIS, "not fetched"]
